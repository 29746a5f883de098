-- SPDX-License-Identifier: ISC
-- own_team: the party that runs this installation: the one team without a parent; null before the first import.
create function kentongan.own_team() returns text
language sql stable set search_path = kentongan, pg_temp as $$
    select party from party where kind = 'team' and parent is null
$$;
grant execute on function kentongan.own_team() to kentongan_app, kentongan_web;
