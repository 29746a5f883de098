-- SPDX-License-Identifier: ISC
-- site_course: how a site has been in p_count steps of p_step_s seconds from p_from on: {site, from, step_s, link, readings,
-- readings_left_out}. link: link_course() of its gateway, null when there is none. readings: readings_course() of those that
-- had a value since p_from, the gateway's and the main ones first, 24 at most; how many more there are is said.
create function kentongan.site_course(p_site text, p_from timestamptz, p_step_s int, p_count int) returns jsonb
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
declare
    most constant int := 24;
    gateway constant int := (select id from device where site = p_site and role = 'gateway');
    readings constant int[] := array(
        select s.id
          from reading_series s join device d on d.id = s.device
         where d.site = p_site and s.seen_on >= (p_from at time zone 'UTC')::date
         order by not s.main, d.role <> 'gateway', d.name, s.place, s.instance);
begin
    return jsonb_build_object(
        'site', p_site, 'from', wall_text(p_from), 'step_s', p_step_s,
        'link', case when gateway is not null then link_course(gateway, p_from, p_step_s, p_count) end,
        'readings', readings_course(readings[:most], p_from, p_step_s, p_count),
        'readings_left_out', greatest(cardinality(readings) - most, 0));
end $$;
grant execute on function kentongan.site_course(text, timestamptz, int, int) to kentongan_app, kentongan_web;
