-- SPDX-License-Identifier: ISC
-- stats: $1 now timestamptz
-- Returns one row. outbox_oldest_s: how long the longest-due message has been due and not under way; what
-- waits behind an older one of its ticket and endpoint is not due yet.
select (select count(*) from kentongan.ticket t join kentongan.ticket_state s on s.state = t.state
         where s.is_open) as tickets_open,
       (select count(*) from kentongan.outage where restored_at is null) as outages_open,
       count(*) filter (where state in ('queued', 'leased')) as outbox_waiting,
       count(*) filter (where state = 'dead') as outbox_dead,
       coalesce(extract(epoch from $1::timestamptz - min(case state when 'queued' then next_at else leased_until end)
                filter (where state = 'queued' and next_at <= $1::timestamptz
                                and not exists (select from kentongan.notification older
                                                 where older.endpoint = n.endpoint and older.ticket = n.ticket
                                                   and older.id < n.id and older.state in ('queued', 'leased'))
                           or state = 'leased' and leased_until <= $1::timestamptz)), 0)::float8 as outbox_oldest_s
  from kentongan.notification n
 where state in ('queued', 'leased', 'dead')
