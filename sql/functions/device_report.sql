-- SPDX-License-Identifier: ISC
-- device_report: what the engine believes of devices beside the gateways now: [{device, state, since}]. The last word counts;
-- a state that is said again keeps its since. Devices that are not there (any more), and gateways, whose sites have a state
-- of their own (state_report), are passed over. No outage, no ticket and no figure comes of it. Returns how many rows it took.
create function kentongan.device_report(p_states jsonb, p_now timestamptz) returns bigint
language sql security definer set search_path = kentongan, pg_temp as $$
    with put as (
        insert into device_state (device, state, since, at)
        select distinct on (r.device) r.device, r.state, least(r.since, p_now), p_now
          from jsonb_to_recordset(p_states) as r(device int, state text, since timestamptz)
          join device d on d.id = r.device and d.role <> 'gateway'
         order by r.device, r.since desc
        on conflict (device) do update
           set state = excluded.state, at = excluded.at,
               since = case when device_state.state = excluded.state then device_state.since else excluded.since end
        returning 1)
    select count(*) from put
$$;
grant execute on function kentongan.device_report(jsonb, timestamptz) to kentongan_app;
