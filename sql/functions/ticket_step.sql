-- SPDX-License-Identifier: ISC
-- ticket_step: the only writer of a ticket's state. The row (action, state) of ticket_transition says where it goes
-- and who is told; no such row: KT409, nothing changes. One transaction: state, instants, event, notifications owed.
-- The caller holds the row lock and has checked who may. p_restored: the first good probe, with 'restore'. Whoever
-- verifies claims is woken when there is one more, or one less.
create function kentongan.ticket_step(t kentongan.ticket, p_action text, p_actor text, p_party text, p_note text,
                                      p_detail jsonb, p_restored timestamptz, p_now timestamptz)
returns kentongan.ticket
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    step ticket_transition;
    told text;
begin
    select * into step from ticket_transition where action = p_action and from_state = t.state;
    if not found then
        raise exception '% is %: "%" is not possible now. Possible: %.', t.number, t.state, p_action,
            (select coalesce(string_agg(action, ', ' order by action), 'nothing') from ticket_transition
              where from_state = t.state and actor <> 'engine')
            using errcode = 'KT409';
    end if;

    update ticket set
        state = step.to_state,
        seq = seq + 1,
        offered_at = case p_action when 'offer' then p_now else offered_at end,
        accepted_at = case p_action when 'accept' then p_now else accepted_at end,
        onsite_at = case p_action when 'onsite' then p_now else onsite_at end,
        claimed_at = case p_action when 'claim' then p_now when 'unproven' then null else claimed_at end,
        unproven_count = unproven_count + (p_action = 'unproven')::int,
        closed_at = case p_action when 'close' then p_now else closed_at end,
        cancelled_at = case p_action when 'cancel' then p_now else cancelled_at end,
        restored_at = case p_action when 'restore' then p_restored else restored_at end
     where id = t.id
    returning * into t;

    perform event_append(t, p_action, step.from_state, p_actor, p_party, p_note, p_detail, p_now);
    foreach told in array step.notify loop
        perform notification_owe(t, told, p_now);
    end loop;
    if t.state <> step.from_state and 'claimed' in (t.state, step.from_state) then
        perform pg_notify('kentongan_verify', '');
    end if;
    return t;
end $$;
