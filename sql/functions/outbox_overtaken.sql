-- SPDX-License-Identifier: ISC
-- outbox_overtaken: a message that goes back to the queue is superseded when a newer one of its ticket waits at the
-- same endpoint (notification_owe could not do it while it was leased), and dead when its endpoint was disabled meanwhile.
-- ticket.joined is newer only than another ticket.joined (notification_join).
create function kentongan.outbox_overtaken(n kentongan.notification, p_now timestamptz) returns void
language sql set search_path = kentongan, pg_temp as $$
    update notification set state = 'dead', settled_at = p_now, reason = 'the endpoint is disabled'
     where id = n.id and exists (select from endpoint e where e.endpoint = n.endpoint and e.disabled_at is not null);
    update notification set state = 'superseded', settled_at = p_now, reason = 'superseded by a newer message'
     where id = n.id and state = 'queued'
       and exists (select from notification newer
                    where newer.endpoint = n.endpoint and newer.ticket = n.ticket and newer.id > n.id
                      and newer.created_at > n.created_at and newer.state in ('queued', 'leased', 'delivered')
                      and (newer.type <> 'ticket.joined' or n.type = 'ticket.joined'));
$$;
