-- SPDX-License-Identifier: ISC
-- watch_sight: $1 node text   $2 blind boolean   $3 since timestamptz   $4 now timestamptz
-- Returns one row (whether all nodes are blind boolean).
select kentongan.watch_sight($1, $2, $3, $4) as blind
