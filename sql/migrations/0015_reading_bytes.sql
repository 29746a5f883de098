-- SPDX-License-Identifier: ISC
-- 0015_reading_bytes: what a reading cost on the line, for those who pay for it by the megabyte.

-- Of the IP packets of the whole reading, both directions; null: not known.
alter table kentongan.device_reading add column bytes bigint check (bytes > 0);
