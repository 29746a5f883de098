#!/bin/sh
# SPDX-License-Identifier: ISC
# golden.sh KT_MIGRATE [--update] - the migrated schema against golden/schema.txt, and db init/migrate/status
# themselves: twice is once, two at a time do it once, an unknown newer version is refused.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
migrate=$1
socket=$(mktemp -d "${TMPDIR:-/tmp}/kt-gold.XXXXXX")
trap 'sh "$here/../pg/cluster.sh" stop "$socket"' EXIT
trap 'exit 1' HUP INT TERM
sh "$here/../pg/cluster.sh" start "$socket" >/dev/null

conninfo="host=$socket dbname=kentongan user=kentongan_app"
admin="host=$socket user=postgres"
sql() {
    psql -h "$socket" -U postgres -d kentongan -X -A -t -q -v ON_ERROR_STOP=1 -c "$1"
}
# The version that this program knows is the number of its last migration.
latest=$(find "$here/../../sql/migrations" -name '*.sql' | wc -l)
latest=$((latest))
fail() {
    echo "golden.sh: $*" >&2
    exit 1
}
# is WANTED GOT WHAT
is() {
    [ "$1" = "$2" ] || fail "$3: expected '$1', got '$2'"
    echo "ok: $3"
}

rc=0
"$migrate" status "$conninfo" 2>/dev/null || rc=$?
is 3 "$rc" "no database: out of reach"
rc=0
"$migrate" run "$conninfo" "$admin" 2>/dev/null || rc=$?
is 3 "$rc" "db migrate makes no database"

"$migrate" init "$conninfo" "$admin" &
one=$!
"$migrate" init "$conninfo" "$admin" || fail "the second of two db init at a time"
wait "$one" || fail "the first of two db init at a time"
is "$latest" "$(sql 'select count(*) from kentongan.schema_migrations')" "two at a time migrate once"
is "{\"pending\":[],\"version\":$latest,\"latest\":$latest,\"functions\":\"current\"}" "$("$migrate" status "$conninfo")" "status is current"
before=$(sql 'select array_agg(oid order by oid) from pg_proc')
"$migrate" init "$conninfo" "$admin"
"$migrate" run "$conninfo" "$admin"
is "$before" "$(sql 'select array_agg(oid order by oid) from pg_proc')" "a repetition makes no function again"

# A function of another release, one that this release lacks, and a view with a column that it lacks.
sql "update kentongan.schema_objects set sha256 = 'old' where name in ('own_team', 'report_ticket');
     insert into kentongan.schema_objects values ('function', 'gone', 'old');
     create function kentongan.gone(int) returns int language sql as 'select 1';
     drop view report.ticket; create view report.ticket as select 1 as one;"
is "{\"pending\":[],\"version\":$latest,\"latest\":$latest,\"functions\":\"changed\"}" "$("$migrate" status "$conninfo")" "status sees other functions"
"$migrate" run "$conninfo" "$admin"
is 0 "$(sql "select count(*) from pg_proc where proname = 'gone'")" "a function that is no more is removed"
is "{\"pending\":[],\"version\":$latest,\"latest\":$latest,\"functions\":\"current\"}" "$("$migrate" status "$conninfo")" "and status is current again"

# What somebody built on a view stays while the view only gains columns, and is not removed behind his back.
sql "create schema dinas; create view dinas.open as select ticket from report.ticket where is_open;
     update kentongan.schema_objects set sha256 = 'old' where name = 'report_ticket';"
"$migrate" run "$conninfo" "$admin" || fail "a view with a view on it is made again"
is 0 "$(sql 'select count(*) from dinas.open')" "somebody's own view is still there"
sql 'drop schema dinas cascade'

if [ "${2:-}" = --update ]; then
    psql -h "$socket" -U postgres -d kentongan -X -q -f "$here/listing.sql" >"$here/golden/schema.txt"
fi
psql -h "$socket" -U postgres -d kentongan -X -q -v ON_ERROR_STOP=1 -f "$here/listing.sql" |
    diff -u "$here/golden/schema.txt" - || fail "the schema differs; if that is meant: golden.sh KT_MIGRATE --update"
echo "ok: the schema is as golden/schema.txt has it"

# Somebody without superuser powers can do it too: CREATEROLE and CREATEDB.
sql 'create role dba login createrole createdb'
"$migrate" init "host=$socket dbname=second" "host=$socket user=dba" || fail "db init as a role with createrole and createdb"
echo "ok: no superuser is needed once the roles exist"

sql "insert into kentongan.schema_migrations values (99, 'tomorrow', '', now())"
rc=0
words=$("$migrate" run "$conninfo" "$admin" 2>&1) || rc=$?
is 1 "$rc" "a newer schema is refused"
is "kt-migrate: the database has schema version 99, newer than the $latest that this program knows; install the newer program" "$words" "in words"
rc=0
words=$("$migrate" status "host=db.example.id dbname=x" 2>&1) || rc=$?
is 1 "$rc" "a host name is refused"
rc=0
"$migrate" init "host=$socket user=kentongan_app" "$admin" 2>/dev/null || rc=$?
is 1 "$rc" "so is a conninfo without a database"
