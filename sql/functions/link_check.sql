-- SPDX-License-Identifier: ISC
-- link_check: what an action link that was made for (ticket, party, generation) is worth: ok; declined: this party ended
-- its turn itself; old: the ticket is another's turn by now; none: there never was such a thing.
create function kentongan.link_check(p_ticket bigint, p_party text, p_generation int) returns text
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
begin
    return (select coalesce((select case when t.generation = p_generation and t.party = p_party then 'ok'
                                         when p_generation between 1 and t.generation then
                                             case when turn_declined(t.id, p_party, p_generation) then 'declined'
                                                  else 'old' end
                                         else 'none' end
                               from ticket t
                              where t.id = p_ticket and exists (select from party where party = p_party)), 'none'));
end $$;
grant execute on function kentongan.link_check(bigint, text, int) to kentongan_app, kentongan_web;
