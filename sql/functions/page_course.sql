-- SPDX-License-Identifier: ISC
-- page_course: how a site's gateway has been for a day, in 24 hours of which the present one is the last: {from, until, link, readings}.
-- until: the end of the last five minutes of which something is kept; of those that go on, of its last probe (a stop tells
-- what it has).
-- link: [[hour from 0, sent, lost]], without hours of which nothing is kept. readings: [{metric, instance, unit, least, most,
-- last, steps: [[hour, mean]]}], of those two at most that its profile calls main and that are a signal or a voltage, because
-- the page is small. Null: no gateway, or nothing is kept of it. Hours that are over come from where they are folded: a page
-- has to be cheap. Internal.
create function kentongan.page_course(p_site text, p_now timestamptz) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    since constant timestamptz := date_trunc('hour', p_now) - interval '23 hours';
    gateway int;
    fine timestamptz;
    readings_fine timestamptz;
    known timestamptz;
    link jsonb;
    readings jsonb;
begin
    select id into gateway from device where site = p_site and role = 'gateway';
    select greatest(folded_until, since), greatest(readings_folded_until, since) into fine, readings_fine from history_mark;
    select jsonb_agg(jsonb_build_array((date_part('epoch', s.at - since) / 3600)::int, s.sent, s.lost) order by s.at) into link
      from (select hour as at, sent, lost from rollup_hour where device = gateway and hour >= since and hour < fine
            union all
            select date_bin('1 hour', slot, since), sum(sent), sum(lost)
              from rollup where device = gateway and slot >= fine and slot <= p_now group by 1) s;
    if link is null then
        return null;
    end if;
    select case when slot <= p_now - interval '5 minutes' then slot + interval '5 minutes'
                else least(slot + until_ms * interval '1 millisecond', p_now) end into known
      from rollup where device = gateway and slot between since and p_now order by slot desc limit 1;
    select jsonb_agg(jsonb_build_object('metric', r.metric, 'instance', nullif(r.instance, ''), 'unit', r.unit, 'least', s.least,
                                        'most', s.most, 'last', s.last, 'steps', s.steps) order by r.place, r.instance) into readings
      from (select id, metric, instance, unit, place from reading_series
             where device = gateway and main and unit in ('dBm', 'V') and seen_on >= (since at time zone 'UTC')::date
             order by place, instance limit 2) r
     cross join lateral (
           select min(h.least) as least, max(h.most) as most, (array_agg(h.last order by h.at desc))[1] as last,
                  jsonb_agg(jsonb_build_array((date_part('epoch', h.at - since) / 3600)::int, h.mean) order by h.at) as steps
             from (select hour as at, last, mean, least, most from reading_rollup_hour
                    where series = r.id and hour >= since and hour < readings_fine
                   union all
                   select date_bin('1 hour', slot, since), (array_agg(last order by slot desc))[1],
                          (sum(coalesce(mean, last)::double precision * count) / sum(count))::real,
                          min(coalesce(least, last)), max(coalesce(most, last))
                     from reading_rollup where series = r.id and slot >= readings_fine and slot <= p_now group by 1) h) s
     where s.steps is not null;
    return jsonb_build_object('from', wall_text(since),
                              'until', wall_text(known),
                              'link', link, 'readings', coalesce(readings, '[]'));
end $$;
