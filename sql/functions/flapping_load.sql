-- SPDX-License-Identifier: ISC
-- flapping_load: what came and went of late, for a daemon that starts and has not seen it: [{site, since, outages}] of the
-- sites that flap, or have had an outage of their own in the last 100 minutes, which is as far as flapping looks back.
-- since: of the flapping that lasts, else null. outages: [[detected, restored]…], the oldest first, 20 at the most,
-- restored null for the one that lasts.
create function kentongan.flapping_load(p_now timestamptz) returns jsonb
language sql stable security definer set search_path = kentongan, pg_temp as $$
    with recent as (
        select o.site, o.detected, o.restored_at, row_number() over (partition by o.site order by o.first_bad desc) as n
          from outage o
         where o.root = o.site and (o.restored_at >= p_now - interval '100 minutes' or o.restored_at is null)),
    listed as (
        select site, jsonb_agg(jsonb_build_array(wall_text(detected), wall_text(restored_at)) order by n desc) as outages
          from recent where n <= 20 group by site)
    select coalesce(jsonb_agg(jsonb_build_object('site', site, 'since', wall_text(c.since),
                                                 'outages', coalesce(l.outages, '[]')) order by site), '[]')
      from listed l
      full join (select site, since from site_condition where kind = 'flapping' and until is null) c using (site)
$$;
grant execute on function kentongan.flapping_load(timestamptz) to kentongan_app;
