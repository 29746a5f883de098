-- SPDX-License-Identifier: ISC
-- token_list: $1 now timestamptz
-- Returns one row (JSON array, the youngest first).
select kentongan.token_list($1) as answer
