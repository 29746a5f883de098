-- SPDX-License-Identifier: ISC
-- history_keep: the housekeeping of the history, by one node at a time: partitions for today and tomorrow, hours that are
-- over folded, days and months that are past their time dropped, of probes and of readings. Returns {folded, made, dropped};
-- null when another node is at it.
create function kentongan.history_keep(p_keep interval, p_keep_hours interval, p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    mark timestamptz;
    until constant timestamptz := date_trunc('hour', p_now);
    folded bigint;
    made int := 0;
    dropped int := 0;
    old text;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('kentongan.history', 0)) then
        return null;
    end if;
    select count(*) into made
      from unnest('{rollup,reading_rollup}'::text[]) name, unnest(array[p_now, p_now + interval '1 day']) at
     where history_partition(name, at);
    select folded_until into mark from history_mark for update;
    perform history_partition('rollup_hour', m.month)
       from (select distinct date_trunc('month', slot at time zone 'UTC') at time zone 'UTC' as month
               from rollup where slot >= mark and slot < until) m;
    insert into rollup_hour
    select device, date_trunc('hour', slot), sum(sent), sum(lost), min(rtt_min_us),
           round(sum(rtt_mean_us * (sent - lost)) / nullif(sum(sent - lost), 0)), max(rtt_p95_us), max(rtt_max_us)
      from rollup
     where slot >= mark and slot < until
     group by 1, 2
    on conflict (device, hour) do update
       set sent = excluded.sent, lost = excluded.lost, rtt_min_us = excluded.rtt_min_us,
           rtt_mean_us = excluded.rtt_mean_us, rtt_p95_us = excluded.rtt_p95_us, rtt_max_us = excluded.rtt_max_us;
    get diagnostics folded = row_count;
    update history_mark set folded_until = until where folded_until < until;
    folded := folded + reading_hours_fold(until);
    delete from reading_series where seen_on < ((p_now - p_keep_hours) at time zone 'UTC')::date - 1;
    -- By what the name says, which is what history_partition() gave it.
    for old in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where case
                   when i.inhparent in ('kentongan.rollup'::regclass, 'kentongan.reading_rollup'::regclass) then
                       (to_date(right(c.relname, 8), 'YYYYMMDD') + interval '1 day') at time zone 'UTC' < p_now - p_keep
                   when i.inhparent in ('kentongan.rollup_hour'::regclass, 'kentongan.reading_rollup_hour'::regclass) then
                       (to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC' < p_now - p_keep_hours
               end
    loop
        execute format('drop table kentongan.%I', old);
        dropped := dropped + 1;
    end loop;
    return jsonb_build_object('folded', folded, 'made', made, 'dropped', dropped);
end $$;
grant execute on function kentongan.history_keep(interval, interval, timestamptz) to kentongan_app;
