-- SPDX-License-Identifier: ISC
-- maintenance_doc: a window for people and programs: {id, site, name, behind, sites, reason, every, from, to, since, until, zone,
-- created, by, ended, ended_by, ended_reason, state, next}. every: days of the week, null when it is once; then since and
-- until are instants, else days, and from and to hours. sites: how many it takes in, as the uplinks are now. state: on,
-- coming, over. next: {since, until} of the time that it is open now or next, within a year; null when there is none.
-- plpgsql, because a list of them is long and PostgreSQL plans such a body once.
create function kentongan.maintenance_doc(m kentongan.maintenance, p_now timestamptz) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    n tstzrange := (select r from unnest(maintenance_spans(m, tstzrange(p_now - interval '31 days', p_now + interval '400 days'))) r
                     where upper(r) > p_now order by r limit 1);
begin
    return jsonb_build_object(
        'id', m.id, 'site', m.site, 'name', (select s.name from site s where s.code = m.site), 'behind', m.behind,
        'sites', case when m.behind and exists (select from uplink u where u.parent = m.site) then
                          (select count(*) from site_behind(array[m.site::text], array[m.site::text])) else 1 end,
        'reason', m.reason,
        'every', (select jsonb_agg(('{mon,tue,wed,thu,fri,sat,sun}'::text[])[d] order by d) from unnest(m.weekdays) d),
        'from', to_char(m.from_time, 'HH24:MI'), 'to', to_char(m.to_time, 'HH24:MI'),
        'since', coalesce(wall_text(m.since), to_char(m.valid_from, 'YYYY-MM-DD')),
        'until', coalesce(wall_text(m.until), to_char(m.valid_to, 'YYYY-MM-DD')), 'zone', m.zone,
        'created', wall_text(m.created_at), 'by', actor_name(m.created_by), 'ended', wall_text(m.ended_at),
        'ended_by', actor_name(m.ended_by), 'ended_reason', m.ended_reason,
        'state', case when lower(n) <= p_now then 'on' when n is not null then 'coming' else 'over' end,
        'next', case when n is not null then jsonb_build_object('since', wall_text(lower(n)), 'until', wall_text(upper(n))) end);
end $$;
