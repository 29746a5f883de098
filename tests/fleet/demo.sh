#!/bin/sh
# SPDX-License-Identifier: ISC
# demo.sh BIN INVENTORY - the demo inventory is the district that its README tells of, and is served.
# shellcheck disable=SC2016 # the $1 in quotes are fields of awk
set -u

bin=$1
demo=$2
scratch=$(mktemp -d)
fleet=
failures=0
trap '[ -z "$fleet" ] || { kill "$fleet"; wait "$fleet"; } 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

check() {
    if [ "$2" = "$3" ]; then
        echo "ok - $1"
    else
        printf 'FAILED - %s\n  got:  %s\n  want: %s\n' "$1" "$2" "$3"
        failures=$((failures + 1))
    fi
}
# sites COLUMN-FILTER: awk over the rows without the header; no field of the demo holds a comma.
rows() {
    awk -F, "NR > 1 $2" "$demo/$1.csv"
}

check "one core, 20 relays, 208 villages" \
    "$(rows sites '{ n[$3]++ } END { print n["core"], n["relay"], n["village"], NR - 1 }')" '1 20 208 229'
check "codes are given once" "$(rows sites '{ print $1 }' | sort | uniq -d | wc -l)" 0
check "all lie in the district" \
    "$(rows sites '&& ($4 != "" || $3 == "core") && $5 < -7.2 && $5 > -7.6 && $6 > 110.7 && $6 < 111.2' | wc -l)" 229
check "every uplink is the core or a relay" \
    "$(rows sites '{ kind[$1] = $3; up[$1] = $7 } END { for (s in up) { n = split(up[s], u, " ")
        for (i = 1; i <= n; i++) if (kind[u[i]] != "core" && kind[u[i]] != "relay") print s } }')" ''
check "the core is three hops from a relay at most, and from each" \
    "$(rows sites '{ up[$1] = $7; kind[$1] = $3 } END { for (s in up) if (kind[s] == "relay") {
        d = 0; at = s; while (kind[at] != "core" && d < 9) { split(up[at], u, " "); at = u[1]; d++ }
        if (d > most) most = d } print most }')" 3
check "a village hangs on its own kecamatan first" \
    "$(rows sites '&& $3 == "village" && index($7, substr($1, 1, 8)) != 1' | wc -l)" 0
check "two relays and twelve villages have two ways" \
    "$(rows sites '&& $7 ~ / / { n[$3]++ } END { print n["relay"], n["village"] }')" '2 12'
check "everybody but the core has a feeder" "$(rows sites '&& $8 == ""' | wc -l)" 1
check "each has one device, but the core" \
    "$( (rows sites '&& $3 != "core" { print $1 }' && rows devices '{ print $1 }') | sort | uniq -c | grep -vc '^ *2 ')" 0
check "addresses are given once, on 127.33" \
    "$(rows devices '&& $3 ~ /^127[.]33[.]/ { print $3 }' | sort -u | wc -l)" 228
check "the villages of 33.14.01 are not those of 33.14.10" "$(rows contracts '{ print $3 }' | tr ' ' '\n' | grep -c '^33.14.01[*]$')" 1
check "each kecamatan has a contract by prefix" \
    "$(rows contracts '{ print $3 }' | tr ' ' '\n' | grep -c '[*]$')" 20

# Served as it is, on another port, so that a demo of this machine is left alone.
port=$((20000 + $$ % 20000))
for _ in 1 2 3 4 5; do
    cp "$demo"/*.csv "$scratch"
    sed -i "s/,1161,/,$port,/" "$scratch/devices.csv"
    "$bin" serve --inventory "$scratch" --control "$scratch/sock" 2>"$scratch/err" &
    fleet=$!
    while kill -0 "$fleet" 2>/dev/null; do
        "$bin" ctl --control "$scratch/sock" list >"$scratch/list" 2>/dev/null && break 2
    done
    wait "$fleet"
    fleet=
    port=$((port + 1))
done
[ -n "$fleet" ] || { cat "$scratch/err"; exit 1; }
check "the fleet serves it" "$(cat "$scratch/list")" '229 sites, 228 devices, 0 silent'
check "cutting the core silences all" \
    "$("$bin" ctl --control "$scratch/sock" cut 33.14 | tail -n 1)" '229 sites changed'

[ $failures -eq 0 ] || { echo "$failures failed"; exit 1; }
