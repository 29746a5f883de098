#!/bin/sh
# SPDX-License-Identifier: ISC
# detector_plot.sh SIM DIR [SCALE] - what stands in packaging/doc/detector.md: table rows on standard output, DIR/detector.svg.
# SCALE 1 takes about twenty minutes of a core, a smaller one simulates so much less.
set -eu

sim=$1
dir=$2
scale=${3:-1}
here=$(dirname "$0")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. "$here/detector_channels.sh"

devices() {
    awk -v n="$1" -v scale="$scale" 'BEGIN {printf "%d", n * scale < 5 ? 5 : n * scale}'
}

# run CHANNEL_ARGUMENTS -- SIM_ARGUMENTS
run() {
    spec=
    while [ "$1" != -- ]; do
        spec="$spec $1"
        shift
    done
    shift
    # shellcheck disable=SC2086 # a list of words
    channel "$scratch/channel" $spec
    "$sim" --channel "$scratch/channel" "$@" | tail -n 1
}

# A thousand device-years a loss, in ten years of a hundred devices; cuts in runs of their own.
for loss in 0 0.01 0.05 0.10 0.20 0.30; do
    n=$(devices 1000)
    quiet=$(run $loss -- --devices "$n" --days 365.25 --seed 11)
    cut=$(run $loss 2 28 -- --devices "$(devices 200)" --days 30 --seed 12)
    printf 'loss %s %s %s %s %s %s %s %s %s %s %s %s\n' $loss "$n" \
        "$(echo "$quiet" | figure false_down)" "$(echo "$quiet" | figure usual_false_down)" \
        "$(echo "$cut" | figure detect_s_p50)" "$(echo "$cut" | figure detect_s_p99)" \
        "$(echo "$cut" | figure usual_detect_s_p50)" "$(echo "$cut" | figure usual_detect_s_p99)" \
        "$(echo "$cut" | figure restore_s_p50)" "$(echo "$quiet" | figure extra_probe_percent)" \
        "$(echo "$cut" | figure missed_cuts)" "$(echo "$quiet" | figure cpu_s)"
done >"$scratch/loss"

# The frontier: ours by its budget, the usual rule by its count. A link is known after sixty days.
for mean in 2 5 20; do
    for years in 1 3 10 30 100 300 1000; do
        n=$(devices 200)
        quiet=$(run ge$mean -- --devices "$n" --days 425.25 --learn-days 60 --years $years --seed 21)
        cut=$(run ge$mean 60 40 -- --devices "$(devices 100)" --days 100 --learn-days 60 --years $years --seed 22)
        echo "ours $mean $years $n $(echo "$quiet" | figure false_down) $(echo "$cut" | figure detect_s_p50) $(echo "$cut" | figure detect_s_p99)"
    done
    for misses in 1 2 3 4 5; do
        quiet=$(run ge$mean -- --devices "$n" --days 425.25 --learn-days 60 --usual-misses $misses --seed 21)
        cut=$(run ge$mean 60 40 -- --devices "$(devices 100)" --days 100 --learn-days 60 --usual-misses $misses --seed 22)
        echo "usual $mean $misses $n $(echo "$quiet" | figure usual_false_down) $(echo "$cut" | figure usual_detect_s_p50) $(echo "$cut" | figure usual_detect_s_p99)"
    done
done >"$scratch/frontier"

n=$(devices 20000)
echo "rain $n $(run rain -- --devices "$n" --days 1 --seed 31 | figure false_down)" >"$scratch/rain"

cat "$scratch/loss" "$scratch/frontier" "$scratch/rain"
awk -f "$here/detector_plot.awk" "$scratch/loss" "$scratch/frontier" >"$dir/detector.svg"
