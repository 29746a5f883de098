-- SPDX-License-Identifier: ISC
-- actor_name: who did it, for people: of a token its label, as far as it has one. The log itself keeps the token's number,
-- which its hash chain is made of.
create function kentongan.actor_name(p_actor text) returns text
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
begin
    if p_actor !~ '^token:\d{1,18}$' then
        return p_actor;
    end if;
    return coalesce((select nullif(label, '') from api_token where id = substr(p_actor, 7)::bigint), p_actor);
end $$;
grant execute on function kentongan.actor_name(text) to kentongan_app, kentongan_web;
