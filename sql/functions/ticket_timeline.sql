-- SPDX-License-Identifier: ISC
-- ticket_timeline: the log of a ticket, oldest first, with the names of who acted.
create function kentongan.ticket_timeline(p_ticket bigint) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(jsonb_build_object(
               'n', n, 'at', wall_text(at), 'actor', actor_name(actor), 'party', party, 'action', action, 'from', from_state,
               'to', to_state, 'note', note, 'detail', detail) order by n), '[]')
      from ticket_event where ticket = p_ticket
$$;
grant execute on function kentongan.ticket_timeline(bigint) to kentongan_app, kentongan_web;
