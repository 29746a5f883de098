-- SPDX-License-Identifier: ISC
-- ticket_act: what a person does to a ticket, from the page, the API or the command line. p_party null: an operator of
-- the own team. p_args: {cause, action, note, seq}; seq, when given, must be the ticket's present one. Refused, with
-- nothing changed and words for the person: KT403 not yours, KT404 no such thing, KT409 not possible now,
-- KT412 somebody was faster, KT422 something is missing. A claim of what answers again is restored at once.
create function kentongan.ticket_act(p_ticket bigint, p_action text, p_actor text, p_party text, p_args jsonb,
                                     p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    args jsonb := ticket_args(p_action, p_args);
begin
    perform party_known(p_party);
    select * into t from ticket where id = p_ticket for update;
    if not found then
        raise exception 'There is no ticket %. `kentongan tickets --all` lists them.', p_ticket using errcode = 'KT404';
    end if;
    perform ticket_may(t, p_action, p_party);
    if (args ->> 'seq')::int <> t.seq then
        raise exception '% has moved on: it is % now (seq %, you saw %). Look at it again, then decide.',
            t.number, t.state, t.seq, args ->> 'seq' using errcode = 'KT412';
    end if;
    perform ticket_ready(t, p_action, args, p_now);

    update ticket
       set cause_reported = coalesce(args ->> 'cause', cause_reported),
           action = coalesce(args ->> 'action', action),
           party = case when p_action = 'accept' then coalesce(party, p_party, own_team()) else party end
     where id = t.id
    returning * into t;
    t := ticket_step(t, p_action, p_actor, coalesce(p_party, own_team()), args ->> 'note',
                     args - 'note' - 'seq', null, p_now);
    if t.state = 'claimed' and ticket_back_at(t) is not null then
        t := ticket_step(t, 'restore', 'engine', null, null,
                         jsonb_build_object('restored_at', wall_text(ticket_back_at(t))), ticket_back_at(t), p_now);
    end if;
    return jsonb_build_object('ticket', t.id, 'number', t.number, 'state', t.state, 'seq', t.seq);
end $$;
grant execute on function kentongan.ticket_act(bigint, text, text, text, jsonb, timestamptz) to kentongan_app;
