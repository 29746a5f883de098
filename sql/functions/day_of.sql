-- SPDX-License-Identifier: ISC
-- day_of: the calendar day of an instant in the district's zone, which decides contracts and numbers.
create function kentongan.day_of(p_at timestamptz) returns date
language sql stable set search_path = kentongan, pg_temp as $$
    select (p_at at time zone (select value from setting where key = 'timezone'))::date
$$;
grant execute on function kentongan.day_of(timestamptz) to kentongan_app, kentongan_web;
