#!/bin/sh
# SPDX-License-Identifier: ISC
# detector_aims.sh SIM - what the detector is to reach on simulated links, in runs short enough for CI. Simulated time and
# seeded chance: the same on every machine. The long runs: detector_plot.sh.
set -eu

sim=$1
here=$(dirname "$0")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
. "$here/detector_channels.sh"

# most WHAT GOT LIMIT
most() {
    if awk -v got="$2" -v limit="$3" 'BEGIN {exit !(got != "" && got + 0 <= limit + 0)}'; then
        echo "ok - $1: $2 <= $3"
    else
        echo "FAILED - $1: $2, not <= $3"
        failures=$((failures + 1))
    fi
}

run() {
    "$sim" --channel "$scratch/channel" "$@" | tail -n 1
}

# by_chance LOSS P50 P99 EXTRA: random loss, ten cuts; then the same link without cuts.
by_chance() {
    channel "$scratch/channel" "$1" 2 8
    got=$(run --devices 100 --days 10)
    most "loss $1: half of the cuts are known after s" "$(echo "$got" | figure detect_s_p50)" "$2"
    most "loss $1: 99 of 100 after s" "$(echo "$got" | figure detect_s_p99)" "$3"
    most "loss $1: half of the returns after s" "$(echo "$got" | figure restore_s_p50)" 20
    most "loss $1: cuts missed" "$(echo "$got" | figure missed_cuts)" 0
    most "loss $1: false alarms" "$(echo "$got" | figure false_down)" 0
    channel "$scratch/channel" "$1"
    got=$(run --devices 200 --days 10 --seed 2)
    most "loss $1: false alarms of a link that is never cut" "$(echo "$got" | figure false_down)" 0
    most "loss $1: further probes in percent" "$(echo "$got" | figure extra_probe_percent)" "$4"
}
by_chance 0 10 15 0.1
by_chance 0.01 10 15 5
by_chance 0.10 30 40 20
by_chance 0.20 45 60 35
by_chance 0.30 75 100 60

channel "$scratch/channel" rain
most "2000 rainy afternoons: false alarms" "$(run --devices 2000 --days 1 | figure false_down)" 0

# Bursts of 20 s on the mean, ten a day: within two seconds as quick as the usual rule for 99 of 100, and a hundredth of its false alarms.
channel "$scratch/channel" ge20
got=$(run --devices 50 --days 160 --learn-days 60)
most "bursts: false alarms, times a hundred" "$(($(echo "$got" | figure false_down) * 100))" "$(echo "$got" | figure usual_false_down)"
channel "$scratch/channel" ge20 60 20
got=$(run --devices 50 --days 80 --learn-days 60)
most "bursts: 99 of 100 cuts after s" "$(echo "$got" | figure detect_s_p99)" "$(echo "$got" | figure usual_detect_s_p99 | awk '{print $1 + 2}')"
most "bursts: cuts missed" "$(echo "$got" | figure missed_cuts)" 0

[ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
