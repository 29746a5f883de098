-- SPDX-License-Identifier: ISC
-- ticket_doc: a ticket as people and programs read it: the names of the report, what is not known null.
create function kentongan.ticket_doc(t kentongan.ticket) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select jsonb_build_object(
        'ticket', t.number, 'id', t.id, 'state', t.state, 'kind', t.kind, 'feeder', t.feeder, 'priority', t.priority,
        'root', (select jsonb_build_object('code', code, 'name', name, 'kecamatan', nullif(kecamatan, ''))
                   from site where code = t.root),
        'affected', ticket_affected(t.id, 1000000) || jsonb_build_object('left', ticket_left(t.id)),
        'party', t.party, 'contract', t.contract,
        'last_good', wall_text(t.last_good), 'first_bad', wall_text(t.first_bad), 'detected', wall_text(t.detected),
        'opened', wall_text(t.opened_at), 'offered', wall_text(t.offered_at), 'notified', wall_text(t.notified_at),
        'accepted', wall_text(t.accepted_at), 'onsite', wall_text(t.onsite_at), 'claimed', wall_text(t.claimed_at),
        'restored', wall_text(t.restored_at), 'closed', wall_text(t.closed_at),
        'cancelled', wall_text(t.cancelled_at),
        'cause_guess', t.cause_guess, 'cause_confidence', t.cause_confidence, 'cause_proven', t.cause_proven,
        'cause_reported', t.cause_reported, 'action', t.action,
        'reopen_count', t.reopen_count, 'unproven_count', t.unproven_count, 'seq', t.seq)
$$;
grant execute on function kentongan.ticket_doc(kentongan.ticket) to kentongan_app, kentongan_web;
