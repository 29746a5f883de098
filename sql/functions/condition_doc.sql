-- SPDX-License-Identifier: ISC
-- condition_doc: what is degraded, as JSON: see ticket_measures.
create function kentongan.condition_doc(c kentongan.site_condition) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select jsonb_build_object('site', c.site, 'device', (select name from device where id = c.device), 'measure', c.measure,
                              'instance', nullif(c.instance, ''), 'unit', nullif(c.unit, ''), 'figure', round(c.figure::numeric, 1),
                              'floor', round(c.floor::numeric, 1), 'needs', round(coalesce(c.needs, c.floor)::numeric, 1), 'below', coalesce(c.below, false),
                              'usual', round(c.base::numeric, 1), 'since', wall_text(c.since), 'until', wall_text(c.until))
$$;
grant execute on function kentongan.condition_doc(kentongan.site_condition) to kentongan_app, kentongan_web;
