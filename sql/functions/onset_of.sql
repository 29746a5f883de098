-- SPDX-License-Identifier: ISC
-- onset_of: when an outage began, as far as it can be said: midway between the last good probe and the first bad one;
-- the first bad one when there was no good one before. In seconds, because an interval of days depends on the zone.
create or replace function kentongan.onset_of(p_last_good timestamptz, p_first_bad timestamptz) returns timestamptz
language sql immutable parallel safe as $$
    select coalesce(p_first_bad - make_interval(secs => extract(epoch from p_first_bad - p_last_good)::float8 / 2),
                    p_first_bad)
$$;
grant execute on function kentongan.onset_of(timestamptz, timestamptz)
    to kentongan_app, kentongan_web, kentongan_report;
