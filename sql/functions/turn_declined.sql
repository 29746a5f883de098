-- SPDX-License-Identifier: ISC
-- turn_declined: whether this turn of p_party with the ticket ended because it declined, itself or one of its people; not
-- when the own team declined in its place.
create function kentongan.turn_declined(p_ticket bigint, p_party text, p_generation int) returns boolean
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return exists (select from ticket_event e
                    where e.ticket = p_ticket and e.action = 'decline' and e.detail ->> 'offered_to' = p_party
                      and e.detail ->> 'generation' = p_generation::text and party_acts_for(e.party, p_party));
end $$;
