-- SPDX-License-Identifier: ISC
-- ticket_heals_at: when a ticket whose root is back is restored without proof by a claim: after the window when nobody is
-- at work; when somebody is, after p_self_heal_after at the least, because a repair brings the link back before its
-- maker can say so. Null: never (the link is cut, the ticket is not open, or its claim is being verified). A claim whose
-- root lost its device cannot be verified and counts as work. Time in which the poller was cut off does not count (watch_until).
create function kentongan.ticket_heals_at(t kentongan.ticket, p_window interval, p_self_heal_after interval)
returns timestamptz
language sql stable set search_path = kentongan, pg_temp as $$
    select watch_until(ticket_back_at(t), case
        when t.state in ('new', 'offered') then p_window
        when t.state in ('accepted', 'onsite', 'waiting')
             or t.state = 'claimed' and not exists (select from device where site = t.root and role = 'gateway') then
            greatest(p_window, p_self_heal_after)
    end)
$$;
