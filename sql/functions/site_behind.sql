-- SPDX-License-Identifier: ISC
-- site_behind: what is cut off when these sites are silent: of p_tops and all that hangs below them, what no way leads to
-- from a site without uplinks (a core) that avoids every site of p_cut. It is what daemon/topology.h calls affected: a village
-- with a second way round is not behind. Costs what lies below p_tops and on the ways from there to the core: p_cut is a subquery
-- so that it is hashed, and the ways are taken once.
create function kentongan.site_behind(p_tops text[], p_cut text[]) returns setof text
language sql stable set search_path = kentongan, pg_temp as $$
    with recursive below as (
        select code::text as site from site where code = any(p_tops)
        union
        select u.site from below b join uplink u on u.parent = b.site),
    region as (
        select site from below
        union
        select u.parent from region r join uplink u on u.site = r.site),
    edge as materialized (
        select u.site, u.parent from region r join uplink u on u.site = r.site
         where u.site not in (select unnest(p_cut))),
    linked as (
        select r.site from region r
         where r.site not in (select unnest(p_cut)) and not exists (select from uplink u where u.site = r.site)
        union
        select e.site from linked l join edge e on e.parent = l.site)
    select site from below except select site from linked
$$;
