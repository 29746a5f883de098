-- SPDX-License-Identifier: ISC
-- plan_load: what to probe and how it hangs together. No parameters.
-- Returns one row per site in the order of codes; the outage is the youngest that lasts.
select s.code, s.kind = 'core' as is_core,
       coalesce((select string_agg(u.parent, ' ' order by u.ordinal) from kentongan.uplink u where u.site = s.code),
                '') as uplinks,
       coalesce(d.id, 0) as device_id, coalesce(host(d.address), '') as address, coalesce(d.port, 0) as port,
       coalesce(d.snmp, '') as snmp, coalesce(d.credential, '') as credential,
       coalesce(d.reply_from, '') as reply_from, coalesce(d.byte_budget_mb, 0) as byte_budget_mb,
       coalesce(d.profile, '') as profile,
       a.auth, encode(a.engine, 'hex') as engine, a.boots, a.time_s, a.clock_at,
       o.root as outage_root, o.last_good, o.first_bad, o.detected
  from kentongan.site s
  left join kentongan.device d on d.site = s.code and d.role = 'gateway'
  left join kentongan.device_agent a on a.device = d.id
  left join lateral (select * from kentongan.outage x where x.site = s.code and x.restored_at is null
                      order by x.first_bad desc limit 1) o on true
 order by s.code
