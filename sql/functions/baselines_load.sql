-- SPDX-License-Identifier: ISC
-- baselines_load: what is usual in this hour of the week, of up to p_most devices behind device p_after: {last, rows: [[device, measure,
-- instance, weeks, q1, median, q3]]}, the quartiles of the hours' means of the last eight weeks, where at least three of them have
-- something; last null: there are no more devices. Of readings those whose unit is compared with what it was (daemon/baseline.c).
-- plpgsql and one index probe per number and week: however long the history is, only these hours are read.
create function kentongan.baselines_load(p_after int, p_most int, p_now timestamptz) returns jsonb
language plpgsql stable security definer
set search_path = kentongan, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
    hours constant timestamptz[] := array(select date_trunc('hour', p_now) - w * interval '168 hours' from generate_series(1, 8) w);
    few constant int[] := array(select id from device where id > p_after order by id limit p_most);
begin
    return (
        with known as (
            select f.id as device, 'rtt' as measure, '' as instance, b.weeks, b.q
              from unnest(few) f(id)
              cross join lateral (select count(*) as weeks, percentile_cont(array[0.25, 0.5, 0.75]) within group (order by h.rtt_mean_us / 1000.0) as q
                                    from rollup_hour h where h.device = f.id and h.hour = any (hours) and h.rtt_mean_us is not null) b
            union all
            select s.device, s.metric, s.instance, b.weeks, b.q
              from unnest(few) f(id)
              join reading_series s on s.device = f.id and s.unit in ('dBm', 'dB', 'V', 'errors/s')
              cross join lateral (select count(*) as weeks, percentile_cont(array[0.25, 0.5, 0.75]) within group (order by coalesce(h.mean, h.last)) as q
                                    from reading_rollup_hour h where h.series = s.id and h.hour = any (hours)) b)
        select jsonb_build_object(
                   'last', case when cardinality(few) = p_most then few[p_most] end,
                   'rows', coalesce(jsonb_agg(jsonb_build_array(device, measure, instance, weeks, q[1], q[2], q[3])) filter (where weeks >= 3), '[]'))
          from known);
end $$;
grant execute on function kentongan.baselines_load(int, int, timestamptz) to kentongan_app;
