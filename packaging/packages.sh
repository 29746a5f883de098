#!/bin/sh
# SPDX-License-Identifier: ISC
# packages.sh - which Debian packages building, running and testing take, in one place.
#
#   packages.sh list SET...      the names
#   packages.sh missing SET...   those that are not installed
#   packages.sh install SET...   installs those; as root
#
# SET: build run test more bench ("more" is what tests of tier C take beyond "test", "bench" what benchmarks
# do). Nothing that is installed is started: no Debian cluster of PostgreSQL is made, and no service that
# comes along begins to run.
set -eu

usage() {
    sed -n '5,11s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

set_build='gcc libc6-dev cmake ninja-build pkg-config libevent-dev libpq-dev libcurl4-openssl-dev
    libjansson-dev libconfuse-dev libssl-dev libsnmp-dev libseccomp-dev libcsv-dev uthash-dev libcmocka-dev gettext'
set_run='curl ca-certificates tzdata'
set_test='clang-format shellcheck codespell binutils
    postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl eatmydata jq snmp snmpd snmpsim git iproute2 nftables'
set_more='clang clang-tidy libclang-rt-14-dev chromium nginx-light openssl'
set_bench='wrk jq curl'

# shellcheck disable=SC2086 # lists of words
names() {
    for set in "$@"; do
        case $set in
        build) printf '%s\n' $set_build ;;
        run)
            printf '%s\n' $set_run
            # Any server will do, also a newer one from elsewhere.
            find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | grep -q . || echo postgresql-15
            ;;
        test)
            printf '%s\n' $set_test
            # Node.js may have come from elsewhere, with an npm that Debian's package conflicts with.
            command -v npm >/dev/null 2>&1 || printf 'nodejs\nnpm\n'
            ;;
        more) printf '%s\n' $set_more ;;
        bench) printf '%s\n' $set_bench ;;
        esac
    done
}

missing() {
    names "$@" | while read -r name; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
    done
}

# Two files that are ours for the time of the installation. Each says so, and so goes away again
# even when an earlier run was killed.
ours='made by packages.sh for the time of one installation'
no_cluster=/etc/postgresql-common/createcluster.d/kentongan-no-main.conf
no_services=/usr/sbin/policy-rc.d

guards_down() {
    rm -f "$no_cluster"
    rmdir -p --ignore-fail-on-non-empty "${no_cluster%/*}" 2>/dev/null || :
    if grep -qs "$ours" "$no_services"; then
        rm -f "$no_services"
    fi
}

guards_up() {
    mkdir -p "${no_cluster%/*}"
    printf '# %s\ncreate_main_cluster = false\n' "$ours" >"$no_cluster"
    if [ ! -e "$no_services" ]; then
        printf '#!/bin/sh\n# %s\nexit 101\n' "$ours" >"$no_services"
        chmod 0755 "$no_services"
    fi
}

install_missing() {
    wanted=$(missing "$@")
    [ -n "$wanted" ] || return 0
    [ "$(id -u)" -eq 0 ] || { echo "packages.sh: only root can install packages" >&2; exit 1; }
    export DEBIAN_FRONTEND=noninteractive
    guards_down
    trap guards_down EXIT
    trap 'exit 130' INT TERM
    guards_up
    # Old lists may be enough, for instance without a network but with packages in the cache.
    apt-get -o DPkg::Lock::Timeout=300 update || echo "packages.sh: going on with the old package lists"
    # shellcheck disable=SC2086 # a list of words
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $wanted
}

[ $# -ge 2 ] || usage
verb=$1
shift
for set in "$@"; do
    case $set in build | run | test | more | bench) ;; *) usage ;; esac
done
case $verb in
list) names "$@" ;;
missing) missing "$@" ;;
install) install_missing "$@" ;;
*) usage ;;
esac
