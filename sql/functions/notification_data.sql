-- SPDX-License-Identifier: ISC
-- notification_data: what a notification says of its ticket now. Every key is there; what is not known yet is
-- null. At most 50 affected sites are listed, so that the message stays far below 20 kB; count has them all.
create function kentongan.notification_data(t kentongan.ticket) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select jsonb_build_object(
        'ticket', t.number, 'url', '/tickets/' || t.number, 'action_url', null,
        'state', t.state, 'kind', t.kind, 'feeder', t.feeder, 'priority', t.priority,
        'root', (select jsonb_build_object('code', code, 'name', name, 'kecamatan', nullif(kecamatan, ''))
                   from site where code = t.root),
        'affected', ticket_affected(t.id, 50),
        'last_good', wall_text(t.last_good), 'first_bad', wall_text(t.first_bad),
        'opened_at', wall_text(t.opened_at),
        'cause', (select jsonb_build_object('guess', c -> 'guess', 'confidence', c -> 'confidence',
                                            'evidence', ticket_evidence(t), 'proven', c -> 'proven')
                    from ticket_cause(t) c),
        'party', t.party,
        'contract', jsonb_build_object('accept_by', null, 'restore_by', null, 'consumed_percent', null),
        'estimate', jsonb_build_object('p50_minutes', null, 'p90_minutes', null),
        'seq', t.seq)
$$;
