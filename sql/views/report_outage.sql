-- SPDX-License-Identifier: ISC
-- report.outage: measured outages: [last_good, first_bad] bounds the start, onset is its middle. root: the site whose
-- fault it was. answers_ping: whether it answered pings all the same (the agent is mute, not the device); null: not known.
-- cause_guess: what the engine said when it told of it; cause_proven: what could be shown when it was over. booted: when the
-- device started, as it says itself. feeder: the power feeder whose loss it was part of.
create or replace view report.outage as
select o.id, o.site::text as site, s.name as site_name, nullif(s.kecamatan, '') as kecamatan, o.root::text as root,
       t.number as ticket, o.last_good, o.first_bad, o.detected, o.restored_at as restored, o.restored_inferred,
       kentongan.onset_of(o.last_good, o.first_bad) as onset, o.answers_ping,
       o.cause_guess::text, o.cause_confidence, o.cause_proven::text, o.booted_at as booted, o.feeder
  from kentongan.outage o
  join kentongan.site s on s.code = o.site
  left join kentongan.ticket t on t.id = o.ticket;
grant select on report.outage to kentongan_report, kentongan_app;
