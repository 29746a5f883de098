-- SPDX-License-Identifier: ISC
-- reading_rollup_take: moves what lies in the inbox of readings into their history. A slot of a series that is there already
-- stays as it is, so that rows may be sent twice; devices that are not there (any more), rows older than p_oldest or of the
-- future are let go. A device has at most p_most series that had a row yesterday or today: what is beyond that when it is
-- first seen is let go, the main ones last. Returns how many rows are new.
create function kentongan.reading_rollup_take(p_oldest timestamptz, p_now timestamptz, p_most int) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    today constant date := (p_now at time zone 'UTC')::date;
    taken bigint;
    earliest timestamptz;
begin
    perform history_partition('reading_rollup', d.day)
       from (select distinct date_trunc('day', slot at time zone 'UTC') at time zone 'UTC' as day
               from reading_inbox where slot >= p_oldest and slot <= p_now) d;
    with moved as (delete from reading_inbox returning *),
         good as materialized (
             select m.*, s.id
               from moved m
               join device d on d.id = m.device
               left join reading_series s on s.device = m.device and s.metric = m.metric and s.instance = m.instance
              where m.slot >= p_oldest and m.slot <= p_now),
         fresh as (
             select distinct on (device, metric, instance) device, metric, instance, kind, unit, main, place
               from good where id is null
              order by device, metric, instance, slot desc),
         room as (
             select f.device, p_most - (select count(*) from reading_series s
                                         where s.device = f.device and s.seen_on >= today - 1) as left_over
               from (select distinct device from fresh) f),
         put as (
             insert into reading_series (device, metric, instance, kind, unit, main, place, seen_on)
             select f.device, f.metric, f.instance, f.kind, f.unit, f.main, f.place, today
               from (select f.*, row_number() over (partition by f.device order by not f.main, f.place, f.instance) as rank
                       from fresh f) f
               join room r using (device)
              where f.rank <= r.left_over
             on conflict do nothing
             returning id, device, metric, instance),
         seen as (
             update reading_series s set kind = g.kind, unit = g.unit, main = g.main, place = g.place, seen_on = today
               from (select distinct on (id) id, kind, unit, main, place from good where id is not null order by id, slot desc) g
              where s.id = g.id
                and (s.kind, s.unit, s.main, s.place, s.seen_on) is distinct from (g.kind, g.unit, g.main, g.place, today)),
         kept as (
             insert into reading_rollup (slot, series, count, last, mean, least, most)
             select g.slot, coalesce(g.id, p.id), g.count, g.last, g.mean, g.least, g.most
               from good g
               left join put p on g.id is null and p.device = g.device and p.metric = g.metric and p.instance = g.instance
              where coalesce(g.id, p.id) is not null
             on conflict do nothing
             returning slot)
    select count(*), min(slot) into taken, earliest from kept;
    update history_mark set readings_folded_until = date_trunc('hour', earliest) where readings_folded_until > earliest;
    return taken;
end $$;
grant execute on function kentongan.reading_rollup_take(timestamptz, timestamptz, int) to kentongan_app;
