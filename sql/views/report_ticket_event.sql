-- SPDX-License-Identifier: ISC
-- report.ticket_event: the log of all tickets with its hash chain. hash = SHA-256(hash of the ticket's previous event,
-- nothing for n = 1, then the UTF-8 bytes of one JSON object of action, actor, at, detail, from_state, n, note, party,
-- ticket (ticket_id, a number) and to_state: no blanks, keys sorted, at as 2026-11-24T02:00:00.000000Z).
create or replace view report.ticket_event as
select t.number as ticket, e.ticket as ticket_id, e.n, e.at, e.actor, e.party, e.action, e.from_state, e.to_state,
       e.note, e.detail, e.hash
  from kentongan.ticket_event e
  join kentongan.ticket t on t.id = e.ticket;
grant select on report.ticket_event to kentongan_report, kentongan_app;
