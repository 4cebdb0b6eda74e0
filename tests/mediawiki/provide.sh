#!/bin/sh
# Sees to a real MediaWiki for the tests: MEDIAWIKI_ROOT where it is set, else Debian's packages.
# Without either the tests against it are skipped, which is said loudly; with CI=true that is a failure.
set -eu

packages="mediawiki php-cli php-sqlite3 php-mbstring php-xml php-intl php-curl php-apcu diffutils"

lacking() {
    echo "****************************************************************************" >&2
    echo "** No MediaWiki: $1" >&2
    echo "** The tests against a real MediaWiki will be SKIPPED." >&2
    echo "** Set MEDIAWIKI_ROOT to a MediaWiki tree (1.39 or newer, php-cli with sqlite3)," >&2
    echo "** or run this as root on Debian 12 or newer." >&2
    echo "****************************************************************************" >&2
    if [ "${CI:-}" = true ]; then
        exit 1
    fi
    exit 0
}

if [ -n "${MEDIAWIKI_ROOT:-}" ]; then
    [ -f "$MEDIAWIKI_ROOT/includes/WebStart.php" ] || lacking "MEDIAWIKI_ROOT ($MEDIAWIKI_ROOT) holds none."
    command -v php >/dev/null || lacking "php (php-cli) is not installed."
    exit 0
fi

installed() {
    # shellcheck disable=SC2086  # one argument a package
    [ "$(dpkg-query -W -f '${db:Status-Status}\n' $packages 2>/dev/null | grep -cx installed)" = 9 ]
}

command -v dpkg-query >/dev/null || lacking "this is no Debian."
installed && exit 0
command -v apt-get >/dev/null || lacking "apt-get is not here."
[ "$(id -u)" = 0 ] || lacking "its packages are not installed, and only root can install them."

install() {
    # shellcheck disable=SC2086  # one argument a package
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages >&2
}

# The package lists of a fresh container are empty or stale: they are fetched only when installing fails without.
install || { apt-get update -qq >&2 && install; } || lacking "apt-get could not install its packages (see above)."
