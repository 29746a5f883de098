-- SPDX-License-Identifier: ISC
-- notification_join: more sites joined an open ticket, or its root is silent again. A message that waits and was never
-- tried takes them in, so whoever has not heard of the ticket yet gets no second one. Else ticket.joined is owed: in half
-- a minute, so that those who join together come together, and ten minutes after the last one at the earliest, so that a
-- link that comes and goes is no storm. It is no new state: it replaces an older ticket.joined, never an offer.
create function kentongan.notification_join(t kentongan.ticket, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    told text[];
    owed text[];
begin
    if not (select is_open from ticket_state s where s.state = t.state) then
        return;
    end if;
    with waiting as (
        update notification n
           set data = case n.type when 'ticket.joined' then notification_data(t)
                                  else n.data || jsonb_build_object('affected', ticket_affected(t.id, 50), 'kind', t.kind,
                                                                    'feeder', t.feeder) end
         where n.ticket = t.id and n.state = 'queued' and n.attempt = 0
        returning n.endpoint)
    select coalesce(array_agg(endpoint::text), '{}') into told from waiting;

    with joined as (
        insert into notification (message_id, endpoint, ticket, type, created_at, data, next_at, link_generation)
        select message_id_new(), e.endpoint, t.id, 'ticket.joined', p_now, notification_data(t),
               greatest(p_now + interval '30 seconds',
                        (select max(n.created_at) + interval '10 minutes' from notification n
                          where n.ticket = t.id and n.endpoint = e.endpoint and n.type = 'ticket.joined')),
               case when e.party = t.party then t.generation end
          from notification_hearers(t, 'ticket.joined') e
         where e.endpoint <> all (told)
        returning endpoint)
    select array_agg(endpoint::text) into owed from joined;

    if owed is not null then
        update notification
           set state = 'superseded', settled_at = p_now, reason = 'superseded by ticket.joined'
         where endpoint = any(owed) and ticket = t.id and type = 'ticket.joined' and state = 'queued'
           and created_at < p_now;
        perform pg_notify('kentongan_outbox', '');
    end if;
end $$;
