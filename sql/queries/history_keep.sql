-- SPDX-License-Identifier: ISC
-- history_keep: $1 keep_ms bigint, $2 keep_hours_ms bigint, $3 now timestamptz
-- Returns one row (JSON object, or null).
select kentongan.history_keep(make_interval(secs => $1 / 1000.0), make_interval(secs => $2 / 1000.0), $3) as answer
