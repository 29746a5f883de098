-- SPDX-License-Identifier: ISC
-- time_told: an instant as people type it: "now"; 22:00, which is today; 2026-11-24 22:00 by the clocks of p_zone; or with a
-- zone of its own, 2026-11-24T15:00Z. Seconds may follow. KT422 in words for what is none; p_what: what it was said for.
create function kentongan.time_told(p_what text, p_text text, p_zone text, p_now timestamptz) returns timestamptz
language plpgsql stable strict set search_path = kentongan, pg_temp as $$
declare
    said text := upper(trim(p_text));
begin
    if said = 'NOW' then
        return p_now;
    elsif said ~ '^\d\d:\d\d(:\d\d)?$' then
        return ((p_now at time zone p_zone)::date + said::time) at time zone p_zone;
    elsif said ~ '^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$' then
        return said::timestamp at time zone p_zone;
    elsif said ~ '^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$' then
        return said::timestamptz;
    end if;
    raise datetime_field_overflow;
exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
    raise exception '"%" is no time for "%". Write it as 2026-11-24 22:00, as 22:00 for today, or with a zone: 2026-11-24T15:00Z.',
        left(p_text, 60), p_what using errcode = 'KT422';
end $$;
