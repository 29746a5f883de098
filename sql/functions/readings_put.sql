-- SPDX-License-Identifier: ISC
-- readings_put: what devices said when they were last read: [{device, at, profile, bytes, readings}]. Devices that are not there
-- (any more) are passed over, and so is what is older than what is known; a second part of the same reading is added to
-- the first. Returns how many rows it took.
create function kentongan.readings_put(p_rows jsonb) returns bigint
language sql security definer set search_path = kentongan, pg_temp as $$
    with put as (
        insert into device_reading (device, at, profile, bytes, readings)
        select distinct on (r.device) r.device, r.at, r.profile, r.bytes, r.readings
          from jsonb_to_recordset(p_rows) as r(device int, at timestamptz, profile text, bytes bigint, readings jsonb)
          join device d on d.id = r.device
         order by r.device, r.at desc
        on conflict (device) do update
           set at = excluded.at, profile = excluded.profile, bytes = excluded.bytes,
               readings = case when device_reading.at = excluded.at then device_reading.readings else '[]' end
                          || excluded.readings
         where device_reading.at <= excluded.at
        returning 1)
    select count(*) from put
$$;
grant execute on function kentongan.readings_put(jsonb) to kentongan_app;
