-- SPDX-License-Identifier: ISC
-- party_language: in which language a party (null: the own team) reads; null when there is no such party.
create function kentongan.party_language(p_party text) returns text
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
begin
    return (select language from party where party = coalesce(p_party, own_team()));
end $$;
grant execute on function kentongan.party_language(text) to kentongan_app, kentongan_web;
