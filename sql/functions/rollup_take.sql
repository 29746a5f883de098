-- SPDX-License-Identifier: ISC
-- rollup_take: moves what lies in the inbox into the history. A slot of a device that is there already stays as it is, so
-- that rows may be sent twice. Rows older than p_oldest (they would be dropped at once) or of the future are let go.
-- Returns how many rows are new.
create function kentongan.rollup_take(p_oldest timestamptz, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    taken bigint;
    earliest timestamptz;
begin
    perform history_partition('rollup', d.day)
       from (select distinct date_trunc('day', slot at time zone 'UTC') at time zone 'UTC' as day
               from rollup_inbox where slot >= p_oldest and slot <= p_now) d;
    with moved as (delete from rollup_inbox returning *),
         kept as (
             insert into rollup
             select * from moved where slot >= p_oldest and slot <= p_now
             on conflict do nothing
             returning slot)
    select count(*), min(slot) into taken, earliest from kept;
    update history_mark set folded_until = date_trunc('hour', earliest) where folded_until > earliest;
    return taken;
end $$;
grant execute on function kentongan.rollup_take(timestamptz, timestamptz) to kentongan_app;
