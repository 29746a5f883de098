#!/bin/sh
# SPDX-License-Identifier: ISC
# quickstart.sh - from a clone to a running Kentongan with a demo district, on Debian 12.
#
#   sh packaging/quickstart.sh [--dir DIR] [--port N] [--detach] [--no-demo] [--skip-install]
#   sh packaging/quickstart.sh --stop [--dir DIR]
#
#   --dir DIR        where everything is kept (default: ~/.local/state/kentongan-demo,
#                    as root /var/lib/kentongan-demo)
#   --port N         web port on 127.0.0.1 (default 8420, or that of the last time);
#                    webhooks arrive at N + 1
#   --detach         return once it is ready; without it the log is shown until Ctrl-C stops all
#   --stop           stop what runs in DIR; data is kept
#   --no-demo        an empty inventory and no demo fleet
#   --skip-install   do not install packages
#   --help           this text
#
# It may be run again at any time: it starts what does not run, or is not what was last built or
# written, and keeps the database, the secrets, and files that were changed by hand.
# As root, all runs as the user "kentongan", who is made for it and owns DIR. Root then writes no
# file inside DIR and runs no program from there: its owner must gain nothing from root's visit.
set -eu

src=$(cd "$(dirname "$0")/.." && pwd -P)
umask 022
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C.UTF-8
export PATH LC_ALL

. "$src/packaging/quickstart/lib.sh"
. "$src/packaging/quickstart/access.sh"

port=
dir=
detach=no
demo=yes
install=yes
verb=start
run_user=kentongan

usage() {
    sed -n '5,17s/^# \{0,1\}//p' "$src/packaging/quickstart.sh"
}
misuse() {
    printf 'quickstart: %s\n' "$1" >&2
    usage >&2
    said=yes
    exit 2
}

# ---- options ----

options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --dir | --port)
            [ $# -ge 2 ] || misuse "$1 needs a value"
            option "$1" "$2"
            shift
            ;;
        --dir=* | --port=*) option "${1%%=*}" "${1#*=}" ;;
        --detach) detach=yes ;;
        --stop) verb=stop ;;
        --no-demo) demo=no ;;
        --skip-install) install=no ;;
        --help | -h)
            usage
            exit 0
            ;;
        *) misuse "unknown option $1" ;;
        esac
        shift
    done
}

option() {
    case $1 in
    --dir) dir=$2 ;;
    --port)
        case $2 in '' | *[!0-9]* | ??????*) misuse "--port takes a number from 1024 to 65534, not '$2'" ;; esac
        if [ "$2" -lt 1024 ] || [ "$2" -gt 65534 ]; then
            misuse "--port takes a number from 1024 to 65534, not '$2'"
        fi
        port=$2
        ;;
    esac
}

# ---- who and where ----

find_dir() {
    if [ -z "$dir" ]; then
        if is_root; then
            dir=/var/lib/kentongan-demo
        else
            dir=${HOME:?is not set; give --dir}/.local/state/kentongan-demo
        fi
    fi
    case $dir in /*) ;; *) dir=$(pwd)/$dir ;; esac
    dir=${dir%/}
    case $dir in
    *[!A-Za-z0-9/._+@-]*) die "$dir has characters other than A-Z a-z 0-9 / . _ + @ -" "choose another --dir" ;;
    esac
    socket=$dir/pg/.s.PGSQL.5432
    [ ${#socket} -le 100 ] ||
        die "the path $socket has ${#socket} bytes and a Unix socket takes 100" "choose a shorter --dir"
    is_root || run_user=$(id -un)
    conf=$dir/kentongand.conf
    log=$dir/log
    [ -n "$port" ] || port=$(sed -n 's/^ *listen *= *"127\.0\.0\.1:\([0-9]*\)".*/\1/p' "$conf" 2>/dev/null | head -n 1)
    port=${port:-8420}
    hook_port=$((port + 1))
    # Beside a demo with the default port there can be another: the port of its devices follows along.
    snmp_port=1161
    [ "$port" -eq 8420 ] || snmp_port=$port
}

