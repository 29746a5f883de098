-- SPDX-License-Identifier: ISC
-- degraded_ticket: the one open ticket of kind degraded for the root of what is degraded: opened, or joined by one more
-- site. None is opened while another fault's open ticket is about that root, or cuts it off: that is the greater trouble, and
-- may explain this one. None is opened in planned work, nor while it is our own end that is bad (degraded_own_end).
create function kentongan.degraded_ticket(c kentongan.site_condition, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    o outage;
    fresh text[];
begin
    perform pg_advisory_xact_lock(hashtextextended('kentongan.root ' || c.root, 0));
    select k.* into t from ticket k join ticket_state s on s.state = k.state
     where k.root = c.root and k.kind = 'degraded' and s.is_open
       for update of k;
    if found then
        fresh := ticket_cover(t, array[c.site]);
        if fresh <> '{}' then
            perform event_append(t, 'join', t.state, 'engine', null, null, jsonb_build_object('sites', fresh), p_now);
            perform notification_join(t, p_now);
        end if;
        return;
    end if;
    if maintenance_covers(c.root, p_now) or degraded_own_end(c, p_now)
       or exists (select from ticket k join ticket_state s on s.state = k.state
                where s.is_open and k.kind <> 'degraded'
                  and (k.root = c.root or exists (select from ticket_site a where a.ticket = k.id and a.site = c.root and a.until is null)))
       -- somebody ended it for this very trouble: it is not opened again for it
       or exists (select from ticket k where k.root = c.root and k.kind = 'degraded' and k.opened_at >= c.since
                                         and k.first_bad = c.since) then
        return;
    end if;
    o.site := c.root;
    o.first_bad := c.since;
    o.detected := p_now;
    t := ticket_insert(o, 'degraded', p_now);
    update ticket set priority = 3 where id = t.id returning * into t; -- its impact is the least there is
    perform ticket_open(t, ticket_cover(t, array[c.site]), p_now);
end $$;
