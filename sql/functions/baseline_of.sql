-- SPDX-License-Identifier: ISC
-- baseline_of: what the round trips of a device came to, in ms, in this hour of the last eight weeks: in how many of them there were
-- any, and the quartiles of the hours' means.
create function kentongan.baseline_of(p_device int, p_now timestamptz, out weeks int, out quartiles double precision[])
language sql stable set search_path = kentongan, pg_temp as $$
    select count(*), percentile_cont(array[0.25, 0.5, 0.75]) within group (order by h.rtt_mean_us / 1000.0)
      from rollup_hour h
     where h.device = p_device and h.rtt_mean_us is not null
       and h.hour = any (select date_trunc('hour', p_now) - w * interval '168 hours' from generate_series(1, 8) w)
$$;
