-- SPDX-License-Identifier: ISC
-- 0012_device_agent: what is known of the SNMPv3 engine behind a device, so that a restart need not ask.

-- auth: 'ok', or why a device that lives does not let us in (probes/auth.h); no outage begins for that.
-- boots and time_s: what the engine's clock showed at clock_at; null until it was heard.
create table kentongan.device_agent (
    device int primary key references kentongan.device on delete cascade,
    engine bytea check (length(engine) between 1 and 32),
    boots bigint check (boots between 0 and 2147483647),
    time_s bigint check (time_s between 0 and 2147483647),
    clock_at timestamptz,
    auth text not null check (auth ~ '^[a-z-]{1,32}$'),
    auth_since timestamptz not null,
    check ((clock_at is null) = (boots is null) and (boots is null) = (time_s is null))
);
create index device_agent_engine on kentongan.device_agent (engine);

grant select on kentongan.device_agent to kentongan_app, kentongan_web;
