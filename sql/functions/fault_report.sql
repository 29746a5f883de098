-- SPDX-License-Identifier: ISC
-- fault_report: what the engine knows of one outage, told as often as it likes and in any order. (site, first_bad) is
-- its name, so a repetition changes nothing. Once an outage has a ticket it keeps it, with one exception: its root
-- changed to the site itself (the parent came back and this one did not); then it opens or joins the site's own ticket.
-- p_answers_ping and p_evidence (evidence_add) are kept as evidence and decide nothing; null says nothing new. p_cause
-- (cause_note) is what the engine makes of it; what it proves may come after the end.
-- p_affected is all that the root cuts off now (null: nothing new of that); who was and is not in it has left the ticket.
-- outcome: opened joined attached restored recorded unchanged. ticket: 0 for none (yet).
create function kentongan.fault_report(p_site text, p_root text, p_last_good timestamptz, p_first_bad timestamptz,
                                       p_detected timestamptz, p_restored timestamptz, p_affected text[],
                                       p_now timestamptz, p_answers_ping boolean default null,
                                       p_evidence jsonb default null, p_cause jsonb default null)
returns table (ticket bigint, outcome text)
language plpgsql security definer set search_path = kentongan, pg_temp as $$
#variable_conflict use_column
declare
    o outage;
    is_news boolean;
    said text;
begin
    perform site_known(p_site), site_known(p_root);
    -- Two reports about one root wait for each other: else each could miss the row that the other adds. Sorted, so
    -- that they never wait in a circle.
    -- A feeder's ticket takes in the outages of many roots, so those of one feeder wait for each other, too.
    perform pg_advisory_xact_lock(hashtextextended('kentongan.' || key, 0))
       from (select 'root ' || root as key from unnest(array[p_site, p_root]) as root
             union
             select 'feeder ' || feeder from site where code in (p_site, p_root) and feeder <> ''
             union
             select 'feeder ' || (p_cause ->> 'feeder') where p_cause ->> 'feeder' <> ''
             order by key) keys;

    insert into outage (site, root, last_good, first_bad, detected)
    values (p_site, p_root, case when p_last_good is not null then least(p_last_good, p_first_bad) end, p_first_bad,
            p_detected) -- least() alone would take a site that never answered for one that just had
    on conflict (site, first_bad) do nothing;
    is_news := found;
    select * into strict o from outage where site = p_site and first_bad = p_first_bad for update;

    if p_cause is not null and o.restored_at is not null then
        o := cause_note(o, p_cause);
        perform cause_tell(o, p_now);
    end if;
    if o.restored_at is not null and (p_restored is null or not o.restored_inferred) then
        return query select coalesce(o.ticket, 0::bigint), 'unchanged';
        return;
    end if;
    if p_answers_ping <> o.answers_ping or (p_answers_ping is not null and o.answers_ping is null) then
        update outage set answers_ping = p_answers_ping where id = o.id returning * into o;
    end if;
    if p_evidence is not null then
        perform evidence_add(o.id, p_evidence);
    end if;
    if p_root <> o.root then
        perform outage_moves(o, p_root, p_now);
    end if;
    if p_root <> o.root and (p_root = p_site or o.ticket is null) then
        update outage set root = p_root, ticket = null where id = o.id returning * into o;
        is_news := true;
    end if;
    if p_cause is not null and o.restored_at is null then
        o := cause_note(o, p_cause);
    end if;

    if p_restored is not null then -- an old list makes nobody cut off again
        p_affected := array(select unnest(p_affected) except select site from ticket_site where ticket = o.ticket);
    end if;
    said := case when o.root <> o.site then outage_blame(o, p_now)
                 when outage_held(o, p_restored, p_now) then 'recorded'
                 else outage_own(o, p_affected, p_now) end;
    select * into strict o from outage where id = o.id;
    if o.root = o.site and p_restored is null and p_affected is not null then
        perform ticket_leave(t.id, p_affected, p_now) from ticket t
          where t.id = o.ticket and t.root = o.site and t.kind <> 'powered-off'; -- of a feeder's it names a part
    end if;
    if p_restored is not null then
        perform outage_end(o, p_restored, p_now);
        said := 'restored';
    elsif said = 'recorded' and not is_news then
        said := 'unchanged';
    end if;
    perform cause_tell(o, p_now);
    return query select coalesce(x.ticket, 0::bigint), said from outage x where x.id = o.id;
end $$;
grant execute on function kentongan.fault_report(text, text, timestamptz, timestamptz, timestamptz, timestamptz,
                                                 text[], timestamptz, boolean, jsonb, jsonb) to kentongan_app;
