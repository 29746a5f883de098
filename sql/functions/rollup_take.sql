-- SPDX-License-Identifier: ISC
-- rollup_take: moves what lies in the inbox into the history. A part of a slot that begins after what is there ends is added
-- to it; one that overlaps was there before, or is another daemon's count of the same time: whoever asked more often stays, so
-- that rows may be sent twice, and the part of a daemon that stopped makes way for the whole of one that went on. Rows older than p_oldest (they would be dropped at once) or of the future are let go. Of two parts the 95th
-- percentile cannot be known: the greater is kept. Returns how many rows are new or were added to.
create function kentongan.rollup_take(p_oldest timestamptz, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    taken bigint;
    earliest timestamptz;
begin
    perform history_partition('rollup', d.day)
       from (select distinct date_trunc('day', slot at time zone 'UTC') at time zone 'UTC' as day
               from rollup_inbox where slot >= p_oldest and slot <= p_now) d;
    with gone as (delete from rollup_inbox returning *),
         moved as (
             select device, slot, sent, lost, rtt_min_us, rtt_mean_us, rtt_p95_us, rtt_max_us,
                    coalesce(from_ms, 0) as from_ms, coalesce(until_ms, 299999) as until_ms
               from gone where slot >= p_oldest and slot <= p_now),
         -- Parts that wait together: each must begin after those before it; those that are there already are left out one by
         -- one, for one that is new may follow. That is looked for only where there is more than one.
         part as (
             select m.*, count(*) over whole as parts, max(until_ms) over (whole order by from_ms, until_ms
                        rows between unbounded preceding and 1 preceding) as before_ms
               from moved m
             window whole as (partition by device, slot)),
         fresh as (
             select device, slot, sum(sent)::int as sent, sum(lost)::int as lost, min(rtt_min_us) as rtt_min_us,
                    (sum(rtt_mean_us * (sent - lost)) / nullif(sum(sent - lost), 0))::bigint as rtt_mean_us,
                    max(rtt_p95_us) as rtt_p95_us, max(rtt_max_us) as rtt_max_us,
                    min(from_ms) as from_ms, max(until_ms) as until_ms
               from part p
              where (before_ms is null or from_ms > before_ms)
                and (parts = 1 or not exists (select from rollup r where r.device = p.device and r.slot = p.slot
                                                 and (r.until_ms >= p.from_ms) is not false))
              group by device, slot),
         kept as (
             insert into rollup as r (device, slot, sent, lost, rtt_min_us, rtt_mean_us, rtt_p95_us, rtt_max_us, from_ms, until_ms)
             select device, slot, sent, lost, rtt_min_us, rtt_mean_us, rtt_p95_us, rtt_max_us, from_ms, until_ms from fresh
             on conflict (device, slot) do update
                set (sent, lost, rtt_min_us, rtt_mean_us, rtt_p95_us, rtt_max_us, from_ms, until_ms) = (
                    select r.sent + excluded.sent, r.lost + excluded.lost, least(r.rtt_min_us, excluded.rtt_min_us),
                           (coalesce(r.rtt_mean_us * (r.sent - r.lost), 0)
                            + coalesce(excluded.rtt_mean_us * (excluded.sent - excluded.lost), 0))
                           / nullif(r.sent - r.lost + excluded.sent - excluded.lost, 0),
                           greatest(r.rtt_p95_us, excluded.rtt_p95_us), greatest(r.rtt_max_us, excluded.rtt_max_us),
                           r.from_ms, excluded.until_ms
                     where excluded.from_ms > r.until_ms
                     union all
                    select excluded.sent, excluded.lost, excluded.rtt_min_us, excluded.rtt_mean_us, excluded.rtt_p95_us,
                           excluded.rtt_max_us, excluded.from_ms, excluded.until_ms
                     where (excluded.from_ms > r.until_ms) is not true)
              where excluded.from_ms > r.until_ms or excluded.sent > r.sent
             returning slot)
    select count(*), min(slot) into taken, earliest from kept;
    update history_mark set folded_until = date_trunc('hour', earliest) where folded_until > earliest;
    return taken;
end $$;
grant execute on function kentongan.rollup_take(timestamptz, timestamptz) to kentongan_app;
