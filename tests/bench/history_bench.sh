#!/bin/sh
# SPDX-License-Identifier: ISC
# history_bench - what five-minute rows of readings cost the daemon and PostgreSQL.
#
#   history_bench [--devices N] [--readings N] [--slots N]
#
# Values of N devices go through the daemon's code into a private cluster, slot by slot; then the hours are folded. The last
# line is one JSON object.
set -eu

usage() {
    sed -n '3,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
[ $# -ge 3 ] || usage
bin=$1
bench=$2
source=$3
shift 3
devices=10000 readings=4 slots=3
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
    --devices) devices=$2 ;;
    --readings) readings=$2 ;;
    --slots) slots=$2 ;;
    *) usage ;;
    esac
    case $2 in '' | *[!0-9]* | 0*) usage ;; esac
    shift 2
done

socket=$(mktemp -d "${TMPDIR:-/tmp}/kt-bench.XXXXXX")
trap 'sh "$source/tests/pg/cluster.sh" stop "$socket"' EXIT
trap 'exit 1' HUP INT TERM
sh "$source/tests/pg/cluster.sh" start "$socket" >/dev/null
app="host=$socket dbname=kentongan user=kentongan_app"
"$bin/kt-migrate" init "$app" "host=$socket user=postgres" >/dev/null
sql() {
    psql -h "$socket" -U postgres -d kentongan -X -A -t -q -v ON_ERROR_STOP=1 -c "$1"
}
sql "insert into kentongan.site (code, name, kind, kecamatan) values ('33.14', 'Sragen', 'core', '');
     alter table kentongan.device disable trigger user;
     insert into kentongan.device (id, site, name, address, port, snmp, credential, role)
     overriding system value
     select i, '33.14', 'd' || i, inet '10.0.0.0' + i, 161, '2c', 'demo', 'other' from generate_series(1, $devices) i;
     analyze kentongan.device" >/dev/null
# What the server and those of its processes that have ended took, in seconds; each COPY has one of its own.
server_cpu() {
    awk '{ print ($14 + $15 + $16 + $17) / 100 }' "/proc/$(head -n 1 "$socket/data/postmaster.pid")/stat"
}
before=$(server_cpu)
run=$("$bench/history_bench_run" "$app" "$devices" "$readings" "$slots")
server=$(server_cpu)
fold=$(sql "select extract(epoch from clock_timestamp() - now()) from kentongan.history_keep('30 days', '730 days',
            (select max(slot) + interval '2 hours' from kentongan.reading_rollup))")
bytes=$(sql "select sum(pg_total_relation_size(i.inhrelid)) from pg_inherits i where i.inhparent = 'kentongan.reading_rollup'::regclass")
rows=$(sql "select count(*) from kentongan.reading_rollup")
printf '%s' "$run" | jq -c --argjson fold "$fold" --argjson bytes "$bytes" --argjson rows "$rows" --argjson devices "$devices" \
    --argjson readings "$readings" --argjson slots "$slots" --argjson before "$before" --argjson server "$server" '
    def round1: . * 10 | round / 10;
    . + {rows: $rows, bytes_per_row: ($bytes / $rows | round1), fold_s: $fold, server_cpu_s: ($server - $before | . * 100 | round / 100), devices: $devices,
         readings: $readings, slots: $slots}'
