-- SPDX-License-Identifier: ISC
-- cli_sites: every site, what it hangs on, what is believed of it. No parameters.
-- Returns one row (JSON array in the order of codes).
select coalesce(jsonb_agg(jsonb_build_object(
           'code', code, 'name', name, 'kind', kind, 'kecamatan', kecamatan, 'state', state,
           'since', kentongan.wall_text(since), 'address', address, 'port', port, 'uplinks', to_jsonb(uplinks),
           'ticket', ticket, 'ticket_state', ticket_state) order by code), '[]') as answer
  from kentongan.site_now
