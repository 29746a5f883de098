-- SPDX-License-Identifier: ISC
-- verify_settle: $1 ticket bigint   $2 claimed_at timestamptz   $3 passed boolean   $4 first_good timestamptz
--   $5 reason text   $6 words text   $7 detail jsonb   $8 now timestamptz
-- Returns one row (outcome text: restored unproven stale).
select kentongan.verify_settle($1, $2, $3, $4, $5, $6, $7, $8) as outcome
