-- SPDX-License-Identifier: ISC
-- site_readings: what the devices of a site said when they were last read, the gateway first. kept: of how many of their
-- readings there was a row in the history yesterday or today.
create function kentongan.site_readings(p_site text) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(jsonb_build_object('device', d.name, 'role', d.role, 'at', wall_text(r.at),
                                                 'profile', r.profile, 'kept', (select count(*) from reading_series s
                                                                                where s.device = d.id and s.seen_on >= (now() at time zone 'UTC')::date - 1),
                                                 'readings', r.readings)
                              order by d.role <> 'gateway', d.name), '[]')
      from device d
      join device_reading r on r.device = d.id
     where d.site = p_site
$$;
grant execute on function kentongan.site_readings(text) to kentongan_app, kentongan_web;
