-- SPDX-License-Identifier: ISC
-- 0013_reading_history: what the readings of a device came to: five minutes at a time, by day; hours, by month.

-- A reading of a device that is kept: one row, so that the many rows of its history need not name it.
create table kentongan.reading_series (
    id int generated always as identity primary key,
    device int not null references kentongan.device on delete cascade,
    metric text not null,
    instance text not null, -- '': the one of the device
    kind text not null check (kind in ('gauge', 'counter', 'enum')),
    unit text not null,     -- of a counter: of its growth per second
    main boolean not null,  -- the profile says that it is looked at first
    place smallint not null, -- in the profile
    seen_on date not null,  -- the last day of which there is a row, UTC
    unique (device, metric, instance)
);

-- One row per series and slot. Usually a slot has one value: then it is the last, and the rest is null, which takes no room.
create table kentongan.reading_rollup (
    slot timestamptz not null, -- its beginning
    series int not null,
    count int not null check (count > 0),
    last real not null,
    mean real, -- of an enum: null
    least real,
    most real,
    primary key (series, slot)
) partition by range (slot);

create table kentongan.reading_rollup_hour (
    hour timestamptz not null,
    series int not null,
    count int not null check (count > 0),
    last real not null,
    mean real, -- of the values, not of the slots; of an enum: null
    least real,
    most real,
    primary key (series, hour)
) partition by range (hour);

-- COPY's way in, as rollup_inbox is: reading_rollup_take() moves its rows on.
create unlogged table kentongan.reading_inbox (
    device int not null,
    slot timestamptz not null,
    metric text not null,
    instance text not null,
    kind text not null,
    unit text not null,
    main boolean not null,
    place smallint not null,
    count int not null,
    last real not null,
    mean real,
    least real,
    most real
);
grant insert on kentongan.reading_inbox to kentongan_app;

alter table kentongan.history_mark add readings_folded_until timestamptz not null default '1970-01-01T00:00:00Z';
grant select on kentongan.reading_series, kentongan.reading_rollup, kentongan.reading_rollup_hour to kentongan_app, kentongan_web;
