-- SPDX-License-Identifier: ISC
-- maintenance_run: opens the tickets of outages that planned work has held (outage_held) and does not hold any more: their
-- window is over or was ended, or an import hung the site elsewhere. A ticket has the outage's true instants, and whoever
-- fell silent behind it is in it. Two may run at once. At most 20 outages a time, so that nothing else waits long; none
-- while the poller is cut off. Returns how many tickets it opened.
create function kentongan.maintenance_run(p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    changed timestamptz := greatest((select max(ended_at) from maintenance),
                                    (select at from inventory_event order by id desc limit 1));
    due bigint[] := array(select id from outage
                           where planned_until is not null and ticket is null and restored_at is null and root = site
                             and (planned_until <= p_now or planned_at < changed)
                           order by id limit 20);
    o outage;
    opened bigint := 0;
begin
    if watch_blind_since() is not null then
        return 0;
    end if;
    -- The locks of fault_report, all at once and in its order, so that nobody waits in a circle.
    perform pg_advisory_xact_lock(hashtextextended('kentongan.' || key, 0))
       from (select 'root ' || x.root as key from outage x where x.id = any(due)
             union
             select 'feeder ' || f.feeder
               from outage x join site s on s.code = x.site cross join lateral (values (s.feeder), (x.feeder)) f(feeder)
              where x.id = any(due) and f.feeder <> ''
             order by key) keys;
    for o in
        select * from outage where id = any(due) and ticket is null and restored_at is null and root = site
         order by id for update
    loop
        select * into o from outage where id = o.id; -- one before it may have taken it in
        continue when o.ticket is not null or outage_held(o, null, p_now);
        if outage_own(o, array(select site_behind(array[o.site::text],
                                                  array(select x.root::text from outage x
                                                         where x.restored_at is null and x.root = x.site))), p_now) = 'opened'
        then
            opened := opened + 1;
        end if;
    end loop;
    return opened;
end $$;
grant execute on function kentongan.maintenance_run(timestamptz) to kentongan_app;
