-- SPDX-License-Identifier: ISC
-- party_acts_for: whether p_party may speak for p_whom: it is that party, or one of its people (parents upwards).
create function kentongan.party_acts_for(p_party text, p_whom text) returns boolean
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (with recursive up as (
                select party, parent from party where party = p_party
                union
                select p.party, p.parent from party p join up on p.party = up.parent)
            select exists (select from up where party = p_whom));
end $$;
