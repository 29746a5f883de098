-- SPDX-License-Identifier: ISC
-- 0027_affected_until: until when a site was cut off by a ticket's fault, so that those who are back are no longer counted.

alter table kentongan.ticket_site add column until timestamptz; -- null: it is cut off now
update kentongan.ticket_site a
   set until = coalesce(t.restored_at, t.closed_at, t.cancelled_at, now())
  from kentongan.ticket t join kentongan.ticket_state s on s.state = t.state
 where t.id = a.ticket and not s.is_open;
