-- SPDX-License-Identifier: ISC
-- outbox_settle: $1 id bigint   $2 node text   $3 how text   $4 attempt int   $5 http_status int   $6 reason text
--   $7 took_ms bigint   $8 started timestamptz   $9 retry_at timestamptz   $10 now timestamptz
-- Returns one row (settled boolean); false: the lease is another's by now.
select kentongan.outbox_settle($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as settled
