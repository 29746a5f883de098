-- SPDX-License-Identifier: ISC
-- flapping_load: $1 now timestamptz
-- Returns one row (JSON array).
select kentongan.flapping_load($1) as answer
