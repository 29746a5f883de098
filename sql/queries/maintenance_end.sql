-- SPDX-License-Identifier: ISC
-- maintenance_end: $1 id bigint   $2 reason text   $3 actor text   $4 party text, null for the own team   $5 now timestamptz
-- Returns one row (JSON object).
select kentongan.maintenance_end($1, $2, $3, $4, $5) as answer
