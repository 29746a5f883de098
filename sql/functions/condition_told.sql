-- SPDX-License-Identifier: ISC
-- condition_told: what is degraded, in words: "12.3 % of probes lost", "round trip 812.0 ms", "signal wlan1 -84.0 dBm"; of a device
-- beside the gateway with its name. p_figure: another one than it was last told with.
create function kentongan.condition_told(c kentongan.site_condition, p_figure double precision) returns text
language sql stable set search_path = kentongan, pg_temp as $$
    select case c.measure when 'loss' then format('%s %% of probes lost', round(p_figure::numeric, 1))
                          when 'rtt' then format('round trip %s ms', round(p_figure::numeric, 1))
                          else concat_ws(' ', c.measure, nullif(c.instance, ''),
                                         (select 'of ' || d.name from device d where d.id = c.device and d.role <> 'gateway'),
                                         round(p_figure::numeric, 1), nullif(c.unit, '')) end
$$;
grant execute on function kentongan.condition_told(kentongan.site_condition, double precision) to kentongan_app, kentongan_web;
