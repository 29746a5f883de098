-- SPDX-License-Identifier: ISC
-- own_team: the party that runs this installation: the one team without a parent; null before the first import.
-- In an import there may be a second one until its end, which the constraint then refuses: either will do.
create function kentongan.own_team() returns text
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select party from party where kind = 'team' and parent is null limit 1);
end $$;
grant execute on function kentongan.own_team() to kentongan_app, kentongan_web;
