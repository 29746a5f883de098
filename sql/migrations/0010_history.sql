-- SPDX-License-Identifier: ISC
-- 0010_history: what the probes of a device came to: five minutes at a time, by day; hours, by month.

-- One row per device and slot; the partitions are made and dropped by history_keep() and rollup_take(). Times are null
-- when nothing was answered.
create table kentongan.rollup (
    device int not null,
    slot timestamptz not null, -- its beginning
    sent int not null check (sent > 0),
    lost int not null check (lost between 0 and sent),
    rtt_min_us bigint,
    rtt_mean_us bigint,
    rtt_p95_us bigint,
    rtt_max_us bigint,
    primary key (device, slot)
) partition by range (slot);

create table kentongan.rollup_hour (
    device int not null,
    hour timestamptz not null,
    sent int not null check (sent > 0),
    lost int not null check (lost between 0 and sent),
    rtt_min_us bigint,
    rtt_mean_us bigint, -- of the answers, not of the slots
    rtt_p95_us bigint,  -- of the worst five minutes
    rtt_max_us bigint,
    primary key (device, hour)
) partition by range (hour);

-- Where COPY puts rows, because COPY needs INSERT and the daemon may write no table of ours: rollup_take() moves them on.
-- Unlogged: a crash of the server loses no more than what is under way.
create unlogged table kentongan.rollup_inbox (
    device int not null,
    slot timestamptz not null,
    sent int not null,
    lost int not null,
    rtt_min_us bigint,
    rtt_mean_us bigint,
    rtt_p95_us bigint,
    rtt_max_us bigint
);
grant insert on kentongan.rollup_inbox to kentongan_app;

-- Hours before this instant are folded. Goes back when something arrives for an earlier one.
create table kentongan.history_mark (
    one boolean primary key default true check (one),
    folded_until timestamptz not null
);
insert into kentongan.history_mark (folded_until) values ('1970-01-01T00:00:00Z');
grant select on kentongan.rollup, kentongan.rollup_hour to kentongan_app, kentongan_web;
