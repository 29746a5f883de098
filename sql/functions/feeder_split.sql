-- SPDX-License-Identifier: ISC
-- feeder_split: a feeder returns in steps, but a site that is still silent ten minutes after the last of the others came back has
-- a fault of its own (a switch in the house, a broken power supply): it leaves the feeder's ticket and gets its own, with its
-- true start. As long as more than a quarter of the sites (and more than one) wait, a part of the feeder is still off, and
-- they stay. While the poller is cut off nobody leaves. Whoever is busy with the feeder goes first: it is asked again soon.
create function kentongan.feeder_split(p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    o outage;
begin
    if watch_blind_since() is not null then
        return;
    end if;
    for t in
        select * from ticket k
         where k.kind = 'powered-off' and k.feeder is not null
           and k.state in ('new', 'offered', 'accepted', 'onsite', 'waiting', 'claimed')
         order by k.id
    loop
        continue when not feeder_leaves(t.id, p_now)
                   or not pg_try_advisory_xact_lock(hashtextextended('kentongan.feeder ' || t.feeder, 0));
        select * into t from ticket where id = t.id for update;
        continue when not (select is_open from ticket_state s where s.state = t.state) or not feeder_leaves(t.id, p_now);
        for o in
            select * from outage where ticket = t.id and site = root and restored_at is null order by id for update
        loop
            update outage set ticket = null, feeder = null, left_feeder_at = p_now where id = o.id returning * into o;
            update outage set ticket = null where ticket = t.id and root = o.site and restored_at is null;
            perform event_append(t, 'leave', t.state, 'engine', null, null, jsonb_build_object('site', o.site), p_now);
            if not outage_held(o, null, p_now) then
                perform outage_own(o, '{}', p_now);
            end if;
        end loop;
        perform ticket_root_back(t.id, null, p_now);
    end loop;
end $$;
