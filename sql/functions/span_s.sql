-- SPDX-License-Identifier: ISC
-- span_s: how many seconds a set of spans has.
create function kentongan.span_s(p_spans tstzmultirange) returns numeric
language sql immutable parallel safe as $$
    select coalesce(sum(extract(epoch from upper(r) - lower(r))), 0) from unnest(p_spans) r
$$;
