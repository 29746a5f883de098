-- SPDX-License-Identifier: ISC
-- outage_own: an outage whose site is its own root. It opens the site's ticket (and offers it to the party under
-- contract at once), or joins the one that is open; once it has a ticket it never opens another. Outages that blamed
-- this root before it had a ticket are attached now, so the order of reports does not matter. What joins later is told
-- to people, unless it is the same silence as another watcher measured it. The outages of a site that flaps are its
-- ticket's for flapping, and only recorded: of them people hear what more sites they cut off, and nothing else. An outage
-- that is part of a feeder's loss of power belongs to the feeder's ticket (feeder_ticket).
create function kentongan.outage_own(o kentongan.outage, p_affected text[], p_now timestamptz) returns text
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    had_ticket boolean := o.ticket is not null;
    flaps boolean := site_flaps(o);
    opens boolean := false;
    blamed text[];
    fresh text[];
begin
    if o.feeder is not null then
        t := feeder_ticket(o, p_now);
    elsif had_ticket then
        select * into strict t from ticket where id = o.ticket for update;
    else
        select k.* into t from ticket k join ticket_state s on s.state = k.state
         where k.root = o.site and k.kind = case when flaps then 'flapping' else 'down' end and s.is_open
           for update of k;
    end if;
    if not had_ticket then
        opens := t.id is null;
        if opens then
            t := ticket_insert(o, case when o.feeder is not null then 'powered-off' when flaps then 'flapping' else 'down' end, p_now);
        elsif t.kind = 'powered-off' and t.first_bad > o.first_bad then
            update ticket set first_bad = o.first_bad, last_good = o.last_good, detected = least(detected, o.detected)
             where id = t.id returning * into t;
        end if;
        update outage set ticket = t.id where id = o.id;
    end if;

    with attached as (
        update outage b set ticket = t.id
         where b.root = o.site and b.site <> o.site and b.ticket is null and outage_meets(b, o)
        returning b.site)
    select array_agg(site::text) into blamed from attached;
    if t.state not in ('closed', 'cancelled', 'rejected') then
        fresh := ticket_cover(t, p_affected || blamed || o.site::text);
        update ticket_site a set until = back.at -- told late: it has answered since
          from (select x.site, max(x.restored_at) as at from outage x
                 where x.ticket = t.id and x.site = any(blamed) group by x.site having bool_and(x.restored_at is not null)) back
         where a.ticket = t.id and a.site = back.site;
    end if;

    if opens then
        perform ticket_open(t, fresh, p_now, case when o.planned_until is not null then
                                'It began in planned work and goes beyond it.' end);
        return 'opened';
    end if;
    if not had_ticket and t.kind = 'flapping' then
        if t.state = 'claimed' and o.first_bad > t.claimed_at then
            t := ticket_step(t, 'unproven', 'engine', null, 'It went down again before the repair was proven.',
                             jsonb_build_object('reason', 'flapped'), null, p_now);
        end if;
    elsif not had_ticket and coalesce(o.site <> all(fresh), true) then -- no new site of a feeder's
        perform event_append(t, 'link.down', t.state, 'engine', null, null, jsonb_build_object(
            'first_bad', wall_text(o.first_bad), 'site', case when o.site <> t.root then o.site end,
            'sites', to_jsonb(nullif(fresh, '{}'))), p_now);
        if fresh <> '{}' or not exists (select from outage x
                                         where x.ticket = t.id and x.site = o.site and x.id <> o.id
                                           and outage_meets(x, o)) then
            perform notification_join(t, p_now);
        end if;
        return 'joined';
    end if;
    if fresh <> '{}' then
        perform event_append(t, 'join', t.state, 'engine', null, null, jsonb_build_object('sites', fresh), p_now);
        perform notification_join(t, p_now);
        return 'joined';
    end if;
    return case when had_ticket then 'unchanged' else 'joined' end;
end $$;
