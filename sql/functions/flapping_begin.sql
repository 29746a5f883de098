-- SPDX-License-Identifier: ISC
-- flapping_begin: from now on the site's outages are one trouble. Its open ticket becomes the one for flapping, number,
-- state and party as they are; without one, a new one is opened, which counts from the site's last outage. A ticket that
-- explains its silences otherwise (powered-off, its own or its feeder's) stays what it is, and no other is opened. Nor is one in planned work: when it
-- is over the next silence opens it (outage_own).
create function kentongan.flapping_begin(c kentongan.site_condition, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    o outage;
begin
    select k.* into t from ticket k join ticket_state s on s.state = k.state
     where k.root = c.site and k.kind in ('flapping', 'powered-off', 'down') and s.is_open
     order by k.kind = 'flapping' desc, k.kind = 'powered-off' desc limit 1
       for update of k;
    if found then
        if t.kind = 'down' then
            update ticket set kind = 'flapping' where id = t.id returning * into t;
            perform event_append(t, 'flapping', t.state, 'engine', null, null,
                                 jsonb_build_object('since', wall_text(c.since)), p_now);
        end if;
        return;
    end if;

    select * into o from outage where site = c.site and root = c.site and detected <= c.since
     order by first_bad desc limit 1;
    if found and exists (select from ticket k join ticket_state s on s.state = k.state
                          where k.id = o.ticket and k.kind = 'powered-off' and s.is_open) then
        return; -- its feeder's
    end if;
    if o.id is not null and not maintenance_covers(c.site, p_now) then
        perform ticket_open(ticket_insert(o, 'flapping', p_now), '{}', p_now);
    end if;
end $$;
