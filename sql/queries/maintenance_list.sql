-- SPDX-License-Identifier: ISC
-- maintenance_list: $1 all boolean   $2 site text, null for all   $3 now timestamptz
-- Returns one row (JSON array).
select kentongan.maintenance_list($1, $2, $3) as answer
