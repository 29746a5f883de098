-- SPDX-License-Identifier: ISC
-- ticket_refusal: the rules of single actions that no row of ticket_transition can say and no argument can mend: why
-- the action is not possible now, in words; null when it is.
create function kentongan.ticket_refusal(t kentongan.ticket, p_action text, p_now timestamptz) returns text
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select case
                when p_action = 'claim' and t.state = 'restored' and t.claimed_at is not null then
                    format('%s was claimed at %s already. Closing it can still set cause and action.', t.number,
                           wall_text(t.claimed_at))
                when p_now > coalesce(t.closed_at, t.cancelled_at) + interval '7 days' then
                    format('%s is frozen: it was %s more than 7 days ago.', t.number, t.state)
            end);
end $$;
