# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# lib.sh - sourced by each walk: a scratch folder, an inventory, a cluster when asked for, and checks.
# $1: the program, $2: the source tree. Every check says what it did, and the first that fails ends the walk.
set -eu
kentongan=$1
source=$2
scratch=$(mktemp -d /tmp/kt-cli-XXXXXX)
pg=$scratch.pg
stops=
trap 'code=$?; [ -z "$stops" ] || { kill $stops; wait $stops; } 2>/dev/null || :; sh "$source/tests/pg/cluster.sh" stop "$pg"; rm -rf "$scratch"; exit $code' EXIT
trap 'exit 1' INT TERM
out=$scratch/out
err=$scratch/err

cat >"$scratch/kt.conf" <<CONF
secrets_file = "$scratch/secrets"
state_dir = "$scratch"
database {
    conninfo = "host=$pg dbname=kentongan user=kentongan_app"
    admin = "host=$pg dbname=postgres user=postgres"
}
poll { interval = 1s timeout = 200ms }
CONF
printf 'demo = kt-demo\nhook = whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n' >"$scratch/secrets"
chmod 0600 "$scratch/secrets"
export KENTONGAN_CONFIG="$scratch/kt.conf"

cluster_start() {
    sh "$source/tests/pg/cluster.sh" start "$pg" >/dev/null
}

sql() {
    psql -X -q -t -A -v ON_ERROR_STOP=1 -h "$pg" -U postgres -d kentongan -c "$1"
}

fail() {
    echo "FAILED: $*"
    echo "--- stdout"
    cat "$out"
    echo "--- stderr"
    cat "$err"
    exit 1
}

# run CODE ARGUMENT...: the program must end with this code; out and err hold what it said.
run() {
    want=$1
    shift
    echo "kentongan $*"
    code=0
    "$kentongan" "$@" >"$out" 2>"$err" || code=$?
    [ "$code" -eq "$want" ] || fail "exit code $code, not $want"
}

# refused CODE WORDS ARGUMENT...: that code, nothing on stdout, one line on stderr that holds WORDS.
refused() {
    code_wanted=$1
    words=$2
    shift 2
    run "$code_wanted" "$@"
    [ ! -s "$out" ] || fail "something on stdout"
    [ "$(wc -l <"$err")" -eq 1 ] || fail "not one line on stderr"
    says_err "$words"
}

says() {
    grep -qF -- "$1" "$out" || fail "stdout does not say: $1"
}
says_not() {
    ! grep -qF -- "$1" "$out" || fail "stdout says: $1"
}
says_err() {
    grep -qF -- "$1" "$err" || fail "stderr does not say: $1"
}
# json EXPRESSION: jq finds it true of stdout.
json() {
    jq -e "$1" "$out" >/dev/null || fail "not true of the JSON: $1"
}

inventory() {
    mkdir -p "$1"
    cat >"$1/sites.csv" <<'CSV'
code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours
33.14;Sragen;core;;-7.38534;110.97414;;;
33.14.01;Kalijambe;relay;Kalijambe;-7.43614;110.81379;33.14;SRG-1;
33.14.01.2003;Karangjati;village;Kalijambe;-7.44;110.82;33.14.01;SRG-1;07:30-15:30
33.14.01.2004;Jetis;village;Kalijambe;-7.45;110.83;33.14.01;SRG-1;
CSV
    cat >"$1/devices.csv" <<'CSV'
site,name,address,port,snmp,credential,profile,role,reply_from,byte_budget_mb
33.14.01,gw,127.33.1.1,1161,2c,demo,,gateway,,
33.14.01.2003,gw,127.33.1.2,1161,1,demo,,gateway,any,20
CSV
    cat >"$1/parties.csv" <<'CSV'
party,name,kind,language,parent
it,Dinas Kominfo,team,id,
cv-lintas,"CV Lintas ""Nusantara""",contractor,id,
cv-lain,CV Lain,contractor,en,
CSV
    cat >"$1/endpoints.csv" <<'CSV'
endpoint,party,channel,url,secret,fallback_of,quiet,site
it-hook,it,webhook,http://127.0.0.1:9/it,hook,,,
cv-hook,cv-lintas,webhook,http://127.0.0.1:9/cv,hook,,22:00-05:00,
CSV
    cat >"$1/contracts.csv" <<'CSV'
contract,party,sites
lintas-2026,cv-lintas,33.14.01*
CSV
}
