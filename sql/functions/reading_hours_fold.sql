-- SPDX-License-Identifier: ISC
-- reading_hours_fold: the hours before p_until whose readings are not folded yet, or had rows since. Internal, of
-- history_keep(). Returns how many rows it wrote.
create function kentongan.reading_hours_fold(p_until timestamptz) returns bigint
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    mark timestamptz;
    folded bigint;
begin
    select readings_folded_until into mark from history_mark for update;
    perform history_partition('reading_rollup_hour', m.month)
       from (select distinct date_trunc('month', slot at time zone 'UTC') at time zone 'UTC' as month
               from reading_rollup where slot >= mark and slot < p_until) m;
    insert into reading_rollup_hour as h (hour, series, count, last, mean, least, most)
    select date_trunc('hour', r.slot), r.series, sum(r.count), (array_agg(r.last order by r.slot desc))[1],
           case when s.kind <> 'enum' then sum(coalesce(r.mean, r.last)::double precision * r.count) / sum(r.count) end,
           min(coalesce(r.least, r.last)), max(coalesce(r.most, r.last))
      from reading_rollup r
      join reading_series s on s.id = r.series
     where r.slot >= mark and r.slot < p_until
     group by 1, 2, s.kind
    on conflict (series, hour) do update
       set count = excluded.count, last = excluded.last, mean = excluded.mean, least = excluded.least, most = excluded.most;
    get diagnostics folded = row_count;
    update history_mark set readings_folded_until = p_until where readings_folded_until < p_until;
    return folded;
end $$;
