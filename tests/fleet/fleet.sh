#!/bin/sh
# SPDX-License-Identifier: ISC
# fleet.sh BIN - kentongan-fleet, asked by net-snmp's own tools: what it says, and when it is silent.
set -u

bin=$1
scratch=$(mktemp -d)
fleet=
failures=0

stop_fleet() {
    [ -n "$fleet" ] || return 0
    kill "$fleet" 2>/dev/null
    wait "$fleet"
    stopped=$?
    fleet=
}
trap 'stop_fleet; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

for tool in snmpget snmpwalk snmpbulkwalk snmpset; do
    command -v $tool >/dev/null || { echo "fleet.sh: $tool is missing: apt-get install snmp"; exit 1; }
done

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

inventory() {
    mkdir -p "$scratch/inventory"
    cat >"$scratch/inventory/sites.csv" <<CSV
code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours
33.14;Sragen;core;;;;;;
33.14.01;"Kali""jambe; satu";relay;Kalijambe;;;33.14;;
33.14.02;Plupuh;relay;Plupuh;;;33.14.01;;
33.14.03;Masaran;relay;Masaran;;;33.14;;
33.14.01.2001;Keden;village;Kalijambe;;;33.14.01;;
33.14.02.2001;Sambirejo;village;Plupuh;;;33.14.02;;
33.14.02.2002;Dari;village;Plupuh;;;33.14.02 33.14.03;;
CSV
    cat >"$scratch/inventory/devices.csv" <<CSV
site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb
33.14.01;gw;127.33.1.1;$port;2c;demo;routeros;gateway;;
33.14.02;gw;127.33.2.1;$port;2c;demo;routeros;gateway;;
33.14.03;gw;127.33.3.1;$port;2c;demo;routeros;gateway;;
33.14.01.2001;gw;127.33.1.2;$port;1;demo;airos;gateway;;
33.14.02.2001;gw;127.33.2.2;$((port + 1));2c;demo;epmp;gateway;;
33.14.02.2002;gw;127.33.2.3;$port;2c;demo;airos;gateway;;
CSV
}

ctl() {
    "$bin" ctl --control "$scratch/sock" "$@" 2>&1
}

# Until the control socket answers; the fleet answers by then.
start_fleet() {
    "$bin" serve --inventory "$scratch/inventory" --control "$scratch/sock" --log "$scratch/log" 2>"$scratch/err" &
    fleet=$!
    while kill -0 "$fleet" 2>/dev/null; do
        ctl list >/dev/null && return 0
    done
    wait "$fleet"
    fleet=
    return 1
}

uptime_oid=.1.3.6.1.2.1.1.3.0
engine_oid=.1.3.6.1.6.3.10.2.1.3.0

# ask VERSION ADDRESS[:PORT] OID...: the values, one a line, or why not. One request, one second.
ask() {
    version=$1
    address=$2
    shift 2
    case $address in *:*) ;; *) address=$address:$port ;; esac
    snmpget -r 0 -t 1 -v"$version" -c any -Oqvnt "$address" "$@" 2>&1
}
# Silence takes a second to be sure of.
silent='Timeout: No Response from*'

answers() {
    check "$1 answers: $2" "$(ask 2c "$1" $uptime_oid)" '[0-9]*'
}
is_silent() {
    check "$1 is silent: $2" "$(ask 2c "$1" $uptime_oid)" "$silent"
}

port=$((20000 + $$ % 20000))
for _ in 1 2 3 4 5; do
    inventory
    start_fleet && break
    port=$((port + 2))
done
[ -n "$fleet" ] || { cat "$scratch/err"; exit 1; }

# What it says.
check "a plain district lists nobody" "$(ctl list)" '7 sites, 6 devices, 0 silent'
check "a walk passes the system group" "$(snmpwalk -r 0 -v2c -c any -On 127.33.1.1:$port .1.3.6.1.2.1.1 | wc -l)" 7
check "a bulk walk finds the same" "$(snmpbulkwalk -r 0 -v2c -c any -On 127.33.1.1:$port .1.3.6.1.2.1.1 | wc -l)" 7
check "v1 walks too" "$(snmpwalk -r 0 -v1 -c any -On 127.33.1.2:$port .1.3.6.1.2.1.1 | grep -c '^\.')" 7
check "the whole tree has an end" "$(snmpbulkwalk -r 0 -v2c -c any -On 127.33.1.1:$port .1 | tail -n 1)" '*No more variables*'
check "sysDescr is the profile's" "$(ask 2c 127.33.1.1 .1.3.6.1.2.1.1.1.0)" '"RouterOS *'
check "sysObjectID is the make's" "$(ask 2c 127.33.2.2:$((port + 1)) .1.3.6.1.2.1.1.2.0)" .1.3.6.1.4.1.17713.21
check "sysName names the site" "$(ask 2c 127.33.1.1 .1.3.6.1.2.1.1.5.0)" '"gw-33.14.01"'
check "quotes of the file are undone" "$(ask 2c 127.33.1.1 .1.3.6.1.2.1.1.6.0)" '"Kali?"jambe; satu, Kalijambe"'
check "an absent object is told in v2c" "$(ask 2c 127.33.1.1 .1.3.6.1.2.1.1.9.0)" 'No Such Object*'
check "an absent instance too" "$(ask 2c 127.33.1.1 .1.3.6.1.2.1.1.3.9)" 'No Such Instance*'
check "v1 says noSuchName" "$(ask 1 127.33.1.2 $uptime_oid $engine_oid)" '*noSuchName*'
check "an old radio knows no v2c" "$(ask 2c 127.33.1.2 $uptime_oid)" "$silent"
check "a 2c device answers v1 as well" "$(ask 1 127.33.1.1 $uptime_oid)" '[0-9]*'
check "nothing can be set" "$(snmpset -r 0 -v2c -c any 127.33.1.1:$port .1.3.6.1.2.1.1.4.0 s x 2>&1)" '*notWritable*'
ticks=$(ask 2c 127.33.1.1 $uptime_oid)
seconds=$(ask 2c 127.33.1.1 $engine_oid)
check "both clocks agree" "$((seconds - ticks / 100))" '[01]'

