#!/bin/sh
# SPDX-License-Identifier: ISC
# fresh.sh - both commands of the README on a Debian 12 on which nothing is installed.
#
#   tests/fresh.sh [--only root|user] [--quick] [-R REGEX] [--keep]
#
#   --only WHO   as root alone, or as an ordinary user with sudo alone; else one after the other
#   --quick      the quickstart alone, without tests/run.sh --fast
#   -R REGEX     only tests whose name matches
#   --keep       the Debian is not removed
#
# Only as root. Debian comes by debootstrap from the mirror that this machine uses, with its sources,
# keys and proxy (and npm's, for tests of tier P that use it); what is tried is a clone of the last commit. It runs in process and mount namespaces
# of its own, so that whatever happens no process and no mount outlives it. The network is this
# machine's. Logs: build/fresh/WHO. What is done there: packaging/fresh.sh beside this file.
set -eu

src=$(cd "$(dirname "$0")/.." && pwd -P)
release=bookworm
only='root user'
quick=no
keep=no
match=.
top=
child=

usage() {
    sed -n '5,10s/^# \{0,1\}//p' "$src/tests/fresh.sh"
}
say() {
    printf '== %s\n' "$*"
}
skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}
now() { date +%s; }

options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --only)
            case ${2:-} in root | user) only=$2 ;; *) usage >&2; exit 2 ;; esac
            shift
            ;;
        -R)
            [ $# -ge 2 ] || { usage >&2; exit 2; }
            match=$2
            shift
            ;;
        --quick) quick=yes ;;
        --keep) keep=yes ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
        esac
        shift
    done
}

# ---- in the namespaces: mounts, then the visitor. Ends, and the kernel ends all that it left. ----

mount_all() {
    mount -t proc -o nosuid,nodev,noexec proc "$1/proc"
    mount -t tmpfs -o nosuid,mode=0755 dev "$1/dev"
    for node in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do
        # shellcheck disable=SC2086 # a name and two numbers
        set -- "$1" $node
        mknod -m 0666 "$1/dev/$2" c "$3" "$4"
    done
    mkdir "$1/dev/pts" "$1/dev/shm"
    mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$1/dev/pts"
    mount -t tmpfs -o nosuid,nodev,mode=1777 shm "$1/dev/shm"
    ln -s pts/ptmx "$1/dev/ptmx"
    ln -s /proc/self/fd "$1/dev/fd"
    ln -s fd/0 "$1/dev/stdin"
    ln -s fd/1 "$1/dev/stdout"
    ln -s fd/2 "$1/dev/stderr"
    # What the first visitor fetched, the second need not fetch again.
    mount --bind "${1%/*}/archives" "$1/var/cache/apt/archives"
}

