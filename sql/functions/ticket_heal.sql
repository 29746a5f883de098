-- SPDX-License-Identifier: ISC
-- ticket_heal: restores what came back by itself at least p_after ago and was never claimed, as of its first good
-- probe. Until then whoever is at work gets the time to claim. Returns how many.
create function kentongan.ticket_heal(p_after interval, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    healed bigint := 0;
begin
    for t in
        select * from ticket k
         where k.state in ('accepted', 'onsite', 'waiting') and ticket_back_at(k) <= p_now - p_after
         order by k.id
           for update skip locked
    loop
        -- A new outage may have begun between the query and the lock.
        continue when ticket_back_at(t) is null;
        perform ticket_step(t, 'restore', 'engine', null, 'It came back by itself; nobody claimed a repair.',
                            jsonb_build_object('restored_at', wall_text(ticket_back_at(t))), ticket_back_at(t), p_now);
        healed := healed + 1;
    end loop;
    return healed;
end $$;
grant execute on function kentongan.ticket_heal(interval, timestamptz) to kentongan_app;
