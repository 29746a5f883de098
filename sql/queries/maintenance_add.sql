-- SPDX-License-Identifier: ISC
-- maintenance_add: $1 site text   $2 said jsonb   $3 zone text   $4 actor text   $5 party text, null for the own team
--   $6 now timestamptz
-- Returns one row (JSON object).
select kentongan.maintenance_add($1, $2, $3, $4, $5, $6) as answer
