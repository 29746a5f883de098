-- SPDX-License-Identifier: ISC
-- day_told: a day as people type it, 2026-11-24. KT422 in words for what is none; p_what: what it was said for.
create function kentongan.day_told(p_what text, p_text text) returns date
language plpgsql immutable strict set search_path = kentongan, pg_temp as $$
begin
    if trim(p_text) !~ '^\d{4}-\d\d-\d\d$' then
        raise datetime_field_overflow;
    end if;
    return trim(p_text)::date;
exception when datetime_field_overflow or invalid_datetime_format then
    raise exception '"%" is no day for "%". Write it as 2026-11-24.', left(p_text, 60), p_what using errcode = 'KT422';
end $$;
