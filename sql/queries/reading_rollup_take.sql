-- SPDX-License-Identifier: ISC
-- reading_rollup_take: $1 oldest timestamptz, $2 now timestamptz, $3 most int, series of a device
-- Returns one row: taken bigint.
select kentongan.reading_rollup_take($1, $2, $3) as taken
