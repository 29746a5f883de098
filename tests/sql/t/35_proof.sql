-- SPDX-License-Identifier: ISC
-- What becomes of a claim (verify_pending, verify_settle), and of what comes back without one (ticket_heal).
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.claim(now_s numeric, ticket bigint default null) returns jsonb language sql as
    $$ select t.act('claim', now_s, '{"cause": "power", "action": "power_restored"}', null, ticket) $$;
create function pg_temp.pending() returns text language sql as $$
    select string_agg(format('%s %s %s', p.site, d.name, extract(epoch from p.claimed_at - t.at(0))::int), ', ')
      from kentongan.verify_pending() p join kentongan.device d on d.id = p.device
$$;
savepoint plain;

-- A claim before the link is back, which nothing but the verdict moves.
select t.report('33.14.01', '33.14.01', 0);
select t.act('accept', 30, '{}', 'ct1');
select is(pg_temp.claim(60) ->> 'state', 'claimed', 'a claim waits for its proof');
select is(pg_temp.pending(), '33.14.01 gw 60', 'and is handed to whoever verifies: device and instant');
select t.report('33.14.01', '33.14.01', 0, 90);
select is(t.state(), 'claimed', 'the link is back, and it still waits');
select is(t.heal(90 + 86400), 0::bigint, 'however long');
select is(t.settle(true, 91, 240), 'restored', 'the window passed');
select is((select (state, claimed_at, restored_at) from kentongan.ticket), (select ('restored'::text, t.at(60), t.at(90))),
          'restored as of the end of the outage');
select is(t.events(), 'open offer accept claim link.back restore', 'and the log has it all');
select is((select detail from kentongan.ticket_event where action = 'restore'),
          '{"sent": 10, "lost": 0, "restored_at": "2026-11-24T02:01:30.000000Z"}', 'with the figures of the window');
select is(t.settle(true, 91, 241), 'stale', 'the same verdict again is stale');
select is(pg_temp.pending(), null, 'nothing waits for proof any more');
rollback to plain;

-- A claim after the link is back: the repair brought it back before the form.
select t.report('33.14.01', '33.14.01', 0);
select t.act('accept', 30);
select t.report('33.14.01', '33.14.01', 0, 90);
select is(pg_temp.claim(95) ->> 'state', 'claimed', 'it is verified all the same');
select is(t.settle(true, 96, 280), 'restored', 'and passes');
select is((select (claimed_at, restored_at) from kentongan.ticket), (select (t.at(95), t.at(90))), 'as of the first good probe');
rollback to plain;

-- The verdict is faster than the report of the outage's end.
select t.report('33.14.01', '33.14.01', 0);
select t.act('accept', 30);
select pg_temp.claim(60);
select is(t.settle(true, 62, 240), 'restored', 'passed while the outage still lasts on paper');
select is((select restored_at from kentongan.ticket), t.at(62), 'restored as of the window''s first good probe');
select is(t.report('33.14.01', '33.14.01', 0, 61), 'restored', 'its end is recorded when it comes');
select is((select (state, restored_at) from kentongan.ticket), (select ('restored'::text, t.at(62))), 'and changes nothing more');
select is(t.events(), 'open offer accept claim restore', 'nor says so in the log of what is restored');
rollback to plain;

-- Not proven: back to accepted, in words, counted; the next claim is another one.
select t.report('33.14.01', '33.14.01', 0);
select t.act('accept', 30, '{}', 'ct1');
select t.act('onsite', 40);
select pg_temp.claim(60);
select is(t.settle(false, null, 80), 'unproven', 'the window failed');
select is((select (state, claimed_at, unproven_count, cause_reported, seq) from kentongan.ticket),
          (select ('accepted'::text, null::timestamptz, 1, 'power'::text, 6)), 'back to accepted, counted, cause kept, claim forgotten');