# A directory that is not ours is left alone, whatever it holds.
check_dir() {
    [ -e "$dir" ] || return 0
    [ -d "$dir" ] || die "$dir is not a directory" "choose another --dir"
    owner=$(stat -c %U "$dir")
    if [ ! -e "$dir/.kentongan-demo" ] && [ -n "$(ls -A "$dir" 2>/dev/null)" ]; then
        die "$dir holds something else" "choose an empty or a new --dir"
    fi
    if [ "$owner" != "$run_user" ]; then
        if is_root && [ "$owner" = root ]; then return 0; fi
        die "$dir belongs to $owner" "choose another --dir, or run this as $owner"
    fi
}

make_user() {
    is_root || return 0
    if ! getent passwd "$run_user" >"$scratch/user"; then
        useradd --system --user-group --no-create-home --home-dir /nonexistent \
            --shell /usr/sbin/nologin --comment 'Kentongan' "$run_user" >>"$build_log" 2>&1 ||
            die "the user $run_user could not be made" "make it by hand: useradd --system $run_user" "$build_log"
    elif [ "$(id -u "$run_user")" -ge 1000 ]; then
        die "the user $run_user is a person's account" "rename it, or run this as an ordinary user"
    fi
}

make_dir() {
    if is_root; then
        [ -d "$dir" ] || mkdir -p "$dir"
        [ "$(stat -c %U "$dir")" = "$run_user" ] || chown "$run_user:$run_user" "$dir"
        chmod 0755 "$dir"
        as_owner test -w "$dir" ||
            die "the user $run_user cannot reach $dir" "choose a --dir whose parents are open to all, such as /var/lib/kentongan-demo"
    else
        mkdir -p "$dir" || die "$dir cannot be made" "choose another --dir"
    fi
    cd "$dir"
    as_owner mkdir -p "$dir/bin" "$dir/inventory" "$dir/log" "$dir/run"
    # 0711: the way to the socket, where PostgreSQL asks the kernel who calls. The data is 0700.
    as_owner mkdir -p -m 0711 "$dir/pg"
    as_owner mkdir -p -m 0700 "$dir/state"
    with=with
    [ $demo = yes ] || with=without
    [ -s "$dir/.kentongan-demo" ] || echo "$with the demo inventory" | write "$dir/.kentongan-demo" 0644
    made=$(cat "$dir/.kentongan-demo")
    [ "$made" = "$with the demo inventory" ] || die "$dir was made $made" "choose another --dir"
}

# One at a time in a directory; the lock goes when the script ends, and no daemon inherits it.
lock_dir() {
    exec 9<"$dir"
    flock -n 9 || die "another quickstart works in $dir" "wait for it to end"
}

# ---- steps ----

install_packages() {
    step "Packages"
    missing=$(sh "$src/packaging/packages.sh" missing build run | tr '\n' ' ')
    if [ -z "$missing" ]; then
        ok "all there"
        return 0
    fi
    [ $install = yes ] ||
        die "packages are missing" "install them, or leave out --skip-install: apt-get install $missing"
    printf '      installing %s\n' "$missing"
    sudo=
    if ! is_root; then
        sudo=sudo
        command -v sudo >/dev/null || die "packages are missing and there is no sudo" "as root: apt-get install $missing"
        sudo -v || die "packages are missing and sudo refused" "as root: apt-get install $missing"
    fi
    logged $sudo sh "$src/packaging/packages.sh" install build run ||
        die "apt-get failed" "see why, then run this again" "$build_log"
    ok "installed"
}

# What root makes in somebody's clone is given to him, or he could neither build nor delete it.
give_build_back() {
    if is_root && [ "$(stat -c %u "$src")" -ne 0 ]; then
        chown -hR "$(stat -c %u:%g "$src")" "$src/build"
    fi
}

programs='kentongand kentongan'
demo_programs='kentongan-fleet kt-sink'