# inside ROOT LOGIN WORDS...
inside() {
    root=$1
    login=$2
    shift 2
    mount_all "$root"
    if [ "$login" != root ]; then
        chroot "$root" sh -c 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends sudo' \
            >"$root/var/log/sudo.log" 2>&1 || { tail -n 20 "$root/var/log/sudo.log"; exit 1; }
        rm -rf "$root"/var/lib/apt/lists/*
        printf '%s ALL=(ALL) NOPASSWD: ALL\n' "$login" >"$root/etc/sudoers.d/visitor"
    fi
    chroot "$root" su - "$login" -c "sh /fresh.sh $*"
}

# ---- the Debian ----

first_mirror() {
    # shellcheck disable=SC2016 # apt-get fills these in
    apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n "s/^$release \(http.*\)/\1/p" | head -n 1
}

is_same_debian() {
    # shellcheck source=/dev/null
    [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = "$release" ]
}

# Where and how this machine gets its packages: sources, keys, passwords, proxy.
copy_apt() {
    for name in sources.list sources.list.d trusted.gpg trusted.gpg.d keyrings auth.conf auth.conf.d; do
        rm -rf "$1/etc/apt/$name"
        [ ! -e "/etc/apt/$name" ] || cp -R "/etc/apt/$name" "$1/etc/apt"
    done
    [ ! -d /usr/share/keyrings ] || cp -R /usr/share/keyrings "$1/usr/share"
    for file in /etc/apt/apt.conf.d/*; do
        ! grep -qs 'Acquire::' "$file" || cp "$file" "$1/etc/apt/apt.conf.d"
    done
    if grep -rqs 'https:' "$1/etc/apt/sources.list" "$1/etc/apt/sources.list.d"; then
        mkdir -p "$1/etc/ssl/certs"
        cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs"
    fi
}

# How this machine's npm gets to its registry.
npm_settings() {
    command -v npm >/dev/null || return 0
    for key in registry proxy https-proxy; do
        value=$(npm config get $key 2>/dev/null)
        case $value in '' | null | undefined) ;; *) echo "$key=$value" ;; esac
    done
    [ ! -e "$1/etc/fresh-authorities.crt" ] || echo cafile=/etc/fresh-authorities.crt
}
copy_authorities() {
    file=${NODE_EXTRA_CA_CERTS:-$(npm config get cafile 2>/dev/null)} || :
    [ ! -r "$file" ] || cp -L "$file" "$1/etc/fresh-authorities.crt"
}

make_base() {
    began=$(now)
    mirror=
    proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
    [ -z "$proxy" ] || { http_proxy=$proxy; export http_proxy; }
    ! is_same_debian || mirror=$(first_mirror)
    debootstrap --variant=minbase $release "$top/base" "${mirror:-http://deb.debian.org/debian}" \
        >"$top/debootstrap.log" 2>&1 ||
        { tail -n 20 "$top/debootstrap.log"; echo "fresh.sh: debootstrap failed (see above)" >&2; exit 1; }
    mkdir "$top/archives"
    mv "$top"/base/var/cache/apt/archives/*.deb "$top/archives" 2>/dev/null || :
    ! is_same_debian || copy_apt "$top/base"
    copy_authorities "$top/base"
    [ -z "${http_proxy:-}" ] ||
        printf 'Acquire::http::Proxy "%s";\n' "$http_proxy" >"$top/base/etc/apt/apt.conf.d/90fresh-proxy"
    cp /etc/resolv.conf "$top/base/etc/resolv.conf"
    printf '127.0.0.1 localhost %s\n' "$(uname -n)" >"$top/base/etc/hosts"
    say "Debian $(cat "$top/base/etc/debian_version"), minbase, $(chroot "$top/base" dpkg-query -W | wc -l) packages: $(($(now) - began)) s"
}

# Ports are this machine's. The usual ones, unless somebody has them.
is_taken() {
    cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null | grep -q "^[^:]*: [0-9A-F]*:$(printf '%04X' "$1") "
}
choose_port() {
    port=8420
    snmp_port=1161
    while is_taken "$port" || is_taken $((port + 1)) || is_taken "$snmp_port"; do
        port=$((port + 10))
        snmp_port=$port
    done
}

# ---- one visitor ----

visit() {
    who=$1
    root=$top/$who
    login=root
    say "$who"
    cp -a "$top/base" "$root"
    if [ "$who" = user ]; then
        login=visitor
        chroot "$root" useradd --create-home --shell /bin/bash $login
    fi
    home=$(chroot "$root" getent passwd $login | cut -d : -f 6)
    npm_settings "$root" >"$root$home/.npmrc"
    git -c safe.directory='*' clone --quiet --no-hardlinks "$src" "$root$home/kentongan"
    [ "$who" = root ] || chroot "$root" chown -R $login: "$home/kentongan" "$home/.npmrc"
    cp "$src/tests/packaging/fresh.sh" "$root/fresh.sh"
    choose_port
    began=$(now)
    unshare --mount --propagation private --pid --fork --kill-child \
        sh "$src/tests/fresh.sh" --inside "$root" $login "$port" $quick "'$match'" &
    child=$!
    result=0
    wait $child || result=$?
    child=
    mkdir -p "$src/build/fresh/$who"
    cp "$root$home"/fresh-logs/* "$src/build/fresh/$who" 2>/dev/null || :
    say "$who: exit $result after $(($(now) - began)) s, logs in build/fresh/$who"
    return $result
}

clean_up() {
    code=$?
    trap - EXIT INT TERM HUP
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null || :
        wait "$child" || :
    fi
    [ -n "$top" ] || exit $code
    if [ $keep = yes ]; then
        say "kept: $top"
    elif grep -qF " $top" /proc/self/mountinfo; then
        echo "fresh.sh: something is mounted below $top, so it was not removed" >&2
        code=1
    else
        rm -rf --one-file-system "$top"
    fi
    exit $code
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
    exit
fi

options "$@"
[ "$(id -u)" -eq 0 ] || skip "only root can make a Debian; run it with sudo"
unshare --mount --pid --fork true 2>/dev/null || skip "this machine allows no namespaces of processes and mounts"
if ! command -v debootstrap >/dev/null; then
    { apt-get update && apt-get install -y --no-install-recommends debootstrap; } >/dev/null ||
        skip "debootstrap cannot be installed"
fi
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
top=$(mktemp -d "${TMPDIR:-/var/tmp}/kentongan-fresh.XXXXXX")
chmod 0755 "$top"
say "clone of $(git -c safe.directory='*' -C "$src" log -1 --format='%h %s')"
make_base
failed=
for who in $only; do
    visit "$who" || failed="$failed $who"
done
[ -z "$failed" ] || { say "FAILED:$failed"; exit 1; }
say "passed: $only"
