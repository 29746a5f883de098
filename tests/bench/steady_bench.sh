#!/bin/sh
# SPDX-License-Identifier: ISC
# steady_bench - what a whole kentongand costs when nothing happens: a real one, on a real PostgreSQL, with the history.
#
#   steady_bench [--devices N] [--interval S] [--seconds S] [--probers N] [--readings S] [--warm S]
#
# The inventory goes in as CSV by `kentongan import`; the fleet answers for the devices. Once all have answered, the time of the
# processors that the parent, its probing children and PostgreSQL use is taken for so many seconds: more than 300, and the history of
# five minutes of each device is among it. The last line is one JSON object.
set -eu

usage() {
    sed -n '3,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
[ $# -ge 2 ] || usage
bin=$1
source=$2
shift 2
devices=99999 interval=60 seconds=360 probers=1 readings=0 warm=0
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
    --devices) devices=$2 ;;
    --interval) interval=$2 ;;
    --seconds) seconds=$2 ;;
    --probers) probers=$2 ;;
    --warm) warm=$2 ;; # after all have answered, and before the time is taken: until each has been read once
    --readings) readings=$2 ;; # between two readings of a device by its profile; without it there are none
    *) usage ;;
    esac
    case $2 in '' | *[!0-9]* | 0*) usage ;; esac
    shift 2
done
for need in node jq curl; do
    command -v "$need" >/dev/null 2>&1 || {
        echo "skipped: $need is not installed; apt-get install nodejs jq curl" >&2
        exit 77
    }
done
stage_poll="interval = ${interval}s timeout = 1s misses_to_down = 3 reading_interval = ${readings}s uplink_bytes_per_second = 0"
stage_more="prober { count = $probers }"
# shellcheck source=tests/stage/stage.sh disable=SC2034
. "$source/tests/stage/stage.sh"

stage_inventory() {
    "$bin/kentongan-fleet" inventory --sites $((devices + 1)) --dir "$scratch/inventory" --port "$snmp_port" --snmp 2c --credential demo >/dev/null
    import_began=$(date +%s)
}
metric() {
    curl -sf "$url/metrics" | awk -v name="$1" '$1 == name { print $2 }'
}
# The import is over when this is asked for the first time.
stage_all_up() {
    : "${all_began:=$(date +%s)}"
    [ "$(metric 'kentongan_sites{state="up"}')" = "$devices" ]
}
# cpu_s PID...: seconds of processor so far, by the scheduler's own account.
cpu_s() {
    for pid in "$@"; do cat "/proc/$pid/schedstat"; done | awk '{ ns += $1 } END { printf "%.3f", ns / 1e9 }'
}
rss_mib() {
    for pid in "$@"; do cat "/proc/$pid/statm"; done | awk '{ pages += $2 } END { printf "%d", pages / 256 }'
}
stage_patience=$((interval * 3 + devices / 500))
stage_begin
up_at=$(date +%s)
echo "$devices devices answer"
[ "$warm" = 0 ] || timeout "$warm" tail -f /dev/null || :
probing=$(pgrep -P "$stage_daemon")
parent=$(cpu_s "$stage_daemon")
# shellcheck disable=SC2086 # numbers of processes
prober=$(cpu_s $probing)
polls=$(metric kentongan_probes_sent_total)
rows=$(metric kentongan_history_rows_total)
timeout "$seconds" tail -f /dev/null || : # what is measured is a length of time: it waits for nothing
parent=$(echo "$(cpu_s "$stage_daemon") $parent" | awk '{ print $1 - $2 }')
# shellcheck disable=SC2086
prober=$(echo "$(cpu_s $probing) $prober" | awk '{ print $1 - $2 }')
polls=$(($(metric kentongan_probes_sent_total) - polls))
rows=$(($(metric kentongan_history_rows_total) - rows))
# shellcheck disable=SC2086
prober_mib=$(rss_mib $probing)
jq -cn --argjson devices "$devices" --argjson interval "$interval" --argjson seconds "$seconds" --argjson probers "$probers" --argjson readings "$readings" \
    --argjson imported "$((all_began - import_began))" --argjson first "$((up_at - all_began))" \
    --argjson parent "$parent" --argjson prober "$prober" --argjson polls "$polls" --argjson rows "$rows" \
    --argjson lag "$(metric kentongan_loop_lag_seconds)" --argjson parent_mib "$(rss_mib "$stage_daemon")" \
    --argjson prober_mib "$prober_mib" '
    def percent: . / $seconds * 10000 | round / 100;
    {devices: $devices, interval_s: $interval, seconds: $seconds, probers: $probers, readings_s: $readings, import_s: $imported, first_round_s: $first,
     polls: $polls, history_rows: $rows, parent_core_percent: ($parent | percent), prober_core_percent: ($prober | percent),
     prober_cpu_us_per_poll: (if $polls > 0 then $prober * 1e8 / $polls | round / 100 else 0 end),
     parent_rss_mib: $parent_mib, prober_rss_mib: $prober_mib, loop_lag_ms: ($lag * 1000)}'
