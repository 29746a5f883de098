-- SPDX-License-Identifier: ISC
-- ticket_ready: the rules of single actions that no row of ticket_transition can say. KT409 or KT422 in words.
create function kentongan.ticket_ready(t kentongan.ticket, p_action text, p_args jsonb, p_now timestamptz)
returns void
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    if p_action = 'claim' and t.state = 'restored' and t.claimed_at is not null then
        raise exception '% was claimed at % already. Closing it can still set cause and action.', t.number,
            wall_text(t.claimed_at) using errcode = 'KT409';
    end if;
    if p_action = 'close' and t.state = 'restored'
       and (coalesce(p_args ->> 'cause', t.cause_reported) is null or coalesce(p_args ->> 'action', t.action) is null)
    then
        raise exception '% can be closed once its cause and action are known: give both.', t.number
            using errcode = 'KT422';
    end if;
    if p_now > coalesce(t.closed_at, t.cancelled_at) + interval '7 days' then
        raise exception '% is frozen: it was % more than 7 days ago.', t.number, t.state using errcode = 'KT409';
    end if;
end $$;
