-- SPDX-License-Identifier: ISC
-- feeder_absorb: a ticket of a single site turns out to be part of a feeder's. Its outages and sites go over, and it is
-- cancelled, so that nobody drives there. One that somebody has accepted stays his; its log says once what is known now.
create function kentongan.feeder_absorb(t kentongan.ticket, other kentongan.ticket, p_now timestamptz) returns kentongan.ticket
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    fresh text[];
begin
    if other.state = 'accepted' then
        if not exists (select from ticket_event e where e.ticket = other.id and e.action = 'feeder') then
            perform event_append(other, 'feeder', other.state, 'engine', null, null,
                                 jsonb_build_object('feeder', t.feeder, 'ticket', t.number), p_now);
        end if;
        return t;
    end if;
    update outage set ticket = t.id where ticket = other.id;
    update ticket set first_bad = other.first_bad, last_good = other.last_good, detected = least(t.detected, other.detected)
     where id = t.id and first_bad > other.first_bad;
    select * into strict t from ticket where id = t.id;
    fresh := ticket_cover(t, other.root::text || array(select s.site::text from ticket_site s
                                                             where s.ticket = other.id and s.until is null));
    perform ticket_leave(other.id, null, p_now);
    perform event_append(t, 'join', t.state, 'engine', null, null,
                         jsonb_build_object('sites', fresh, 'duplicate', other.number), p_now);
    perform ticket_step(other, 'cancel', 'engine', null, format('It is part of %s: the power feeder %s is off.', t.number, t.feeder),
                        jsonb_build_object('duplicate_of', t.number), null, p_now);
    perform notification_join(t, p_now);
    return t;
end $$;
