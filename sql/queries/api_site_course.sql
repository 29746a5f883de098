-- SPDX-License-Identifier: ISC
-- api_site_course: $1 party text, null for all   $2 code text   $3 from timestamptz   $4 step_s int   $5 count int
--                  $6 now timestamptz
-- side: read
-- Returns one row (JSON object, or null: no such site for this party).
select kentongan.api_site_course($1, $2, $3, $4, $5, $6) as answer
