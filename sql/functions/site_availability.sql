-- SPDX-License-Identifier: ISC
-- site_availability: seconds of each site that has a gateway in [p_since, p_until). known_s: what was watched. down_s: cut
-- off, of what was watched. excused_s: the part of down_s whose cause is not the network's. contract_known_s: contract
-- hours of what was watched, which are all hours (0 for a site without a contract on the last day);
-- contract_down_s: cut off in them. party: who is under contract.
create or replace function kentongan.site_availability(p_since timestamptz, p_until timestamptz)
returns table (site text, party text, period_s numeric, known_s numeric, down_s numeric, excused_s numeric,
               contract_known_s numeric, contract_down_s numeric)
language sql stable security definer set search_path = kentongan, pg_temp set jit = off as $$
    with cut as (
        select d.site, span_s(range_agg(d.down)) as down_s,
               coalesce(span_s(range_agg(d.down) filter (where not d.is_network)), 0) as excused_s
          from site_downtime(p_since, p_until) d
         group by d.site),
    summed as (
        select w.site, greatest(extract(epoch from p_until - p_since), 0) as period_s, span_s(w.watched) as known_s,
               coalesce(cut.down_s, 0) as down_s, coalesce(cut.excused_s, 0) as excused_s
          from site_watched(p_since, p_until) w left join cut on cut.site = w.site)
    select s.site, c.party, s.period_s, s.known_s, s.down_s, s.excused_s,
           case when c.party is null then 0 else s.known_s end, case when c.party is null then 0 else s.down_s end
      from summed s left join contract_for(s.site, (select day_of(p_until - interval '1 microsecond'))) c on true
$$;
grant execute on function kentongan.site_availability(timestamptz, timestamptz)
    to kentongan_app, kentongan_web, kentongan_report;
