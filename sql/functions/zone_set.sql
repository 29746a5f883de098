-- SPDX-License-Identifier: ISC
-- zone_set: the district's zone, as the daemon's configuration has it. It decides days and years only (day_of); all
-- instants are UTC. KT422 in words for a zone that PostgreSQL does not know.
create function kentongan.zone_set(p_zone text) returns void
language plpgsql security definer set search_path = kentongan, pg_temp as $$
begin
    perform timestamptz 'epoch' at time zone p_zone;
    update setting set value = p_zone where key = 'timezone' and value <> p_zone;
exception when invalid_parameter_value then
    raise exception 'There is no time zone %. One that there is: Asia/Jakarta.', p_zone using errcode = 'KT422';
end $$;
grant execute on function kentongan.zone_set(text) to kentongan_app;
