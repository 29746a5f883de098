-- SPDX-License-Identifier: ISC
-- ticket_may: whether p_party (null: an operator of the own team) may do this to this ticket. KT403 in words if not.
-- A party may do to its own tickets what ticket_transition gives to parties; the own team may do that to all tickets,
-- and what is the team's alone; what is the engine's nobody else does.
create function kentongan.ticket_may(t kentongan.ticket, p_action text, p_party text) returns void
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    is_team boolean := p_party is null or party_acts_for(p_party, own_team());
    who text := (select max(actor) from ticket_transition where action = p_action); -- one per action
begin
    if who = 'engine' then
        raise exception '"%" is what the engine does, nobody else.', p_action using errcode = 'KT403';
    end if;
    if is_team then
        return;
    end if;
    if not ticket_holds(t, p_party) then
        raise exception '% is not a ticket of %. It belongs to %.', t.number, p_party, coalesce(t.party, 'the own team')
            using errcode = 'KT403';
    end if;
    if who = 'team' then
        raise exception 'Only the own team can "%" a ticket. Write a note and ask for it.', p_action
            using errcode = 'KT403';
    end if;
end $$;