select is((select (actor, note, detail, from_state, to_state) from kentongan.ticket_event where action = 'unproven'),
          (select ('engine'::text, 'The link was silent.'::text, '{"sent": 10, "lost": 0, "reason": "silent"}'::jsonb, 'claimed'::text, 'accepted'::text)),
          'the log has the words, the code and the figures');
select is((select string_agg(endpoint || ' ' || state, ', ' order by id) from kentongan.notification where type = 'ticket.unproven'),
          'menara queued, team queued', 'party and team hear of it');
select is(pg_temp.pending(), null, 'it waits for proof no longer');
select is(t.settle(true, 70, 81), 'stale', 'and takes no verdict');
select pg_temp.claim(100);
select is((select kentongan.verify_settle(id, t.at(60), true, t.at(101), null, null, null, t.at(120)) from kentongan.ticket), 'stale',
          'the verdict on the older claim is stale');
select is(t.state(), 'claimed', 'and moves nothing');
select is(t.settle(false, null, 130), 'unproven', 'again not proven');
select is((select unproven_count from kentongan.ticket), 2, 'twice');
select pg_temp.claim(140);
select t.report('33.14.01', '33.14.01', 0, 145);
select is(t.settle(true, 145, 330), 'restored', 'the third holds');
rollback to plain;

-- A relapse between claim and verdict.
select t.report('33.14.01', '33.14.01', 0);
select t.act('accept', 30);
select t.report('33.14.01', '33.14.01', 0, 90);
select pg_temp.claim(95);
select is(t.report('33.14.01', '33.14.01', 280), 'joined', 'down again just after the window: the ticket has it');
select is(t.settle(true, 96, 301), 'unproven', 'the proof came too late');
select is((select (state, unproven_count) from kentongan.ticket), (select ('accepted'::text, 1)), 'somebody still has to work');
select is((select (note, detail ->> 'reason') from kentongan.ticket_event where action = 'unproven'),
          (select ('It went down again before the repair was proven.'::text, 'relapsed'::text)), 'and is told why');
rollback to plain;

-- Cancelled meanwhile; a clock that stepped back; a claim without a device.
select t.report('33.14.01', '33.14.01', 0);
select t.act('accept', 30);
select pg_temp.claim(60);
create temp table claim as select id, claimed_at from kentongan.ticket;
select t.act('cancel', 70);
select is(pg_temp.pending(), null, 'a cancelled ticket waits for no proof');
select is((select kentongan.verify_settle(id, claimed_at, true, t.at(61), null, null, null, t.at(80)) from claim), 'stale', 'and takes no verdict');
rollback to plain;
select t.report('33.14.01', '33.14.01', 0);
select t.act('accept', 30);
select pg_temp.claim(60);
select is(t.settle(true, -3600, -3000), 'restored', 'a verdict of an hour ago');
select is((select restored_at from kentongan.ticket), t.at(0), 'restores as of the beginning, never before');
rollback to plain;
select is(kentongan.verify_settle(4711, t.at(60), true, t.at(61), null, null, null, t.at(80)), 'stale', 'no such ticket: stale');

select t.report('33.14.03', '33.14.03', 0);
select t.act('accept', 30);
select pg_temp.claim(60);
select is(pg_temp.pending(), null, 'a root without a gateway has nobody to prove it');
select is(t.heal(60 + 86400), 0::bigint, 'while the outage lasts it waits');
select t.report('33.14.03', '33.14.03', 0, 100);
select is(t.heal(100 + 1799), 0::bigint, 'and then as long as one that was accepted');
select is(t.heal(100 + 1800), 1::bigint, 'until it heals');
select is((select (state, restored_at, claimed_at) from kentongan.ticket), (select ('restored'::text, t.at(100), t.at(60))), 'restored, with its claim');
select is((select note from kentongan.ticket_event where action = 'restore'), 'It came back; without a device the repair cannot be verified.', 'in words');
rollback to plain;

