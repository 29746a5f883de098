-- SPDX-License-Identifier: ISC
-- report_time_known: seconds of all sites in [p_since, p_until), summed per group and for all together (is_total), so that
-- an area weighs its sites by their time. A cause has no sites: it gets the time of all of them, and
-- of the time cut off its own share; so the causes' losses add up to the total's. Causes of no time are there too.
create function kentongan.report_time_known(p_since timestamptz, p_until timestamptz, p_by text)
returns table (is_total boolean, key text, period_s numeric, known_s numeric, down_s numeric, excused_s numeric,
               contract_known_s numeric, contract_down_s numeric)
language sql stable set search_path = kentongan, pg_temp as $$
    with one as (
        select a.*, case p_by when 'kecamatan' then nullif(s.kecamatan, '') when 'site' then a.site
                              when 'party' then a.party end as key
          from site_availability(p_since, p_until) a join site s on s.code = a.site),
    lost as (
        select d.cause, sum(span_s(d.down)) as down_s, sum(case when d.is_network then 0 else span_s(d.down) end) as excused_s,
               sum(case when one.party is null then 0 else span_s(d.down) end) as contract_down_s
          from site_downtime(p_since, p_until) d join one on one.site = d.site
         where p_by = 'cause'
         group by d.cause)
    select grouping(key) = 1, key, sum(period_s), sum(known_s), sum(down_s), sum(excused_s), sum(contract_known_s),
           sum(contract_down_s)
      from one
     group by grouping sets ((key), ())
    having p_by <> 'cause' or grouping(key) = 1
    union all
    select false, c.cause, t.period_s, t.known_s, coalesce(lost.down_s, 0), coalesce(lost.excused_s, 0),
           t.contract_known_s, coalesce(lost.contract_down_s, 0)
      from (select sum(period_s) as period_s, sum(known_s) as known_s, sum(contract_known_s) as contract_known_s from one) t
     cross join cause_code c
      left join lost on lost.cause = c.cause
     where p_by = 'cause'
$$;
