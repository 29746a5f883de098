-- SPDX-License-Identifier: ISC
-- ticket_holds: whether p_party speaks for whoever holds this ticket: its party or one of its people, or the own team
-- (p_party null: an operator of it), whose business every ticket is.
create function kentongan.ticket_holds(t kentongan.ticket, p_party text) returns boolean
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return p_party is null or party_acts_for(p_party, own_team()) or party_acts_for(p_party, t.party);
end $$;
