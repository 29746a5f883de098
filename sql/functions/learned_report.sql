-- SPDX-License-Identifier: ISC
-- learned_report: what the prober has learned of devices, a row of each array per device; 0 in p_usual_ppm and p_srtt_us is
-- "not known", p_at_us in microseconds since 1970. The last word counts, an older one than is there does not; devices that are not there (any more) are passed
-- over. Returns how many rows it took.
create function kentongan.learned_report(p_device int[], p_of bigint[], p_at_us bigint[], p_usual_ppm int[],
    p_habit_ppm int[], p_recent_ppm int[], p_burst_milli int[], p_burst_ms int[], p_srtt_us int[], p_rttvar_us int[])
returns bigint
language sql security definer set search_path = kentongan, pg_temp as $$
    with put as (
        insert into device_learned (device, learned_of, at, usual_ppm, habit_ppm, recent_ppm, bursts, burst_ms, srtt_us,
                                    rttvar_us)
        select distinct on (r.device) r.device, r.learned_of, timestamptz 'epoch' + r.at_us * interval '1 microsecond',
               nullif(r.usual_ppm, 0), r.habit_ppm, r.recent_ppm,
               r.burst_milli / 1000.0, r.burst_ms, nullif(r.srtt_us, 0), r.rttvar_us
          from unnest(p_device, p_of, p_at_us, p_usual_ppm, p_habit_ppm, p_recent_ppm, p_burst_milli, p_burst_ms, p_srtt_us,
                      p_rttvar_us) as r(device, learned_of, at_us, usual_ppm, habit_ppm, recent_ppm, burst_milli, burst_ms,
                                        srtt_us, rttvar_us)
          join device d on d.id = r.device
         order by r.device, r.at_us desc
        on conflict (device) do update
           set learned_of = excluded.learned_of, at = excluded.at, usual_ppm = excluded.usual_ppm,
               habit_ppm = excluded.habit_ppm, recent_ppm = excluded.recent_ppm, bursts = excluded.bursts,
               burst_ms = excluded.burst_ms, srtt_us = excluded.srtt_us, rttvar_us = excluded.rttvar_us
         where device_learned.at <= excluded.at or device_learned.learned_of <> excluded.learned_of
            or device_learned.at > excluded.at + interval '1 hour'
        returning 1)
    select count(*) from put
$$;
grant execute on function kentongan.learned_report(int[], bigint[], bigint[], int[], int[], int[], int[], int[], int[],
    int[]) to kentongan_app;
