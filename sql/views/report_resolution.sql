-- SPDX-License-Identifier: ISC
-- report.resolution: one row per ticket with its times in seconds. onset: midway between last_good and first_bad. A
-- duration is null until both of its instants are there; verify_s also when the claim came after the restoration.
-- Priority, contract clock and penalty are null until there are calendars and targets to count them by.
create or replace view report.resolution as
select t.number as ticket, t.root::text as site, nullif(s.kecamatan, '') as kecamatan, t.party::text as party,
       t.contract::text as contract, t.kind, t.cause_guess, t.cause_proven, t.cause_reported, t.priority,
       kentongan.onset_of(t.last_good, t.first_bad) as onset, t.detected, t.opened_at as opened,
       t.notified_at as notified, t.accepted_at as accepted, t.onsite_at as onsite, t.claimed_at as claimed,
       t.restored_at as restored, t.closed_at as closed,
       extract(epoch from t.detected - kentongan.onset_of(t.last_good, t.first_bad)) as detect_s,
       extract(epoch from t.notified_at - t.detected) as notify_s,
       extract(epoch from t.accepted_at - t.opened_at) as accept_s,
       extract(epoch from t.onsite_at - t.accepted_at) as travel_s,
       extract(epoch from t.claimed_at - t.onsite_at) as repair_s,
       case when t.claimed_at <= t.restored_at then extract(epoch from t.restored_at - t.claimed_at) end as verify_s,
       extract(epoch from t.restored_at - kentongan.onset_of(t.last_good, t.first_bad)) as restore_s,
       null::numeric as contract_s, null::numeric as stopped_s, null::boolean as breached, null::bigint as penalty,
       t.reopen_count, t.state, t.action, t.feeder
  from kentongan.ticket t
  join kentongan.site s on s.code = t.root;
grant select on report.resolution to kentongan_report, kentongan_app;
