-- SPDX-License-Identifier: ISC
-- site_conditions: what is wrong with a site that answers, now: [{kind, since, told, measure}], told the sentence of a measure that is
-- degraded, measure its figures (condition_doc); both null of one that flaps.
create function kentongan.site_conditions(p_site text) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(jsonb_build_object(
               'kind', c.kind, 'since', wall_text(c.since),
               'told', case c.kind when 'degraded' then format('%s, limit %s%s', condition_told(c, c.figure), limit_told(c, c.floor),
                                                               coalesce(', usually ' || limit_told(c, c.base), '')) end,
               'measure', case c.kind when 'degraded' then condition_doc(c) end) order by c.kind, c.since, c.id), '[]')
      from (select * from site_condition where site = p_site and until is null order by kind, since, id limit 32) c
$$;
grant execute on function kentongan.site_conditions(text) to kentongan_app, kentongan_web;
