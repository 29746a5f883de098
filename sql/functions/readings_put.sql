-- SPDX-License-Identifier: ISC
-- readings_put: what devices said when they were last read: [{device, at, profile, bytes, readings}]. Devices that are not there
-- (any more) are passed over, and so is what is older than what is known; further parts of the same reading, in this call or a
-- later one, are added to the first in the order in which they come. Profile and bytes are those of the last part. Returns how
-- many devices it took a reading of.
create function kentongan.readings_put(p_rows jsonb) returns bigint
language sql security definer set search_path = kentongan, pg_temp as $$
    with put as (
        insert into device_reading (device, at, profile, bytes, readings)
        select distinct on (r.device) r.device, r.at, (array_agg(r.profile order by r.part desc))[1],
               (array_agg(r.bytes order by r.part desc))[1],
               coalesce(jsonb_agg(e.reading order by r.part, e.n) filter (where e.n is not null), '[]')
          from rows from (jsonb_to_recordset(p_rows) as (device int, at timestamptz, profile text, bytes bigint, readings jsonb))
               with ordinality as r(device, at, profile, bytes, readings, part)
          join device d on d.id = r.device
          left join lateral jsonb_array_elements(r.readings) with ordinality as e(reading, n) on true
         group by r.device, r.at
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
