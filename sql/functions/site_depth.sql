-- SPDX-License-Identifier: ISC
-- site_depth: how many sites the preferred way from a site to the core has above it; 64 at the most.
create function kentongan.site_depth(p_site text) returns int
language sql stable set search_path = kentongan, pg_temp as $$
    with recursive way as (
        select p_site as site, 0 as depth
        union all
        select u.parent::text, w.depth + 1 from way w join uplink u on u.site = w.site and u.ordinal = 1 where w.depth < 64)
    select max(depth) from way
$$;
