#!/bin/sh
# SPDX-License-Identifier: ISC
# One SNMPv3 device asked by hand: a real snmpd at every level, and each way of not being let in. The user is a line of
# the secrets file, so no passphrase is ever an argument.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
snmpd=$(command -v snmpd || echo /usr/sbin/snmpd)
[ -x "$snmpd" ] || { echo 'no snmpd here'; exit 77; }

# An address of our own in 127/8, so that no other test has the port.
address=127.$(($$ / 65536 % 100 + 100)).$(($$ / 256 % 256)).$(($$ % 254 + 1))
cat >"$scratch/secrets" <<'SECRETS'
none = v3 user=none level=noAuthNoPriv
auth = v3 user=auth level=authNoPriv auth=MD5:sandi-auth-1
priv = v3 user=priv level=authPriv auth=SHA-256:sandi-auth-1 priv=AES:sandi-priv-1
wrong-auth = v3 user=priv level=authPriv auth=SHA-256:salah-auth-1 priv=AES:sandi-priv-1
wrong-priv = v3 user=priv level=authPriv auth=SHA-256:sandi-auth-1 priv=AES:salah-priv-1
wrong-level = v3 user=auth level=authPriv auth=MD5:sandi-auth-1 priv=AES:sandi-auth-1
stranger = v3 user=tamu level=authNoPriv auth=SHA:sandi-auth-1
community = kt-demo
SECRETS
cat >"$scratch/snmpd.conf" <<'CONF'
exactEngineID 0x80001f888001020304
createUser none
createUser auth MD5 sandi-auth-1
createUser priv SHA-256 sandi-auth-1 AES sandi-priv-1
rouser none noauth
rouser auth auth
rouser priv priv
CONF

run 1 probe "$address" --port 1161 --snmp 3 --credential priv
says_err "$address did not answer within 200ms"
says_err 'check address, port, user, level and passphrases'

SNMP_PERSISTENT_DIR="$scratch" "$snmpd" -f -C -c "$scratch/snmpd.conf" -Lf "$scratch/snmpd.log" -I -smux \
    "udp:$address:1161" &
stops=$!
tries=0
until "$kentongan" probe "$address" --port 1161 --snmp 3 --credential none >"$out" 2>"$err"; do
    tries=$((tries + 1))
    kill -0 "$stops" || fail "snmpd ended: $(cat "$scratch/snmpd.log")"
    [ "$tries" -lt 100 ] || fail 'snmpd never answered'
done

for name in none auth priv; do
    run 0 probe "$address" --port 1161 --snmp 3 --credential "$name"
    says "$address answered in "
    says '  snmpEngineID    80001f888001020304, boots 1'
    says '  snmpEngineTime  '
    says 'profile generic (Any SNMP agent: system and interfaces)'
    says_not '(try '
    grep -Eq '^  uptime .* [0-9.]+ s .*TimeTicks [0-9.]+ s$' "$out" || fail 'no uptime with unit and raw value'
    says_not 'not all was read'
    run 0 probe "$address" --port 1161 --snmp 3 --credential "$name" --json
    json '.answered and .snmp == "3" and .auth == "ok" and .engine == "80001f888001020304"'
    json '.profile == "generic" and (.reading.partial | not)'
done
run 0 probe "$address" --port 1161 --snmp 3 --credential priv --walk 1.3.6.1.2.1.1
grep -Eq '^1\.3\.6\.1\.2\.1\.1\.2\.0\|6\|1\.3\.6\.1\.4\.1\.8072\.3\.2\.10\|OID ' "$out" || fail 'no sysObjectID'
says_err ' objects under 1.3.6.1.2.1.1, '

# refuses NAME REASON WORDS: alive, not let in, with the reason, a remedy and no passphrase; the walk says the same.
refuses() {
    for walk in '' --walk; do
        # shellcheck disable=SC2086 # none, or one option
        refused 1 "$address lives, but does not let us in: $2: $3" probe "$address" --port 1161 --snmp 3 --credential "$1" $walk
        says_err "put $1 in $scratch/secrets right, or the user there"
        ! grep -q 'sandi\|salah' "$err" || fail 'it says a passphrase'
    done
    run 1 probe "$address" --port 1161 --snmp 3 --credential "$1" --json
    json ".answered == false and .auth == \"$2\" and .rtt_ms == null and .engine == \"80001f888001020304\""
}
refuses wrong-auth wrong-key 'the passphrase or protocol of auth= is not'
refuses wrong-priv unanswered 'the device lives, but leaves what we ask unanswered'
refuses wrong-level level 'the device does not serve this user at that level'
refuses stranger unknown-user 'the device has no SNMPv3 user of that name'

# What is wrong before anybody is asked.
refused 2 '--snmp 3 needs --credential' probe "$address" --port 1161 --snmp 3
refused 1 'priv is an SNMPv3 user: --snmp 3' probe "$address" --port 1161 --credential priv
refused 1 'community is no SNMPv3 user' probe "$address" --port 1161 --snmp 3 --credential community
refused 1 'nobody is not in' probe "$address" --port 1161 --snmp 3 --credential nobody
printf 'short = v3 user=priv level=authNoPriv auth=SHA:pendek\n' >>"$scratch/secrets"
run 1 probe "$address" --port 1161 --snmp 3 --credential short
says_err 'short: '
! grep -q pendek "$err" || fail 'it says a passphrase'
