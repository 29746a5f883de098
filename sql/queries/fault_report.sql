-- SPDX-License-Identifier: ISC
-- fault_report: $1 site text   $2 root text   $3 last_good timestamptz   $4 first_bad timestamptz
--   $5 detected timestamptz   $6 restored timestamptz   $7 affected text[]   $8 now timestamptz
--   $9 answers_ping boolean   $10 evidence jsonb   $11 cause jsonb
-- Returns one row (ticket bigint, outcome text).
select ticket, outcome from kentongan.fault_report($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
