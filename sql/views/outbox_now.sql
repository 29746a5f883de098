-- SPDX-License-Identifier: ISC
-- outbox_now: one row per message that is not delivered: what it is, for whom, and how its last attempt went.
create or replace view kentongan.outbox_now as
select n.id, n.message_id, n.type, n.endpoint::text as endpoint, e.party::text as party, n.ticket as ticket_id,
       t.number as ticket, n.state, n.created_at, n.next_at, n.attempt, n.leased_by, n.leased_until, n.settled_at,
       n.reason, a.started_at as last_attempt_at, a.http_status as last_status, e.disabled_at
  from kentongan.notification n
  join kentongan.endpoint e on e.endpoint = n.endpoint
  left join kentongan.ticket t on t.id = n.ticket
  left join lateral (select x.started_at, x.http_status from kentongan.notification_attempt x
                      where x.notification = n.id order by x.attempt desc limit 1) a on true
 where n.state in ('queued', 'leased', 'dead');
grant select on kentongan.outbox_now to kentongan_app;
