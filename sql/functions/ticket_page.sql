-- SPDX-License-Identifier: ISC
-- ticket_page: all that the field page shows of a ticket to p_party (null: the own team), as JSON; null when there is no
-- such ticket, or it is another's. actions: what ticket_act would take from this party now. back: since when the link
-- has been answering again, null while it is cut. At most 50 affected sites and the newest 30 events;
-- of the root's link and readings the last 24 hours.
-- plpgsql, like all that it calls: PostgreSQL keeps the plans of such a body for the session, those of an SQL body for a
-- statement only, and planning is three quarters of this page.
create function kentongan.ticket_page(p_ticket bigint, p_party text, p_now timestamptz) returns jsonb
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
begin
    return (select jsonb_build_object(
                'ticket', t.number, 'id', t.id, 'state', t.state, 'kind', t.kind, 'feeder', t.feeder, 'seq', t.seq,
                'generation', t.generation,
                'party', t.party, 'party_name', p.name, 'contract', t.contract,
                'root', (select jsonb_build_object('code', s.code, 'name', s.name, 'kecamatan', kecamatan_name(s.kecamatan),
                                                   'lat', s.lat, 'lng', s.lng)
                           from site s where s.code = t.root),
                'affected', ticket_affected_named(t.id, 50),
                'first_bad', wall_text(t.first_bad), 'last_good', wall_text(t.last_good),
                'back', wall_text(ticket_back_at(t)), 'opened', wall_text(t.opened_at),
                'accepted', wall_text(t.accepted_at), 'onsite', wall_text(t.onsite_at), 'claimed', wall_text(t.claimed_at),
                'restored', wall_text(t.restored_at), 'closed', wall_text(t.closed_at),
                'cancelled', wall_text(t.cancelled_at),
                'cause', ticket_cause(t), 'evidence', ticket_points(t), 'measures', ticket_measures(t),
                'cause_reported', t.cause_reported, 'action', t.action,
                'reopen_count', t.reopen_count, 'unproven_count', t.unproven_count,
                'next', ticket_next(t), 'actions', to_jsonb(ticket_actions(t, p_party, p_now)),
                'causes', (select jsonb_agg(cause order by ordinal) from cause_code where is_reported),
                'action_codes', (select jsonb_agg(action order by ordinal) from action_code),
                'timeline', ticket_newest(t.id, 30),
                'course', page_course(t.root, p_now), 'now', page_now(t.root, p_now),
                'language', party_language(p_party))
              from ticket t left join party p on p.party = t.party
             where t.id = p_ticket and ticket_holds(t, p_party));
end $$;
grant execute on function kentongan.ticket_page(bigint, text, timestamptz) to kentongan_app, kentongan_web;
