-- SPDX-License-Identifier: ISC
-- ticket_root_back: the ticket's root answers again. While another outage of it lasts: nothing. Nobody at work yet, or
-- the repair claimed: restored at once, at the first good probe. Somebody at work: kept, and the log says that
-- the link is back (his claim, or ticket_heal, restores it).
create function kentongan.ticket_root_back(p_ticket bigint, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    back_at timestamptz;
begin
    select * into strict t from ticket where id = p_ticket for update;
    back_at := ticket_back_at(t);
    if back_at is null then
        return;
    end if;
    if t.state in ('new', 'offered', 'claimed') then
        perform ticket_step(t, 'restore', 'engine', null, null,
                            jsonb_build_object('restored_at', wall_text(back_at)), back_at, p_now);
    elsif t.state in ('accepted', 'onsite', 'waiting') then
        perform event_append(t, 'link.back', t.state, 'engine', null, null,
                             jsonb_build_object('restored_at', wall_text(back_at)), p_now);
    end if;
end $$;