-- A claim on what was restored without one.
select t.report('33.14.01', '33.14.01', 0);
select t.report('33.14.01', '33.14.01', 0, 90);
select is(t.state(), 'offered', 'back, but it has to stay');
select is(t.heal(90 + 179), 0::bigint, 'for the window');
select is(t.heal(90 + 180), 1::bigint, 'then it is restored: nobody had taken it');
select is((select note from kentongan.ticket_event where action = 'restore'), 'It came back by itself.', 'in words');
select throws_ok($$select t.act('close', 295)$$, 'KT422', format('%s can be closed once its cause and action are known: give both.', number))
  from kentongan.ticket;
select is(t.act('claim', 295, '{"cause": "power", "action": "none"}', 'ct1') ->> 'state', 'restored', 'a claim is welcome');
select is((select (restored_at, claimed_at, cause_reported) from kentongan.ticket), (select (t.at(90), t.at(295), 'power'::text)),
          'it stays restored at its time, with cause and claim');
select is(pg_temp.pending(), null, 'and there is nothing to prove');
select throws_ok($$select t.act('claim', 296, '{"cause": "ups", "action": "none"}', 'ct1')$$, 'KT409');
select is(t.act('close', 299, '{}', 'ct1') ->> 'state', 'closed', 'and can be closed');
rollback to plain;

-- ticket_heal: a relapse keeps the ticket, what lasts is left alone, whoever is at work gets his half hour.
select t.report('33.14.01', '33.14.01', 0);
select t.report('33.14.01', '33.14.01', 0, 100);
select is(t.report('33.14.01', '33.14.01', 200), 'joined', 'down again within the window: the same ticket');
select is(t.heal(86400), 0::bigint, 'it lasts');
select t.report('33.14.01', '33.14.01', 200, 300);
select is(t.heal(479), 0::bigint, 'the window begins anew');
select is(t.heal(480), 1::bigint, 'and passes');
select is((select restored_at from kentongan.ticket), t.at(300), 'as of the last first good probe');
rollback to plain;
select t.report('33.14.01', '33.14.01', 0);
select t.report('33.14.02', '33.14.02', 0);
select t.report('33.14.03', '33.14.03', 0);
select t.act('accept', 30, '{}', null, id) from kentongan.ticket order by id;
select t.act('onsite', 40, '{}', null, (select min(id) from kentongan.ticket));
select t.report('33.14.01', '33.14.01', 0, 100);
select t.report('33.14.02', '33.14.02', 0, 200);
select is(t.heal(100 + 1799), 0::bigint, 'not before the half hour is over');
select is(t.heal(100 + 1800), 1::bigint, 'then the first is healed');
select is(t.heal(100 + 1800), 0::bigint, 'once');
select is((select array_agg(state order by id) from kentongan.ticket), '{restored,accepted,accepted}', 'that one and no other');
select is((select (restored_at, claimed_at) from kentongan.ticket where root = '33.14.01'), (select (t.at(100), null::timestamptz)),
          'as of the first good probe');
select is((select (actor, note) from kentongan.ticket_event where action = 'restore'),
          (select ('engine'::text, 'It came back by itself; nobody claimed a repair.'::text)), 'and the log says why');
select is(kentongan.ticket_heal('2 h', '30 min', t.at(200 + 7199)), 0::bigint, 'a window longer than the half hour counts for all');
select t.report('33.14.02', '33.14.02', 300, null, '{}', 320);
select is(t.heal(86400), 0::bigint, 'what is down again, or still, is not healed');
rollback to plain;
select t.report('33.14.01', '33.14.01', 0, 50);
select is(t.heal(50 + 180), 1::bigint, 'an outage that was over when it was first told heals too');
select t.force('waiting');
select is(t.heal(50 + 1799), 0::bigint, 'a stop is work');
select is(t.heal(50 + 1800), 1::bigint, 'and heals like it');
select * from finish();
rollback;
