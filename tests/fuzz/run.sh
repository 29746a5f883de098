#!/bin/sh
# SPDX-License-Identifier: ISC
# run.sh - libFuzzer's programs, by CTest or by hand.
#
#   tests/fuzz/run.sh build                 build/fuzz, of the preset fuzz
#   tests/fuzz/run.sh run NAME [SECONDS]    fuzzes fuzz_NAME for a minute, or for so long
#
# It begins with tests/fuzz/corpus/NAME and with what earlier runs found, which lies in build/fuzz/found/NAME. What
# crashes the target, or takes it longer than 10 s or 1 GiB, stays in build/fuzz/crashes; the last lines say how to
# replay it. An input that was repaired belongs into the corpus.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$root"

build() {
    cmake --preset fuzz
    cmake --build --preset fuzz --target fuzzers
}

run() {
    name=$1
    seconds=${2:-60}
    program=build/fuzz/bin/fuzz_$name
    found=build/fuzz/found/$name
    case $name in
    engine_in | fetch | reply | v3) dict=tests/fuzz/ber.dict ;;
    *) dict=tests/fuzz/$name.dict ;;
    esac
    [ -x "$program" ] || { echo "no $program: sh tests/fuzz/run.sh build" >&2; exit 1; }
    mkdir -p "$found" build/fuzz/crashes
    set -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=1 \
        -artifact_prefix="build/fuzz/crashes/$name-"
    [ ! -f "$dict" ] || set -- "$@" -dict="$dict"
    log=build/fuzz/$name.log
    if nice -n 5 "$program" "$@" "$found" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
        grep '^stat::number_of_executed_units' "$log"
        grep 'DONE ' "$log" | tail -n 1
        return
    fi
    tail -n 60 "$log"
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    echo
    echo "fuzz_$name found something. Its input: $root/${input:-(none was written, see $log)}"
    echo "Replay it: cd $root && $program $input"
    exit 1
}

case ${1:-} in
build) build ;;
run) [ $# -ge 2 ] || exit 2; shift; run "$@" ;;
*) sed -n '3,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
