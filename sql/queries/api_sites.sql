-- SPDX-License-Identifier: ISC
-- api_sites: $1 party text, null for all   $2 code text, null for all   $3 now timestamptz
-- side: read
-- Returns one row (JSON array).
select kentongan.api_sites($1, $2, $3) as answer
