-- SPDX-License-Identifier: ISC
-- outage_own: an outage whose site is its own root. It opens the site's ticket (and offers it to the party under
-- contract at once), or joins the one that is open; once it has a ticket it never opens another. Outages that blamed
-- this root before it had a ticket are attached now, so the order of reports does not matter. What joins later is told
-- to people, unless it is the same silence as another watcher measured it.
create function kentongan.outage_own(o kentongan.outage, p_affected text[], p_now timestamptz) returns text
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    had_ticket boolean := o.ticket is not null;
    opens boolean := false;
    blamed text[];
    fresh text[];
begin
    if had_ticket then
        select * into strict t from ticket where id = o.ticket for update;
    else
        select k.* into t from ticket k join ticket_state s on s.state = k.state
         where k.root = o.site and k.kind = 'down' and s.is_open
           for update of k;
        opens := not found;
        if opens then
            t := ticket_insert(o, 'down', p_now);
        end if;
        update outage set ticket = t.id where id = o.id;
    end if;

    with attached as (
        update outage b set ticket = t.id
         where b.root = o.site and b.site <> o.site and b.ticket is null and outage_meets(b, o)
        returning b.site)
    select array_agg(site::text) into blamed from attached;
    if t.state not in ('closed', 'cancelled', 'rejected') then
        fresh := ticket_cover(t, p_affected || blamed);
    end if;

    if opens then
        perform event_append(t, 'open', null, 'engine', null, null, jsonb_build_object(
            'first_bad', wall_text(o.first_bad), 'last_good', wall_text(o.last_good),
            'detected', wall_text(o.detected), 'affected', cardinality(fresh)), p_now);
        perform notification_owe(t, 'ticket.opened', p_now);
        if t.party is not null then
            perform ticket_step(t, 'offer', 'engine', t.party, null,
                                jsonb_build_object('contract', t.contract), null, p_now);
        end if;
        return 'opened';
    elsif not had_ticket then
        perform event_append(t, 'link.down', t.state, 'engine', null, null, jsonb_build_object(
            'first_bad', wall_text(o.first_bad), 'sites', to_jsonb(nullif(fresh, '{}'))), p_now);
        if fresh <> '{}' or not exists (select from outage x
                                         where x.ticket = t.id and x.site = o.site and x.id <> o.id
                                           and outage_meets(x, o)) then
            perform notification_join(t, p_now);
        end if;
        return 'joined';
    elsif fresh <> '{}' then
        perform event_append(t, 'join', t.state, 'engine', null, null, jsonb_build_object('sites', fresh), p_now);
        perform notification_join(t, p_now);
        return 'joined';
    end if;
    return 'unchanged';
end $$;
