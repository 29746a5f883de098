-- SPDX-License-Identifier: ISC
-- rollup_copy: No parameters. Rows in COPY's binary format follow (sql/store_history.c).
-- Returns nothing. functions/rollup_take.sql moves them on.
copy kentongan.rollup_inbox (device, slot, sent, lost, from_ms, until_ms, rtt_min_us, rtt_mean_us, rtt_p95_us, rtt_max_us)
from stdin (format binary)
