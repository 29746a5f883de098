-- SPDX-License-Identifier: ISC
-- ticket_id: a ticket by what people write: KT-2026-000123 (any case, leading zeros may be left out) or 123.
-- KT404 in words when there is none.
create function kentongan.ticket_id(p_number text) returns bigint
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
declare
    parts text[] := regexp_match(trim(p_number), '^(?:KT-(\d{4})-)?0*(\d{1,18})$', 'i');
    found_id bigint;
begin
    select id into found_id from ticket
     where id = parts[2]::bigint and (parts[1] is null or number like 'KT-' || parts[1] || '-%');
    if found_id is null then
        raise exception 'There is no ticket %. A ticket is KT-2026-000123 or 123; `kentongan tickets --all` lists them.',
            p_number using errcode = 'KT404';
    end if;
    return found_id;
end $$;
grant execute on function kentongan.ticket_id(text) to kentongan_app, kentongan_web;
