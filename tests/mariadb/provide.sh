#!/bin/sh
# Sees to a MariaDB server for the tests of the journal: Debian's package, where root and apt are at hand.
# Without one those tests are skipped, which is said loudly; with CI=true that is a failure.
set -eu
PATH="$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec"

lacking() {
    echo "****************************************************************************" >&2
    echo "** No MariaDB: $1" >&2
    echo "** The tests of the journal on MariaDB will be SKIPPED." >&2
    echo "** Install mariadb-server, or run this as root on Debian 12 or newer." >&2
    echo "****************************************************************************" >&2
    if [ "${CI:-}" = true ]; then
        exit 1
    fi
    exit 0
}

installed() {
    command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null
}

installed && exit 0
command -v apt-get >/dev/null || lacking "apt-get is not here."
[ "$(id -u)" = 0 ] || lacking "the server is not installed, and only root can install it."

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends mariadb-server >&2
}

# The package lists of a fresh container are empty or stale: they are fetched only when installing fails without.
install || { apt-get update -qq >&2 && install; } || lacking "apt-get could not install it (see above)."
installed || lacking "the package is there but its programs are not found."
