-- SPDX-License-Identifier: ISC
-- rollup_take: $1 oldest timestamptz, $2 now timestamptz
-- Returns one row: taken bigint.
select kentongan.rollup_take($1, $2) as taken
