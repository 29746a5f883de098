-- SPDX-License-Identifier: ISC
-- site_cut_off: whether p_site is behind these sites, or one of them: no way leads from it to a site without uplinks that
-- avoids every site of p_cut. site_behind for one site, in the cost of what is above it,
-- for which the way has to be taken by the index (see there).
create function kentongan.site_cut_off(p_site text, p_cut text[]) returns boolean
language plpgsql stable set search_path = kentongan, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set work_mem = '256kB' as $$
begin
    return (with recursive way as (
                select p_site as site where p_site <> all(p_cut)
                union
                select u.parent from way w join uplink u on u.site = w.site where u.parent <> all(p_cut))
            select not exists (select from way w where not exists (select from uplink u where u.site = w.site)));
end $$;