# KT_QUICKSTART_PROGRAMS=DIR: programs that were built before, for the tests of this script.
built=${KT_QUICKSTART_PROGRAMS:-$src/build/release/bin}

build() {
    if [ -n "${KT_QUICKSTART_PROGRAMS:-}" ]; then
        step "Programs: those in $built"
        ok "nothing to build"
        return 0
    fi
    step "Programs: release build in $src/build/release"
    mkdir -p "$src/build/release" 2>/dev/null || :
    [ -w "$src/build/release" ] ||
        die "$src/build/release cannot be written" "clone the repository into a directory of your own"
    cd "$src"
    logged cmake --preset release || { give_build_back; die "cmake failed" "see why, then run this again" "$build_log"; }
    # shellcheck disable=SC2086 # lists of words
    logged cmake --build --preset release --target $programs $demo_programs ||
        { give_build_back; die "the build failed" "see why, then run this again" "$build_log"; }
    give_build_back
    ok "built"
}

# The daemons run from copies: the clone may lie where their user cannot read, and a build under way
# must not pull a program away from under them.
copy_programs() {
    for program in $programs $demo_programs; do
        cmp -s "$built/$program" "$dir/bin/$program" ||
            write "$dir/bin/$program" 0755 <"$built/$program"
    done
}

find_postgres() {
    version=$(cat "$dir/pg/data/PG_VERSION" 2>/dev/null || :)
    if [ -n "$version" ]; then
        pg_bin=/usr/lib/postgresql/$version/bin
    else
        pg_bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
    fi
    [ -x "${pg_bin:-/nowhere}/pg_ctl" ]
}

# Who of the system's users may be which of the database's: nobody else gets in.
write_idents() {
    for user in $(printf '%s\n' "$run_user" root "${SUDO_USER:-}" | sort -u); do
        for role in postgres kentongan_owner kentongan_app kentongan_web kentongan_report; do
            printf 'kentongan %s %s\n' "$user" "$role"
        done
    done | write "$dir/pg/data/pg_ident.conf" 0600
}

make_cluster() {
    if [ -e "$dir/pg/data/PG_VERSION" ]; then return 0; fi
    as_owner rm -rf "$dir/pg/new"
    logged as_owner "$pg_bin/initdb" -D "$dir/pg/new" -U postgres --auth=peer --encoding=UTF8 \
        --locale=C.UTF-8 --data-checksums ||
        die "initdb failed" "see why, then run this again" "$build_log"
    # shellcheck disable=SC2016
    as_owner sh -c 'cat >>"$1/postgresql.conf" && echo "local all all peer map=kentongan" >"$1/pg_hba.conf"' \
        sh "$dir/pg/new" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir/pg'
cluster_name = 'kentongan-demo'
shared_buffers = 64MB
max_connections = 40
CONF
    as_owner mv "$dir/pg/new" "$dir/pg/data"
}

is_postgres_up() { as_owner "$pg_bin/pg_ctl" -D "$dir/pg/data" status >/dev/null 2>&1; }

start_postgres() {
    step "PostgreSQL: a private cluster in $dir/pg"
    find_postgres || die "there is no PostgreSQL ${version:-server} in /usr/lib/postgresql" "install postgresql-${version:-15}"
    make_cluster
    write_idents
    if is_postgres_up; then
        as_owner "$pg_bin/pg_ctl" -D "$dir/pg/data" -s reload
        ok "runs already"
        return 0
    fi
    logged as_owner "$pg_bin/pg_ctl" -D "$dir/pg/data" -l "$log/postgresql.log" -w -t 60 -s start 9<&- ||
        die "PostgreSQL did not start" "see why, then run this again" "$log/postgresql.log"
    ok "started"
}

