-- SPDX-License-Identifier: ISC
-- Which time was watched: beats of the nodes, sites that are unknown, and what becomes of it in the availability.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.beat(node text, since_s numeric, now_s numeric) returns boolean language sql as
    $$ select kentongan.watch_beat(node, t.at(since_s), t.at(now_s)) $$;
create function pg_temp.say(site text, state text, since_s numeric, now_s numeric) returns bigint language sql as
    $$ select kentongan.state_report(jsonb_build_array(jsonb_build_object('site', site, 'state', state, 'since', t.at(since_s))), t.at(now_s)) $$;
-- "site 100-200" per gap, in seconds after t.at(0).
create function pg_temp.gaps() returns text language sql as $$
    select string_agg(format('%s %s-%s', coalesce(site, 'all'), extract(epoch from since - t.at(0))::int,
                             extract(epoch from until - t.at(0))::int), ', ' order by since, site) from kentongan.watch_gap
$$;
-- "known_s/period_s down_s" of a site.
create function pg_temp.time(site text, since_s numeric, until_s numeric) returns text language sql as $$
    select format('%s/%s down %s', trim_scale(known_s), trim_scale(period_s), trim_scale(down_s))
      from kentongan.site_availability(t.at(since_s), t.at(until_s)) a where a.site = $1
$$;

-- Beats.
select ok(not pg_temp.beat('a', 0, 0), 'the first beat ever leaves no gap');
select ok(not pg_temp.beat('a', 0, 5), 'nor the next');
select ok(not pg_temp.beat('a', 0, 500), 'nor that of a node that watched all the while and only missed the database');
select ok(not pg_temp.beat('a', 560, 565), 'a minute is no gap');
select ok(pg_temp.beat('a', 626, 630), 'a second more is one');
select is(pg_temp.gaps(), 'all 565-626', 'from the last word to the new beginning');
select ok(not pg_temp.beat('a', 626, 630), 'the same beat again adds none');
select ok(not pg_temp.beat('b', 680, 680), 'another node beats');
select ok(not pg_temp.beat('b', 680, 740), 'and goes on');
select ok(not pg_temp.beat('a', 800, 800), 'so the time in which the first one was away was watched');
select ok(pg_temp.beat('b', 1000, 1000), 'nobody was there for 200 s');
select is(pg_temp.gaps(), 'all 565-626, all 800-1000', 'two gaps in all');
select ok(not pg_temp.beat('b', 900, 900), 'a clock that stepped back makes none');
delete from kentongan.watch_gap;

-- States.
select pg_temp.say('33.14.01', 'unknown', 2000, 2000);
select is((select watched_since from kentongan.site_state where site = '33.14.01'), null, 'a site that is unknown is not watched yet');
select is(pg_temp.gaps(), null, 'so that is no gap');
select is(pg_temp.time('33.14.01', 2000, 3000), '0/1000 down 0', 'and nothing is known');
select pg_temp.say('33.14.01', 'up', 2010, 2011);
select pg_temp.say('33.14.01', 'down', 2100, 2120);
select is((select watched_since from kentongan.site_state where site = '33.14.01'), t.at(2010), 'the first state begins the watch, for good');
select is(pg_temp.time('33.14.01', 2000, 3000), '990/1000 down 0', 'what was before is not known');
select pg_temp.say('33.14.01', 'up', 2200, 2201);
select pg_temp.say('33.14.01', 'unknown', 2300, 2301);
select pg_temp.say('33.14.01', 'unknown', 2300, 2350);
select is(pg_temp.gaps(), '33.14.01 2300-', 'unknown opens one gap, said twice or not');
select is(pg_temp.time('33.14.01', 2000, 3000), '290/1000 down 0', 'that lasts to the end of the period');
select pg_temp.say('33.14.01', 'up', 2361, 2362);
select is(pg_temp.gaps(), '33.14.01 2300-2361', 'it ends where the next state begins');
select pg_temp.say('33.14.01', 'unknown', 2400, 2401);
select pg_temp.say('33.14.01', 'up', 2460, 2461);
select is(pg_temp.gaps(), '33.14.01 2300-2361', 'a minute or less is none');
-- The daemon was away for a while: the outage from before is told with its old start.
select pg_temp.say('33.14.01', 'unknown', 2600, 2600);
select pg_temp.say('33.14.01', 'down', 2500, 2700);
select is(pg_temp.gaps(), '33.14.01 2300-2361, 33.14.01 2600-2700', 'an older state ends the gap when it is told');
select is(pg_temp.time('33.14.01', 2000, 3000), '829/1000 down 0', 'both are off the known time');
select pg_temp.say('33.14.02', 'down', 2000, 2020);
select is((select watched_since from kentongan.site_state where site = '33.14.02'), t.at(2000), 'a first state of down counts from its first bad probe');
select is((select count(*)::int from kentongan.site_availability(t.at(0), t.at(10))), 3, 'a site without a gateway is in no availability');

-- Outages: from the onset to the end, at most once, without what nobody knows.
select t.report('33.14.01', '33.14.01', 2530, 2650);
select is(pg_temp.time('33.14.01', 2000, 3000), '829/1000 down 85', '2515 to 2600, where the gap begins');
insert into kentongan.outage (site, root, first_bad, detected) values ('33.14.01', '33.14.02', t.at(2590), t.at(2600));
select is(pg_temp.time('33.14.01', 2000, 3000), '829/1000 down 385', 'an outage that lasts goes to the end of the period, and no second counts twice');
select is(pg_temp.time('33.14.01', 2550, 2800), '150/250 down 150', 'both ends of the period cut');
select is(pg_temp.time('33.14.01', 3000, 2000), '0/0 down 0', 'a period that is still to come has no time');
select * from finish();
rollback;
