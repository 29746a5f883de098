-- SPDX-License-Identifier: ISC
-- ticket_root_back: a root of the ticket answers again, which its log says, unless another outage of it lasts; of a feeder's it
-- says it of each site, and then of all. Nothing is restored yet: it has to stay (ticket_heal), or a claim has to be proven
-- (verify_settle). p_site: who is back; null for nobody in particular.
create function kentongan.ticket_root_back(p_ticket bigint, p_site text, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    back_at timestamptz;
begin
    select * into strict t from ticket where id = p_ticket for update;
    back_at := ticket_back_at(t);
    if not (select is_open from ticket_state s where s.state = t.state) then
        return;
    end if;
    if t.feeder is not null and p_site is not null
       and not exists (select from outage where ticket = t.id and site = p_site and restored_at is null) then
        perform event_append(t, 'site.back', t.state, 'engine', null, null, jsonb_build_object('site', p_site), p_now);
    end if;
    if back_at is not null then
        perform event_append(t, 'link.back', t.state, 'engine', null, null,
                             jsonb_build_object('restored_at', wall_text(back_at)), p_now);
    end if;
end $$;
