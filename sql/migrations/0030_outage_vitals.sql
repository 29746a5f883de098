-- SPDX-License-Identifier: ISC
-- 0030_outage_vitals: what the device's clocks showed in its last answer before an outage, so that a daemon that starts while it
-- lasts can still prove its cause.

alter table kentongan.outage
    add vitals_at timestamptz,
    add uptime_ticks bigint check (uptime_ticks >= 0), -- sysUpTime.0; null: not said
    add engine_time_s bigint check (engine_time_s >= 0), -- snmpEngineTime.0; ditto
    add check (vitals_at is not null or (uptime_ticks is null and engine_time_s is null));
