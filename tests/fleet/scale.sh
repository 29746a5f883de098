#!/bin/sh
# SPDX-License-Identifier: ISC
# scale.sh BIN - a fleet of nothing but a number: SNMPv3 on every level, forged replies, scripts, big inventories.
set -u

bin=$1
scratch=$(mktemp -d)
fleet=
failures=0

stop_fleet() {
    [ -n "$fleet" ] || return 0
    kill "$fleet" 2>/dev/null
    wait "$fleet"
    fleet=
}
trap 'stop_fleet; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

for tool in snmpget snmpbulkwalk; do
    command -v $tool >/dev/null || { echo "scale.sh: $tool is missing: apt-get install snmp"; exit 1; }
done
# No keys or configurations of whoever runs this.
mkdir "$scratch/cert_indexes"
SNMPCONFPATH=$scratch
SNMP_PERSISTENT_DIR=$scratch
MIBS=
export SNMPCONFPATH SNMP_PERSISTENT_DIR MIBS

# check WHAT GOT WANT: WANT is a pattern of the shell.
check() {
    # shellcheck disable=SC2254 # a pattern is wanted
    case $2 in
    $3) echo "ok - $1" ;;
    *)
        echo "FAILED - $1"
        printf '  got:  %s\n  want: %s\n' "$2" "$3"
        failures=$((failures + 1))
        ;;
    esac
}

ctl() {
    "$bin" ctl --control "$scratch/sock" "$@" 2>&1
}

# start_fleet ARGUMENT...: until it answers; port is set.
start_fleet() {
    "$bin" serve --port 0 --control "$scratch/sock" "$@" >"$scratch/port" 2>"$scratch/err" &
    fleet=$!
    while kill -0 "$fleet" 2>/dev/null; do
        ctl counters >/dev/null && port=$(sed -n 's/^port //p' "$scratch/port") && [ -n "$port" ] && return 0
    done
    cat "$scratch/err"
    fleet=
    exit 1
}

uptime_oid=.1.3.6.1.2.1.1.3.0
silent='*Timeout*'

get() {
    snmpget -r 0 -t 1 -Oqvnt "$@" 2>&1
}

# One user per level and per algorithm; the last two are strangers to the fleet.
cat >"$scratch/secrets" <<'SECRETS'
# as kentongand's file has them
demo = public
v3.none = v3 user=none level=noAuthNoPriv
v3.md5 = v3 user=md5 level=authNoPriv auth=MD5:katasandi1
v3.sha = v3 user=sha level=authPriv auth=SHA:katasandi1 priv=AES:rahasia12
v3.des = v3 user=des level=authPriv auth=MD5:katasandi1 priv=DES:rahasia12
v3.new = v3 user=new level=authPriv auth=SHA-256:katasandi1 priv=AES-256:rahasia12
SECRETS
start_fleet --count 1000 --net 127.77.0.0/22 --snmp any --secrets "$scratch/secrets" \
    --user 'user=sha512 level=authPriv auth=SHA-512:katasandi1 priv=AES-192:rahasia12'
there=127.77.0.7:$port

check "any address of the net answers" "$(get -v2c -c any "127.77.3.231:$port" $uptime_oid)" '[0-9]*'
check "but not the one behind the last device" "$(get -v2c -c any "127.77.3.232:$port" $uptime_oid)" "$silent"
check "ten objects in one answer" "$(snmpget -v2c -c any -Oqn "$there" $uptime_oid .1.3.6.1.2.1.1.5.0 \
    .1.3.6.1.2.1.31.1.1.1.6.1 .1.3.6.1.2.1.31.1.1.1.10.1 .1.3.6.1.2.1.2.2.1.8.1 .1.3.6.1.2.1.2.2.1.14.1 \
    .1.3.6.1.4.1.14988.1.1.3.8.0 .1.3.6.1.4.1.14988.1.1.3.10.0 .1.3.6.1.4.1.14988.1.1.1.1.1.4.3 \
    .1.3.6.1.2.1.25.3.3.1.2.1 | grep -c ' "*[-0-9g]')" 10
check "a bulk walk passes the interfaces" \
    "$(snmpbulkwalk -v2c -c any -Oqn "$there" .1.3.6.1.2.1.2.2 | wc -l)" 48
check "v1 walks past 64-bit counters" \
    "$(snmpwalk -v1 -c any -Oqn "$there" .1.3.6.1.2.1.31.1.1 | grep -c '31.1.1.1.\(6\|10\).')" 0
check "an unchanged device tells unchanged names" \
    "$(get -v2c -c any "$there" .1.3.6.1.2.1.1.5.0)" '"gw-d0000007"'

v3() {
    user=$1
    level=$2
    shift 2
    get -v3 -u "$user" -l "$level" "$@" "$there" $uptime_oid
}
check "v3 without keys" "$(v3 none noAuthNoPriv)" '[0-9]*'
check "v3 with a digest" "$(v3 md5 authNoPriv -a MD5 -A katasandi1)" '[0-9]*'
check "v3, SHA and AES" "$(v3 sha authPriv -a SHA -A katasandi1 -x AES -X rahasia12)" '[0-9]*'
check "v3, MD5 and DES" "$(v3 des authPriv -a MD5 -A katasandi1 -x DES -X rahasia12)" '[0-9]*'
check "v3, SHA-256 and AES-256" "$(v3 new authPriv -a SHA-256 -A katasandi1 -x AES-256 -X rahasia12)" '[0-9]*'
check "v3, SHA-512 and AES-192" "$(v3 sha512 authPriv -a SHA-512 -A katasandi1 -x AES-192 -X rahasia12)" '[0-9]*'
check "v3 walks" "$(snmpbulkwalk -v3 -u sha -l authPriv -a SHA -A katasandi1 -x AES -X rahasia12 -Oqn "$there" \
    .1.3.6.1.2.1.2.2 | wc -l)" 48
