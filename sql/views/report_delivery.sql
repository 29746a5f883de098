-- SPDX-License-Identifier: ISC
-- report.delivery: one row per message that was owed, and how it ended. delivered: when a receiver said 2xx.
create or replace view report.delivery as
select n.id, n.message_id, n.type, t.number as ticket, n.endpoint::text as endpoint, e.party::text as party, n.state,
       n.created_at as created, case n.state when 'delivered' then n.settled_at end as delivered,
       (select count(*) from kentongan.notification_attempt a where a.notification = n.id) as attempts,
       (select a.http_status from kentongan.notification_attempt a where a.notification = n.id
         order by a.attempt desc limit 1) as last_status,
       n.reason
  from kentongan.notification n
  join kentongan.endpoint e on e.endpoint = n.endpoint
  left join kentongan.ticket t on t.id = n.ticket;
grant select on report.delivery to kentongan_report, kentongan_app;
