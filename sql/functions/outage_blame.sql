-- SPDX-License-Identifier: ISC
-- outage_blame: an outage that another site's fault explains. It is attached to the root's open ticket, or to the
-- ticket of a root outage that it overlapped (its report may come late; the root's own or its feeder's); one event per
-- site, and people hear of it once. No ticket there: it waits unattached, and outage_own finds it; unless maintenance of the
-- root alone holds its ticket back, for which this may be the end of patience (outage_held).
create function kentongan.outage_blame(o kentongan.outage, p_now timestamptz) returns text
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    held outage;
begin
    if o.ticket is not null then
        return 'unchanged';
    end if;
    select k.* into t from ticket k join ticket_state s on s.state = k.state
     where k.id in (select d.id from ticket d join ticket_state ds on ds.state = d.state
                     where d.root = o.root and d.kind in ('down', 'flapping')
                       and (ds.is_open or exists (select from outage r
                                                  where r.ticket = d.id and r.site = d.root and outage_meets(r, o)))
                    union all
                    select r.ticket from outage r join ticket f on f.id = r.ticket and f.kind = 'powered-off'
                     where r.site = o.root and r.root = o.root and outage_meets(r, o))
     order by s.is_open desc, k.id desc limit 1
       for update of k;
    if not found then
        select * into held from outage x
         where x.root = o.root and x.site = o.root and x.planned_until is not null and x.ticket is null and x.restored_at is null
           and exists (select from maintenance m where m.site = o.root and not m.behind) and outage_meets(x, o)
         order by x.id limit 1 for update;
        if not found or outage_held(held, null, p_now) then
            return 'recorded';
        end if;
        perform outage_own(held, array[o.site], p_now);
        return 'attached';
    end if;
    update outage set ticket = t.id where id = o.id;
    if cardinality(ticket_cover(t, array[o.site])) > 0 then
        perform event_append(t, 'join', t.state, 'engine', null, null,
                             jsonb_build_object('sites', array[o.site]), p_now);
        perform notification_join(t, p_now);
    end if;
    return 'attached';
end $$;