# keep_or_write FILE MODE: from stdin, unless the file was changed by hand since it was written.
keep_or_write() {
    cat >"$scratch/fresh"
    name=${1#"$dir/"}
    if [ -e "$1" ] && ! grep -qsxF "$(cksum <"$1") $name" "$dir/run/written"; then
        printf '      kept %s: changed by hand\n' "$1"
        return 0
    fi
    write "$1" "$2" <"$scratch/fresh"
    { grep -vs " $name\$" "$dir/run/written" || :
      printf '%s %s\n' "$(cksum <"$1")" "$name"; } >"$scratch/written"
    write "$dir/run/written" 0644 <"$scratch/written"
}

random_hex() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
random_signing() { printf 'whsec_%s' "$(head -c 32 /dev/urandom | base64)"; }

# A secret that is there stays; one that is missing is made.
write_secrets() {
    {
        if [ -e "$dir/secrets" ]; then
            as_owner cat "$dir/secrets"
        else
            echo "# Made by quickstart.sh. NAME = VALUE; re-read on SIGHUP."
        fi
    } >"$scratch/secrets"
    for name in demo hook.dinas-kominfo hook.cv-lawu-net hook.pt-bengawan-data; do
        if grep -qE "^[[:space:]]*${name}[[:space:]]*=" "$scratch/secrets"; then continue; fi
        case $name in
        hook.*) printf '%s = %s\n' "$name" "$(random_signing)" ;;
        *) printf '%s = %s\n' "$name" "$(random_hex)" ;;
        esac >>"$scratch/secrets"
    done
    write "$dir/secrets" 0600 <"$scratch/secrets"
    # The receiver of the demo checks signatures; it wants the bare values.
    sed -n 's/^hook[^=]*= *\(whsec_.*\)$/\1/p' "$scratch/secrets" | write "$dir/run/hook-secrets" 0600
    rm -f "$scratch/secrets"
}

write_conf() {
    keep_or_write "$conf" 0644 <<CONF
# Made by quickstart.sh, which leaves it alone once you have changed it.
state_dir    = "$dir/state"
secrets_file = "$dir/secrets"
database {
    conninfo = "host=$dir/pg dbname=kentongan user=kentongan_app"
    admin    = "host=$dir/pg dbname=kentongan user=postgres"
}
web {
    listen   = "127.0.0.1:$port"
    base_url = "http://127.0.0.1:$port"
}
# Quick, so that a demo is not a wait; a district polls every 30 s.
poll    { interval = 5s  timeout = 1s  misses_to_down = 3 }
verify  { window = 10s  self_heal_after = 2m }
webhook { allow = { "127.0.0.0/8" } }
CONF
    grep -q "127\.0\.0\.1:$port\"" "$conf" ||
        die "$conf was changed by hand and does not listen at port $port" "give the --port that stands there, or remove the file"
}

write_inventory() {
    for file in sites devices parties endpoints contracts; do
        if [ $demo = no ]; then
            # What is there stays: without the demo the inventory is the user's.
            [ -e "$dir/inventory/$file.csv" ] ||
                head -n 1 "$src/packaging/demo/$file.csv" | keep_or_write "$dir/inventory/$file.csv" 0644
        else
            sed "s/,1161,/,$snmp_port,/; s/127\.0\.0\.1:8421/127.0.0.1:$hook_port/" \
                "$src/packaging/demo/$file.csv" | keep_or_write "$dir/inventory/$file.csv" 0644
        fi
    done
}

write_files() {
    step "Configuration, secrets and inventory in $dir"
    copy_programs
    write_secrets
    write_conf
    write_inventory
    ok "written"
}

# cli WORDS...: the command line, as the owner.
cli() { as_owner "$dir/bin/kentongan" -c "$conf" "$@"; }

init_database() {
    step "Database"
    cli db init >>"$build_log" 2>&1 || die "kentongan db init failed" "see why, then run this again" "$build_log"
    if [ $demo = no ]; then
        ok "ready; fill $dir/inventory/*.csv and import them"
        return 0
    fi
    cli import "$dir/inventory" >>"$build_log" 2>&1 ||
        die "the inventory was refused" "put right what is listed, then run this again" "$build_log"
    ok "$(($(wc -l <"$dir/inventory/sites.csv") - 1)) sites imported"
}

# ---- what runs ----

