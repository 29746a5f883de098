-- SPDX-License-Identifier: ISC
-- device_report: $1 states jsonb, [{device, state, since}]   $2 now timestamptz
-- Returns one row (how many were taken bigint).
select kentongan.device_report($1, $2) as taken
