-- SPDX-License-Identifier: ISC
-- event_hash: SHA-256(hash of the ticket's previous event, nothing for the first, then the canonical row).
-- The row is one JSON object (canonical_json) of action, actor, at, detail, from_state, n, note, party,
-- ticket (its id) and to_state, instants in UTC with microseconds: all that report.ticket_event shows.
create function kentongan.event_hash(p_previous bytea, e kentongan.ticket_event) returns bytea
language sql stable set search_path = kentongan, pg_temp as $$
    select sha256(coalesce(p_previous, ''::bytea) || convert_to(canonical_json(jsonb_build_object(
        'action', e.action, 'actor', e.actor, 'at', wall_text(e.at), 'detail', e.detail,
        'from_state', e.from_state, 'n', e.n, 'note', e.note, 'party', e.party,
        'ticket', e.ticket, 'to_state', e.to_state)), 'UTF8'))
$$;
grant execute on function kentongan.event_hash(bytea, kentongan.ticket_event) to kentongan_app;
