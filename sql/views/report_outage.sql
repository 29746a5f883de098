-- SPDX-License-Identifier: ISC
-- report.outage: measured outages: [last_good, first_bad] bounds the start, onset is its middle. root: the site whose
-- fault it was. answers_ping: whether it answered pings all the same (the agent is mute, not the device); null: not known.
create or replace view report.outage as
select o.id, o.site::text as site, s.name as site_name, nullif(s.kecamatan, '') as kecamatan, o.root::text as root,
       t.number as ticket, o.last_good, o.first_bad, o.detected, o.restored_at as restored, o.restored_inferred,
       kentongan.onset_of(o.last_good, o.first_bad) as onset, o.answers_ping
  from kentongan.outage o
  join kentongan.site s on s.code = o.site
  left join kentongan.ticket t on t.id = o.ticket;
grant select on report.outage to kentongan_report, kentongan_app;
