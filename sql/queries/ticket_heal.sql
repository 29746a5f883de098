-- SPDX-License-Identifier: ISC
-- ticket_heal: $1 window_ms bigint   $2 self_heal_after_ms bigint   $3 now timestamptz
-- Returns one row (count bigint).
select kentongan.ticket_heal($1::bigint * interval '1 millisecond', $2::bigint * interval '1 millisecond', $3) as count
