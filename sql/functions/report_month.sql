-- SPDX-License-Identifier: ISC
-- report_month: the monthly report as one document: {schema, month, by, zone, since, until, rows,
-- cause_agreement (report_agreement)}. One row per group in
-- readable order, those without a kecamatan or party (group null) last, then the row "total". Times: report_times.
-- Availabilities are shares of the known time, null when none is known: citizen, all that was cut off; network, without
-- the causes that are not its own; contract, of the sites under contract in contract hours, which are all hours and
-- without stops. coverage: known of the period. Of a month that has not begun nothing is known, and
-- since and until are its begin. KT422 in words for a wrong month or group.
create function kentongan.report_month(p_month text, p_by text, p_now timestamptz) returns json
language plpgsql stable security definer set search_path = kentongan, pg_temp set jit = off as $$
declare
    span tstzrange := month_span(p_month, p_now);
    since timestamptz := case when not upper_inc(span) then lower(span) end; -- null: there is nothing to count
    until timestamptz := case when not upper_inc(span) then upper(span) end;
    said json;
begin
    if p_by is null or p_by not in ('kecamatan', 'site', 'party', 'cause') then
        raise exception 'There is no report by %. It goes by kecamatan, site, party or cause.', coalesce(p_by, 'nothing')
            using errcode = 'KT422';
    end if;
    select json_agg(row_to_json(r) order by is_total, g.rank collate "C") into said
      from (select coalesce(t.is_total, k.is_total) as is_total, coalesce(t.key, k.key) as key, t, k
              from report_times(since, until, p_by) t
              full join report_time_known(since, until, p_by) k
                on k.is_total = t.is_total and k.key is not distinct from t.key
             where p_by <> 'cause' or t.n is not null or k.is_total or k.down_s > 0) x
     cross join lateral report_group(p_by, x.key) g
     cross join lateral (select
           case when x.is_total then 'total' else x.key end as "group", g.name,
           coalesce((x.t).n, 0) as n, coalesce((x.t).open, 0) as open,
           seconds_of((x.t).detect_mean_s) as detect_mean_s, seconds_of((x.t).detect[1]) as detect_p50_s,
           seconds_of((x.t).detect[2]) as detect_p90_s, seconds_of((x.t).detect[3]) as detect_p95_s,
           seconds_of((x.t).accept_mean_s) as accept_mean_s, seconds_of((x.t).accept[1]) as accept_p50_s,
           seconds_of((x.t).accept[2]) as accept_p90_s, seconds_of((x.t).accept[3]) as accept_p95_s,
           seconds_of((x.t).restore_mean_s) as restore_mean_s, seconds_of((x.t).restore[1]) as restore_p50_s,
           seconds_of((x.t).restore[2]) as restore_p90_s, seconds_of((x.t).restore[3]) as restore_p95_s,
           share_of((x.k).known_s - (x.k).down_s, (x.k).known_s) as availability_citizen,
           share_of((x.k).known_s - (x.k).down_s + (x.k).excused_s, (x.k).known_s) as availability_network,
           share_of((x.k).contract_known_s - (x.k).contract_down_s, (x.k).contract_known_s) as availability_contract,
           share_of((x.k).known_s, (x.k).period_s) as coverage) r;
    return json_build_object('schema', 'kentongan-report/1', 'month', p_month, 'by', p_by,
                             'zone', (select value from setting where key = 'timezone'),
                             'since', wall_text(lower(span)), 'until', wall_text(upper(span)), 'rows', said,
                             'cause_agreement', report_agreement(since, until));
end $$;
grant execute on function kentongan.report_month(text, text, timestamptz) to kentongan_app, kentongan_web;
