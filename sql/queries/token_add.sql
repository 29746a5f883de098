-- SPDX-License-Identifier: ISC
-- token_add: $1 role text   $2 party text, null unless the role is party   $3 label text   $4 SHA-256 in hex text
--   $5 expires timestamptz   $6 actor text   $7 now timestamptz
-- Returns one row ({id, role, party, label, expires}).
select kentongan.token_add($1, $2, $3, $4, $5, $6, $7) as answer
