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
at_least clocks_least_percent 92
at_least proven_right_percent 96
at_least by_definition_right_percent 97.5
at_least guessed_right_percent 84
at_least guessed_bare_right_percent 76

# Power is never said of a device that ran on.
case "$said" in *'"wrong_power": 0}'*) ;; *) exit 1 ;; esac
