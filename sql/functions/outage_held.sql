-- SPDX-License-Identifier: ISC
-- outage_held: whether an outage that is its own root opens no ticket, because all that is known of it, from its detection
-- to its end or until now, is planned time of its site. It decides by what was measured, not by when it is told: so every
-- node, every repetition and a daemon that was away find the same. Nothing is held that can join an open ticket, and a
-- window of the site alone holds nothing once a site that is not in maintenance fell silent behind it. Until when it
-- holds is noted for maintenance_run. The caller holds the root's lock.
create function kentongan.outage_held(o kentongan.outage, p_restored timestamptz, p_now timestamptz) returns boolean
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    last_known timestamptz := greatest(coalesce(p_restored, p_now), o.detected);
    span tstzrange := tstzrange(o.detected, last_known + interval '1 day');
    until timestamptz := (select upper(r) from unnest(maintenance_planned(o.site, span)) r where r @> o.detected);
begin
    if o.ticket is not null or until is null or until <= last_known
       or exists (select from ticket k join ticket_state s on s.state = k.state
                   where s.is_open
                     and (k.root = o.site and k.kind = case when site_flaps(o) then 'flapping' else 'down' end
                          or k.kind = 'powered-off' and k.feeder = o.feeder)) then
        return false;
    end if;
    if exists (select from outage b
                where b.root = o.site and b.site <> o.site and b.ticket is null and outage_meets(b, o)
                  and not maintenance_covers(b.site, b.detected)) then
        until := (select upper(r) from unnest(maintenance_planned(o.site, span, false)) r where r @> o.detected);
        if until is null or until <= last_known then
            return false;
        end if;
    end if;
    update outage set planned_until = until, planned_at = p_now where id = o.id;
    return true;
end $$;
