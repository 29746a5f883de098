-- SPDX-License-Identifier: ISC
-- api_ticket: $1 ticket as people write it text   $2 party text, null for the own team   $3 now timestamptz
-- side: read
-- Returns one row (JSON object, or null).
select kentongan.api_ticket($1, $2, $3) as answer
