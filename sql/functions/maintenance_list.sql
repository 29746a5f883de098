-- SPDX-License-Identifier: ISC
-- maintenance_list: the windows that are on or to come, with p_all those that are over too, the next to open first (over:
-- the youngest first). p_site: only those that take it in.
create function kentongan.maintenance_list(p_all boolean, p_site text, p_now timestamptz) returns jsonb
language sql stable security definer set search_path = kentongan, pg_temp as $$
    with recursive above as (
        select site_known(p_site) as site
        union
        select u.parent from above a join uplink u on u.site = a.site),
    told as materialized ( -- once a window, however often it is looked at
        select m.id, maintenance_doc(m, p_now) as doc
          from maintenance m
         where p_site is null or m.site = p_site
            or m.behind and m.site in (select site from above) and site_cut_off(p_site, array[m.site::text]))
    select coalesce(jsonb_agg(doc order by doc ->> 'state' = 'over', doc #>> '{next,since}', id desc), '[]')
      from told where p_all or doc ->> 'state' <> 'over'
$$;
grant execute on function kentongan.maintenance_list(boolean, text, timestamptz) to kentongan_app;
