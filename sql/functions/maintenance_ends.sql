-- SPDX-License-Identifier: ISC
-- maintenance_ends: the sites that a window takes in which is open at that instant: until when it is, the last of several, and who
-- announced it. A village of two ways that two windows cut off together is in none of them, and not here (maintenance_by_site
-- has it). What comes after an end without a break is not looked at: that is site_maintenance, of one site.
create function kentongan.maintenance_ends(p_now timestamptz) returns table (site text, until timestamptz, announced_by text)
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
#variable_conflict use_column
begin
    return query
    with open as materialized (
        select m.site::text as site, m.behind and exists (select from uplink u where u.parent = m.site) as behind,
               upper(r) as until, actor_name(m.created_by) as announced_by
          from maintenance m cross join lateral unnest(maintenance_spans(m, tstzrange(p_now, p_now + interval '32 days'))) r
         where r @> p_now)
    select distinct on (b.site) b.site, o.until, o.announced_by
      from open o
     cross join lateral (select o.site where not o.behind
                         union all
                         select s from site_behind(array[o.site], array[o.site]) s where o.behind) b(site)
     order by b.site, o.until desc;
end $$;
grant execute on function kentongan.maintenance_ends(timestamptz) to kentongan_app;
