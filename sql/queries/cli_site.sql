-- SPDX-License-Identifier: ISC
-- cli_site: $1 code text
-- Returns one row (JSON object). KT404 in words for a code that is no site's.
select jsonb_build_object(
           'code', s.code, 'name', s.name, 'kind', s.kind, 'kecamatan', s.kecamatan, 'lat', s.lat, 'lng', s.lng,
           'feeder', s.feeder, 'service_hours', s.service_hours, 'state', s.state,
           'since', kentongan.wall_text(s.since), 'blind', kentongan.wall_text(kentongan.watch_blind_since()), 'said_at', kentongan.wall_text(s.said_at),
           'uplinks', (select coalesce(jsonb_agg(jsonb_build_object('code', p.code, 'name', p.name, 'state', p.state)
                                                 order by u.ordinal), '[]')
                         from kentongan.uplink u join kentongan.site_now p on p.code = u.parent
                        where u.site = s.code),
           'behind', (with recursive below as (
                          select u.site from kentongan.uplink u where u.parent = s.code
                          union
                          select u.site from kentongan.uplink u join below b on u.parent = b.site)
                      select count(*) from below),
           'devices', (select coalesce(jsonb_agg(jsonb_build_object(
                                  'id', d.id, 'name', d.name, 'role', d.role, 'address', host(d.address),
                                  'port', d.port, 'snmp', d.snmp, 'credential', d.credential,
                                  'profile', nullif(d.profile, ''), 'byte_budget_mb', d.byte_budget_mb, 'reading_bytes', r.bytes,
                                  'state', case when kentongan.watch_blind_since() is null then b.state end,
                                  'since', kentongan.wall_text(greatest(b.since, kentongan.watch_blind_since())),
                                  'learned', case when l.device is not null then jsonb_build_object(
                                      'at', kentongan.wall_text(l.at), 'usual_ppm', l.usual_ppm, 'habit_ppm', l.habit_ppm,
                                      'recent_ppm', l.recent_ppm, 'bursts', round(l.bursts::numeric, 3), 'burst_ms', l.burst_ms,
                                      'srtt_us', l.srtt_us, 'rttvar_us', l.rttvar_us) end,
                                  'auth', a.auth, 'auth_since', kentongan.wall_text(a.auth_since), 'engine', encode(a.engine, 'hex'),
                                  'engine_shared', (select string_agg(o.site, ' ' order by o.site)
                                                      from kentongan.device_agent b join kentongan.device o on o.id = b.device
                                                     where b.engine = a.engine and b.device <> d.id)) order by d.role <> 'gateway', d.name), '[]')
                         from kentongan.device d left join kentongan.device_agent a on a.device = d.id
                              left join kentongan.device_reading r on r.device = d.id
                              left join kentongan.device_learned l on l.device = d.id
                              left join kentongan.device_state b on b.device = d.id where d.site = s.code),
           'conditions', kentongan.site_conditions(s.code), 'readings', kentongan.site_readings(s.code), 'maintenance', kentongan.site_maintenance(s.code, now()),
           'history', kentongan.site_history(s.code, 288, now()),
           'course', kentongan.site_course(s.code, date_bin('30 minutes', now(), 'epoch') - interval '23:30', 1800, 48),
           'contract', (select jsonb_build_object('contract', c.contract, 'party', c.party, 'party_name', p.name)
                          from kentongan.contract_for(s.code, kentongan.day_of(now())) c
                          join kentongan.party p on p.party = c.party),
           'ticket', (select kentongan.ticket_doc(t) from kentongan.ticket t where t.id = s.ticket_id),
           'outages', (select coalesce(jsonb_agg(jsonb_build_object(
                                  'root', o.root, 'ticket', o.ticket, 'last_good', kentongan.wall_text(o.last_good),
                                  'first_bad', kentongan.wall_text(o.first_bad),
                                  'restored', kentongan.wall_text(o.restored), 'answers_ping', o.answers_ping, 'cause_guess', o.cause_guess,
                                  'cause_proven', o.cause_proven) order by o.first_bad desc), '[]')
                         from (select * from report.outage x where x.site = s.code
                                order by x.first_bad desc limit 10) o)) as answer
  from kentongan.site_now s
 where s.code = kentongan.site_known($1)