http() { curl --silent --show-error --fail --noproxy '*' --max-time 5 "http://127.0.0.1:$port$1"; }
ctl() { as_owner "$dir/bin/kentongan-fleet" ctl --control "$dir/fleet.sock" "$@"; }

start_fleet() {
    step "Demo fleet: 228 devices on 127.33.x.x, UDP port $snmp_port"
    if [ $demo = no ]; then
        end fleet
        end sink
        ok "none"
        return 0
    fi
    daemon fleet "$(stamp_of "$dir/bin/kentongan-fleet" "$dir/inventory/sites.csv" "$dir/inventory/devices.csv")" \
        udp "$snmp_port" \
        "$dir/bin/kentongan-fleet" serve --inventory "$dir/inventory" --control "$dir/fleet.sock" --log "$log/fleet-changes.log"
    # What arrives there holds links, and who holds a link works its ticket.
    # shellcheck disable=SC2016 # $1 is the inner shell's
    as_owner sh -c 'umask 077 && : >>"$1" && chmod 0600 "$1"' sh "$log/webhooks.jsonl"
    daemon sink "$(stamp_of "$dir/bin/kt-sink" "$dir/run/hook-secrets")-$hook_port" \
        tcp "$hook_port" \
        "$dir/bin/kt-sink" --listen "127.0.0.1:$hook_port" --log "$log/webhooks.jsonl" --secret-file "$dir/run/hook-secrets"
    answers fleet ctl list
    answers sink is_taken "$hook_port" tcp
    ok "answers; webhooks are received at 127.0.0.1:$hook_port"
}

start_daemon() {
    step "kentongand at http://127.0.0.1:$port"
    daemon kentongand "$(stamp_of "$dir/bin/kentongand" "$conf" "$dir/secrets" "$dir"/inventory/*.csv)" \
        tcp "$port" \
        "$dir/bin/kentongand" -c "$conf"
    answers kentongand http /readyz
    ok "ready"
}

stop_all() {
    end kentongand
    end sink
    end fleet
    if find_postgres && is_postgres_up; then
        as_owner "$pg_bin/pg_ctl" -D "$dir/pg/data" -m fast -w -t 60 -s stop ||
            die "PostgreSQL does not stop" "see $log/postgresql.log"
    fi
}

# ---- the end ----

# Until Ctrl-C, or until kentongand ends by itself. Another run of this script may replace it meanwhile.
stay() {
    printf 'This is its log. Ctrl-C stops everything.\n\n'
    stopping=no
    trap 'stopping=yes' INT TERM HUP
    flock -u 9
    while [ $stopping = no ] && pid=$(pid_of kentongand); do
        tail -n 10 --pid="$pid" -f "$log/kentongand.log" 9<&- &
        child=$!
        wait "$child" || :
        kill "$child" 2>/dev/null || :
        child=
        [ $stopping = yes ] || flock 9
        flock -u 9
    done
    flock 9
    if [ $stopping = no ] && [ ! -e "$dir/run/kentongand.pid" ]; then
        printf '\nStopped by another quickstart.\n'
        return 0
    fi
    printf '\nStopping.\n'
    stop_all
    [ $stopping = yes ] ||
        die "kentongand ended by itself" "see why, then run this again" "$log/kentongand.log"
    printf 'Stopped. The data is kept in %s.\n' "$dir"
}

start() {
    check_dir
    install_packages
    build
    step "User $run_user and directory $dir"
    make_user
    make_dir
    lock_dir
    ok "made"
    start_postgres
    write_files
    init_database
    start_fleet
    start_daemon
    make_tokens
    log_keep
    summary
    [ $detach = yes ] || stay
}

stop() {
    if [ ! -e "$dir/.kentongan-demo" ]; then
        printf 'Nothing runs in %s.\n' "$dir"
        return 0
    fi
    check_dir
    cd "$dir"
    lock_dir
    stop_all
    printf 'Stopped. The data is kept in %s.\n' "$dir"
}

options "$@"
find_dir
$verb
