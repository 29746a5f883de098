-- SPDX-License-Identifier: ISC
-- maintenance_planned: the planned time of a site within p_span, [since, until): its own windows, and the time in which no
-- way leads to it but through sites whose windows take in everything behind them (two of them may share the ways of a
-- site that has two). p_alone false: without windows that are of the site alone. As the uplinks are now.
-- In the cost of what is above the site: the settings are those of site_behind.
create function kentongan.maintenance_planned(p_site text, p_span tstzrange, p_alone boolean default true)
returns tstzmultirange
language plpgsql stable set search_path = kentongan, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set work_mem = '256kB' as $$
begin
    if not exists (select from maintenance m
                    where tstzrange(m.created_at, m.ended_at) && p_span
                      and (m.since is null or tstzrange(m.since, m.until) && p_span)) then
        return '{}';
    end if;
    return (with recursive above as (
                select p_site as site
                union
                select u.parent from above a join uplink u on u.site = a.site),
            open as materialized (
                select m.site::text as site, m.behind, span
                  from above a
                  join maintenance m on m.site = a.site and (m.behind or p_alone and m.site = p_site)
                 cross join lateral unnest(maintenance_spans(m, p_span)) span),
            slice as (
                select at, lead(at) over (order by at) as until
                  from (select lower(span) as at from open union select upper(span) from open) edges)
            select coalesce(range_agg(tstzrange(s.at, s.until)), '{}')
              from slice s
             where exists (select from open o where o.site = p_site and o.span @> s.at)
                or site_cut_off(p_site, array(select o.site from open o where o.behind and o.span @> s.at)));
end $$;
