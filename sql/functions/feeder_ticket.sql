-- SPDX-License-Identifier: ISC
-- feeder_ticket: the one ticket of the feeder whose loss of power an outage is part of: the one that it is in, else the feeder's
-- open one, else that of a site that was told before the feeder was known (feeder_down), which becomes the feeder's: one that
-- somebody accepted first, then the oldest. Other tickets of single sites go up in it (feeder_absorb). An outage whose own
-- ticket is at work in the field, or over, stays there. Null: there is none, and the caller opens it. The caller holds the
-- feeder's lock.
create function kentongan.feeder_ticket(o kentongan.outage, p_now timestamptz) returns kentongan.ticket
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    other ticket;
begin
    if o.ticket is not null then
        select * into strict t from ticket where id = o.ticket for update;
        if t.kind <> 'down' or t.state not in ('new', 'offered', 'accepted') then
            return t;
        end if;
    end if;
    select k.* into t
      from ticket k join ticket_state s on s.state = k.state and s.is_open
     where k.kind = 'powered-off' and (k.feeder = o.feeder or k.root = o.site)
     order by k.feeder = o.feeder desc
     limit 1 for update of k;
    if not found then
        select k.* into t from ticket k
         where k.id in (select id from feeder_down(o)) order by k.state = 'accepted' desc, k.id limit 1 for update;
        if not found then
            return null;
        end if;
        update ticket set kind = 'powered-off', feeder = o.feeder where id = t.id returning * into t;
        perform event_append(t, 'feeder', t.state, 'engine', null, null, jsonb_build_object('feeder', o.feeder), p_now);
        perform notification_join(t, p_now);
    end if;
    for other in
        select k.* from ticket k where k.id in (select id from feeder_down(o)) and k.id <> t.id order by k.id for update
    loop
        t := feeder_absorb(t, other, p_now);
    end loop;
    return t;
end $$;
