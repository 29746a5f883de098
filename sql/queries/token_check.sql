-- SPDX-License-Identifier: ISC
-- token_check: $1 SHA-256 in hex text   $2 now timestamptz
-- side: read
-- Returns one row ({id, role, party, seconds}, or null: good for nothing).
select kentongan.token_check($1, $2) as answer
