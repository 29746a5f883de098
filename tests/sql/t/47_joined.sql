-- SPDX-License-Identifier: ISC
-- ticket.joined: who hears that more joined an open ticket, how seldom, and who does not because he has not heard of the
-- ticket itself yet.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
-- All that waits is delivered.
create function pg_temp.deliver(now_s numeric) returns bigint language plpgsql as $$
declare
    n bigint := 0;
    got bigint;
begin
    loop
        select count(kentongan.outbox_settle(id, 'n1', 'delivered', attempt, 204, 'ok', 9, t.at(now_s), null, t.at(now_s)))
          into got from kentongan.outbox_lease('n1', 50, '60 s', t.at(now_s)) where id is not null;
        exit when got = 0;
        n := n + got;
    end loop;
    return n;
end $$;
create function pg_temp.joined() returns text language sql as $$
    select string_agg(format('%s %s %s +%s', endpoint, state, data -> 'affected' ->> 'count', extract(epoch from next_at - t.at(0))::int),
                      ', ' order by id)
      from kentongan.notification where type = 'ticket.joined'
$$;

-- One relay cut: whatever order the reports come in, the offer has all of them and nothing else is sent.
savepoint plain;
select t.report('33.14.01.2001', '33.14.01', 0, null, '{}', 20);
select is(t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001', '33.14.01.2002'], 21), 'opened', 'a relay is cut');
select t.report('33.14.01.2002', '33.14.01', 1, null, '{}', 22);
select is(t.report('33.14.01.2003', '33.14.01', 2, null, '{}', 22), 'attached', 'one more village than was thought is cut off');
select is(t.owed(), 'ticket.opened team, ticket.offered menara', 'nobody has heard of the ticket yet, so nobody gets a second message');
select is((select array_agg(distinct data -> 'affected' ->> 'count') from kentongan.notification), '{3}', 'and the first has all three');
select is((select array_agg(data ->> 'state' order by id) from kentongan.notification), '{new,offered}', 'each as it was otherwise');
select is(pg_temp.deliver(23), 2::bigint, 'both are delivered');
select t.report('33.14.01.2002', '33.14.01', 1, null, '{}', 24);
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001', '33.14.01.2002', '33.14.01.2003'], 25);
select is(pg_temp.joined(), null, 'a repetition joins nothing');
rollback to plain;

-- Sites that join later: both hear of it, once for all that join together, and seldom.
select t.report('33.14.01', '33.14.01', 0, null, '{}', 20);
select pg_temp.deliver(20);
select t.report('33.14.01.2001', '33.14.01', 100, null, '{}', 120);
select is(pg_temp.joined(), 'menara queued 1 +150, team queued 1 +150', 'the party and the own team hear of it in half a minute');
select t.report('33.14.01.2002', '33.14.01', 110, null, '{}', 130);
select is(pg_temp.joined(), 'menara queued 2 +150, team queued 2 +150', 'who joins meanwhile is in the same message');
select is(pg_temp.deliver(149), 0::bigint, 'not before');
select is(pg_temp.deliver(150), 2::bigint, 'then to both');
select is((select data - 'ticket' - 'url' from kentongan.notification where type = 'ticket.joined' and endpoint = 'menara'), '{
    "action_url": null, "state": "offered", "kind": "down", "feeder": null, "priority": null,
    "root": {"code": "33.14.01", "name": "Kalijambe", "kecamatan": "Kalijambe"},
    "affected": {"count": 2, "now": 2, "sites": ["33.14.01.2001", "33.14.01.2002"]},
    "last_good": "2026-11-24T01:59:30.000000Z", "first_bad": "2026-11-24T02:00:00.000000Z",
    "opened_at": "2026-11-24T02:00:20.000000Z",
    "cause": {"guess": null, "confidence": null, "evidence": [], "proven": null},
    "party": "ct1", "contract": {"accept_by": null, "restore_by": null, "consumed_percent": null},
    "estimate": {"p50_minutes": null, "p90_minutes": null}, "seq": 2}'::jsonb, 'it has all keys');
select is((select array_agg(link_generation order by endpoint) from kentongan.notification where type = 'ticket.joined'), '{1,null}', 'and the party''s its link');
select t.report('33.14.01.2003', '33.14.01', 180, null, '{}', 200);
select is(pg_temp.joined(), 'menara delivered 2 +150, team delivered 2 +150, menara queued 3 +720, team queued 3 +720',
          'the next comes ten minutes after the last at the earliest');
select t.act('accept', 300);
select is((select array_agg(state || ': ' || reason) from kentongan.notification where type = 'ticket.joined' and state <> 'delivered'),
          '{superseded: superseded by ticket.accepted,superseded: superseded by ticket.accepted}', 'a new state that tells it all is sooner');
rollback to plain;

-- It replaces nothing but its like.
select t.report('33.14.01', '33.14.01', 0, null, '{}', 20);
select count(*) from kentongan.outbox_lease('n1', 10, '60 s', t.at(20));
select t.report('33.14.01.2001', '33.14.01', 30, null, '{}', 50);
select is(pg_temp.joined(), 'menara queued 1 +80, team queued 1 +80', 'what is under way is not touched');
select kentongan.outbox_settle(id, 'n1', 'retry', 1, 500, 'server error', 20, t.at(20), t.at(600), t.at(55))
  from kentongan.notification where state = 'leased';
select results_eq($$select type || ' ' || state from kentongan.notification where endpoint = 'menara' order by id$$,
    array['ticket.offered queued', 'ticket.joined queued'], 'an offer that is tried again is not superseded');
select is(pg_temp.deliver(100), 0::bigint, 'who joined waits behind it');
select is(pg_temp.deliver(600), 4::bigint, 'and follows it');
select t.report('33.14.01.2002', '33.14.01', 700, null, '{}', 720);
select count(*) from kentongan.outbox_lease('n1', 10, '60 s', t.at(751));
select kentongan.outbox_settle(id, 'n1', 'retry', 1, 500, 'server error', 20, t.at(751), t.at(2000), t.at(752))
  from kentongan.notification where state = 'leased';
select t.report('33.14.01.2003', '33.14.01', 760, null, '{}', 780);
select results_eq($$select type || ' ' || state || ' ' || (data -> 'affected' ->> 'count') from kentongan.notification where endpoint = 'menara' order by id$$,
    array['ticket.offered delivered 0', 'ticket.joined delivered 1', 'ticket.joined superseded 2', 'ticket.joined queued 3'], 'but an older ticket.joined is');
rollback to plain;

-- The same root once more: down again is news, the same silence told by another watcher is none.
select t.report('33.14.01', '33.14.01', 0, null, '{}', 20);
select pg_temp.deliver(20);
select is(t.report('33.14.01', '33.14.01', 0.4, null, '{}', 21), 'joined', 'another daemon measured the same silence');
select is(pg_temp.joined(), null, 'which is no news');
select t.report('33.14.01', '33.14.01', 0, 50);
select t.report('33.14.01', '33.14.01', 0.4, 50);
select is(t.report('33.14.01', '33.14.01', 100), 'joined', 'down again while the ticket is open');
select is(pg_temp.joined(), 'menara queued 0 +150, team queued 0 +150', 'is');
rollback to plain;

-- Nobody is told of what joins a ticket that is over, nor when all endpoints are disabled.
select t.report('33.14.01', '33.14.01', 0, null, '{}', 20);
select pg_temp.deliver(20);
select t.report('33.14.01', '33.14.01', 0, 50);
select t.act('cancel', 60);
select pg_temp.deliver(60);
select is(t.report('33.14.01.2001', '33.14.01', 30, 52, '{}', 70), 'restored', 'a late report of a village that was cut off');
select is(pg_temp.joined(), null, 'of a ticket that is over is no message');
rollback to plain;
update kentongan.endpoint set disabled_at = t.at(0), disabled_reason = '410';
select t.report('33.14.01', '33.14.01', 0, null, '{}', 20);
select t.report('33.14.01.2001', '33.14.01', 100, null, '{}', 120);
select is(t.owed(), null, 'with all endpoints disabled nothing is owed');
select * from finish();
rollback;
