-- SPDX-License-Identifier: ISC
-- 0016_device_state: whether the devices beside the gateways answer. It decides nothing: a site is what its gateway is.

create table kentongan.device_state (
    device int primary key references kentongan.device on delete cascade,
    state text not null check (state in ('up', 'down', 'unknown')),
    since timestamptz not null,
    at timestamptz not null -- when it was said
);
grant select on kentongan.device_state to kentongan_app, kentongan_web;
