#!/bin/sh
# SPDX-License-Identifier: ISC
# run.sh KT_MIGRATE [FILE…] - the pgTAP files of t/, each in a fresh database of one private cluster.
#
# The schema is made by the product's own migrate code (the program kt-migrate), once; each test gets a
# copy of that database. Needs postgresql-15-pgtap and prove (perl).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
migrate=$1
shift
[ $# -gt 0 ] || set -- "$here"/t/*.sql

KT_SQL_SOCKET=$(mktemp -d "${TMPDIR:-/tmp}/kt-sql.XXXXXX")
export KT_SQL_SOCKET
cluster() {
    sh "$here/../pg/cluster.sh" "$1" "$KT_SQL_SOCKET"
}
trap 'cluster stop' EXIT
trap 'exit 1' HUP INT TERM

cluster start >/dev/null
"$migrate" init "host=$KT_SQL_SOCKET dbname=kentongan user=kentongan_app" "host=$KT_SQL_SOCKET user=postgres"
psql -h "$KT_SQL_SOCKET" -U postgres -X -q -d kentongan -v ON_ERROR_STOP=1 -f "$here/fixture.sql"
prove -j 2 --timer --failures --comments -e "sh $here/one.sh" "$@"
