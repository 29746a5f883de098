#!/bin/sh
# SPDX-License-Identifier: ISC
# contract.sh KENTONGAND KENTONGAN SOURCE WORK: the API of a real daemon on a real database, every answer of which
# contract.js holds against daemon/web/openapi.yaml. Exit 77 (skipped) where there is no npm.
set -eu

kentongand=$1
kentongan=$2
source=$3
work=$4

if ! command -v npm >/dev/null 2>&1 || ! command -v node >/dev/null 2>&1; then
    echo "skipped: npm is not installed; apt-get install npm"
    exit 77
fi
mkdir -p "$work"
cp "$source/tests/api/package.json" "$source/tests/api/package-lock.json" "$source/tests/api/contract.js" "$work/"
cd "$work"
if ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-lock
fi

scratch=$(mktemp -d /tmp/kt-api-XXXXXX)
pg=$scratch.pg
daemon=
# shellcheck disable=SC2154
trap 'code=$?; [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || :; wait || :
      [ "$code" -eq 0 ] || cat "$scratch/log"
      sh "$source/tests/pg/cluster.sh" stop "$pg"; rm -rf "$scratch"; exit "$code"' EXIT
trap 'exit 1' INT TERM
: >"$scratch/log"
sh "$source/tests/pg/cluster.sh" start "$pg" >/dev/null

cat >"$scratch/kt.conf" <<CONF
state_dir = "$scratch"
secrets_file = "$scratch/secrets"
database {
    conninfo = "host=$pg dbname=kentongan user=kentongan_app"
    admin = "host=$pg dbname=postgres user=postgres"
}
web { listen = "unix:$scratch/http.sock" base_url = "http://kentongan.test" }
poll { interval = 500ms timeout = 100ms misses_to_down = 2 }
CONF
printf 'demo = kt-demo\n' >"$scratch/secrets"
chmod 0600 "$scratch/secrets"
export KENTONGAN_CONFIG="$scratch/kt.conf"

# Two parties with a village each, and routers at which nobody answers: each becomes a ticket.
mkdir "$scratch/inventory"
cat >"$scratch/inventory/sites.csv" <<CSV
code,name,kind,kecamatan,lat,lng,uplinks,feeder,service_hours
33.14,Sragen,core,,-7.4,111.0,,,
33.14.01.2001,Keden,village,Kalijambe,-7.43,110.8,33.14,,
33.14.02.2001,Dari,village,Plupuh,-7.44,110.9,33.14,,
CSV
cat >"$scratch/inventory/devices.csv" <<CSV
site,name,address,port,snmp,credential,profile,role,reply_from,byte_budget_mb
33.14.01.2001,gw,127.99.0.1,1,2c,demo,routeros,gateway,,
33.14.02.2001,gw,127.99.0.2,1,2c,demo,routeros,gateway,,
CSV
cat >"$scratch/inventory/parties.csv" <<CSV
party,name,kind,language,parent
team,Dinas Kominfo,team,id,
mitra-a,CV A,contractor,id,
mitra-b,CV B,contractor,en,
CSV
cat >"$scratch/inventory/contracts.csv" <<CSV
contract,party,sites
a,mitra-a,33.14.01*
b,mitra-b,33.14.02*
CSV
"$kentongan" db init
"$kentongan" import "$scratch/inventory" >/dev/null

"$kentongand" 2>"$scratch/log" &
daemon=$!
token() {
    "$kentongan" --json token add "$@" | jq -r .token
}
TOKEN_ADMIN=$(token admin) TOKEN_STAFF=$(token staff) TOKEN_AUDITOR=$(token auditor)
TOKEN_A=$(token party --party mitra-a) TOKEN_B=$(token party --party mitra-b)
TOKEN_REVOKED=$(token staff)
"$kentongan" token revoke 6 >/dev/null
export PG="$pg" TOKEN_ADMIN TOKEN_STAFF TOKEN_AUDITOR TOKEN_A TOKEN_B TOKEN_REVOKED
node contract.js "$source/daemon/web/openapi.yaml" "$scratch/http.sock"
# What a token says is nowhere but in the hands of its holder.
for t in "$TOKEN_ADMIN" "$TOKEN_STAFF" "$TOKEN_A"; do
    ! grep -qF "$t" "$scratch/log" || { echo "a token is in the log"; exit 1; }
done
