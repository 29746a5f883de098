#!/bin/sh
# SPDX-License-Identifier: ISC
# run.sh PART BIN SOURCE WORK: PART.js of this folder against a whole small world: a district of two relays and nine
# villages, a contractor for each relay. Exit 77 (skipped) where something that it needs is not installed.
part=$1
bin=$2
source=$3
work=$4
here=$source/tests/safety

needs='node jq psql pg_dump'
case $part in scripts | cross_site) needs="$needs npm chromium" ;; esac
for need in $needs; do
    command -v "$need" >/dev/null 2>&1 || {
        echo "skipped: $need is not installed; apt-get install nodejs npm jq postgresql-client chromium"
        exit 77
    }
done
# shellcheck source=tests/stage/stage.sh disable=SC2034
. "$source/tests/stage/stage.sh"

mkdir -p "$work"
cp "$here"/*.js "$work/"
cd "$work"
case $part in
scripts | cross_site)
    cp "$source/tests/browser/package.json" "$source/tests/browser/package-lock.json" .
    if ! cmp -s package-lock.json node_modules/.installed-lock; then
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
        cp package-lock.json node_modules/.installed-lock
    fi
    ;;
esac

# The district of the stage, with more villages; or one whose names are attacks.
stage_inventory() {
    mkdir "$scratch/inventory"
    HOOK_PORT=$hook_port SNMP_PORT=$snmp_port node district.js "$part" "$scratch/inventory"
    sites=$(wc -l <"$scratch/inventory/devices.csv")
}
# Every device and the core, which has none; the header of the file stands for the core.
stage_all_up() {
    [ "$("$bin/kentongan" --json sites | jq '[.[] | select(.state == "up")] | length')" -eq "$sites" ]
}

case $part in
claims) stage_self_heal=30s ;;
# So that what agents say of themselves is read, too.
scripts) stage_poll='interval = 1s timeout = 300ms misses_to_down = 3 reading_interval = 5s' ;;
esac
stage_more='log { level = debug }'

stage_begin
TOKEN_STAFF=$(token staff) TOKEN_LAWU=$(token party --party lawu)
export TOKEN_STAFF TOKEN_LAWU
export URL="$url" PG="$pg" HOOKS="$hooks" LOG="$scratch/log" STATE="$scratch/state" BIN="$bin" SOURCE="$source"
export SNMP_PORT="$snmp_port" CONTROL="$scratch/fleet.sock" DAEMON="$stage_daemon"
node "$part.js"
