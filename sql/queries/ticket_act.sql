-- SPDX-License-Identifier: ISC
-- ticket_act: $1 ticket as people write it text   $2 action text   $3 actor text   $4 party text, null for the own team
--   $5 args jsonb   $6 now timestamptz
-- Returns one row ({ticket, number, state, seq}).
select kentongan.ticket_act(kentongan.ticket_id($1), $2, $3, $4, $5, $6) as answer
