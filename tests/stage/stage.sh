# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# stage.sh - sourced by tests that need the whole of it: a private cluster, a fleet of demo routers, a receiver and the
# daemon on loopback addresses. Before it is sourced, $bin is the folder of the programs and $source the source tree.
# It leaves $scratch, $url (of the daemon), $pg (the cluster's socket), $hooks (the receiver's log) and the functions
# below; everything ends with the script that sourced it. $stage_poll, $stage_self_heal and $stage_more go into the
# configuration; the inventory is another one where stage_inventory and stage_all_up are defined anew.
set -eu

scratch=$(mktemp -d /tmp/kt-stage-XXXXXX)
pg=$scratch.pg
hooks=$scratch/hooks.jsonl
stage_pids=
stage_end() {
    code=$?
    for pid in $stage_pids; do kill "$pid" 2>/dev/null || :; done
    wait || :
    if [ "$code" -ne 0 ] && [ "$code" -ne 77 ]; then
        echo "--- kentongand"
        tail -n 60 "$scratch/log" 2>/dev/null || :
    fi
    sh "$source/tests/pg/cluster.sh" stop "$pg"
    rm -rf "$scratch"
    exit "$code"
}
trap stage_end EXIT
trap 'exit 1' INT TERM

# A port that nobody has now: taken from the system and given back.
free_port() {
    node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

# until_true DEADLINE_S COMMAND...: asks again until the command succeeds; fails when the deadline has passed.
until_true() {
    stage_deadline=$(($(date +%s) + $1))
    shift
    while ! "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$stage_deadline" ] || {
            echo "waited in vain for: $*" >&2
            return 1
        }
    done
}

stage_inventory() {
    mkdir "$scratch/inventory"
    cat >"$scratch/inventory/sites.csv" <<CSV
code,name,kind,kecamatan,lat,lng,uplinks,feeder,service_hours
33.14,Sragen,core,,-7.38534,110.97414,,,
33.14.01,Kalijambe,relay,33.14.01,-7.43614,110.81379,33.14,,
33.14.01.2003,Kalimacan,village,33.14.01,-7.44,110.81,33.14.01,,
33.14.01.2005,Krikilan,village,33.14.01,-7.45,110.82,33.14.01,,
33.14.02,Plupuh,relay,33.14.02,-7.43925,110.88874,33.14,,
33.14.02.2001,Dari,village,33.14.02,-7.44,110.89,33.14.02,,
CSV
    {
        echo site,name,address,port,snmp,credential,profile,role,reply_from,byte_budget_mb
        n=1
        for site in 33.14.01 33.14.01.2003 33.14.01.2005 33.14.02 33.14.02.2001; do
            echo "$site,gw,127.77.0.$n,$snmp_port,2c,demo,routeros,gateway,,"
            n=$((n + 1))
        done
    } >"$scratch/inventory/devices.csv"
    cat >"$scratch/inventory/parties.csv" <<CSV
party,name,kind,language,parent
dinas,Dinas Kominfo Sragen,team,id,
lawu,CV Lawu Net,contractor,id,
solo,PT Bengawan Data,contractor,en,
CSV
    cat >"$scratch/inventory/endpoints.csv" <<CSV
endpoint,party,channel,url,secret,fallback_of,quiet,site
dinas,dinas,webhook,http://127.0.0.1:$hook_port/ok/dinas,hook,,,
lawu,lawu,webhook,http://127.0.0.1:$hook_port/ok/lawu,hook,,,
solo,solo,webhook,http://127.0.0.1:$hook_port/ok/solo,hook,,,
CSV
    cat >"$scratch/inventory/contracts.csv" <<CSV
contract,party,sites
lawu-2026,lawu,33.14.01*
solo-2026,solo,33.14.02*
CSV
}

stage_config() {
    cat >"$scratch/kt.conf" <<CONF
state_dir = "$scratch/state"
secrets_file = "$scratch/secrets"
database {
    conninfo = "host=$pg dbname=kentongan user=kentongan_app"
    admin = "host=$pg dbname=postgres user=postgres"
}
web { listen = "127.0.0.1:$web_port" base_url = "http://127.0.0.1:$web_port" }
poll { ${stage_poll:-interval = 1s timeout = 300ms misses_to_down = 3} }
verify { window = 10s self_heal_after = ${stage_self_heal:-1h} }
webhook { allow = { "127.0.0.0/8" } }
${stage_more:-}
CONF
    mkdir "$scratch/state"
    printf 'demo = kt-demo\nhook = whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n' >"$scratch/secrets"
    chmod 0600 "$scratch/secrets"
    export KENTONGAN_CONFIG="$scratch/kt.conf"
}

# Up to the moment at which every router has answered.
stage_begin() {
    : >"$hooks"
    sh "$source/tests/pg/cluster.sh" start "$pg" >/dev/null
    web_port=$(free_port) hook_port=$(free_port) snmp_port=$(free_port)
    url=http://127.0.0.1:$web_port
    stage_config
    stage_inventory
    "$bin/kentongan" db init >/dev/null
    "$bin/kentongan" import "$scratch/inventory" >/dev/null
    "$bin/kentongan-fleet" serve --inventory "$scratch/inventory" --control "$scratch/fleet.sock" \
        --log "$scratch/fleet.log" 2>"$scratch/fleet.err" &
    stage_pids="$stage_pids $!"
    "$bin/kt-sink" --listen "127.0.0.1:$hook_port" --log "$hooks" 2>"$scratch/sink.err" &
    stage_pids="$stage_pids $!"
    "$bin/kentongand" 2>"$scratch/log" &
    stage_daemon=$!
    stage_pids="$stage_pids $stage_daemon"
    until_true "${stage_patience:-60}" stage_all_up
}

stage_all_up() {
    [ "$("$bin/kentongan" --json sites | jq '[.[] | select(.state == "up")] | length')" -eq 6 ]
}

fleet() {
    "$bin/kentongan-fleet" ctl --control "$scratch/fleet.sock" "$@" >/dev/null
}

token() {
    "$bin/kentongan" --json token add "$@" | jq -r .token
}

# action_url PARTY N: the link of the N-th offer to the party; waits for it.
action_url() {
    until_true 60 stage_offer "$1" "$2"
    stage_offer "$1" "$2"
}
stage_offer() {
    jq -er --arg at "/ok/$1" --argjson n "$2" -s \
        '[.[] | select(.path == $at) | .body | fromjson | select(.type == "ticket.offered") | .data.action_url] | .[$n - 1] // error("none yet")' \
        "$hooks"
}
