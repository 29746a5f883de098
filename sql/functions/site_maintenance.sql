-- SPDX-License-Identifier: ISC
-- site_maintenance: the planned work that a site is in and that comes next within a year: {now: {since, until, windows}, next:
-- {since, until, windows}}, null for none. windows: [{id, site, name, reason, by}] that are open in it, those of the site itself
-- first; by: who announced it.
-- since of now is p_now: what began before is one with it.
create function kentongan.site_maintenance(p_site text, p_now timestamptz) returns jsonb
language sql stable security definer set search_path = kentongan, pg_temp as $$
    with recursive above as (
        select p_site as site
        union
        select u.parent from above a join uplink u on u.site = a.site),
    part as (
        select r, lower(r) <= p_now as is_now, row_number() over (partition by lower(r) <= p_now order by r) as n
          from unnest(maintenance_planned(p_site, tstzrange(p_now, p_now + interval '366 days'))) r),
    told as (
        select p.is_now, jsonb_build_object(
                   'since', wall_text(lower(p.r)), 'until', wall_text(upper(p.r)),
                   'windows', (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'site', m.site, 'name', s.name,
                                                                            'reason', m.reason, 'by', actor_name(m.created_by))
                                                         order by m.site <> p_site, m.id), '[]')
                                 from above a join maintenance m on m.site = a.site and (m.behind or m.site = p_site)
                                              join site s on s.code = m.site
                                where maintenance_spans(m, p.r) <> '{}')) as doc
          from part p where p.n = 1)
    select jsonb_build_object('now', (select doc from told where is_now), 'next', (select doc from told where not is_now))
$$;
grant execute on function kentongan.site_maintenance(text, timestamptz) to kentongan_app, kentongan_web;
