-- SPDX-License-Identifier: ISC
-- month_span: the calendar month 'YYYY-MM' in the district's zone, cut at p_now. An instant, its begin,
-- for a month that is still to come.
-- KT422 in words for a text that is no month.
create function kentongan.month_span(p_month text, p_now timestamptz) returns tstzrange
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    zone text := (select value from setting where key = 'timezone');
    first timestamp;
begin
    if p_month is null or p_month !~ '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$' then
        raise exception '% is no month. Write it as 2026-11.', coalesce(p_month, 'Nothing') using errcode = 'KT422';
    end if;
    first := to_date(p_month, 'YYYY-MM');
    return tstzrange(first at time zone zone,
                     greatest(first at time zone zone, least((first + interval '1 month') at time zone zone, p_now)),
                     case when p_now > first at time zone zone then '[)' else '[]' end);
end $$;
