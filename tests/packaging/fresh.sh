#!/bin/sh
# SPDX-License-Identifier: ISC
# fresh.sh PORT QUICK REGEX - what somebody does who has just cloned the repository into his home.
#
# ../fresh.sh calls it in a new Debian, in the visitor's login shell. Says in short lines what came of
# it; what the commands said is in ~/fresh-logs.
set -u

port=$1
quick=$2
match=$3
clone=$HOME/kentongan
logs=$HOME/fresh-logs
village=33.14.01.2003
failures=0
mkdir -p "$logs"
cd "$clone" || exit 1

now() { date +%s; }

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

# timed LOG COMMAND...: prints its time; on failure the end of what it said.
timed() {
    file=$logs/$1.log
    shift
    began=$(now)
    result=0
    "$@" >"$file" 2>&1 </dev/null || result=$?
    printf 'ran: %s: exit %d after %d s\n' "$*" $result $(($(now) - began))
    [ $result -eq 0 ] || tail -n 40 "$file"
}

# within SECONDS COMMAND...: asks again until it succeeds.
within() {
    deadline=$(($(now) + $1))
    shift
    until "$@" >"$logs/last" 2>&1; do
        [ "$(now)" -lt $deadline ] || return 1
    done
}

# A line that the quickstart printed.
printed() {
    sed -n "s/^  $1  *//p" "$logs/quickstart.log"
}
run_printed() {
    sh -c "$(printed "$1")"
}
has_ticket() { run_printed 'the tickets' | grep -q "$village"; }
has_link() { run_printed 'the link' | grep '^http'; }
fetch() {
    curl --silent --noproxy '*' --max-time 10 --config - "$@"
}

# Processes beside this script and those that it was called by.
others() {
    for at in /proc/[0-9]*; do
        words=$(tr '\0' ' ' <"$at/cmdline") 2>/dev/null || continue
        # Without words: ended, and not yet fetched by its parent.
        case $words in
        '' | *' /fresh.sh '* | *tests/fresh.sh\ --inside*) ;;
        *) echo "${at#/proc/} $words" ;;
        esac
    done
}

echo "as $(id -un) in $clone, $(nproc) processors, $(dpkg-query -W | wc -l) packages"
for program in gcc cmake psql curl jq git node nginx; do
    command -v $program
done >"$logs/there"
check "nothing is installed" "$(cat "$logs/there")" ''

set -- --detach
[ "$port" -eq 8420 ] || set -- --detach --port "$port"
timed quickstart sh packaging/quickstart.sh "$@"
check "the quickstart starts" $result 0
[ $result -eq 0 ] || exit 1
web=http://127.0.0.1:$port
check "ready" "$(fetch -o "$logs/last" -w '%{http_code}' "$web/readyz" </dev/null)" 200
check "a token for each" "$(grep -cE '^    (admin|staff|auditor|party [a-z-]+) +kt_' "$logs/quickstart.log")" 5
staff=$(sed -n 's/^    staff *//p' "$logs/quickstart.log")
check "the API lets staff in" "$(echo "user = staff:$staff" | fetch -o "$logs/last" -w '%{http_code}' "$web/api/v1/sites")" 200
began=$(now)
check "the printed line cuts a village" "$(run_printed 'cut a village')" "$village silent*"
within 90 has_ticket
check "a ticket opens" "$(run_printed 'the tickets')" "*$village*"
within 90 has_link
link=$(run_printed 'the link')
check "the contractor is sent a link" "$link" "$web/t/*"
echo "cut to link: $(($(now) - began)) s"
check "the link shows the village" "$(fetch "$link" </dev/null)" '*Kalimacan*'
check "the report lets staff in" "$(echo "user = staff:$staff" | fetch -o "$logs/last" -w '%{http_code}' "$(printed 'the report')")" 200
timed again sh packaging/quickstart.sh --detach
check "it runs again" $result 0
check "with the same tokens" "$(grep -c "$staff" "$logs/again.log")" 1
timed stop sh packaging/quickstart.sh --stop
check "it stops" "$result:$(tail -n 1 "$logs/stop.log")" '0:Stopped.*'
check "nothing is left running" "$(others)" ''

if [ "$quick" = no ]; then
    if [ "$match" = . ]; then
        timed tests sh tests/run.sh --fast
    else
        timed tests sh tests/run.sh --fast -R "$match"
    fi
    check "the tests pass" $result 0
    grep -E 'tests passed|Total Test time|Not Run|Skipped|Failed' "$logs/tests.log"
    check "nothing is left running" "$(others)" ''
fi
[ $failures -eq 0 ] || { echo "$failures failed"; exit 1; }
