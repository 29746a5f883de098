-- SPDX-License-Identifier: ISC
-- condition_report: $1 conditions jsonb [{site, kind, since, until, …}]   $2 now timestamptz
-- Returns one row (count bigint).
select kentongan.condition_report($1, $2) as count
