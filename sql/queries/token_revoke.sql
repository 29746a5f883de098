-- SPDX-License-Identifier: ISC
-- token_revoke: $1 id bigint   $2 actor text   $3 now timestamptz
-- Returns one row ({id, role, party, label, revoked}).
select kentongan.token_revoke($1, $2, $3) as answer
