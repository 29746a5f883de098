-- SPDX-License-Identifier: ISC
-- degraded_end: a measure is good again. When all of its root's are, the ticket's log says so; the ticket is restored in the
-- usual way (ticket_heal, verify_settle).
create function kentongan.degraded_end(c kentongan.site_condition, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
begin
    select k.* into t from ticket k join ticket_state s on s.state = k.state
     where k.root = c.root and k.kind = 'degraded' and s.is_open
       for update of k;
    if found and ticket_back_at(t) is not null then
        perform event_append(t, 'good', t.state, 'engine', null, null,
                             jsonb_build_object('restored_at', wall_text(ticket_back_at(t))), p_now);
    end if;
end $$;
