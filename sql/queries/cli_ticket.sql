-- SPDX-License-Identifier: ISC
-- cli_ticket: $1 ticket as people write it text
-- Returns one row (JSON object with its timeline and its messages). KT404 in words when there is none.
select kentongan.ticket_doc(t) || jsonb_build_object(
           'cause', kentongan.ticket_cause(t), 'evidence', kentongan.ticket_evidence(t), 'measures', kentongan.ticket_measures(t),
           'timeline', kentongan.ticket_timeline(t.id),
           'messages', (select coalesce(jsonb_agg(jsonb_build_object(
                                   'id', d.id, 'type', d.type, 'endpoint', d.endpoint, 'state', d.state,
                                   'created', kentongan.wall_text(d.created), 'attempts', d.attempts,
                                   'delivered', kentongan.wall_text(d.delivered), 'reason', d.reason)
                                   order by d.id), '[]')
                          from report.delivery d where d.ticket = t.number)) as answer
  from kentongan.ticket t
 where t.id = kentongan.ticket_id($1)
