-- SPDX-License-Identifier: ISC
-- ticket_open: the log and the people hear of a ticket that was just inserted, and its party is offered it at once.
-- p_affected: the sites that it cut off from the beginning. p_note: what its log says of it.
create function kentongan.ticket_open(t kentongan.ticket, p_affected text[], p_now timestamptz, p_note text default null)
returns void
language plpgsql set search_path = kentongan, pg_temp as $$
begin
    perform event_append(t, 'open', null, 'engine', null, p_note, jsonb_build_object(
        'first_bad', wall_text(t.first_bad), 'last_good', wall_text(t.last_good),
        'detected', wall_text(t.detected), 'affected', coalesce(cardinality(p_affected), 0), 'feeder', t.feeder), p_now);
    perform notification_owe(t, 'ticket.opened', p_now);
    if t.party is not null then
        perform ticket_step(t, 'offer', 'engine', t.party, null,
                            jsonb_build_object('contract', t.contract), null, p_now);
    end if;
end $$;
