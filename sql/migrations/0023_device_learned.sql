-- SPDX-License-Identifier: ISC
-- 0023_device_learned: what the prober has learned of the link to a device, so that a restart need not learn it again.

-- learned_of: what it was learned of (probes/learned.h); after the device moved, it is not believed.
-- bursts: silences that healed by themselves, faded until at; burst_ms their mean. srtt_us null: it never answered.
create table kentongan.device_learned (
    device int primary key references kentongan.device on delete cascade,
    learned_of bigint not null,
    at timestamptz not null,
    usual_ppm int check (usual_ppm between 1 and 1000000), -- null: not known well enough
    habit_ppm int not null check (habit_ppm between 0 and 1000000),
    recent_ppm int not null check (recent_ppm between 0 and 1000000),
    bursts double precision not null check (bursts between 0 and 1000000),
    burst_ms int not null check (burst_ms between 0 and 1000000000),
    srtt_us int check (srtt_us between 1 and 60000000),
    rttvar_us int not null check (rttvar_us between 0 and 60000000)
) with (fillfactor = 70);

grant select on kentongan.device_learned to kentongan_app, kentongan_web;
