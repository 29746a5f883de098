-- SPDX-License-Identifier: ISC
-- ticket_heal: $1 after_ms bigint   $2 now timestamptz
-- Returns one row (count bigint).
select kentongan.ticket_heal($1::bigint * interval '1 millisecond', $2) as count
