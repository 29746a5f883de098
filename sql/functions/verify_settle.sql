-- SPDX-License-Identifier: ISC
-- verify_settle: the prober's verdict on a claim: restored or unproven; stale, and nothing changes, when that claim is no
-- more (settled, claimed anew, cancelled). Restored as of the end of the root's outage, which the repair brought before
-- the form; while that end has not been reported yet, as of the window's first good probe. An outage of the root that
-- began after that probe (and after the claim, should the clock have stepped back) refutes the proof: it would else be
-- left with a ticket that nobody works on. What was degraded has to be good by its own measures (degraded_proof), whatever
-- it has come to be used to; while what was bad has not been measured since the claim (a reading, five minutes of round trips), half an hour at the most, nothing can
-- be said, and it is stale: the claim goes on trial again.
create function kentongan.verify_settle(p_ticket bigint, p_claimed_at timestamptz, p_passed boolean,
                                        p_first_good timestamptz, p_reason text, p_words text, p_detail jsonb,
                                        p_now timestamptz) returns text
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    detail jsonb := coalesce(p_detail, '{}');
    restored timestamptz;
    bad text;
begin
    select * into t from ticket where id = p_ticket and state = 'claimed' and claimed_at = p_claimed_at for update;
    if not found then
        return 'stale';
    end if;

    if p_passed and t.kind = 'degraded' and p_now < t.claimed_at + interval '30 minutes'
       and exists (select from site_condition c left join device_reading r on r.device = c.device
                    where c.root = t.root and c.kind = 'degraded' and c.until is null
                      and case c.measure when 'loss' then false
                                         when 'rtt' then c.site = t.root and not exists (select from rollup u where u.device = c.device
                                                                                            and u.slot >= t.claimed_at)
                                         else (r.at >= t.claimed_at) is not true end) then
        return 'stale';
    end if;

    if p_passed and exists (select from outage where ticket = t.id and site = root
                               and first_bad > greatest(p_first_good, t.claimed_at)) then
        p_passed := false;
        p_reason := 'relapsed';
        p_words := 'It went down again before the repair was proven.';
    end if;
    -- A feeder's ticket has more roots than the one that was on trial.
    if p_passed and exists (select from outage where ticket = t.id and site = root and site <> t.root and restored_at is null) then
        p_passed := false;
        p_reason := 'others-silent';
        p_words := 'Other sites of the feeder are still silent.';
    end if;
    if p_passed and t.kind = 'degraded' then
        bad := degraded_proof(t, detail);
        if bad is not null then
            p_passed := false;
            p_reason := 'degraded';
            p_words := bad;
        else
            update site_condition set until = greatest(since, p_first_good) where root = t.root and kind = 'degraded' and until is null;
        end if;
    end if;
    if not p_passed then
        t := ticket_step(t, 'unproven', 'engine', null, p_words, detail || jsonb_build_object('reason', p_reason),
                         null, p_now);
        return 'unproven';
    end if;

    restored := coalesce(ticket_back_at(t), p_first_good);
    if restored < t.first_bad then
        restored := t.first_bad; -- a clock stepped back
    end if;
    t := ticket_step(t, 'restore', 'engine', null, p_words,
                     detail || jsonb_build_object('restored_at', wall_text(restored)), restored, p_now);
    return 'restored';
end $$;
grant execute on function kentongan.verify_settle(bigint, timestamptz, boolean, timestamptz, text, text, jsonb,
                                                  timestamptz) to kentongan_app;
