-- SPDX-License-Identifier: ISC
-- cause_note: keeps what the engine says of the cause of an outage. p_cause: {guess, confidence 0…1, ranked [{cause, p}],
-- proven, booted_at, feeder, vitals {at, uptime_ticks, engine_time_s}, evidence (evidence_add)}; all may be absent, and null says nothing new. The first guess stays as
-- what was said at opening; later ones are what is believed now, until the outage is over. What is proven is said once,
-- unless it was "unproven". Vitals are those before the outage: the first ones stay. A feeder counts for an outage that is its own root and has not outlasted that feeder's loss.
create function kentongan.cause_note(o kentongan.outage, p_cause jsonb) returns kentongan.outage
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    guess text := case when o.restored_at is null or o.cause_guess is null then p_cause ->> 'guess' end;
    sure numeric := least(greatest((p_cause ->> 'confidence')::numeric, 0), 1);
    proves boolean := p_cause ->> 'proven' is not null
                      and (o.cause_proven is null or o.cause_proven = 'unproven' and p_cause ->> 'proven' <> 'unproven');
begin
    if jsonb_typeof(p_cause -> 'evidence') = 'array' then
        perform evidence_add(o.id, p_cause -> 'evidence');
    end if;
    update outage
       set cause_guess = coalesce(cause_guess, guess),
           cause_confidence = case when cause_guess is null and guess is not null then sure else cause_confidence end,
           cause_now = coalesce(guess, cause_now),
           cause_now_confidence = case when guess is not null then sure else cause_now_confidence end,
           cause_ranked = case when guess is not null then coalesce(nullif(p_cause -> 'ranked', 'null'), cause_ranked)
                               else cause_ranked end,
           cause_proven = case when proves then p_cause ->> 'proven' else cause_proven end,
           vitals_at = coalesce(vitals_at, (p_cause #>> '{vitals,at}')::timestamptz),
           uptime_ticks = case when vitals_at is null then (p_cause #>> '{vitals,uptime_ticks}')::bigint else uptime_ticks end,
           engine_time_s = case when vitals_at is null then (p_cause #>> '{vitals,engine_time_s}')::bigint else engine_time_s end,
           booted_at = coalesce(booted_at, (p_cause ->> 'booted_at')::timestamptz),
           feeder = case when left_feeder_at is null and root = site then coalesce(nullif(p_cause ->> 'feeder', ''), feeder)
                         else feeder end
     where id = o.id
    returning * into o;
    return o;
end $$;
