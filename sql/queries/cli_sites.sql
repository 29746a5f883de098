-- SPDX-License-Identifier: ISC
-- cli_sites: every site, what it hangs on, what is believed of it. No parameters.
-- Returns one row (JSON array in the order of codes).
with planned as materialized (
    select site from kentongan.maintenance_by_site(now(), now() + interval '1 microsecond')),
ends as materialized (
    select site, kentongan.wall_text(until) as until, announced_by from kentongan.maintenance_ends(now()))
select coalesce(jsonb_agg(jsonb_build_object(
           'code', code, 'name', name, 'kind', kind, 'kecamatan', kecamatan, 'state', state,
           'since', kentongan.wall_text(since), 'address', address, 'port', port, 'uplinks', to_jsonb(uplinks),
           'ticket', ticket, 'ticket_state', ticket_state, 'maintenance', code in (select site from planned),
           'maintenance_until', ends.until, 'maintenance_by', ends.announced_by,
           -- since when the poller itself is cut off, the same for all; null while it sees
           'blind', kentongan.wall_text((select kentongan.watch_blind_since())),
           -- why a gateway that lives does not let us in, and which devices beside it do not; null when they do
           'auth', (select a.auth from kentongan.device_agent a where a.device = s.device and a.auth <> 'ok'),
           'auth_beside', (select jsonb_agg(jsonb_build_object('device', d.name, 'auth', a.auth) order by d.name)
                             from kentongan.device_agent a join kentongan.device d on d.id = a.device
                            where d.site = code and d.role <> 'gateway' and a.auth <> 'ok')) order by code), '[]') as answer
  from kentongan.site_now s left join ends on ends.site = s.code
