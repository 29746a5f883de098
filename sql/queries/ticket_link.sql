-- SPDX-License-Identifier: ISC
-- ticket_link: $1 ticket text   $2 party text, null for whose turn it is   $3 actor text   $4 as party text, null for the own team
--              $5 now timestamptz
-- Returns one row (JSON object). KT403, KT404, KT409 in words.
select kentongan.ticket_link($1, $2, $3, $4, $5) as answer
