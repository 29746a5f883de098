-- SPDX-License-Identifier: ISC
-- outage_blame: an outage that another site's fault explains. It is attached to the root's open ticket, or to the
-- ticket of a root outage that it overlapped (its report may come late); one event per site, and people hear of it once.
-- No ticket there: it waits unattached, and outage_own finds it.
create function kentongan.outage_blame(o kentongan.outage, p_now timestamptz) returns text
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
begin
    if o.ticket is not null then
        return 'unchanged';
    end if;
    select k.* into t from ticket k join ticket_state s on s.state = k.state
     where k.root = o.root and k.kind in ('down', 'flapping')
       and (s.is_open or exists (select from outage r
                                  where r.ticket = k.id and r.site = k.root and outage_meets(r, o)))
     order by s.is_open desc, k.id desc limit 1
       for update of k;
    if not found then
        return 'recorded';
    end if;
    update outage set ticket = t.id where id = o.id;
    if cardinality(ticket_cover(t, array[o.site])) > 0 then
        perform event_append(t, 'join', t.state, 'engine', null, null,
                             jsonb_build_object('sites', array[o.site]), p_now);
        perform notification_join(t, p_now);
    end if;
    return 'attached';
end $$;
