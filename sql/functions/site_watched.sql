-- SPDX-License-Identifier: ISC
-- site_watched: of each site that has a gateway, the time in [p_since, p_until) of which something is known: since its
-- watch began, without its own gaps, those of all sites, and the time in which we were cut off ourselves.
create function kentongan.site_watched(p_since timestamptz, p_until timestamptz)
returns table (site text, watched tstzmultirange)
language sql stable set search_path = kentongan, pg_temp as $$
    with gap as (
        select g.site, range_agg(tstzrange(g.since, coalesce(g.until, greatest(g.since, p_until)))) as gaps
          from (select site, since, until from watch_gap
                union all select null, since, until from watch_blind) g
         where g.since < p_until and coalesce(g.until > p_since, true)
         group by g.site)
    select d.site::text,
           case when greatest(w.watched_since, p_since) < p_until and w.watched_since is not null
                then tstzmultirange(tstzrange(greatest(w.watched_since, p_since), p_until)) else '{}' end
           - coalesce(own.gaps, '{}') - coalesce((select gaps from gap where gap.site is null), '{}')
      from device d
      left join site_state w on w.site = d.site
      left join gap own on own.site = d.site
     where d.role = 'gateway'
$$;
