-- SPDX-License-Identifier: ISC
-- report.site_availability: per site that has a gateway and month (of the district's zone, the present one until now):
-- seconds known and cut off, and the three availabilities as shares of the known time; null when nothing is known.
-- For an area add up the seconds, then divide; a mean of shares is wrong.
create or replace view report.site_availability as
select a.site, m.month, a.known_s, a.down_s, kentongan.share_of(a.known_s - a.down_s, a.known_s) as citizen,
       kentongan.share_of(a.known_s - a.down_s + a.excused_s, a.known_s) as network,
       kentongan.share_of(a.contract_known_s - a.contract_down_s, a.contract_known_s) as contract,
       a.period_s, kentongan.share_of(a.known_s, a.period_s) as coverage, a.excused_s, a.contract_known_s,
       a.contract_down_s, a.party, s.name as site_name, nullif(s.kecamatan, '') as kecamatan
  from (select to_char(first, 'YYYY-MM') as month, first at time zone z.value as since,
               least((first + interval '1 month') at time zone z.value, now()) as until
          from kentongan.setting z
         cross join lateral generate_series(
               date_trunc('month', (select min(w.watched_since) from kentongan.site_state w) at time zone z.value),
               now() at time zone z.value, interval '1 month') first
         where z.key = 'timezone') m
 cross join lateral kentongan.site_availability(m.since, m.until) a
  join kentongan.site s on s.code = a.site;
grant select on report.site_availability to kentongan_report, kentongan_app;
