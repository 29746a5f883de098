-- SPDX-License-Identifier: ISC
-- cli_outbox: $1 dead boolean: the dead letters instead of what waits
-- Returns one row (JSON array, the oldest first).
select coalesce(jsonb_agg(jsonb_build_object(
           'id', id, 'message_id', message_id, 'type', type, 'endpoint', endpoint, 'party', party, 'ticket', ticket,
           'state', state, 'created', kentongan.wall_text(created_at), 'attempts', attempt,
           'next', case when state = 'queued' then kentongan.wall_text(next_at)
                        when state = 'leased' then kentongan.wall_text(leased_until) end,
           'leased_by', leased_by, 'last_attempt', kentongan.wall_text(last_attempt_at), 'last_status', last_status,
           'settled', kentongan.wall_text(settled_at), 'reason', reason,
           'endpoint_disabled', disabled_at is not null) order by id), '[]') as answer
  from kentongan.outbox_now
 where (state = 'dead') = $1
