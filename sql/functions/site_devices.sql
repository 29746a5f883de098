-- SPDX-License-Identifier: ISC
-- site_devices: the devices of a site and whether they answer, the gateway first: [{device, role, state, since}]. Of the gateway
-- it is the state of the site. auth-problem: it lives and does not let us in. While the
-- poller is cut off all are unknown.
create function kentongan.site_devices(p_site text) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(jsonb_build_object(
               'device', d.name, 'role', d.role,
               'state', case when a.auth <> 'ok' then 'auth-problem'
                             when watch_blind_since() is not null then 'unknown'
                             when d.role = 'gateway' then coalesce(w.state, 'unknown') else coalesce(b.state, 'unknown') end,
               'since', wall_text(case when a.auth <> 'ok' then a.auth_since
                                       else greatest(case when d.role = 'gateway' then w.since else b.since end, watch_blind_since()) end))
               order by d.role <> 'gateway', d.name), '[]')
      from device d
      left join device_state b on b.device = d.id
      left join device_agent a on a.device = d.id
      left join site_state w on w.site = d.site
     where d.site = p_site
$$;
grant execute on function kentongan.site_devices(text) to kentongan_app, kentongan_web;
