-- SPDX-License-Identifier: ISC
-- cause_load: what was proven of the outages of the last year, for a daemon that starts: [{site, power, link, device, agent}], how
-- often which, of the sites of which something was; Only of outages that were the site's own and not its feeder's: what takes
-- many sites at once is no habit of one. Of those with an open outage also vitals: what the clocks showed before it, {at,
-- uptime_ticks, engine_time_s}; else null.
create function kentongan.cause_load(p_now timestamptz) returns jsonb
language sql stable security definer set search_path = kentongan, pg_temp as $$
    with counted as (
        select site, count(*) filter (where cause_proven = 'power') as power, count(*) filter (where cause_proven = 'link') as link,
               count(*) filter (where cause_proven = 'device') as device, count(*) filter (where cause_proven = 'agent') as agent
          from outage
         where root = site and feeder is null and first_bad > p_now - interval '365 days'
           and cause_proven in ('power', 'link', 'device', 'agent')
         group by site),
    silent as (
        select distinct on (site) site,
               jsonb_build_object('at', wall_text(vitals_at), 'uptime_ticks', uptime_ticks, 'engine_time_s', engine_time_s) as vitals
          from outage where restored_at is null and vitals_at is not null
         order by site, first_bad desc)
    select coalesce(jsonb_agg(coalesce(to_jsonb(c), '{}') || jsonb_build_object('site', site, 'vitals', s.vitals) order by site), '[]')
      from counted c full join silent s using (site)
$$;
grant execute on function kentongan.cause_load(timestamptz) to kentongan_app;
