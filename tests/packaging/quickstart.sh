#!/bin/sh
# SPDX-License-Identifier: ISC
# quickstart.sh ROOT PROGRAMS - the quickstart, whole: start, use, start again, what it refuses, stop.
#
# With the programs that were built for the tests; root runs it as nobody, from a copy of packaging/.
set -u

root=$1
programs=$2
scratch=$(mktemp -d)
home=$scratch/home
demo=$home/.local/state/kentongan-demo
failures=0

as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid nobody --regid nogroup --clear-groups "$@"
    else
        "$@"
    fi
}
# Sanitizers slow a start down and have nothing to say about the script: their leak check is left out.
quickstart() {
    as_user env -u SUDO_USER HOME="$home" ASAN_OPTIONS=detect_leaks=0 KT_QUICKSTART_PROGRAMS="$scratch/bin" \
        sh "$scratch/src/packaging/quickstart.sh" --skip-install "$@"
}
# Whatever a failed test left running; the pids are those that the quickstart wrote down for this DIR.
clean_up() {
    if quickstart --stop >"$scratch/stop" 2>&1; then
        rm -rf "$scratch"
    else
        cat "$scratch/stop"
        echo "could not stop what runs in $demo"
    fi
}
trap clean_up EXIT
trap 'exit 1' INT TERM

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
# refused WHAT WANT OPTIONS...: exit 1 and the last line.
refused() {
    what=$1
    want=$2
    shift 2
    quickstart "$@" >"$scratch/said" 2>&1
    check "$what" "$?: $(tail -n 1 "$scratch/said")" "1: quickstart: $want"
}
# Names each process that was started for DIR, by what stands on its command line.
running() {
    for cmdline in /proc/[0-9]*/cmdline; do
        { tr '\0' ' ' <"$cmdline"; } 2>/dev/null | grep -F "$demo/" | grep -vE '^(grep|tr|sh) '
    done
}

if [ -n "$(sh "$root/packaging/packages.sh" missing build run)" ]; then
    echo "skipped: packages are missing: $(sh "$root/packaging/packages.sh" missing build run | tr '\n' ' ')"
    exit 77
fi
mkdir -p "$scratch/src" "$scratch/bin" "$home"
cp -R "$root/packaging" "$scratch/src"
for program in kentongand kentongan kentongan-fleet kt-sink; do
    cp "$programs/$program" "$scratch/bin"
done
chmod 0755 "$scratch"
[ "$(id -u)" -ne 0 ] || chown nobody "$home"
cd /
user=$(as_user id -un)

# A port, its neighbour and the UDP port of that number that nobody has.
port=$((21000 + $$ % 9000))
quickstart --detach --port $port >"$scratch/start" 2>&1
check "it starts, and returns when ready" "$?: $(grep -o 'kentongand at .*' "$scratch/start")" "0: kentongand at http://127.0.0.1:$port"
[ $failures -eq 0 ] || { cat "$scratch/start"; exit 1; }
check "it counts the sites" "$(cat "$scratch/start")" '*229 sites imported*'
check "it answers at its port" "$(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' http://127.0.0.1:$port/readyz)" 200
check "secrets are closed to others" "$(stat -c '%a %U' "$demo/secrets")" "600 $user"
check "so are the tokens" "$(stat -c '%a %U' "$demo/tokens")" "600 $user"
check "and what the receiver got" "$(stat -c '%a %U' "$demo/log/webhooks.jsonl")" "600 $user"
check "the fleet's socket as well" "$(stat -c %a "$demo/fleet.sock")" 600
check "the database has no TCP port" "$(as_user grep -c "^listen_addresses = ''" "$demo/pg/data/postgresql.conf")" 1
check "nor a password or trust" "$(as_user cat "$demo/pg/data/pg_hba.conf")" 'local all all peer map=kentongan'

# The lines that it printed do what they say.
printed() {
    sed -n "s/^  $1 *//p" "$scratch/start"
}
kentongan=$(printed 'the tickets')
# shellcheck disable=SC2046 # a printed command line
said=$(as_user $(printed 'cut a village'))
check "the printed line cuts a village" "$said" '33.14.01.2003 silent cut*'
deadline=$(($(date +%s) + 60))
until grep -q 'ticket\.offered' "$demo/log/webhooks.jsonl" || [ "$(date +%s)" -gt $deadline ]; do
    as_user "$scratch/bin/kentongan-fleet" ctl --control "$demo/fleet.sock" list >"$scratch/list"
done
check "webhooks arrive, signed" "$(grep 'ticket\.offered' "$demo/log/webhooks.jsonl" | grep -o '"verified":[a-z]*')" '"verified":true'
# shellcheck disable=SC2086
as_user $kentongan >"$scratch/tickets"
check "the ticket is listed" "$(cat "$scratch/tickets")" '*33.14.01.2003*'

