-- SPDX-License-Identifier: ISC
-- maintenance_run: $1 now timestamptz
-- Returns one row (count bigint).
select kentongan.maintenance_run($1) as count
