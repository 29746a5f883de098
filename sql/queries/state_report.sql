-- SPDX-License-Identifier: ISC
-- state_report: $1 states jsonb [{site, state, since}]   $2 now timestamptz
-- Returns one row (count bigint).
select kentongan.state_report($1, $2) as count
