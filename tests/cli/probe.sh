#!/bin/sh
# SPDX-License-Identifier: ISC
# One device asked by hand: a real snmpd, a wrong community, nobody.
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

printf 'demo = kt-demo\nwrong = kt-wrong\n' >"$scratch/secrets"
run 1 probe "$address" --port 1161 --credential wrong
says_err 'a wrong community is silence too'
run 1 probe "$address" --port 1161 --credential wrong --json
json '.answered == false and .tries == 2 and .rtt_ms == null'
refused 1 'nobody is not in' probe "$address" --port 1161 --credential nobody
chmod 0640 "$scratch/secrets"
refused 1 'chmod 0600' probe "$address" --port 1161 --credential demo
refused 2 'not an IP address' probe router.example
refused 2 '--port must be a number' probe "$address" --port 0
refused 2 '--snmp must be 1 or 2c' probe "$address" --snmp 3
