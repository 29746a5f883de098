-- SPDX-License-Identifier: ISC
-- watch_sight: a node says whether it sees anything, and since when: blind since the last answer of a reference target, or
-- seeing since the first one. Said again and again; the same again changes nothing. All nodes that spoke within a minute
-- blind: poller.blind is owed, once. One that sees ends it, be the one that was blind dead by now: poller.sees is owed, a
-- quarter of a minute later, so that a link which comes and goes is one blindness and no storm of messages; and a
-- poller.blind that could not be delivered is tried at once. True: all are blind.
create function kentongan.watch_sight(p_node text, p_blind boolean, p_since timestamptz, p_now timestamptz) returns boolean
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    b watch_blind;
    is_blind boolean;
    is_same boolean := false;
begin
    perform pg_advisory_xact_lock(hashtextextended('kentongan.watch', 0));
    insert into watch_sight values (p_node, p_blind, least(p_since, p_now), p_now)
    on conflict (node) do update set blind = excluded.blind, since = excluded.since, at = excluded.at;
    delete from watch_sight where at < p_now - interval '1 minute' and node <> p_node;
    is_blind := not exists (select from watch_sight where not blind);
    select * into b from watch_blind order by id desc limit 1;

    if is_blind and (b.id is null or b.until is not null) then
        if b.until > (select max(since) from watch_sight) - interval '1 minute' then
            update watch_blind set until = null where id = b.id;
            update notification set state = 'superseded', settled_at = p_now, reason = 'superseded by poller.blind'
             where type = 'poller.sees' and state = 'queued' and attempt = 0;
            is_same := found;
        else
            insert into watch_blind (since) select max(since) from watch_sight returning * into b;
        end if;
        if not is_same then
            perform watch_owe('poller.blind', b.since, null, p_now, p_now);
        end if;
    elsif not is_blind and b.id is not null and b.until is null then
        update watch_blind
           set until = greatest(since, (select min(s.since) from watch_sight s where not s.blind))
         where id = b.id returning * into b;
        update notification set next_at = p_now where type = 'poller.blind' and state = 'queued';
        perform watch_owe('poller.sees', b.since, b.until, p_now, p_now + interval '15 seconds');
    end if;
    return is_blind;
end $$;
grant execute on function kentongan.watch_sight(text, boolean, timestamptz, timestamptz) to kentongan_app;
