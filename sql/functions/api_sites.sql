-- SPDX-License-Identifier: ISC
-- api_sites: the sites for a program, in order of code; of a party only those under its contract today. p_code: that
-- one alone, with its devices and what they said when they were last read. Addresses and names of secrets are for staff: a
-- party does not see them.
create function kentongan.api_sites(p_party text, p_code text, p_now timestamptz) returns jsonb
language sql stable security definer set search_path = kentongan, pg_temp as $$
    with planned as materialized (
        select site from maintenance_by_site(p_now, p_now + interval '1 microsecond'))
    select coalesce(jsonb_agg(jsonb_build_object(
               'code', s.code, 'name', s.name, 'kind', s.kind, 'kecamatan', s.kecamatan, 'lat', s.lat, 'lng', s.lng,
               'uplinks', to_jsonb(s.uplinks), 'feeder', nullif(s.feeder, ''), 'state', s.state,
               'since', wall_text(s.since), 'ticket', s.ticket,
               'maintenance', s.code in (select p.site from planned p), 'party', c.party, 'contract', c.contract)
               || case when p_code is null then '{}' else jsonb_build_object('devices', site_devices(s.code), 'readings', site_readings(s.code),
                                                                               'conditions', site_conditions(s.code)) end
               order by s.code), '[]')
      from site_now s
      left join lateral contract_for(s.code, day_of(p_now)) c on true
     where (p_party is null or c.party = p_party) and (p_code is null or s.code = p_code)
$$;
grant execute on function kentongan.api_sites(text, text, timestamptz) to kentongan_app, kentongan_web;
