-- SPDX-License-Identifier: ISC
-- plan_load: what to probe and how it hangs together. No parameters.
-- Returns one row per site in the order of codes, with its gateway; the outage is the youngest that lasts. Behind it, one row
-- per device beside the gateway (beside), of which nothing hangs. site_budget_mb: the gateway's, which all devices of the
-- site share (site_devices). reference: by such we know whether we are in touch ourselves. learned_of null: nothing was
-- learned of it.
select s.code, s.kind = 'core' as is_core, coalesce(u.uplinks, '') as uplinks,
       coalesce(d.id, 0) as device_id, coalesce(host(d.address), '') as address, coalesce(d.port, 0) as port,
       coalesce(d.snmp, '') as snmp, coalesce(d.credential, '') as credential,
       coalesce(d.reply_from, '') as reply_from, coalesce(d.byte_budget_mb, 0) as byte_budget_mb,
       coalesce(d.profile, '') as profile,
       a.auth, encode(a.engine, 'hex') as engine, a.boots, a.time_s, a.clock_at,
       o.root as outage_root, o.last_good, o.first_bad, o.detected,
       false as beside, coalesce(n.budget_mb, 0) as site_budget_mb, coalesce(n.devices, 0) as site_devices,
       coalesce(s.feeder, '') as feeder,
       false as reference,
       l.learned_of, l.at as learned_at, coalesce(l.usual_ppm, 0) as usual_ppm, l.habit_ppm, l.recent_ppm,
       round(l.bursts * 1000)::bigint as burst_milli, l.burst_ms, coalesce(l.srtt_us, 0) as srtt_us, l.rttvar_us
  from kentongan.site s
  left join kentongan.device d on d.site = s.code and d.role = 'gateway'
  left join kentongan.device_agent a on a.device = d.id
  left join kentongan.device_learned l on l.device = d.id
  left join (select site, string_agg(parent, ' ' order by ordinal) as uplinks
               from kentongan.uplink group by site) u on u.site = s.code
  left join (select distinct on (site) site, root, last_good, first_bad, detected
               from kentongan.outage where restored_at is null
              order by site, first_bad desc) o on o.site = s.code
  left join (select site, count(*) as devices, max(byte_budget_mb) filter (where role = 'gateway') as budget_mb
               from kentongan.device group by site) n on n.site = s.code
union all
select d.site, false, '', d.id, host(d.address), d.port, d.snmp, d.credential, d.reply_from, coalesce(d.byte_budget_mb, 0),
       d.profile, a.auth, encode(a.engine, 'hex'), a.boots, a.time_s, a.clock_at, null, null, null, null,
       true, coalesce(n.budget_mb, 0), n.devices, '', d.role = 'reference',
       l.learned_of, l.at, coalesce(l.usual_ppm, 0), l.habit_ppm, l.recent_ppm,
       round(l.bursts * 1000)::bigint, l.burst_ms, coalesce(l.srtt_us, 0), l.rttvar_us
  from kentongan.device d
  left join kentongan.device_agent a on a.device = d.id
  left join kentongan.device_learned l on l.device = d.id
  join (select site, count(*) as devices, max(byte_budget_mb) filter (where role = 'gateway') as budget_mb
          from kentongan.device group by site) n on n.site = d.site
 where d.role <> 'gateway'
 order by code, beside, device_id
