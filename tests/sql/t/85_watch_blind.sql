-- SPDX-License-Identifier: ISC
-- The poller itself is cut off: what each node says, one message when it begins and one when it ends, and no known time.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.say(node text, blind boolean, since_s numeric, now_s numeric) returns boolean language sql as
    $$ select kentongan.watch_sight(node, blind, t.at(since_s), t.at(now_s)) $$;
-- "100-200" per blindness, in seconds after t.at(0).
create function pg_temp.blindness() returns text language sql as $$
    select string_agg(format('%s-%s', extract(epoch from since - t.at(0))::int, extract(epoch from until - t.at(0))::int),
                      ', ' order by id) from kentongan.watch_blind
$$;
-- "type state" per message.
create function pg_temp.told() returns text language sql as $$
    select string_agg(type || ' ' || state, ', ' order by id) from kentongan.notification where type like 'poller.%'
$$;
select kentongan.state_report('[{"site": "33.14.01", "state": "up"}, {"site": "33.14.01.2001", "state": "down"}]', t.at(0));

select ok(not pg_temp.say('a', false, 0, 10), 'it sees');
select is(pg_temp.told(), null, 'of which nobody has to hear');
select ok(pg_temp.say('a', true, 100, 120), 'it is blind');
select ok(pg_temp.say('a', true, 100, 125), 'and says so again');
select is(pg_temp.blindness(), '100-', 'since the last answer, once');
select is(pg_temp.told(), 'poller.blind queued', 'and one message is owed');
select is((select array_agg(distinct e.party::text) from kentongan.notification n join kentongan.endpoint e using (endpoint) where n.type = 'poller.blind'),
          array[kentongan.own_team()], 'to the own team alone');
select is((select data from kentongan.notification where type = 'poller.blind'),
          jsonb_build_object('since', kentongan.wall_text(t.at(100)), 'until', null, 'duration_s', null), 'which says since when');
select is((select array_agg(distinct state) from kentongan.site_now where device is not null), '{unknown}', 'every site is unknown');
select is((select since from kentongan.site_now where code = '33.14.01'), t.at(100), 'since then');
select is((select state from kentongan.site_state where site = '33.14.01'), 'up', 'what was believed stays');
select is((select array_agg(distinct d ->> 'state') from jsonb_array_elements(kentongan.site_devices('33.14.01.2001')) d), '{unknown}',
          'so is every device, the gateway and those beside it');
select is(kentongan.site_devices('33.14.01.2001') #>> '{0,since}', kentongan.wall_text(t.at(100)), 'since then, too');
select is((select known_s from kentongan.site_availability(t.at(0), t.at(200)) where site = '33.14.01'), 100::numeric, 'and the time is not known');

update kentongan.notification set next_at = t.at(9000) where type = 'poller.blind'; -- the receiver was behind the same cut
select ok(not pg_temp.say('a', false, 400, 401), 'it sees again');
select is(pg_temp.blindness(), '100-400', 'since the first answer');
select is(pg_temp.told(), 'poller.blind queued, poller.sees queued', 'which is told, too');
select is((select data ->> 'duration_s' from kentongan.notification where type = 'poller.sees'), '300', 'with how long it was');
select is((select next_at from kentongan.notification where type = 'poller.blind'), t.at(401), 'what could not be delivered is tried at once');
select is((select state from kentongan.site_now where code = '33.14.01'), 'up', 'sites are what they were');
select is(kentongan.site_devices('33.14.01.2001') #>> '{0,state}', 'down', 'and so are devices');
select is((select known_s from kentongan.site_availability(t.at(0), t.at(500)) where site = '33.14.01'), 200::numeric, 'and time is known again');

select ok(pg_temp.say('a', true, 405, 415), 'a link that comes and goes');
select is(pg_temp.blindness(), '100-', 'is one blindness');
select is(pg_temp.told(), 'poller.blind queued, poller.sees superseded', 'and no storm of messages');
select pg_temp.say('a', false, 500, 501);
update kentongan.notification set state = 'delivered', settled_at = t.at(520) where type like 'poller.%' and state = 'queued';
select ok(pg_temp.say('a', true, 530, 540), 'again, when people had heard of the end');
select is(pg_temp.told(), 'poller.blind delivered, poller.sees superseded, poller.sees delivered, poller.blind queued', 'they hear of that, too');

select ok(not pg_temp.say('b', false, 600, 601), 'the daemon died; the next one sees');
select is(pg_temp.blindness(), '100-600', 'and that ends it');
select ok(not pg_temp.say('a', true, 640, 650), 'one of two is blind');
select ok(pg_temp.say('b', true, 655, 660), 'both are');
select is(pg_temp.blindness(), '100-', 'since the later one is');
select ok(pg_temp.say('c', true, 900, 905), 'one that starts blind');
select is((select count(*) from kentongan.watch_blind), 1::bigint, 'finds it going on');
select is(pg_temp.say('c', false, 950, 951), false, 'and ends it, when the others have said nothing for a minute');
select is(pg_temp.blindness(), '100-950', 'at its own first answer');
select pg_temp.say('c', true, 2000, 2010);
select is(pg_temp.blindness(), '100-950, 2000-', 'a new one is a new one');
select throws_ok($$ insert into kentongan.watch_blind (since) values (t.at(0)) $$, '23505', null, 'there is one at most');
select * from finish();
rollback;
