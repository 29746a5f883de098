-- SPDX-License-Identifier: ISC
-- site_now: one row per site: where it hangs, its gateway, what the engine believes, the open ticket that it is in (as
-- root before as affected).
create or replace view kentongan.site_now as
select s.code::text as code, s.name, s.kind, nullif(s.kecamatan, '') as kecamatan, s.lat, s.lng, s.feeder,
       s.service_hours,
       array(select u.parent::text from kentongan.uplink u where u.site = s.code order by u.ordinal) as uplinks,
       d.id as device, host(d.address) as address, d.port,
       -- a core without a device is where the watching begins: it counts as up
       case when s.kind = 'core' and d.id is null then coalesce(w.state, 'up')
            when blind.since is not null then 'unknown' -- we are cut off ourselves
            else coalesce(w.state, 'unknown') end as state,
       case when d.id is not null then greatest(w.since, blind.since) else w.since end as since, w.at as said_at,
       t.id as ticket_id, t.number as ticket, t.state as ticket_state, t.root::text as ticket_root
  from kentongan.site s
  left join kentongan.device d on d.site = s.code and d.role = 'gateway'
  left join kentongan.site_state w on w.site = s.code
  left join kentongan.watch_blind blind on blind.until is null
  left join lateral (
       select k.id, k.number, k.state, k.root
         from kentongan.ticket k join kentongan.ticket_state ks on ks.state = k.state and ks.is_open
        where k.root = s.code
           or exists (select from kentongan.ticket_site a where a.ticket = k.id and a.site = s.code and a.until is null)
        order by k.root = s.code desc, k.id desc
        limit 1) t on true;
grant select on kentongan.site_now to kentongan_app, kentongan_web;
