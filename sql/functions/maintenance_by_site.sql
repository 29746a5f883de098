-- SPDX-License-Identifier: ISC
-- maintenance_by_site: maintenance_planned for all sites that have any planned time in [p_since, p_until), in the cost of
-- what lies behind the windows: where nothing begins or ends, the sites that are closed are the same, and so is what is behind.
create function kentongan.maintenance_by_site(p_since timestamptz, p_until timestamptz)
returns table (site text, planned tstzmultirange)
language sql stable security definer set search_path = kentongan, pg_temp as $$
    with open as materialized (
        select m.site::text as site, span, m.behind and exists (select from uplink u where u.parent = m.site) as behind
          from maintenance m
         cross join lateral unnest(maintenance_spans(m, tstzrange(p_since, p_until))) span
         where p_since < p_until),
    slice as (
        select at, lead(at) over (order by at) as until
          from (select lower(span) as at from open where behind
                union select upper(span) from open where behind) edges),
    closed as materialized (
        select sites, range_agg(tstzrange(at, until)) as spans
          from (select s.at, s.until, array(select distinct o.site from open o where o.behind and o.span @> s.at order by 1) as sites
                  from slice s where s.until is not null) x
         where sites <> '{}'
         group by sites)
    select x.site, range_agg(x.spans)
      from (select o.site, tstzmultirange(o.span) as spans from open o
            union all
            select b.site, c.spans from closed c cross join lateral site_behind(c.sites, c.sites) as b(site)) x
     group by x.site
$$;
grant execute on function kentongan.maintenance_by_site(timestamptz, timestamptz) to kentongan_app;
