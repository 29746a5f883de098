-- SPDX-License-Identifier: ISC
-- wall_text: an instant as everybody outside reads it: RFC 3339, UTC, six digits of a second.
create function kentongan.wall_text(p_at timestamptz) returns text
language sql stable as $$
    select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
grant execute on function kentongan.wall_text(timestamptz) to kentongan_app, kentongan_web;
