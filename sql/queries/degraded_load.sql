-- SPDX-License-Identifier: ISC
-- degraded_load: what is degraded, of links and of devices. No parameters.
-- Returns one row (JSON array).
select coalesce(jsonb_agg(jsonb_build_object('site', site, 'device', device, 'measure', measure, 'instance', instance, 'unit', unit,
                                             'since', kentongan.wall_text(since), 'floor', floor, 'needs', needs, 'below', below, 'base', base)
                          order by id), '[]') as answer
  from kentongan.site_condition
 where kind = 'degraded' and until is null
