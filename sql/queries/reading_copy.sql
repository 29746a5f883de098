-- SPDX-License-Identifier: ISC
-- reading_copy: No parameters. Rows in COPY's binary format follow (sql/store_reading.c).
-- Returns nothing. functions/reading_rollup_take.sql moves them on.
copy kentongan.reading_inbox (device, slot, metric, instance, kind, unit, main, place, count, last, mean, least, most)
from stdin (format binary)
