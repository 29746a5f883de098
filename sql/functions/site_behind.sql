-- SPDX-License-Identifier: ISC
-- site_behind: what is cut off when these sites are silent: of p_tops and all that hangs below them, what no way leads to
-- from a site without uplinks (a core) that avoids every site of p_cut. It is what daemon/topology.h calls affected: a village
-- with a second way round is not behind. Costs what lies below p_tops and on the ways from there to the core, and what hangs
-- directly on those.
-- PostgreSQL guesses that a recursion finds many times what it does. Left to itself it reads all uplinks for one village, and clears
-- megabytes of work_mem before it has begun; so the ways are taken by the index, from a small memory that grows when it has to.
-- "offset 0" keeps the lookup of a site's children before the question whether they belong here, the case keeps that a hash.
create function kentongan.site_behind(p_tops text[], p_cut text[]) returns setof text
language plpgsql stable set search_path = kentongan, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set work_mem = '256kB' as $$
begin
    return query
    with recursive below as (
        select code::text as site from site where code = any(p_tops)
        union
        select u.site from below b join uplink u on u.parent = b.site),
    region as (
        select b.site from below b
        union
        select u.parent from region r join uplink u on u.site = r.site),
    linked as (
        select r.site from region r
         where r.site not in (select unnest(p_cut)) and not exists (select from uplink u where u.site = r.site)
        union
        select c.site
          from linked l cross join lateral (select u.site from uplink u where u.parent = l.site offset 0) c
         where c.site not in (select unnest(p_cut))
           and case when c.site in (select unnest(array(select r.site from region r))) then true end)
    select b.site from below b except select l.site from linked l;
end $$;
