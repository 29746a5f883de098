-- SPDX-License-Identifier: ISC
-- ticket_act: what a person does to a ticket, from the page, the API or the command line. p_party null: an operator of
-- the own team. p_args: {cause, action, note, seq, key}; seq, when given, must be the ticket's present one; what was sent
-- with a key before is answered as it was then, and nothing is done. Refused, with nothing changed and words for the
-- person: KT403 not yours, KT404 no such thing, KT409 not possible now, KT412 somebody was faster, KT422 something is
-- missing, KT42K the key came with something else before. A claim restores nothing: verify_settle does, once the prober has proof.
create function kentongan.ticket_act(p_ticket bigint, p_action text, p_actor text, p_party text, p_args jsonb,
                                     p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    args jsonb := ticket_args(p_action, p_args);
    me text := coalesce(party_known(p_party), own_team());
    answer jsonb;
    detail jsonb;
begin
    select * into t from ticket where id = p_ticket for update;
    if not found then
        raise exception 'There is no ticket %. `kentongan tickets --all` lists them.', p_ticket using errcode = 'KT404';
    end if;
    answer := act_answered(t.id, me, p_action, args);
    if answer is not null then
        return answer;
    end if;
    perform ticket_may(t, p_action, p_party);
    if (args ->> 'seq')::int <> t.seq then
        raise exception '% has moved on: it is % now (seq %, you saw %). Look at it again, then decide.',
            t.number, t.state, t.seq, args ->> 'seq' using errcode = 'KT412';
    end if;
    perform ticket_ready(t, p_action, args, p_now);

    detail := args - '{note,seq,key}'::text[];
    if p_action = 'decline' then
        detail := detail || jsonb_build_object('offered_to', t.party, 'generation', t.generation);
    end if;
    update ticket
       set cause_reported = coalesce(args ->> 'cause', cause_reported),
           action = coalesce(args ->> 'action', action),
           party = case p_action when 'accept' then coalesce(party, me) when 'decline' then null else party end
     where id = t.id
    returning * into t;
    t := ticket_step(t, p_action, p_actor, me, args ->> 'note', detail, null, p_now);

    answer := jsonb_build_object('ticket', t.id, 'number', t.number, 'state', t.state, 'seq', t.seq);
    if args ? 'key' then
        insert into act_key (ticket, party, key, action, content, answer, at)
        values (t.id, me, args ->> 'key', p_action, ticket_content(args), answer, p_now);
    end if;
    return answer;
end $$;
grant execute on function kentongan.ticket_act(bigint, text, text, text, jsonb, timestamptz) to kentongan_app;
