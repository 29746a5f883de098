-- SPDX-License-Identifier: ISC
-- party_known: the code itself, or KT404 in words when there is no such party. Null stays null.
create function kentongan.party_known(p_party text) returns text
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
begin
    if p_party is not null and not exists (select from party where party = p_party) then
        raise exception 'There is no party %. Those that there are: %.', p_party,
            (select coalesce(string_agg(party, ', ' order by party), 'none, import parties.csv first') from party)
            using errcode = 'KT404';
    end if;
    return p_party;
end $$;
grant execute on function kentongan.party_known(text) to kentongan_app, kentongan_web;
