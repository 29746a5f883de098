-- SPDX-License-Identifier: ISC
-- degraded_own_end: whether it is our own end of all links that is bad: all reference targets, two or more, lost at least half as much
-- in the last half hour as what is degraded, or rose at least half as high. Then no site is to blame, and none gets a ticket.
create function kentongan.degraded_own_end(c kentongan.site_condition, p_now timestamptz) returns boolean
language sql stable set search_path = kentongan, pg_temp as $$
    select c.measure in ('loss', 'rtt') and count(*) >= 2
           and coalesce(bool_and((l.figure - case when c.measure = 'rtt' and c.base is not null then
                                                 (select case when b.weeks >= 3 then b.quartiles[2] end from baseline_of(d.id, p_now) b)
                                             else 0 end) * 2 >= c.figure - coalesce(c.base, 0)), false)
      from device d
      cross join lateral (select case c.measure when 'loss' then sum(r.lost) * 100.0 / nullif(sum(r.sent), 0)
                                                else avg(r.rtt_mean_us) / 1000 end as figure from rollup r
                           where r.device = d.id and r.slot < p_now
                             and r.slot >= greatest(p_now - interval '40 minutes', case c.measure when 'rtt' then c.since end)) l
     where d.role = 'reference'
$$;
