#!/bin/sh
# Unpacks Debian 13's MediaWiki 1.43 (with DiscussionTools) into build/mediawiki-1.43; Debian 12's PHP 8.2 runs it.
# The machine's own package sources are used with the suite's name changed, in state folders of their own: nothing is
# installed and nothing of the machine's changes.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
target=$root/build/mediawiki-1.43
suite=trixie

if [ -f "$target/includes/WebStart.php" ]; then
    echo "MediaWiki 1.43 stands in $target"
    exit 0
fi
for tool in apt-get dpkg php; do
    command -v "$tool" >/dev/null || { echo "$tool is needed to fetch and run MediaWiki 1.43" >&2; exit 1; }
done

# shellcheck source=/dev/null  # names this machine's suite
own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$own" ] || { echo "this is no Debian: /etc/os-release names no suite" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/etc/sources.list.d" "$work/etc/preferences.d" "$work/state/lists/partial" "$work/cache/archives/partial"
# apt drops its rights to a user of its own while it fetches.
chmod -R a+rX "$work"
: >"$work/etc/sources.list"
: >"$work/status"

# Only Debian's own archives know the suite: other sources of the machine are left out.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$list" ] || continue
    sed -n "s/\\b$own\\b/$suite/gp" "$list" | grep -E "^deb .* $suite(-security|-updates)?/? .*\\bmain\\b" >>"$work/etc/sources.list" || true
done
for list in /etc/apt/sources.list.d/*.sources; do
    [ -f "$list" ] || continue
    if grep -Eq "^Suites:.*\\b$own\\b" "$list"; then
        sed "s/\\b$own\\b/$suite/g" "$list" >"$work/etc/sources.list.d/$(basename "$list")"
    fi
done

fetch() {
    apt-get -qq \
        -o Dir::Etc::sourcelist="$work/etc/sources.list" -o Dir::Etc::sourceparts="$work/etc/sources.list.d" \
        -o Dir::Etc::preferencesparts="$work/etc/preferences.d" -o Dir::Etc::preferences=/dev/null \
        -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
        -o APT::Architecture="$(dpkg --print-architecture)" -o APT::Sandbox::User=root "$@"
}
fetch update
(cd "$work" && fetch download mediawiki mediawiki-classes)

for package in "$work"/*.deb; do
    dpkg -x "$package" "$work/tree"
done
mkdir -p "$root/build"
rm -rf "$target"
cp -a "$work/tree/usr/share/mediawiki" "$target"
# Links of the package lead into /var and /etc of an installed system.
find "$target" -maxdepth 1 -type l -exec rm {} +
mkdir -p "$target/extensions" "$target/images"
echo "MediaWiki 1.43 stands in $target; MEDIAWIKI_ROOT=$target selects it for the tests"
