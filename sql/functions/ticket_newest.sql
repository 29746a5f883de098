-- SPDX-License-Identifier: ISC
-- ticket_newest: the end of a ticket's log, the newest first, with the names of who acted.
create function kentongan.ticket_newest(p_ticket bigint, p_most int) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select coalesce(jsonb_agg(jsonb_build_object(
                       'at', wall_text(e.at), 'actor', actor_name(e.actor), 'party', e.party, 'action', e.action, 'from', e.from_state,
                       'to', e.to_state, 'note', e.note, 'detail', e.detail) order by e.n desc), '[]')
              from (select * from ticket_event where ticket = p_ticket order by n desc limit p_most) e);
end $$;
