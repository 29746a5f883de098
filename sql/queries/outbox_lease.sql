-- SPDX-License-Identifier: ISC
-- outbox_lease: $1 node text   $2 most int   $3 lease_ms bigint   $4 now timestamptz
-- Returns one row per message, then one whose id is null; next_due stands in each.
select id, message_id, endpoint, url, secret, type, created_at, data::text as data, attempt, next_due,
       link_ticket, link_party, link_generation
  from kentongan.outbox_lease($1, $2, $3::bigint * interval '1 millisecond', $4)
