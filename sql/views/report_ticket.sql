-- SPDX-License-Identifier: ISC
-- report.ticket: one row per ticket, with every instant of its life.
create or replace view report.ticket as
select t.number as ticket, t.id, t.root::text as site, s.name as site_name, nullif(s.kecamatan, '') as kecamatan,
       t.kind, t.state, k.tmf_status, k.is_open, t.party::text as party, t.contract::text as contract, t.priority,
       t.last_good, t.first_bad, t.detected, t.opened_at as opened, t.notified_at as notified,
       t.accepted_at as accepted, t.onsite_at as onsite, t.claimed_at as claimed, t.restored_at as restored,
       t.closed_at as closed, t.cancelled_at as cancelled, t.cause_guess, t.cause_reported, t.action,
       t.reopen_count, (select count(*) from kentongan.ticket_site a where a.ticket = t.id) as affected, t.cause_proven,
       t.unproven_count, t.cause_confidence, t.feeder
  from kentongan.ticket t
  join kentongan.ticket_state k on k.state = t.state
  join kentongan.site s on s.code = t.root;
grant select on report.ticket to kentongan_report, kentongan_app;
