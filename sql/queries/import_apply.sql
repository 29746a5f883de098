-- SPDX-License-Identifier: ISC
-- import_apply: $1 rows jsonb   $2 dry_run boolean   $3 actor text   $4 now timestamptz
-- Returns one row ({errors, changes, counts, applied}).
select kentongan.import_apply($1, $2, $3, $4) as answer
