-- SPDX-License-Identifier: ISC
-- site_known: the code itself, or KT404 in words when there is no such site. Null stays null.
create function kentongan.site_known(p_site text) returns text
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
begin
    if p_site is not null and not exists (select from site where code = p_site) then
        raise exception 'There is no site %. `kentongan sites` lists them.', p_site using errcode = 'KT404';
    end if;
    return p_site;
end $$;
grant execute on function kentongan.site_known(text) to kentongan_app, kentongan_web;
