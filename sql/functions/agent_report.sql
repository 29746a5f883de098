-- SPDX-License-Identifier: ISC
-- agent_report: what the engine of a device said of itself: [{device, auth, engine, boots, time_s, at}], engine in hex and
-- null until it is known, boots, time_s and at null until its clock was heard. The last word counts; devices that are not
-- there (any more) are passed over. Returns the devices whose engine is new and another device's as well, because keys
-- that are made for one engine open both: [{site, with}], null when there are none.
create function kentongan.agent_report(p_agents jsonb, p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    renamed int[];
begin
    renamed := array(
        select r.device
          from jsonb_to_recordset(p_agents) as r(device int, engine text)
          left join device_agent a on a.device = r.device
         where r.engine is not null and a.engine is distinct from decode(r.engine, 'hex'));
    insert into device_agent (device, engine, boots, time_s, clock_at, auth, auth_since)
    select r.device, decode(r.engine, 'hex'), case when r.at is not null then r.boots end,
           case when r.at is not null then r.time_s end, r.at, r.auth, p_now
      from jsonb_to_recordset(p_agents) as r(device int, auth text, engine text, boots bigint, time_s bigint, at timestamptz)
      join device d on d.id = r.device
     order by r.device
    on conflict (device) do update
       set engine = excluded.engine, boots = excluded.boots, time_s = excluded.time_s, clock_at = excluded.clock_at,
           auth = excluded.auth,
           auth_since = case when device_agent.auth = excluded.auth then device_agent.auth_since else excluded.auth_since end;
    return (select jsonb_agg(jsonb_build_object('site', d.site, 'with', o.site) order by d.site, o.site)
              from device_agent a
              join device d on d.id = a.device
              join device_agent b on b.engine = a.engine and b.device <> a.device
              join device o on o.id = b.device
             where a.device = any (renamed));
end $$;
grant execute on function kentongan.agent_report(jsonb, timestamptz) to kentongan_app;
