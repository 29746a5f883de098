-- SPDX-License-Identifier: ISC
-- readings_course: what some readings came to in p_count steps of p_step_s seconds from p_from on, in the order of p_series,
-- without those of which nothing is kept:
-- [{device, role, metric, instance, unit, kind, main, last, mean, least, most}], the last four each an array, oldest first, null
-- where nothing is kept; of an enum there is no mean. Steps of an hour and more are made of hours, as far as they are folded.
-- Internal.
create function kentongan.readings_course(p_series int[], p_from timestamptz, p_step_s int, p_count int) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    until constant timestamptz := p_from + p_count * p_step_s * interval '1 second';
    fine constant timestamptz := case when p_step_s < 3600 then p_from
                                      else greatest(p_from, (select readings_folded_until from history_mark)) end;
begin
    return (
        with part as (
            select series, slot as at, count, last, mean, least, most
              from reading_rollup where series = any (p_series) and slot >= fine and slot < until
            union all
            select series, hour, count, last, mean, least, most
              from reading_rollup_hour where series = any (p_series) and hour >= p_from and hour < least(fine, until)),
        step as (
            select series, floor(date_part('epoch', at - p_from) / p_step_s)::int as i,
                   (array_agg(last order by at desc))[1] as last,
                   (sum(coalesce(mean, last)::double precision * count) / sum(count))::real as mean,
                   min(coalesce(least, last)) as least, max(coalesce(most, last)) as most
              from part group by 1, 2),
        course as (
            select n.series, n.ordinality, jsonb_agg(s.last order by k) as last, jsonb_agg(s.mean order by k) as mean,
                   jsonb_agg(s.least order by k) as least, jsonb_agg(s.most order by k) as most
              from unnest(p_series) with ordinality n (series, ordinality)
             cross join generate_series(0, p_count - 1) k
              left join step s on s.series = n.series and s.i = k
             group by 1, 2 having count(s.last) > 0)
        select coalesce(jsonb_agg(jsonb_build_object(
                   'device', d.name, 'role', d.role, 'metric', r.metric, 'instance', nullif(r.instance, ''),
                   'unit', nullif(r.unit, ''), 'kind', r.kind, 'main', r.main, 'last', c.last,
                   'mean', case when r.kind <> 'enum' then c.mean end, 'least', c.least, 'most', c.most) order by c.ordinality), '[]')
          from course c join reading_series r on r.id = c.series join device d on d.id = r.device);
end $$;
