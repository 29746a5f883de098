-- SPDX-License-Identifier: ISC
-- maintenance_spans: when a window is open within p_span, [since, until) and not endless: not before it was announced, and
-- no longer once it was ended. Weekly hours are those of its zone's clocks: where they are put forward, an hour that there is
-- not is the one after it; where they are put back, an hour that there is twice is the second one. A window that the
-- jump would turn round lasts as long the other way.
create function kentongan.maintenance_spans(m kentongan.maintenance, p_span tstzrange) returns tstzmultirange
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(range_agg(x.span), '{}') * tstzmultirange(tstzrange(m.created_at, m.ended_at)) * tstzmultirange(p_span)
      from (select tstzrange(m.since, m.until) as span where m.since is not null
            union all
            select tstzrange(least(t.begins, t.ends), greatest(t.begins, t.ends))
              from generate_series(
                       greatest(m.valid_from, (lower(p_span) at time zone m.zone)::date - 1)::timestamp,
                       least(m.valid_to, (upper(p_span) at time zone m.zone)::date)::timestamp, interval '1 day') d
             cross join lateral (
                   select (d + m.from_time) at time zone m.zone as begins,
                          (d + m.to_time + case when m.to_time < m.from_time then interval '1 day' else '0' end)
                              at time zone m.zone as ends) t
             where extract(isodow from d) = any(m.weekdays)) x
$$;
