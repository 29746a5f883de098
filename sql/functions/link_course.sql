-- SPDX-License-Identifier: ISC
-- link_course: how a device answered in p_count steps of p_step_s seconds from p_from on: {sent, lost, mean_us, p95_us, max_us},
-- each an array, oldest first; sent 0 and the rest null where nothing is kept. Steps of an hour and more are made of hours, as
-- far as they are folded. Internal. plpgsql, because PostgreSQL keeps the plans of such a body for the session.
create function kentongan.link_course(p_device int, p_from timestamptz, p_step_s int, p_count int) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    until constant timestamptz := p_from + p_count * p_step_s * interval '1 second';
    fine constant timestamptz := case when p_step_s < 3600 then p_from
                                      else greatest(p_from, (select folded_until from history_mark)) end;
begin
    return (
        with part as (
            select slot as at, sent, lost, rtt_mean_us, rtt_p95_us, rtt_max_us
              from rollup where device = p_device and slot >= fine and slot < until
            union all
            select hour, sent, lost, rtt_mean_us, rtt_p95_us, rtt_max_us
              from rollup_hour where device = p_device and hour >= p_from and hour < least(fine, until)),
        step as (
            select floor(date_part('epoch', at - p_from) / p_step_s)::int as i, sum(sent) as sent, sum(lost) as lost,
                   round(sum(rtt_mean_us * (sent - lost)) / nullif(sum(sent - lost), 0)) as mean_us,
                   max(rtt_p95_us) as p95_us, max(rtt_max_us) as max_us
              from part group by 1)
        select jsonb_build_object('sent', jsonb_agg(coalesce(s.sent, 0) order by i), 'lost', jsonb_agg(s.lost order by i),
                                  'mean_us', jsonb_agg(s.mean_us order by i), 'p95_us', jsonb_agg(s.p95_us order by i),
                                  'max_us', jsonb_agg(s.max_us order by i))
          from generate_series(0, p_count - 1) i left join step s using (i));
end $$;