# Cut: silent with all behind it, and running on.
check "a cut names whom it silences" "$(ctl cut 33.14.01 | tr '\n' '|')" \
    '33.14.01 silent cut|33.14.01.2001 silent behind 33.14.01|33.14.02 silent behind 33.14.01|33.14.02.2001 silent behind 33.14.01|4 sites changed|'
is_silent 127.33.1.1 "it is cut"
is_silent 127.33.2.1 "its relay is behind the cut one"
is_silent 127.33.2.2:$((port + 1)) "two hops behind, on the other port"
answers 127.33.2.3 "the second uplink still carries it"
answers 127.33.3.1 "it is elsewhere"
check "list says so" "$(ctl list | tail -n 1)" '7 sites, 6 devices, 4 silent'
ctl restore 33.14.01 >"$scratch/said"
check "restore brings four back" "$(tail -n 1 "$scratch/said")" '4 sites changed'
later=$(ask 2c 127.33.1.1 $uptime_oid)
check "a cut device ran on" "$((later > ticks))" 1

# Power.
ctl off 33.14.02 33.14.03 >"$scratch/said"
is_silent 127.33.2.1 "it is off"
is_silent 127.33.2.3 "both its uplinks are off"
ctl on 33.14.02 33.14.03 >"$scratch/said"
check "uptime starts again" "$(($(ask 2c 127.33.2.1 $uptime_oid) < 6000))" 1
ctl on 33.14.01 >"$scratch/said"
check "who had power is not rebooted" "$(($(ask 2c 127.33.1.1 $uptime_oid) > ticks))" 1

# Loss and delay.
check "loss is told" "$(ctl loss 33.14.03 100 | head -n 1)" '33.14.03 silent loss 100%'
is_silent 127.33.3.1 "all is lost"
answers 127.33.2.3 "loss is the site's own"
ctl loss 33.14.03 0 >"$scratch/said"
answers 127.33.3.1 "no loss any more"
ctl delay 33.14.03 2500 >"$scratch/said"
is_silent 127.33.3.1 "its reply comes after a second"
check "a patient asker hears it" "$(snmpget -r 0 -t 5 -v2c -c any -Oqvnt 127.33.3.1:$port $uptime_oid 2>&1)" '[0-9]*'
ctl delay 33.14.03 0 >"$scratch/said"

# What is refused, and the words' codes.
check "an unknown site is refused" "$(ctl cut 33.14.01 33.99; echo $?)" '*no site 33.99*nothing was changed
1'
check "and nothing was cut" "$(ctl list)" '7 sites, 6 devices, 0 silent'
check "half a command is a usage error" "$(ctl loss 33.14.01 >"$scratch/said"; echo $?)" 2
check "101 percent as well" "$(ctl loss 33.14.01 101 >"$scratch/said"; echo $?)" 2
check "an unknown word as well" "$(ctl explode 33.14.01 >"$scratch/said"; echo $?)" 2
check "the socket is its owner's" "$(stat -c %a "$scratch/sock")" 600
"$bin" serve --inventory "$scratch/inventory" --control "$scratch/sock" 2>"$scratch/said"
check "a second fleet is refused" "$?:$(cat "$scratch/said")" '1:*'

# The log is the truth that other tests are judged by.
check "the log has the command" "$(grep -c 'Z command cut 33.14.01$' "$scratch/log")" 1
check "and each change, with its time" \
    "$(grep '33.14.02.2001 silent behind 33.14.01$' "$scratch/log")" \
    '20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z 33.14.02.2001 *'

stop_fleet
check "SIGTERM is a clean end" "$stopped" 0
check "its socket is gone" "$([ -e "$scratch/sock" ]; echo $?)" 1
check "without a fleet ctl says so" "$(ctl list; echo $?)" '*is the fleet running*
1'
sed -i 's/127.33.3.1/192.0.2.1/' "$scratch/inventory/devices.csv"
check "an address of a real network is refused" \
    "$("$bin" serve --inventory "$scratch/inventory" --control "$scratch/sock" 2>&1; echo $?)" \
    "*33.14.03: address '192.0.2.1' is not inside 127.0.0.0/8*
1"

[ $failures -eq 0 ] || { echo "$failures failed"; exit 1; }
