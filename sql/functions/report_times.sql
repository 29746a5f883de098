-- SPDX-License-Identifier: ISC
-- report_times: the times of the tickets of [p_since, p_until), per group and for all together (is_total). n: restored in
-- it. open: opened before its end and not restored before that. Cancelled and rejected tickets are none of either.
-- X: mean, p50, p90, p95 (nearest rank) in seconds, of those of n that have the instants; a
-- degraded link was not cut off, and is in none of the times to detect and to restore.
create function kentongan.report_times(p_since timestamptz, p_until timestamptz, p_by text)
returns table (is_total boolean, key text, n bigint, open bigint, detect_mean_s numeric, detect numeric[],
               accept_mean_s numeric, accept numeric[], restore_mean_s numeric, restore numeric[])
language sql stable set search_path = kentongan, pg_temp as $$
    with counted as (
        select r.*, true as done from report.resolution r
         where r.restored >= p_since and r.restored < p_until
        union all
        select r.*, false from report.resolution r
         where r.opened < p_until and (r.restored >= p_until or r.restored is null)),
    keyed as (
        select c.*, case p_by when 'kecamatan' then c.kecamatan when 'site' then c.site when 'party' then c.party
                              else coalesce(nullif(c.cause_proven, 'unproven'), c.cause_reported, 'unknown') end as key
          from counted c
         where c.state not in ('cancelled', 'rejected'))
    select grouping(key) = 1, key, count(*) filter (where done), count(*) filter (where not done),
           avg(detect_s) filter (where done and kind <> 'degraded'),
           percentile_disc(array[0.5, 0.9, 0.95]) within group (order by detect_s) filter (where done and kind <> 'degraded'),
           avg(accept_s) filter (where done),
           percentile_disc(array[0.5, 0.9, 0.95]) within group (order by accept_s) filter (where done),
           avg(restore_s) filter (where done and kind <> 'degraded'),
           percentile_disc(array[0.5, 0.9, 0.95]) within group (order by restore_s) filter (where done and kind <> 'degraded')
      from keyed
     group by grouping sets ((key), ())
$$;
