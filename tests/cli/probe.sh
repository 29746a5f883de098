#!/bin/sh
# SPDX-License-Identifier: ISC
# One device asked by hand: a real snmpd, read and walked; a wrong community, nobody.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
snmpd=$(command -v snmpd || echo /usr/sbin/snmpd)
[ -x "$snmpd" ] || { echo 'no snmpd here'; exit 77; }

# An address of our own in 127/8, so that no other test has the port.
address=127.$(($$ / 65536 % 100 + 100)).$(($$ / 256 % 256)).$(($$ % 254 + 1))
run 1 probe "$address" --port 1161
says_err "$address did not answer within 200ms, asked 2 times"
[ "$(wc -l <"$err")" -eq 1 ] || fail 'not one line on stderr'

printf 'rocommunity kt-demo\nrocommunity public\n' >"$scratch/snmpd.conf"
SNMP_PERSISTENT_DIR="$scratch" "$snmpd" -f -C -c "$scratch/snmpd.conf" -Lf "$scratch/snmpd.log" -I -smux \
    "udp:$address:1161" &
stops=$!
tries=0
until "$kentongan" probe "$address" --port 1161 >"$out" 2>"$err"; do
    tries=$((tries + 1))
    kill -0 "$stops" || fail "snmpd ended: $(cat "$scratch/snmpd.log")"
    [ "$tries" -lt 100 ] || fail 'snmpd never answered'
done
says "$address answered in "
says '  sysUpTime       '
says '  snmpEngineTime  '
run 0 probe "$address" --port 1161 --credential demo --snmp 1
run 0 probe "$address" --port 1161 --credential demo --json
json '.answered and .snmp == "2c" and .rtt_ms > 0 and .uptime_s >= 0 and .refused.community == 0'

# The reading: what it is, by which profile, and each value with its unit and as it came.
for version in 1 2c; do
    run 0 probe "$address" --port 1161 --snmp "$version"
    says '  sysObjectID     1.3.6.1.4.1.8072.3.2.10'
    says 'profile generic (Any SNMP agent: system and interfaces)'
    says '  METRIC '
    grep -Eq '^  uptime .* [0-9.]+ s .*TimeTicks [0-9.]+ s$' "$out" || fail 'no uptime with unit and raw value'
    says_not 'not all was read'
    run 0 probe "$address" --port 1161 --snmp "$version" --json
    json '.profile == "generic" and (.reading.partial | not) and .reading.silences == 0'
    json '[.reading.values[] | select(.metric == "uptime")] | length == 1 and .[0].unit == "s" and .[0].value > 0
        and (.[0].raw | startswith("TimeTicks "))'
done

# A walk: lines that snmpsim replays, and what profiles make of them.
for version in 1 2c; do
    run 0 probe "$address" --port 1161 --snmp "$version" --walk 1.3.6.1.2.1.1
    grep -Eq '^1\.3\.6\.1\.2\.1\.1\.2\.0\|6\|1\.3\.6\.1\.4\.1\.8072\.3\.2\.10\|OID ' "$out" || fail 'no sysObjectID'
    grep -Eq '^1\.3\.6\.1\.2\.1\.1\.3\.0\|67\|[0-9]+\|TimeTicks [0-9.]+ s; generic uptime [0-9.]+ s$' "$out" ||
        fail 'no uptime with its metric'
    says_err ' objects under 1.3.6.1.2.1.1, '
    [ "$(grep -vc '^1\.3\.6\.1\.2\.1\.1\.' "$out")" -eq 0 ] || fail 'it walked out of the subtree'
done
run 0 probe "$address" --port 1161 --walk .1.3.6.1.2.1.1.3.0
[ "$(wc -l <"$out")" -eq 1 ] || fail 'an object is not its own subtree'
run 0 probe "$address" --port 1161 --walk --json
[ "$(jq -r .oid "$out" | sort -u | wc -l)" -eq "$(wc -l <"$out")" ] || fail 'an object came twice'
[ "$(wc -l <"$out")" -gt 100 ] || fail 'that is not all that snmpd has'

printf 'demo = kt-demo\nwrong = kt-wrong\n' >"$scratch/secrets"
run 1 probe "$address" --port 1161 --credential wrong
says_err 'a wrong community is silence too'
run 1 probe "$address" --port 1161 --credential wrong --walk
says_err 'without --walk says more'
run 1 probe "$address" --port 1161 --credential wrong --json
json '.answered == false and .tries == 2 and .rtt_ms == null'
refused 1 'nobody is not in' probe "$address" --port 1161 --credential nobody
chmod 0640 "$scratch/secrets"
refused 1 'chmod 0600' probe "$address" --port 1161 --credential demo
refused 2 'not an IP address' probe router.example
refused 2 '--port must be a number' probe "$address" --port 0
refused 2 '--snmp must be 1, 2c, 3 or none' probe "$address" --snmp 4
refused 2 '--snmp 3 needs --credential' probe "$address" --snmp 3
refused 2 'an OID goes with --walk' probe "$address" 1.3.6.1
refused 2 'is no OID' probe "$address" --port 1161 --walk ifTable
refused 2 'nothing to walk' probe "$address" --snmp none --walk
