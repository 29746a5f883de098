-- SPDX-License-Identifier: ISC
-- While the poller itself is cut off nothing that waits for time to pass goes on, and no ticket opens.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.say(blind boolean, since_s numeric, now_s numeric) returns boolean language sql as
    $$ select kentongan.watch_sight('a', blind, t.at(since_s), t.at(now_s)) $$;
-- Seconds after t.at(0); null: not as long as it is like this.
create function pg_temp.until(from_s numeric, for_s numeric) returns int language sql as
    $$ select extract(epoch from kentongan.watch_until(t.at(from_s), for_s * interval '1 second') - t.at(0))::int $$;

select is(pg_temp.until(100, 60), 160, 'time passes');
insert into kentongan.watch_blind (since, until) values (t.at(200), t.at(300)), (t.at(320), t.at(400)), (t.at(1000), null);
select is(pg_temp.until(100, 100), 200, 'what has passed before has passed');
select is(pg_temp.until(100, 101), 301, 'a second is left, and passes afterwards');
select is(pg_temp.until(250, 10), 310, 'it began in it: all of it passes afterwards');
select is(pg_temp.until(190, 40), 410, 'two times in which nothing was seen');
select is(pg_temp.until(300, 10), 310, 'from its end on time passes');
select is(pg_temp.until(900, 100), 1000, 'up to the one that lasts');
select is(pg_temp.until(900, 101), null, 'but not in it');
select is(pg_temp.until(1100, 1), null, 'nor for what begins in it');
select is(kentongan.watch_until(null, '1 minute'), null, 'what has not begun does not end');
select is(kentongan.watch_until(t.at(0), null), null, 'what waits for no time does not either');
delete from kentongan.watch_blind;

savepoint plain;
select t.report('33.14.01.2001', '33.14.01.2001', 0);
select t.report('33.14.01.2001', '33.14.01.2001', 0, 100);
select pg_temp.say(true, 150, 160);
select is(t.heal(900), 0::bigint, 'it came back before we were cut off; nobody knows whether it stays');
select pg_temp.say(false, 1000, 1001);
select is(t.heal(1129), 0::bigint, 'fifty seconds of three minutes had passed');
select is(t.heal(1130), 1::bigint, 'the others pass afterwards');
select is((select restored_at from kentongan.ticket), t.at(100), 'and it counts from its first good probe');
rollback to plain;

select t.report('33.14.01.2001', '33.14.01.2001', 0);
select t.act('accept', 50);
select t.report('33.14.01.2001', '33.14.01.2001', 0, 100);
select pg_temp.say(true, 1000, 1010);
select pg_temp.say(false, 4600, 4601);
select is(t.heal(5499), 0::bigint, 'the half hour in which somebody may still claim the repair stood still, too');
select is(t.heal(5500), 1::bigint, 'and went on');
rollback to plain;

-- A feeder's loss: ten minutes of patience for the last one.
select kentongan.fault_report(site, site, t.at(-30), t.at(0), t.at(20), null, '{}', t.at(25), null, null, '{"guess": "power", "confidence": 0.9, "feeder": "SGN-04"}')
  from unnest('{33.14.01.2001,33.14.01.2002,33.14.02}'::text[]) site;
select is((select string_agg(kind, ' ') from kentongan.ticket), 'powered-off', 'three lost their power');
select t.report('33.14.01.2002', '33.14.01.2002', 0, 300);
select t.report('33.14.02', '33.14.02', 0, 310);
select pg_temp.say(true, 610, 620);
select t.heal(2000);
select is((select count(*)::int from kentongan.ticket), 1, 'while we are cut off the last one gets no ticket');
select pg_temp.say(false, 3610, 3611);
select t.heal(3900);
select is((select count(*)::int from kentongan.ticket), 1, 'nor before its ten minutes have been seen');
select t.heal(3910);
select is((select string_agg(kind, ' ' order by id) from kentongan.ticket), 'powered-off down', 'then it does');
rollback to plain;
select kentongan.fault_report(site, site, t.at(-30), t.at(0), t.at(20), null, '{}', t.at(25), null, null, '{"guess": "power", "confidence": 0.9, "feeder": "SGN-04"}')
  from unnest('{33.14.01.2001,33.14.01.2002,33.14.02}'::text[]) site;
select t.report('33.14.01.2002', '33.14.01.2002', 0, 300);
select t.report('33.14.02', '33.14.02', 0, 310);
select pg_temp.say(true, 950, 960);
select t.heal(2000);
select is((select count(*)::int from kentongan.ticket), 1, 'its ten minutes are over, but no ticket opens while we are cut off');
rollback to plain;

-- Planned work that is over.
select kentongan.maintenance_add('33.14.01', jsonb_build_object('from', kentongan.wall_text(t.at(100)), 'to', kentongan.wall_text(t.at(200)),
           'reason', 'new antenna'), 'Asia/Jakarta', 'tester', null, t.at(90));
select is(t.report('33.14.01', '33.14.01', 110), 'recorded', 'silent in planned work');
select pg_temp.say(true, 150, 160);
select is(kentongan.maintenance_run(t.at(210)), 0::bigint, 'the work is over, and we are cut off: no ticket opens');
select pg_temp.say(false, 500, 501);
select is(kentongan.maintenance_run(t.at(502)), 1::bigint, 'it does when we see that it lasts');
select is((select first_bad from kentongan.ticket), t.at(110), 'with its true start');
select * from finish();
rollback;
