-- SPDX-License-Identifier: ISC
-- ticket_heal: restores what came back by itself and stayed (ticket_heals_at says how long), as of its first good probe.
-- Returns how many. Before that, whoever outlasts a feeder's loss gets a ticket of its own (feeder_split).
create function kentongan.ticket_heal(p_window interval, p_self_heal_after interval, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    healed bigint := 0;
begin
    perform feeder_split(p_now);
    for t in
        select * from ticket k
         where k.state in ('new', 'offered', 'accepted', 'onsite', 'waiting', 'claimed')
           and ticket_heals_at(k, p_window, p_self_heal_after) <= p_now
         order by k.id
           for update skip locked
    loop
        -- It may have gone down again between the query and the lock.
        continue when (ticket_heals_at(t, p_window, p_self_heal_after) <= p_now) is not true;
        perform ticket_step(t, 'restore', 'engine', null,
                            case when t.kind = 'flapping' then 'It stopped coming and going.'
                                 when t.kind = 'degraded' then 'It became good again by itself.'
                                 when t.state in ('new', 'offered') then 'It came back by itself.'
                                 when t.state = 'claimed' then 'It came back; without a device the repair cannot be verified.'
                                 else 'It came back by itself; nobody claimed a repair.' end,
                            jsonb_build_object('restored_at', wall_text(ticket_back_at(t))), ticket_back_at(t), p_now);
        healed := healed + 1;
    end loop;
    return healed;
end $$;
grant execute on function kentongan.ticket_heal(interval, interval, timestamptz) to kentongan_app;
