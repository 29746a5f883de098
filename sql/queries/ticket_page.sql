-- SPDX-License-Identifier: ISC
-- ticket_page: $1 ticket bigint   $2 party text, null for the own team   $3 now timestamptz
-- side: read
-- Returns one row (JSON object, or null: no such ticket for this party).
select kentongan.ticket_page($1, $2, $3) as answer
