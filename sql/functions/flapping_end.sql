-- SPDX-License-Identifier: ISC
-- flapping_end: the site comes and goes no more. When it stayed up its ticket is restored in the usual way (ticket_heal,
-- verify_settle). When it stayed down that is one outage with its true start, which gets a ticket of its own kind, and the
-- one for flapping is cancelled in its favour.
create function kentongan.flapping_end(c kentongan.site_condition, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    o outage;
    next ticket;
begin
    select k.* into t from ticket k join ticket_state s on s.state = k.state
     where k.root = c.site and k.kind = 'flapping' and s.is_open
       for update of k;
    if not found then
        return;
    end if;
    perform event_append(t, 'calm', t.state, 'engine', null, null, jsonb_build_object(
        'outages', (select count(*) from outage x where x.ticket = t.id and x.site = t.root),
        'last_change', wall_text(c.until)), p_now);
    if t.state = 'claimed' then
        perform pg_notify('kentongan_verify', ''); -- now there is something to prove
    end if;

    update outage set ticket = null
     where ticket = t.id and site = t.root and restored_at is null
    returning * into o;
    if not found then
        return;
    end if;
    update outage set ticket = null where ticket = t.id and root = t.root and restored_at is null;
    perform outage_own(o, (select array_agg(a.site::text) from ticket_site a where a.ticket = t.id and a.until is null), p_now);
    perform ticket_leave(t.id, null, p_now);
    select k.* into strict next from outage x join ticket k on k.id = x.ticket where x.id = o.id;
    perform ticket_step(t, 'cancel', 'engine', null, format('It stayed down: %s goes on with it.', next.number),
                        jsonb_build_object('ticket', next.number), null, p_now);
end $$;
