-- SPDX-License-Identifier: ISC
-- ticket_link: what a new action link of a ticket is made of: {ticket, number, party, generation}. p_party null: whoever's turn
-- it is; a link is for nobody else (KT409), as with those that notifications bring (link_check). A ticket that is over has none
-- either (KT409): there is nothing left to do on its page. Only the own team prints one (KT403), because whoever holds it acts in
-- that party's name; so it stands in the log who did, but never the link.
create function kentongan.ticket_link(p_ticket text, p_party text, p_actor text, p_as text, p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    t ticket;
begin
    perform party_known(p_as);
    perform party_known(p_party);
    select * into strict t from ticket where id = ticket_id(p_ticket) for update;
    if p_as is not null and not party_acts_for(p_as, own_team()) then
        raise exception 'Only the own team can print a link.' using errcode = 'KT403';
    end if;
    if t.state in ('closed', 'cancelled', 'rejected') then
        raise exception '% is %, so there is nothing left to work on.', t.number, t.state using errcode = 'KT409';
    end if;
    if t.party is null then
        raise exception '% is nobody''s ticket yet, so there is no link to it.', t.number using errcode = 'KT409';
    end if;
    if p_party is not null and p_party <> t.party then
        raise exception '% is a ticket of %, and a link is only for whose turn it is.', t.number, t.party using errcode = 'KT409';
    end if;
    perform event_append(t, 'link', t.state, p_actor, t.party, null, jsonb_build_object('generation', t.generation), p_now);
    return jsonb_build_object('ticket', t.id, 'number', t.number, 'party', t.party, 'generation', t.generation);
end $$;
grant execute on function kentongan.ticket_link(text, text, text, text, timestamptz) to kentongan_app;
