-- SPDX-License-Identifier: ISC
-- ticket_back_at: since when the ticket's root has been answering again (the first good probe after its last outage);
-- null while one of its outages lasts. One that flaps is not back before it is calm, one that is degraded not before all its
-- measures are good. A feeder's ticket has many roots, and is back when the last of them is.
create function kentongan.ticket_back_at(t kentongan.ticket) returns timestamptz
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    if t.kind in ('flapping', 'degraded') and condition_lasts(t) then
        return null;
    end if;
    if t.kind = 'degraded' then
        return coalesce((select max(until) from site_condition c where c.root = t.root and c.kind = t.kind and c.until >= t.first_bad),
                        t.detected); -- the device is gone, and what it said with it
    end if;
    if t.kind = 'flapping' and not exists (select from outage where ticket = t.id and site = t.root) then
        return (select max(until) from site_condition c where c.site = t.root and c.kind = t.kind);
    end if;
    return (select case when bool_and(restored_at is not null) then max(restored_at) end
              from outage where ticket = t.id and site = root);
end $$;
