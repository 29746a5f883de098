-- SPDX-License-Identifier: ISC
-- cli_sites: every site, what it hangs on, what is believed of it. No parameters.
-- Returns one row (JSON array in the order of codes).
with planned as materialized (
    select site from kentongan.maintenance_by_site(now(), now() + interval '1 microsecond'))
select coalesce(jsonb_agg(jsonb_build_object(
           'code', code, 'name', name, 'kind', kind, 'kecamatan', kecamatan, 'state', state,
           'since', kentongan.wall_text(since), 'address', address, 'port', port, 'uplinks', to_jsonb(uplinks),
           'ticket', ticket, 'ticket_state', ticket_state, 'maintenance', code in (select site from planned),
           -- why a device of it that lives does not let us in, its gateway first; null when all do
           'auth', (select a.auth
                      from kentongan.device_agent a join kentongan.device d on d.id = a.device
                     where d.site = code and a.auth <> 'ok'
                     order by d.role <> 'gateway', d.name limit 1)) order by code), '[]') as answer
  from kentongan.site_now
