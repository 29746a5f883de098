-- SPDX-License-Identifier: ISC
-- ticket_root_back: the ticket's root answers again, which its log says, unless another outage of it lasts. Nothing is
-- restored yet: it has to stay (ticket_heal), or a claim has to be proven (verify_settle).
create function kentongan.ticket_root_back(p_ticket bigint, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    back_at timestamptz;
begin
    select * into strict t from ticket where id = p_ticket for update;
    back_at := ticket_back_at(t);
    if back_at is not null and (select is_open from ticket_state s where s.state = t.state) then
        perform event_append(t, 'link.back', t.state, 'engine', null, null,
                             jsonb_build_object('restored_at', wall_text(back_at)), p_now);
    end if;
end $$;
