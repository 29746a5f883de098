-- SPDX-License-Identifier: ISC
-- site_downtime: per watched site and cause, the time in [p_since, p_until) in which the site was cut off: from the onset
-- of each of its outages to their end, an outage that lasts to p_until; without what was not watched. cause: what the
-- outage itself was proven to come from, when it was its own root or lost its power with it; else the ticket's, proven before
-- reported; unknown when nobody has said. So a village behind a relay without power was cut off by the power company, too.
-- What of it was in the site's planned time (maintenance_by_site) is planned, whatever the cause.
create function kentongan.site_downtime(p_since timestamptz, p_until timestamptz)
returns table (site text, cause text, is_network boolean, down tstzmultirange)
language sql stable set search_path = kentongan, pg_temp as $$
    with cut as (
        select o.site, c.cause, c.is_network,
               range_agg(tstzrange(onset_of(o.last_good, o.first_bad), coalesce(o.restored_at, p_until))) as spans
          from outage o
          left join ticket t on t.id = o.ticket
          join cause_code c on c.cause = coalesce(
                   case when o.cause_proven = 'power' or o.site = o.root then nullif(o.cause_proven::text, 'unproven') end,
                   nullif(t.cause_proven, 'unproven'), t.cause_reported, 'unknown')
         where onset_of(o.last_good, o.first_bad) < p_until and (o.restored_at > p_since or o.restored_at is null)
         group by o.site, c.cause, c.is_network),
    planned as materialized (
        select * from maintenance_by_site(p_since, p_until)),
    split as (
        select cut.site, cut.cause, cut.is_network, cut.spans - coalesce(p.planned, '{}') as spans
          from cut left join planned p on p.site = cut.site
        union all
        select cut.site, 'planned', false, range_agg(cut.spans) * p.planned
          from cut join planned p on p.site = cut.site
         group by cut.site, p.planned)
    select w.site, split.cause, split.is_network, split.spans * w.watched
      from split join site_watched(p_since, p_until) w on w.site = split.site
$$;
