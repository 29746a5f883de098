-- SPDX-License-Identifier: ISC
-- cause_load: $1 now timestamptz
-- Returns one row (JSON array).
select kentongan.cause_load($1) as answer
