-- SPDX-License-Identifier: ISC
-- watch_beat: $1 node text   $2 watching since timestamptz   $3 now timestamptz
-- Returns one row (whether nobody had watched before boolean).
select kentongan.watch_beat($1, $2, $3) as gap
