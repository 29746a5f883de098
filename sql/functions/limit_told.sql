-- SPDX-License-Identifier: ISC
-- limit_told: a limit of what is degraded with its unit: "-82 dBm", "118.4 ms"; null for null.
create function kentongan.limit_told(c kentongan.site_condition, p_limit double precision) returns text
language sql immutable set search_path = kentongan, pg_temp as $$
    select trim_scale(round(p_limit::numeric, 1)) || coalesce(' ' || nullif(c.unit, ''), '')
$$;
grant execute on function kentongan.limit_told(kentongan.site_condition, double precision) to kentongan_app, kentongan_web;
