-- SPDX-License-Identifier: ISC
-- seconds_of: a duration as the report writes it: to the millisecond, with as many decimals as it needs.
create function kentongan.seconds_of(p_seconds numeric) returns numeric
language sql immutable parallel safe as $$
    select trim_scale(round(p_seconds, 3))
$$;
