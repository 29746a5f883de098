#!/bin/sh
# SPDX-License-Identifier: ISC
# Recorded and made-up devices behind snmpsim, read by hand in both versions: each by its profile, whole, with
# the values that tests/profiles/NAME.expect wants. What a walk prints is a recording that replays the same.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
snmpsimd=$(command -v snmpsimd || echo /usr/bin/snmpsimd)
[ -x "$snmpsimd" ] || { echo 'no snmpsimd here'; exit 77; }
sed -i 's/interval = 1s timeout = 200ms/interval = 30s timeout = 5s/' "$scratch/kt.conf" # Python has its own pace
address=127.$(($$ / 65536 % 100 + 100)).$(($$ / 256 % 256)).$(($$ % 254 + 1))
recordings=$source/../shared/data/snmprec
mkdir "$scratch/data" "$scratch/cache"
cp "$source"/tests/profiles/*.snmprec "$scratch/data"
if [ -d "$recordings" ]; then
    cp "$recordings"/*.snmprec "$scratch/data"
else
    echo "without the recordings of $recordings: those made up are tried alone"
fi
chmod a+rx "$scratch"
chmod -R a+rX "$scratch/data"
chmod a+rwx "$scratch/cache"

# sim PORT: snmpsimd over the folder; root may not run it.
sim() {
    set -- "$snmpsimd" --data-dir="$scratch/data" --cache-dir="$scratch/cache" \
        --variation-modules-dir=/usr/share/snmpsim/variation --agent-udpv4-endpoint="$address:$1" --logging-method=null
    [ "$(id -u)" -ne 0 ] || set -- "$@" --process-user=nobody --process-group=nogroup
    "$@" &
    stops="$stops $!"
}

# ask NAME ARGUMENT...: the device of that recording; its name is the community.
ask() {
    printf 'device = %s\n' "$1" >"$scratch/secrets"
    shift
    run 0 probe "$address" --port "$port" --credential device "$@"
}
# begin PORT NAME: snmpsimd on that port, until it answers for that recording.
begin() {
    port=$1
    tries=0
    sim "$port"
    printf 'device = %s\n' "$2" >"$scratch/secrets"
    until "$kentongan" probe "$address" --port "$port" --credential device >"$out" 2>"$err"; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || fail 'snmpsimd never answered'
    done
}
begin 1161 mikrotik-new

# Lines METRIC|INSTANCE|VALUE[|HEALTH] of an .expect file: each must be among those of the JSON.
check_values() {
    jq -r '.reading.values[] | ([.metric, .instance,
        (if .status != "ok" then .status else (.word // .value | tostring) end)] | join("|")) as $line
        | $line, "\($line)|\(.health)"' "$out" >"$scratch/values"
    while IFS= read -r line; do
        case $line in
        '#'* | '' | some\ *) ;;
        *'|'*'|'*) grep -qxF -- "$line" "$scratch/values" || fail "$1: not read: $line" ;;
        esac
    done <"$source/tests/profiles/$1.expect"
}
devices=0
for file in "$scratch"/data/*.snmprec; do
    name=$(basename "$file" .snmprec)
    ask "$name" --json
    json '.profile != null and (.reading.partial | not) and .reading.silences == 0'
    [ ! -f "$source/tests/profiles/$name.expect" ] || check_values "$name"
    jq -r '.reading.values[] | .metric' "$out" | sort | uniq -c >"$scratch/v2c"
    ask "$name" --snmp 1 --json
    json '.profile != null and (.reading.partial | not) and .reading.silences == 0'
    devices=$((devices + 1))
done
echo "$devices devices read in both versions"

# What a walk prints, replayed, is read the same.
ask mikrotik-new --json
jq -S '[.reading.values[] | del(.raw)]' "$out" >"$scratch/before"
ask mikrotik-new --walk
cut -d '|' -f 1-3 "$out" >"$scratch/data/again.snmprec"
begin 1162 again # it reads its folder once
ask again --json
jq -S '[.reading.values[] | del(.raw)]' "$out" | diff "$scratch/before" - || fail 'a walk does not replay'
