-- SPDX-License-Identifier: ISC
-- baselines_load: $1 after bigint   $2 most bigint   $3 now timestamptz
-- Returns one row (JSON).
select kentongan.baselines_load($1::int, $2::int, $3) as answer
