-- SPDX-License-Identifier: ISC
-- 0009_device_reading: what each device said of itself when it was last read; it explains a ticket, no rule reads it.

-- One row per device, written anew every few minutes: room on the page keeps the new version beside the old one.
create table kentongan.device_reading (
    device int primary key references kentongan.device on delete cascade,
    at timestamptz not null,
    profile text not null,
    -- [{metric, instance, value, unit, word, text, status, health}], what is not there being null
    readings jsonb not null check (jsonb_typeof(readings) = 'array')
) with (fillfactor = 40);
grant select on kentongan.device_reading to kentongan_app, kentongan_web;