check "an unknown user" "$(v3 nobody authPriv -a SHA -A katasandi1 -x AES -X rahasia12)" '*Unknown user name*'
check "a wrong password" "$(v3 sha authPriv -a SHA -A katasandi2 -x AES -X rahasia12)" '*Authentication failure*'
check "a wrong key" "$(v3 sha authPriv -a SHA -A katasandi1 -x AES -X rahasia13)" '*Decryption*'
check "more than the user has" "$(v3 md5 authPriv -a MD5 -A katasandi1 -x DES -X rahasia12)" '*Unsupported security level*'
check "less than the user has" "$(v3 sha noAuthNoPriv)" '*authorizationError*'
engine() {
    snmpget -v2c -c any -Oqvx "127.77.0.$1:$port" .1.3.6.1.6.3.10.2.1.1.0
}
check "each device is an engine" "$([ "$(engine 1)" = "$(engine 2)" ]; echo $?)" 1
ctl engine d0000001 d0000002 77 >"$scratch/said"
check "two may be twins" "$([ "$(engine 1)" = "$(engine 2)" ]; echo $?)" 0
there=127.77.0.2:$port
check "and speak as such" "$(v3 sha authPriv -a SHA -A katasandi1 -x AES -X rahasia12)" '[0-9]*'

# Reboots, patterns, loss.
check "a reboot is told" "$(ctl reboot d0000007 | head -n 1)" 'd0000007 rebooted'
check "and its clock begins anew" "$(($(get -v2c -c any "127.77.0.7:$port" $uptime_oid) < 6000))" 1
check "a tenth is cut" "$(ctl cut '*/10' | tail -n 1)" '100 sites changed'
check "of all" "$(ctl list | tail -n 1)" '1000 sites, 1000 devices, 100 silent'
check "a prefix comes back" "$(ctl restore 'd00005*' | tail -n 1)" '10 sites changed'
ctl restore '*' >"$scratch/said"
check "and then all" "$(ctl list)" '1000 sites, 1000 devices, 0 silent'
check "no site begins so" "$(ctl cut 'x*'; echo $?)" '*no site x*1'

# Forged replies, beside a right one that is lost: net-snmp must wait in vain for each of these classes.
ctl loss d0000009 100 >"$scratch/said"
for class in request truncated; do
    ctl forge d0000009 $class 300 >"$scratch/said"
    check "a forged reply is none: $class" "$(get -v2c -c any "127.77.0.9:$port" $uptime_oid)" "$silent"
    check "and it was sent: $class" "$(ctl counters | sed -n "s/^forged $class //p")" 3
done
ctl loss d0000009 0 >"$scratch/said"
# Only those: snmpget gives up at a forgery of another PDU type, should that one come first.
ctl forge d0000009 request,truncated 10000 >"$scratch/said"
check "the right one is beside them" "$(get -v2c -c any "127.77.0.9:$port" $uptime_oid)" '[0-9]*'
check "no such class" "$(ctl forge d0000009 lies 5; echo $?)" '*no such class*2'
stop_fleet

# A script.
cat >"$scratch/script" <<'SCRIPT'
# in any order
0.1 off d0000001

0.0 cut d0000000
SCRIPT
start_fleet --count 2 --net 127.77.0.0/30 --snmp 2c --script "$scratch/script" --log "$scratch/log"
until grep -q 'd0000001 silent off' "$scratch/log"; do kill -0 "$fleet" || break; done
check "a script's lines come in the order of their times" \
    "$(sed -n 's/.*Z command //p' "$scratch/log" | tr '\n' '|')" 'cut d0000000|off d0000001|'
stop_fleet
echo 'soon cut d0000000' >"$scratch/script"
check "a script without times is refused" \
    "$("$bin" serve --count 1 --port 0 --script "$scratch/script" 2>&1; echo $?)" '*script:1: a line is*1'

# More devices than the net has addresses take more ports; a real network is refused.
start_fleet --count 10 --net 127.77.0.0/30 --snmp 2c
check "the fifth device is on the next port" "$(get -v2c -c any 127.77.0.0:$((port + 1)) .1.3.6.1.2.1.1.5.0)" '"gw-d0000004"'
stop_fleet
check "a real net is refused" "$("$bin" serve --count 10 --net 10.0.0.0/8 2>&1; echo $?)" '*no net inside 127*1'

# A district of 2,000 sites, written and served.
port=$((20000 + $$ % 20000))
"$bin" inventory --sites 2000 --dir "$scratch/big" --port $port
check "so many sites" "$(tail -n +2 "$scratch/big/sites.csv" | cut -d, -f1 | sort -u | wc -l)" 2000
check "so many devices" "$(tail -n +2 "$scratch/big/devices.csv" | cut -d, -f3 | sort -u | wc -l)" 1999
"$bin" serve --inventory "$scratch/big" --control "$scratch/sock" 2>"$scratch/err" &
fleet=$!
while kill -0 "$fleet" 2>/dev/null && ! ctl list >/dev/null; do :; done
check "the fleet serves it" "$(ctl list)" '2000 sites, 1999 devices, 0 silent'
check "a relay takes its villages along" "$(ctl cut 99.00.00003 | tail -n 1)" '*sites changed'
ctl restore '*' >"$scratch/said"
check "the core takes all" "$(ctl cut 99.00 | tail -n 1)" '2000 sites changed'
stop_fleet

[ $failures -eq 0 ] || { echo "$failures failed"; exit 1; }
