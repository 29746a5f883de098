-- SPDX-License-Identifier: ISC
-- event_append: one more row of a ticket's log, chained to the last. The caller holds the ticket's row
-- lock, so there is no second last row. t is the ticket as it is after the change.
create function kentongan.event_append(t kentongan.ticket, p_action text, p_from_state text, p_actor text,
                                       p_party text, p_note text, p_detail jsonb, p_now timestamptz)
returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    last ticket_event;
    e ticket_event;
begin
    select * into last from ticket_event where ticket = t.id order by n desc limit 1;
    e.ticket := t.id;
    e.n := coalesce(last.n, 0) + 1;
    e.at := p_now;
    e.actor := p_actor;
    e.party := p_party;
    e.action := p_action;
    e.from_state := p_from_state;
    e.to_state := t.state;
    e.note := p_note;
    e.detail := jsonb_strip_nulls(coalesce(p_detail, '{}'));
    e.hash := event_hash(last.hash, e);
    insert into ticket_event select e.*;
end $$;
