-- SPDX-License-Identifier: ISC
-- history_partition: makes the partition of p_table (those of hours: months, the others: days) that p_at falls into, in UTC,
-- unless it is there. Internal. True: it was made.
create function kentongan.history_partition(p_table text, p_at timestamptz) returns boolean
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    unit constant text := case p_table when 'rollup' then 'day' when 'reading_rollup' then 'day'
                                       when 'rollup_hour' then 'month' when 'reading_rollup_hour' then 'month' end;
    since constant timestamp := date_trunc(unit, p_at at time zone 'UTC');
    name constant text := p_table || to_char(since, case unit when 'day' then '_YYYYMMDD' else '_YYYYMM' end);
begin
    if to_regclass(format('kentongan.%I', name)) is not null then
        return false;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('kentongan.history ' || name, 0));
    if to_regclass(format('kentongan.%I', name)) is not null then
        return false;
    end if;
    execute format('create table kentongan.%I partition of kentongan.%I for values from (%L) to (%L)',
                   name, p_table, since at time zone 'UTC', (since + ('1 ' || unit)::interval) at time zone 'UTC');
    return true;
end $$;
