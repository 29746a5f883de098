-- SPDX-License-Identifier: ISC
-- degraded_root: whose link it is when a site loses p_figure % of its probes, or its round trips take p_figure ms: that of the
-- topmost site on its preferred way whose gateway lost (or took) at least half as much in the last half hour, for what is lost
-- there is lost by all behind it. Of round trips that are compared with what is usual (p_base, in ms; null: they are not) it is the
-- rise that counts, of each above what is usual for it; and of all round trips the time since p_since, which the figure is of, too:
-- that the one above was good before is no excuse. Else its own; and what a device says of itself is always its own.
create function kentongan.degraded_root(p_site text, p_measure text, p_figure double precision, p_base double precision,
                                        p_since timestamptz, p_now timestamptz) returns text
language sql stable set search_path = kentongan, pg_temp as $$
    with recursive way as (
        select p_site as site, 0 as depth
        union all
        select u.parent::text, w.depth + 1 from way w join uplink u on u.site = w.site and u.ordinal = 1
         where w.depth < 64 and p_measure in ('loss', 'rtt'))
    select coalesce((
        select w.site from way w join device d on d.site = w.site and d.role = 'gateway'
          cross join lateral (select case p_measure when 'loss' then sum(r.lost) * 100.0 / nullif(sum(r.sent), 0)
                                                    else avg(r.rtt_mean_us) / 1000 end as figure from rollup r
                               where r.device = d.id and r.slot < p_now
                                 and r.slot >= greatest(p_now - interval '40 minutes', case p_measure when 'rtt' then p_since end)) l
         where w.depth > 0
           and (l.figure - case when p_base is null then 0
                                else (select case when b.weeks >= 3 then b.quartiles[2] end from baseline_of(d.id, p_now) b) end) * 2
               >= p_figure - coalesce(p_base, 0)
         order by w.depth desc limit 1), p_site)
$$;
