#!/bin/sh
# SPDX-License-Identifier: ISC
# field_bench - how many times a second the page of a ticket is shown while a whole district is probed.
#
#   field_bench [--devices N] [--interval S] [--seconds S] [--connections N]
#
# wrk asks a real kentongand on a real PostgreSQL for /t/TOKEN while the fleet answers for the devices; then, the rest going
# on, a handler of evhttp that does nothing but send the same bytes. The last line is one JSON object.
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
devices=1000 interval=10 seconds=20 connections=16
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
    --devices) devices=$2 ;;
    --interval) interval=$2 ;;
    --seconds) seconds=$2 ;;
    --connections) connections=$2 ;; # the server gives one client 32
    *) usage ;;
    esac
    case $2 in '' | *[!0-9]* | 0*) usage ;; esac
    shift 2
done
for need in wrk node jq curl; do
    command -v "$need" >/dev/null 2>&1 || {
        echo "skipped: $need is not installed; apt-get install wrk nodejs jq curl" >&2
        exit 77
    }
done
stage_poll="interval = ${interval}s timeout = 1s misses_to_down = 3"
# shellcheck source=tests/stage/stage.sh disable=SC2034
. "$source/tests/stage/stage.sh"

stage_inventory() {
    mkdir "$scratch/inventory"
    awk -v devices="$devices" -v port="$snmp_port" -v dir="$scratch/inventory" 'BEGIN {
        sites = dir "/sites.csv"
        gateways = dir "/devices.csv"
        print "code,name,kind,kecamatan,lat,lng,uplinks,feeder,service_hours" >sites
        print "33.14,Sragen,core,,-7.38534,110.97414,,," >sites
        print "site,name,address,port,snmp,credential,profile,role,reply_from,byte_budget_mb" >gateways
        for (n = 0; n < devices; n++) { # each fiftieth is a relay, the others are behind it
            relay = sprintf("33.14.%02d", 1 + int(n / 50))
            code = n % 50 == 0 ? relay : sprintf("%s.%d", relay, 2000 + n % 50)
            printf "%s,Desa %d,%s,%s,-7.44,110.81,%s,,\n", code, n, n % 50 ? "village" : "relay", relay, n % 50 ? relay : "33.14" >sites
            printf "%s,gw,127.77.%d.%d,%d,2c,demo,routeros,gateway,,\n", code, 1 + int(n / 200), 1 + n % 200, port >gateways
        }
    }'
    printf 'party,name,kind,language,parent\ndinas,Dinas Kominfo,team,id,\nlawu,CV Lawu Net,contractor,id,\n' >"$scratch/inventory/parties.csv"
    cat >"$scratch/inventory/endpoints.csv" <<CSV
endpoint,party,channel,url,secret,fallback_of,quiet,site
dinas,dinas,webhook,http://127.0.0.1:$hook_port/ok/dinas,hook,,,
lawu,lawu,webhook,http://127.0.0.1:$hook_port/ok/lawu,hook,,,
CSV
    printf 'contract,party,sites\nlawu-2026,lawu,33.14*\n' >"$scratch/inventory/contracts.csv"
}
stage_all_up() {
    [ "$(metric 'kentongan_sites{state="up"}')" = "$devices" ]
}

metric() {
    curl -sf "$url/metrics" | awk -v name="$1" '$1 == name { print $2 }'
}
# load URL: wrk's figures.
load() {
    wrk --threads 1 --connections "$connections" --duration "${seconds}s" --script "$source/tests/bench/wrk.lua" "$1" | tail -n 1
}

stage_begin
echo "$devices devices answer"
fleet cut 33.14.01.2001
link=$(action_url lawu 1)
# A day of the link and of two readings, which the page draws: the whole work of it.
psql -h "$pg" -U postgres -d kentongan -X -q -v ON_ERROR_STOP=1 >/dev/null <<SQL
create temp view slots as select id, date_bin('5 minutes', now(), 'epoch') - i * interval '5 minutes' as slot, i
  from kentongan.device, generate_series(1, 288) i where site = '33.14.01.2001';
insert into kentongan.rollup_inbox select id, slot, 30, i % 4, 900, 1000 + i, 1500, 2000 from slots;
select kentongan.rollup_take(now() - interval '2 days', now());
insert into kentongan.reading_inbox
select id, slot, metric, '', 'gauge', unit, true, 0, 1, 10 + i % 7, null, null, null from slots, (values ('signal', 'dBm'), ('voltage', 'V')) v(metric, unit);
select kentongan.reading_rollup_take(now() - interval '2 days', now(), 16);
select kentongan.history_keep('30 days', '730 days', now());
SQL
curl -sif "$link" >"$scratch/answer"
"$bench/bare_http" "$scratch/answer" >"$scratch/bare" &
stage_pids="$stage_pids $!"
until_true 10 test -s "$scratch/bare"
bare=http://127.0.0.1:$(cat "$scratch/bare")/
[ "$(curl -sf "$bare" | wc -c)" = "$(curl -sf "$link" | wc -c)" ] # all but the key of the forms is the same

# The worst lag of the last ten seconds: at rest, and with wrk.
lag_before=$(metric kentongan_loop_lag_seconds)
sent=$(metric kentongan_probes_sent_total)
answered=$(metric kentongan_probes_answered_total)
page=$(load "$link")
lag=$(metric kentongan_loop_lag_seconds)
sent=$(($(metric kentongan_probes_sent_total) - sent))
answered=$(($(metric kentongan_probes_answered_total) - answered))
down=$(metric 'kentongan_sites{state="down"}')
limit=$(load "$bare")

jq -cn --argjson page "$page" --argjson limit "$limit" --argjson lag "$lag" --argjson lag_before "$lag_before" \
    --argjson sent "$sent" --argjson answered "$answered" --argjson down "$down" --argjson devices "$devices" \
    --argjson interval "$interval" --argjson seconds "$seconds" --argjson connections "$connections" \
    --argjson bytes "$(wc -c <"$scratch/answer")" '
    def round2: . * 100 | round / 100;
    $page + {loop_lag_ms: ($lag * 1000), loop_lag_before_ms: ($lag_before * 1000),
        probes_sent: $sent, probes_answered_percent: (if $sent > 0 then 100 * $answered / $sent | round2 else 0 end),
        sites_down: $down, limit_requests_per_s: $limit.requests_per_s, limit_p99_ms: $limit.p99_ms,
        ratio: ($page.requests_per_s / $limit.requests_per_s * 10000 | round / 10000), bytes: $bytes, devices: $devices,
        interval_s: $interval, connections: $connections, seconds: $seconds}'
