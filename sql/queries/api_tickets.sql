-- SPDX-License-Identifier: ISC
-- api_tickets: $1 party text, null for all   $2 state text   $3 site text, null for any   $4 before bigint, null for the
--   first page   $5 limit int
-- side: read
-- Returns one row ({tickets, next}).
select kentongan.api_tickets($1, $2, $3, $4, $5) as answer
