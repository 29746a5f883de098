#!/bin/sh
# SPDX-License-Identifier: ISC
# cluster.sh - a private PostgreSQL cluster for tests: a Unix socket, no TCP, no fsync, no password.
#
#   cluster.sh start DIR     makes DIR (it must be empty or absent), prints the socket directory
#   cluster.sh restart DIR   starts a cluster again that `halt` stopped, data kept
#   cluster.sh halt DIR      stops it, keeps the data
#   cluster.sh stop DIR      stops it and removes DIR; does nothing when there is none
#
# PostgreSQL refuses to run as root, so root hands DIR to the user KT_PG_USER (default nobody);
# anybody else runs it as himself. DIR must be reachable for that user: take one under /tmp. Every
# role may connect as itself or another ("trust"), so DIR is closed to other users. The superuser is "postgres".
set -eu

usage() {
    sed -n '3,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
die() {
    echo "cluster.sh: $*" >&2
    exit 1
}

[ $# -eq 2 ] || usage
verb=$1
dir=$2
user=${KT_PG_USER:-nobody}

# The newest server that is installed; Debian keeps its programs out of PATH.
pg_bin=${KT_PG_BIN:-$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)}
[ -x "${pg_bin:-/nowhere}/initdb" ] || die "no PostgreSQL server found: apt-get install postgresql-15"

as_user() {
    # From /, because the caller's directory may be closed to that user.
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && runuser -u "$user" -- "$@")
    else
        (cd / && "$@")
    fi
}

# eatmydata makes initdb's syncs free; fsync=off does the same for the server.
quick=$(command -v eatmydata || true)

start_server() {
    # shellcheck disable=SC2086 # $quick is one word or none
    as_user env LC_ALL=C.UTF-8 $quick "$pg_bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -s start >&2 ||
        { tail -n 20 "$dir/log" >&2 || true; die "the server did not start"; }
}

case $verb in
start)
    [ ! -e "$dir/data" ] || die "$dir/data is there already"
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd -P)
    [ ${#dir} -le 80 ] || die "$dir is too long for a Unix socket (107 bytes with its name)"
    [ "$(id -u)" -ne 0 ] || chown "$user" "$dir"
    chmod 0700 "$dir"
    # shellcheck disable=SC2086
    as_user env LC_ALL=C.UTF-8 $quick "$pg_bin/initdb" -D "$dir/data" -U postgres --auth=trust --no-sync \
        --encoding=UTF8 --locale=C.UTF-8 >"$dir.initdb" 2>&1 || { cat "$dir.initdb" >&2; die "initdb failed"; }
    rm -f "$dir.initdb"
    as_user tee -a "$dir/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
unix_socket_permissions = 0700
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 40
max_wal_senders = 0
wal_level = minimal
autovacuum = off
jit = off
log_min_messages = warning
log_line_prefix = '%m [%p] %u@%d '
CONF
    start_server
    echo "$dir"
    ;;
restart)
    start_server
    ;;
halt | stop)
    [ -d "$dir" ] || exit 0
    if [ -f "$dir/data/postmaster.pid" ]; then
        as_user "$pg_bin/pg_ctl" -D "$dir/data" -m immediate -w -s stop >&2 || true
    fi
    [ "$verb" = halt ] || rm -rf "$dir" "$dir.initdb"
    ;;
*)
    usage
    ;;
esac