# status TOKEN PATH: what the daemon says to who has it.
status() {
    printf 'user = anybody:%s\n' "$1" |
        curl -s --noproxy '*' -o "$scratch/body" -w '%{http_code}' --config - "http://127.0.0.1:$port$2"
}
token_of() {
    sed -n "s/^    $1  *\(kt_[A-Za-z0-9_-]\{43\}\)$/\1/p" "${2:-$scratch/start}"
}
ticket=$(grep -o 'KT-[0-9]*-[0-9]*' "$scratch/tickets" | head -n 1)
for role in admin staff auditor 'party cv-lawu-net' 'party pt-bengawan-data'; do
    check "the token of $role opens the API" "$(status "$(token_of "$role")" /api/v1/tickets)" 200
done
check "a contractor sees his own tickets" "$(status "$(token_of 'party pt-bengawan-data')" "/api/v1/tickets/$ticket"; cat "$scratch/body")" '*33.14.01.2003*'
check "and not another's" "$(status "$(token_of 'party cv-lawu-net')" "/api/v1/tickets/$ticket")" 404
check "the printed line asks the API" "$(as_user sh -c "$(printed 'the API')")" '*33.14.01.2003*'
# shellcheck disable=SC2046
link=$(as_user $(printed 'the link'))
check "the printed line finds the contractor's link" "$link" "http://127.0.0.1:$port/t/*"
check "which opens his page" "$(curl -s --noproxy '*' "$link")" '*Kalimacan*'
check "no token is in a log" "$(as_user grep -rlE 'kt_[A-Za-z0-9_-]{43}|/t/[A-Za-z0-9_-]{40}' "$demo/log" "$demo/run" "$demo/kentongand.conf" | grep -v webhooks.jsonl)" ''

# Again: nothing that runs is disturbed, nothing that is secret is made anew.
cat "$demo"/run/*.pid >"$scratch/pids"
cksum <"$demo/secrets" >"$scratch/secrets"
quickstart --detach >"$scratch/again" 2>&1
check "it runs again, at the port of before" "$?: $(grep -o '127.0.0.1:[0-9]*/readyz' "$scratch/again")" "0: 127.0.0.1:$port/readyz"
check "the same processes run on" "$(cat "$demo"/run/*.pid)" "$(cat "$scratch/pids")"
check "the secrets are the same" "$(cksum <"$demo/secrets")" "$(cat "$scratch/secrets")"
check "the tokens are the same" "$(token_of staff "$scratch/again")" "$(token_of staff)"
# One that was revoked is made anew, by a daemon that does not remember it from a minute ago.
# shellcheck disable=SC2086
as_user ${kentongan% tickets} token revoke 2 >"$scratch/said"
# shellcheck disable=SC2016 # $1 is the inner shell's
as_user sh -c 'kill "$(cut -d " " -f 1 "$1")"' sh "$demo/run/kentongand.pid"
quickstart --detach >"$scratch/again" 2>&1
check "a token that was revoked is made anew" "$(grep -c '^      1 made' "$scratch/again"):$(status "$(token_of staff "$scratch/again")" /api/v1/tickets)" 1:200
check "only that one" "$(token_of admin "$scratch/again")" "$(token_of admin)"

# What it refuses, in one line with the remedy.
refused "a socket's path has its limit" '*takes 100: choose a shorter --dir' --dir "$home/$(printf '%090d' 0)"
refused "a blank in the path" '*choose another --dir' --dir "$home/a b"
refused "a directory of something else" '*holds something else: choose *' --dir "$scratch/src"
refused "a directory with the demo, without it" '*was made with the demo inventory: choose another --dir' --no-demo
refused "a port that is taken" "udp port $port is in use by another program*" --detach --dir "$home/two" --port $port
quickstart --dir "$home/two" --stop >"$scratch/said" 2>&1
check "the half that had started is stopped" "$?: $(cat "$scratch/said")" "0: Stopped.*"
check "a privileged port is misuse" "$(quickstart --port 80 2>"$scratch/said"; echo $?)" 2
check "so is an unknown option" "$(quickstart --faster 2>"$scratch/said"; echo $?)" 2
as_user sed -i 's/,-7.45020,/,south,/' "$demo/inventory/sites.csv"
refused "an inventory that was spoilt by hand" "the inventory was refused: put right what is listed*" --detach
check "and the place is named" "$(grep 'sites.csv:' "$scratch/said")" '*/sites.csv:25: lat: *'

# A damaged daemon is told, and put right by the next run.
as_user sed -i 's/,south,/,-7.45020,/' "$demo/inventory/sites.csv"
# shellcheck disable=SC2016 # $1 is the inner shell's
as_user sh -c 'kill -KILL "$(cut -d " " -f 1 "$1")"' sh "$demo/run/kentongand.pid"
quickstart --detach >"$scratch/again" 2>&1
check "a daemon that died is started again" "$?: $(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' http://127.0.0.1:$port/readyz)" '0: 200'

quickstart --stop >"$scratch/said" 2>&1
check "stop says so" "$?: $(cat "$scratch/said")" "0: Stopped. The data is kept in $demo."
check "and nothing is left running" "$(running)" ''
quickstart --stop >"$scratch/said" 2>&1
check "stop may be said twice" $? 0

[ $failures -eq 0 ] || { echo "$failures failed"; exit 1; }
