-- SPDX-License-Identifier: ISC
-- share_of: p_part of p_whole with six decimals (2.6 s of a month), at most as many as it needs; null of nothing.
create or replace function kentongan.share_of(p_part numeric, p_whole numeric) returns numeric
language sql immutable parallel safe as $$
    select trim_scale(round(p_part / nullif(p_whole, 0), 6))
$$;
grant execute on function kentongan.share_of(numeric, numeric) to kentongan_app, kentongan_web, kentongan_report;
