#!/bin/sh
# SPDX-License-Identifier: ISC
# cause_aims.sh CAUSE_SIM - what must hold of causes over 2,000 outages of each kind (packaging/doc/cause.md).
set -eu

said=$("$1" --outages 2000 | tail -n 1)
printf '%s\n' "$said"

# at_least KEY NUMBER
at_least() {
    printf '%s\n' "$said" | awk -v key="\"$1\": " -v least="$2" '
        { at = index($0, key); got = substr($0, at + length(key)) + 0 }
        END { if (!at || got < least) { printf "%s %s, wanted %s\n", key, got, least; exit 1 } }'
}
at_least clocks_least_percent 98
at_least proven_right_percent 96
at_least guessed_right_percent 76

# Power is said of a device that ran on only where its agent alone began anew and the clock is the agent's.
wrong=$(printf '%s\n' "$said" | sed 's/.*"wrong_power": \([0-9]*\).*/\1/')
excused=$(printf '%s\n' "$said" | sed 's/.*"wrong_power_agent_clock": \([0-9]*\).*/\1/')
[ "$wrong" -eq "$excused" ] || { echo "power of a device that ran on: $wrong, of them $excused by an agent's clock"; exit 1; }
