#!/bin/sh
# SPDX-License-Identifier: ISC
# one.sh FILE - one pgTAP file in its own copy of the migrated database; called by run.sh through prove.
set -eu
name=t_$(basename "$1" .sql)
psql -h "$KT_SQL_SOCKET" -U postgres -X -q -d postgres -v ON_ERROR_STOP=1 \
    -c "create database $name template kentongan"
KT_QUERIES=$(cd "$(dirname "$0")/../../sql/queries" && pwd)
export KT_QUERIES
psql -h "$KT_SQL_SOCKET" -U postgres -X -A -t -q -d "$name" -v ON_ERROR_STOP=1 -f "$1"
