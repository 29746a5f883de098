-- SPDX-License-Identifier: ISC
-- degraded_load: the links that are degraded. No parameters.
-- Returns one row (JSON array).
select coalesce(jsonb_agg(jsonb_build_object('site', site, 'device', device, 'since', kentongan.wall_text(since)) order by id), '[]') as answer
  from kentongan.site_condition
 where kind = 'degraded' and measure = 'loss' and until is null
