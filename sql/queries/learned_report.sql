-- SPDX-License-Identifier: ISC
-- learned_report: $1 devices int[]   $2 of bigint[]   $3 at_us bigint[]   $4 usual_ppm int[]   $5 habit_ppm int[]
-- $6 recent_ppm int[]   $7 burst_milli int[]   $8 burst_ms int[]   $9 srtt_us int[]   $10 rttvar_us int[]; as long as each other
-- Returns one row (how many were taken bigint).
select kentongan.learned_report($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as taken
