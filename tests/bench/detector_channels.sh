# shellcheck shell=sh
# SPDX-License-Identifier: ISC
# Sourced. Channels for detector_sim: channel FILE SPEC [CUT_FROM_DAY CUT_DAYS]; SPEC is a loss, rain, or ge MEAN_S.
# With the last two a cut of ten minutes falls into each of so many days, at another time of the day each.
channel() {
    case $2 in
    rain) printf '0,0.01\n43200,0.25\n61200,0.01\n' ;;
    ge*) awk -v mean="${2#ge}" 'BEGIN {printf "ge,%.9f,%.9f,0.01,0.9\n", 10 / 86400, 1 / mean}' ;;
    *) echo "0,$2" ;;
    esac >"$1"
    [ $# -lt 4 ] || awk -v from="$3" -v days="$4" 'BEGIN {
        for (d = 0; d < days; d++) {at = (from + d) * 86400 + (d * 7919) % 80000; printf "cut,%d,%d\n", at, at + 600}
    }' >>"$1"
}
# figure KEY: of the JSON line on standard input.
figure() {
    sed -n "s/.*\"$1\": \([-0-9.e+]*\).*/\1/p"
}
