-- SPDX-License-Identifier: ISC
-- Planned work: no ticket opens in it, what goes beyond it does, with its true start.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');

-- A window in seconds; announced at now_s, 10 s before it when that is not said. Returns its id.
create function pg_temp.window(site text, from_s numeric, to_s numeric, only_site boolean default false, now_s numeric default null)
returns bigint language sql as $$
    select (kentongan.maintenance_add(site, jsonb_build_object('from', kentongan.wall_text(t.at(from_s)), 'to', kentongan.wall_text(t.at(to_s)),
                'only_site', only_site, 'reason', 'new antenna'), 'Asia/Jakarta', 'tester', null, t.at(coalesce(now_s, from_s - 10))) ->> 'id')::bigint
$$;
create function pg_temp.ends(id bigint, now_s numeric, reason text default null) returns text language sql as
    $$ select kentongan.maintenance_end(id, reason, 'tester', null, t.at(now_s)) ->> 'state' $$;
create function pg_temp.run(now_s numeric) returns bigint language sql as $$ select kentongan.maintenance_run(t.at(now_s)) $$;
-- "100-200 300-400", in seconds, of the planned time of a site; and who is in maintenance at an instant.
create function pg_temp.planned(site text, from_s numeric default 0, to_s numeric default 10000) returns text language sql as $$
    select string_agg(format('%s-%s', extract(epoch from lower(r) - t.at(0))::int, extract(epoch from upper(r) - t.at(0))::int), ' ' order by r)
      from unnest(kentongan.maintenance_planned(site, tstzrange(t.at(from_s), t.at(to_s)))) r
$$;
create function pg_temp.covered(s numeric) returns text language sql as $$
    select string_agg(replace(code, '33.14', '*'), ' ' order by code) from kentongan.site where kentongan.maintenance_covers(code, t.at(s))
$$;
create function pg_temp.tickets() returns int language sql as 'select count(*)::int from kentongan.ticket';

-- Who is behind.
select is(array(select kentongan.site_behind('{33.14.01}', '{33.14.01}') order by 1), '{33.14.01,33.14.01.2001,33.14.01.2002}',
          'behind a relay is what has no other way');
select is(array(select kentongan.site_behind('{33.14.01}', '{33.14.01,33.14.02}') order by 1), '{33.14.01,33.14.01.2001,33.14.01.2002,33.14.01.2003}',
          'a village with two ways is behind both relays together');
select is((select count(*)::int from kentongan.site_behind('{33.14}', '{33.14}')), 8, 'all is behind the core');
select is(array(select code::text from kentongan.site where kentongan.site_cut_off(code, '{33.14.01,33.14.02}') order by 1),
          array(select kentongan.site_behind('{33.14.01,33.14.02}', '{33.14.01,33.14.02}') order by 1), 'upwards and downwards find the same');

-- Who is covered, and when.
savepoint quiet;
select pg_temp.window('33.14.01', 100, 200);
select pg_temp.window('33.14.02', 150, 300);
select pg_temp.window('33.14', 400, 500, true);
select is(pg_temp.covered(99), null, 'before');
select is(pg_temp.covered(100), '*.01 *.01.2001 *.01.2002', 'from its first instant on, the relay and what is behind it');
select is(pg_temp.covered(150), '*.01 *.01.2001 *.01.2002 *.01.2003 *.02 *.02.2001', 'with the second relay the village of both');
select is(pg_temp.covered(200), '*.02 *.02.2001', 'until the last');
select is(pg_temp.covered(450), '*', 'a window of one site alone covers that alone');
select is(pg_temp.planned('33.14.01.2003'), '150-200', 'the village of two ways is planned while both are');
select is(pg_temp.planned('33.14.01'), '100-200', 'the relay in its own window');
select is(pg_temp.planned('33.14.01.2001', 120, 180), '120-180', 'cut to what is asked for');
select is(pg_temp.planned('33.14.03'), null, 'another site never');
select results_eq($$select site::text, planned from kentongan.maintenance_by_site(t.at(0), t.at(1000)) order by 1$$,
    $$select code::text, kentongan.maintenance_planned(code, tstzrange(t.at(0), t.at(1000))) from kentongan.site
       where kentongan.maintenance_planned(code, tstzrange(t.at(0), t.at(1000))) <> '{}' order by 1$$, 'all at once is each for itself');
rollback to quiet;

select pg_temp.window('33.14.01', 100, 200);
select pg_temp.window('33.14.02', 150, 300);
select pg_temp.window('33.14.02.2001', 150, 400, true);
create function pg_temp.ends_at(s numeric) returns text language sql as $$
    select string_agg(format('%s-%s', replace(site, '33.14', '*'), extract(epoch from until - t.at(0))::int), ' ' order by site)
      from kentongan.maintenance_ends(t.at(s)) where announced_by = 'tester'
$$;
select is(pg_temp.ends_at(99), null, 'nobody yet');
select is(pg_temp.ends_at(160), '*.01-200 *.01.2001-200 *.01.2002-200 *.02-300 *.02.2001-400', 'each until the last of its windows ends');
select is(pg_temp.ends_at(200), '*.02-300 *.02.2001-400', 'whose end is not in it');
select is(pg_temp.covered(160), '*.01 *.01.2001 *.01.2002 *.01.2003 *.02 *.02.2001', 'the village of two ways is in maintenance by both together');
rollback to quiet;

-- Begins and ends within.
select pg_temp.window('33.14.01', 100, 200) as w \gset
select is(t.report('33.14.01', '33.14.01', 110, null, '{33.14.01.2001}'), 'recorded', 'an outage in the window is recorded');
select is(t.report('33.14.01.2001', '33.14.01', 112), 'recorded', 'so is that of a village behind it');
select is(t.report('33.14.01', '33.14.01', 110, null, '{33.14.01.2001}', 140), 'unchanged', 'told again, by this node or another');
select is(pg_temp.run(150), 0::bigint, 'nothing is due');
select is(t.report('33.14.01', '33.14.01', 110, 180), 'restored', 'it ends within');
select is(t.report('33.14.01.2001', '33.14.01', 112, 182), 'restored', 'and the village''s');
select is(pg_temp.run(250), 0::bigint, 'the window ends, and nothing is due');
select is(pg_temp.tickets(), 0, 'no ticket');
select is((select count(*)::int from kentongan.notification), 0, 'and nobody was told');
rollback to quiet;

-- It outlives the window.
select pg_temp.window('33.14.01', 100, 200) as w \gset
select t.report('33.14.01.2001', '33.14.01', 112);
select t.report('33.14.01', '33.14.01', 110, null, '{33.14.01.2001,33.14.01.2002}');
select is(pg_temp.run(199.9), 0::bigint, 'up to the last instant it is held');
select is(pg_temp.run(200), 1::bigint, 'then its ticket opens');
select is(pg_temp.run(200), 0::bigint, 'once');
select is((select (k.root::text, k.state, k.first_bad, k.last_good, k.detected, k.opened_at) from kentongan.ticket k),
          (select ('33.14.01'::text, 'offered'::text, t.at(110), t.at(80), t.at(130), t.at(200))), 'with its true start');
select is((select array_agg(site::text order by site) from kentongan.ticket_site), '{33.14.01.2001,33.14.01.2002}', 'and with those behind it');
select is((select ticket from kentongan.outage where site = '33.14.01.2001'), (select id from kentongan.ticket), 'whose outages are attached');
select is(t.events(), 'open offer', 'opened and offered as any other');
select is((select note from kentongan.ticket_event where action = 'open'), 'It began in planned work and goes beyond it.', 'and its log says why so late');
select is(t.owed(), 'ticket.opened team, ticket.offered menara', 'people are told now');
select is(t.report('33.14.01', '33.14.01', 110, null, '{33.14.01.2001}', 210), 'unchanged', 'told again, nothing more');
rollback to quiet;
-- The daemon tells it first.
select pg_temp.window('33.14.01', 100, 200) as w \gset
select t.report('33.14.01', '33.14.01', 110);
select is(t.report('33.14.01', '33.14.01', 110, null, '{}', 205), 'opened', 'a report after the window opens it as well');
select is(pg_temp.run(206), 0::bigint, 'and nothing is left to do');
rollback to quiet;
-- Its end is all that is heard of what came after.
select pg_temp.window('33.14.01', 100, 200) as w \gset
select t.report('33.14.01', '33.14.01', 110);
select is(t.report('33.14.01', '33.14.01', 110, 201, '{}', 205), 'restored', 'it ended a second after the window');
select is((select (state, first_bad, restored_at) from kentongan.ticket), (select ('offered'::text, t.at(110), null::timestamptz)), 'so it has a ticket');
select is(t.heal(1000), 1::bigint, 'which heals');
select is((select restored_at from kentongan.ticket), t.at(201), 'as of its first good probe');
rollback to quiet;

-- What is told late is judged by when it was: the daemon was away until after the window.
select pg_temp.window('33.14.01', 100, 200) as w \gset
select is(t.report('33.14.01', '33.14.01', 110, 190, '{}', 900), 'restored', 'all of it was planned');
select is(pg_temp.tickets(), 0, 'no ticket');
select is(t.report('33.14.01', '33.14.01', 210, 220, '{}', 900), 'restored', 'nothing of it was');
select is(pg_temp.tickets(), 1, 'a ticket');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200) as w \gset
select pg_temp.window('33.14.01', 300, 400);
select t.report('33.14.01', '33.14.01', 110, null, '{}', 310);
select is(pg_temp.tickets(), 1, 'what reached from one window into the next went beyond the first');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200);
select pg_temp.window('33.14.01', 200, 300);
select t.report('33.14.01', '33.14.01', 110);
select is(pg_temp.run(200), 0::bigint, 'windows that meet are one');
select is((select planned_until from kentongan.outage), t.at(300), 'until the end of both');
select is(pg_temp.run(300), 1::bigint, 'which is the end');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200);
select t.report('33.14.01', '33.14.01', 110);
select pg_temp.window('33.14.01', 150, 300, false, 150);
select is(pg_temp.run(200), 0::bigint, 'work that was prolonged in time goes on');
select is(pg_temp.run(300), 1::bigint, 'until its new end');
rollback to quiet;

-- Begun before it: creation is suppressed, nothing else.
select t.report('33.14.01', '33.14.01', 50);
select is(pg_temp.tickets(), 1, 'a ticket from before');
select pg_temp.window('33.14.01', 100, 200);
select is(t.report('33.14.01', '33.14.01', 50, null, '{33.14.01.2001}', 120), 'joined', 'stays open, and others join it');
select is(t.report('33.14.01', '33.14.01', 50, 130), 'restored', 'it comes back');
select is(t.report('33.14.01', '33.14.01', 150), 'joined', 'goes down again: the open ticket takes it, and holds nothing back');
select is(t.report('33.14.01', '33.14.01', 150, 160), 'restored', 'and comes back');
select is(t.heal(500), 1::bigint, 'resolution goes on');
select is(t.state(), 'restored', 'in the window as outside');
rollback to quiet;
select is(t.report('33.14.01', '33.14.01', 50, null, '{}', 55), 'opened', 'detected at 70, told at 55 by a clock that is behind');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200);
select is(t.report('33.14.01', '33.14.01', 70, null, '{}', 130), 'opened', 'detected at 90, before it: told in the window it has its ticket all the same');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200);
select is(t.report('33.14.01', '33.14.01', 90, null, '{}'), 'recorded', 'detected in it: the work began a little early');
rollback to quiet;

-- Ended early; never begun; twice.
select pg_temp.window('33.14.01', 100, 200) as w \gset
select t.report('33.14.01', '33.14.01', 110);
select is(pg_temp.run(140), 0::bigint, 'held');
select is(pg_temp.ends(:w, 150, 'done'), 'over', 'the work is over early');
select is(pg_temp.run(150), 1::bigint, 'so the ticket opens now');
select is((select first_bad from kentongan.ticket), t.at(110), 'with its true start');
select is(pg_temp.planned('33.14.01'), '100-150', 'what was until then stays planned');
select is((select (site, reason, ended_at, ended_by, ended_reason) from kentongan.maintenance), ('33.14.01'::kentongan.code, 'new antenna'::text, t.at(150), 'tester'::text, 'done'::text),
          'and the row says what was planned, and what became of it');
select throws_ok(format('select pg_temp.ends(%s, 160)', :w), 'KT409', format('Maintenance %s was ended by tester already.', :w));
select throws_ok('select pg_temp.ends(99999, 160)', 'KT404');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200) as w \gset
select is(pg_temp.ends(:w, 95), 'over', 'work that is called off');
select is(pg_temp.planned('33.14.01'), null, 'plans nothing');
select is(t.report('33.14.01', '33.14.01', 110), 'opened', 'and holds nothing');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200) as w \gset
select throws_ok(format('select pg_temp.ends(%s, 200)', :w), 'KT409', format('Maintenance %s is over already.', :w));
rollback to quiet;

-- A village in the window of its relay; the relay itself is well.
select pg_temp.window('33.14.01', 100, 200);
select is(t.report('33.14.01.2001', '33.14.01.2001', 110), 'recorded', 'a village behind it by its own fault: planned as well');
select is(pg_temp.run(200), 1::bigint, 'until the window is over');
select is((select root::text from kentongan.ticket), '33.14.01.2001', 'its own ticket');
rollback to quiet;
-- The relay came back, the village behind it did not.
select pg_temp.window('33.14.01', 100, 200);
select t.report('33.14.01.2001', '33.14.01', 112);
select t.report('33.14.01', '33.14.01', 110);
select t.report('33.14.01', '33.14.01', 110, 150);
select is(t.report('33.14.01.2001', '33.14.01.2001', 112, null, '{}', 170), 'recorded', 'a village that stays behind is its own root, and held');
select is(pg_temp.run(201), 1::bigint, 'and has its ticket when the window is over');
select is((select (root::text, first_bad) from kentongan.ticket), (select ('33.14.01.2001'::text, t.at(112))), 'from its own first miss on');
rollback to quiet;
-- A second way round.
select pg_temp.window('33.14.01', 100, 200);
select is(t.report('33.14.01.2003', '33.14.01.2003', 110), 'opened', 'a village with another way is not behind: its silence is not planned');
rollback to quiet;

-- The site alone: what falls silent behind it was not planned.
select pg_temp.window('33.14.01', 100, 200, true);
select is(t.report('33.14.01', '33.14.01', 110, null, '{33.14.01.2001}'), 'recorded', 'the relay alone');
select is(t.report('33.14.01.2001', '33.14.01', 112), 'attached', 'a village falls silent behind it: that was not planned');
select is((select array_agg(site::text) from kentongan.ticket_site), '{33.14.01.2001}', 'the relay''s ticket opens with it');
select is(t.events(), 'open offer', 'once');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200, true);
select is(t.report('33.14.01.2001', '33.14.01', 112), 'recorded', 'the village first');
select is(t.report('33.14.01', '33.14.01', 110), 'opened', 'comes to the same');
rollback to quiet;
select pg_temp.window('33.14.01', 100, 200, true);
select pg_temp.window('33.14.01.2001', 100, 200);
select t.report('33.14.01', '33.14.01', 110);
select is(t.report('33.14.01.2001', '33.14.01', 112), 'recorded', 'a village with a window of its own was planned');
select is(pg_temp.run(200), 1::bigint, 'until both are over');
rollback to quiet;

-- An import hangs the site elsewhere while its outage is held.
select pg_temp.window('33.14.01', 100, 200);
select t.report('33.14.01.2001', '33.14.01.2001', 110);
select is(pg_temp.run(140), 0::bigint, 'held behind its relay');
select t.import(t.with(t.inventory(), 'sites', 4, '{"uplinks": "33.14.02"}'), false, 150);
select is(pg_temp.run(151), 1::bigint, 'behind another relay nothing holds it');
rollback to quiet;

-- What is refused, in words.
create function pg_temp.said(site text, said jsonb, party text default null) returns text language plpgsql as $$
begin
    return kentongan.maintenance_add(site, said, 'Asia/Jakarta', 'tester', party, t.at(0)) ->> 'state';
exception when others then
    return sqlstate || ' ' || sqlerrm;
end $$;
select is(pg_temp.said(site, said::jsonb), want, want || ' ' || said) from (values
    ('33.99', '{"to": "10:00", "reason": "x"}', 'KT404 There is no site 33.99. `kentongan sites` lists them.'),
    ('33.14.01', '{"to": "10:00"}', 'KT422 Maintenance needs a reason that others can read.'),
    ('33.14.01', '{"to": "10:00", "reason": " "}', 'KT422 Maintenance needs a reason that others can read.'),
    ('33.14.01', '{"reason": "x"}', 'KT422 Maintenance ends some time: give "to".'),
    ('33.14.01', '{"to": "10 o''clock", "reason": "x"}', 'KT422 "10 o''clock" is no time for "to". Write it as 2026-11-24 22:00, as 22:00 for today, or with a zone: 2026-11-24T15:00Z.'),
    ('33.14.01', '{"to": "2026-02-30 10:00", "reason": "x"}', 'KT422 "2026-02-30 10:00" is no time for "to". Write it as 2026-11-24 22:00, as 22:00 for today, or with a zone: 2026-11-24T15:00Z.'),
    ('33.14.01', '{"to": "25:00", "reason": "x"}', 'KT422 "25:00" is no time for "to". Write it as 2026-11-24 22:00, as 22:00 for today, or with a zone: 2026-11-24T15:00Z.'),
    ('33.14.01', '{"from": "2026-11-24T10:00+99", "to": "11:00", "reason": "x"}', 'KT422 "2026-11-24T10:00+99" is no time for "from". Write it as 2026-11-24 22:00, as 22:00 for today, or with a zone: 2026-11-24T15:00Z.'),
    ('33.14.01', '{"from": "08:00", "to": "10:00", "reason": "x"}', 'KT422 08:00 is past. Planned is what was announced before: leave "from" out for now, or give a later time (with its day).'),
    ('33.14.01', '{"from": "2026-11-25 10:00", "to": "2026-11-25 09:00", "reason": "x"}', 'KT422 It ends before it begins: "to" is not after "from".'),
    ('33.14.01', '{"to": "2026-12-25 10:00", "reason": "x"}', 'KT422 It would last longer than 31 days. Shorten it, and announce the rest when its time comes.'),
    ('33.14.01', '{"from": "2206-11-24 10:00", "to": "2206-11-24 11:00", "reason": "x"}', 'KT422 It begins in more than a year: give a nearer "from".'),
    ('33.14.01', '{"to": "10:00", "since": "2026-11-25", "reason": "x"}', 'KT422 "since" and "until" are the days between which something comes every week: give "every", or put the days into "from" and "to".'),
    ('33.14.01', '{"every": "mon", "to": "10:00", "reason": "x"}', 'KT422 What comes every week has hours: give "from" and "to" as 22:00 and 23:30.'),
    ('33.14.01', '{"every": "mon", "from": "10:00", "to": "10:00", "reason": "x"}', 'KT422 What comes every week is shorter than a day: "from" and "to" are the same.'),
    ('33.14.01', '{"every": "mon,senin", "from": "10:00", "to": "11:00", "reason": "x"}', 'KT422 "senin" is no day of the week. Write them as mon,tue,wed,thu,fri,sat,sun, or as daily.'),
    ('33.14.01', '{"every": "", "from": "10:00", "to": "11:00", "reason": "x"}', 'KT422 "" is no day of the week. Write them as mon,tue,wed,thu,fri,sat,sun, or as daily.'),
    ('33.14.01', '{"every": "mon", "from": "10:00", "to": "11:00", "since": "24-11-2026", "reason": "x"}', 'KT422 "24-11-2026" is no day for "since". Write it as 2026-11-24.'),
    ('33.14.01', '{"every": "mon", "from": "10:00", "to": "11:00", "since": "2026-12-02", "until": "2026-12-01", "reason": "x"}', 'KT422 It is over before it begins: "until" is before "since".'),
    ('33.14.01', '{"every": "mon", "from": "10:00", "to": "11:00", "since": "2026-12-01", "until": "2026-12-06", "reason": "x"}', 'KT422 No such day comes between "since" and "until".'),
    ('33.14.01', '{"every": "mon", "from": "10:00", "to": "11:00", "since": "2028-12-01", "reason": "x"}', 'KT422 It begins in more than a year: give a nearer "since".'),
    ('33.14.01', '{"to": "10:00", "reason": "x"}', 'on'),
    ('33.14.01', '{"from": "now", "to": "02:00", "reason": "x"}', 'on'),
    ('33.14.01', '{"from": "08:58", "to": "10:00", "reason": "x"}', 'on'),
    ('33.14.01', '{"from": "2026-11-24T02:30Z", "to": "2026-11-24 10:00:30+07:00", "reason": "x"}', 'coming')) x(site, said, want);
select is(pg_temp.said('33.14.01', jsonb_build_object('to', '10:00', 'reason', repeat('x', 501))), 'KT422 The reason has 501 characters; 500 are the most.', 'nor a novel');
select is(pg_temp.said('33.14.01', '{"to": "10:00", "reason": "x"}', 'ct1'), 'KT403 Only the own team announces or ends maintenance. Ask it to, ct1.', 'a contractor plans nothing away');
select is(pg_temp.said('33.14.01', '{"to": "10:00", "reason": "x"}', 'wawan'), 'on', 'one of the own team does');
select throws_ok('select kentongan.maintenance_end(1, null, ''x'', ''ct1'', t.at(0))', 'KT403');
select is((select string_agg(format('%s-%s', to_char(since at time zone 'Asia/Jakarta', 'DD HH24:MI'), to_char(until at time zone 'Asia/Jakarta', 'DD HH24:MI')), ' ' order by id) from kentongan.maintenance),
          '24 09:00-24 10:00 24 09:00-25 02:00 24 09:00-24 10:00 24 09:30-24 10:00 24 09:00-24 10:00', 'hours are of the next time that the clock shows them');
rollback to quiet;

-- Every week, in the zone of the window. Each occurrence as "Tue 22:00-Wed 00:30".
create function pg_temp.weeks(said jsonb, zone text, from_day text, to_day text, now timestamptz) returns text language plpgsql as $$
declare
    m kentongan.maintenance := kentongan.maintenance_new('33.14.01', said || '{"reason": "x"}', zone, now);
begin
    return (select string_agg(format('%s-%s', to_char(lower(r) at time zone zone, 'DD Dy HH24:MI'), to_char(upper(r) at time zone zone, 'DD Dy HH24:MI')), ', ' order by r)
              from unnest(kentongan.maintenance_spans(m, tstzrange(from_day::timestamp at time zone zone, to_day::timestamp at time zone zone))) r);
end $$;
select is(pg_temp.weeks('{"every": "thu, mon", "from": "22:00", "to": "23:30"}', 'Asia/Jakarta', '2026-11-24', '2026-12-01', t.at(0)),
          '26 Thu 22:00-26 Thu 23:30, 30 Mon 22:00-30 Mon 23:30', 'on each of its days');
select is(pg_temp.weeks('{"every": "tue", "from": "22:00", "to": "00:30"}', 'Asia/Jakarta', '2026-11-24', '2026-12-08', t.at(0)),
          '24 Tue 22:00-25 Wed 00:30, 01 Tue 22:00-02 Wed 00:30', 'over midnight it belongs to the day on which it begins');
select is(pg_temp.weeks('{"every": "tue", "from": "22:00", "to": "00:30"}', 'Asia/Jakarta', '2026-11-25', '2026-11-26', t.at(0)),
          '25 Wed 00:00-25 Wed 00:30', 'and what is asked for may begin in the midst of it');
select is(pg_temp.weeks('{"every": "tue", "from": "22:00", "to": "00:00"}', 'Asia/Jakarta', '2026-11-24', '2026-11-26', t.at(0)),
          '24 Tue 22:00-25 Wed 00:00', 'midnight is the end of the day');
select is(pg_temp.weeks('{"every": "daily", "from": "22:00", "to": "23:00", "since": "2026-11-26", "until": "2026-11-27"}', 'Asia/Jakarta', '2026-11-24', '2026-12-24', t.at(0)),
          '26 Thu 22:00-26 Thu 23:00, 27 Fri 22:00-27 Fri 23:00', 'from its first day to its last');
select is(pg_temp.weeks('{"every": "daily", "from": "08:00", "to": "10:00"}', 'Asia/Jakarta', '2026-11-24', '2026-11-25', t.at(0)),
          '24 Tue 09:00-24 Tue 10:00', 'nothing before it was announced is planned');
-- Clocks are put forward on 28 March 2027, back on 25 October 2026 (Europe/Berlin).
select is(pg_temp.weeks('{"every": "sun", "from": "01:00", "to": "04:00"}', 'Europe/Berlin', '2027-03-21', '2027-04-05', '2027-03-20 12:00Z'),
          '21 Sun 01:00-21 Sun 04:00, 28 Sun 01:00-28 Sun 04:00, 04 Sun 01:00-04 Sun 04:00', 'hours are those of the clock in each week');
create function pg_temp.hours(from_text text, to_text text, day text, now timestamptz) returns text language plpgsql as $$
declare
    m kentongan.maintenance := kentongan.maintenance_new('33.14.01', jsonb_build_object('every', 'sun', 'from', from_text, 'to', to_text, 'reason', 'x'), 'Europe/Berlin', now);
begin
    return (select string_agg(format('%s %s', to_char(lower(r) at time zone 'UTC', 'HH24:MI'), upper(r) - lower(r)), ', ')
              from unnest(kentongan.maintenance_spans(m, tstzrange(day::date - 1, day::date + 2))) r);
end $$;
select is(pg_temp.hours('01:00', '04:00', '2027-03-28', '2027-03-27 12:00Z'), '00:00 02:00:00', 'of three hours that night has two');
select is(pg_temp.hours('02:15', '02:45', '2027-03-28', '2027-03-27 12:00Z'), '01:15 00:30:00', 'an hour that there is not is the next one');
select is(pg_temp.hours('02:30', '03:00', '2027-03-28', '2027-03-27 12:00Z'), '01:00 00:30:00', 'nothing is turned round');
select is(pg_temp.hours('01:00', '04:00', '2026-10-25', '2026-10-24 12:00Z'), '23:00 04:00:00', 'and four in autumn');
select is(pg_temp.hours('02:15', '02:45', '2026-10-25', '2026-10-24 12:00Z'), '01:15 00:30:00', 'an hour that there is twice is the second one');
-- The zone of the configuration changes, the window's stays; one Tuesday it is held, the next it opens.
select kentongan.maintenance_add('33.14.01', '{"every": "tue", "from": "10:00", "to": "11:00", "reason": "weekly"}', 'Asia/Jakarta', 'tester', null, t.at(0));
select kentongan.zone_set('UTC');
select is(pg_temp.planned('33.14.01', 0, 700000), '3600-7200 608400-612000', 'ten in Jakarta stays ten in Jakarta');
select is(t.report('33.14.01', '33.14.01', 608500, 608600), 'restored', 'a reboot every week');
select is(pg_temp.tickets(), 0, 'opens nothing');
select t.report('33.14.01', '33.14.01', 608700);
select is(pg_temp.run(612000), 1::bigint, 'unless it does not come back');
select is(pg_temp.ends((select max(id) from kentongan.maintenance), 612100), 'over', 'all weeks to come end at once');
select is(pg_temp.planned('33.14.01', 0, 6000000), '3600-7200 608400-612000', 'those that were stay');
rollback to quiet;

-- The list.
select pg_temp.window('33.14.01', 100, 200) as one \gset
select pg_temp.window('33.14.02', 50, 80) as two \gset
select pg_temp.window('33.14.01', 300, 400, true) as three \gset
select kentongan.maintenance_add('33.14', '{"every": "sun", "from": "01:00", "to": "02:00", "until": "2027-01-31", "reason": "weekly"}', 'Asia/Jakarta', 'tester', null, t.at(0)) ->> 'id' as four \gset
create function pg_temp.list(all_too boolean, site text, now_s numeric) returns text language sql as $$
    select string_agg(format('%s %s', replace(d ->> 'site', '33.14', '*'), d ->> 'state'), ', ' order by n)
      from jsonb_array_elements(kentongan.maintenance_list(all_too, site, t.at(now_s))) with ordinality x(d, n)
$$;
select is(pg_temp.list(false, null, 100), '*.01 on, *.01 coming, * coming', 'what is on and what comes, the next first');
select is(pg_temp.list(true, null, 100), '*.01 on, *.01 coming, * coming, *.02 over', 'all of it');
select is(pg_temp.list(true, '33.14.01.2001', 100), '*.01 on, * coming', 'those that take a village in, through its relay and through the core');
select is(pg_temp.list(true, '33.14.01.2003', 100), '* coming', 'one relay of two does not');
select throws_ok('select kentongan.maintenance_list(false, ''33.99'', now())', 'KT404');
select is((select d - '{id,created,next}'::text[] from jsonb_array_elements(kentongan.maintenance_list(true, '33.14.03', t.at(100))) d),
    '{"site": "33.14", "name": "Sragen", "behind": true, "sites": 8, "reason": "weekly", "every": ["sun"], "from": "01:00", "to": "02:00", "since": "2026-11-24",
      "until": "2027-01-31", "zone": "Asia/Jakarta", "by": "tester", "ended": null, "ended_by": null, "ended_reason": null, "state": "coming"}', 'a window as programs read it');
select is((select d -> 'next' from jsonb_array_elements(kentongan.maintenance_list(true, '33.14.03', t.at(100))) d),
    '{"since": "2026-11-28T18:00:00.000000Z", "until": "2026-11-28T19:00:00.000000Z"}', 'and when it is open next');

-- What sites say of it.
select is(kentongan.site_maintenance('33.14.01.2001', t.at(110)) #> '{now,windows}', format('[{"id": %s, "site": "33.14.01", "name": "Kalijambe", "reason": "new antenna", "by": "tester"}]', :one)::jsonb, 'a village tells its relay''s work');
select is(kentongan.site_maintenance('33.14.01.2001', t.at(110)) #>> '{now,until}', kentongan.wall_text(t.at(200)), 'until when');
select is(kentongan.site_maintenance('33.14.01', t.at(110)) #>> '{next,since}', kentongan.wall_text(t.at(300)), 'and the next');
select is(kentongan.site_maintenance('33.14.01.2003', t.at(110)) -> 'now', 'null', 'a village with a second way is in none');
select is((select string_agg(s ->> 'code', ' ' order by s ->> 'code') from jsonb_array_elements(kentongan.api_sites(null, null, t.at(110))) s where (s ->> 'maintenance')::boolean),
          '33.14.01 33.14.01.2001 33.14.01.2002', 'the API says who is in maintenance');

-- The figures: of what was cut off, what was planned is not the network's. 100 to 200 is planned, 90 to 300 it was cut.
rollback to quiet;
insert into kentongan.site_state (site, state, since, at, watched_since) select site, 'up', t.at(0), t.at(0), t.at(0) from kentongan.device where role = 'gateway';
select pg_temp.window('33.14.01', 100, 200);
create function pg_temp.figures() returns text language sql as $$
    select string_agg(format('%s down %s excused %s', replace(site, '33.14', '*'), trim_scale(down_s), trim_scale(excused_s)), ', ' order by site)
      from kentongan.site_availability(t.at(0), t.at(1000)) where down_s > 0
$$;
create function pg_temp.causes() returns text language sql as $$
    select string_agg(format('%s %s', key, trim_scale(down_s)), ', ' order by key) from kentongan.report_time_known(t.at(0), t.at(1000), 'cause') where down_s > 0 and not is_total
$$;
insert into kentongan.outage (site, root, first_bad, detected, restored_at) values ('33.14.01', '33.14.01', t.at(90), t.at(95), t.at(300)),
    ('33.14.01.2001', '33.14.01', t.at(150), t.at(160), t.at(180)), ('33.14.02', '33.14.02', t.at(150), t.at(160), t.at(180));
select is(pg_temp.figures(), '*.01 down 210 excused 100, *.01.2001 down 30 excused 30, *.02 down 30 excused 0', 'cut off all the same, and planned of it what was');
select is(pg_temp.causes(), 'planned 130, unknown 140', 'the causes add up to what was cut off');
insert into kentongan.outage (site, root, first_bad, detected, restored_at) values ('33.14.01', '33.14.01', t.at(190), t.at(195), t.at(310));
select is(pg_temp.figures(), '*.01 down 220 excused 100, *.01.2001 down 30 excused 30, *.02 down 30 excused 0', 'no second is planned twice');
select kentongan.maintenance_end((select max(id) from kentongan.maintenance), null, 'tester', null, t.at(120));
select is(pg_temp.causes(), 'planned 20, unknown 260', 'what was ended early plans no more');
rollback to quiet;

-- Who may.
select is(t.try(statement, role), case when role = 'kentongan_app' then 'ok' else '42501' end, format('%s: %s', role, statement))
  from unnest(array['select kentongan.maintenance_run(now())', 'select kentongan.maintenance_list(true, null, now())',
                    $$select kentongan.maintenance_add('33.14.01', '{"to": "2026-11-24 10:00", "reason": "x"}', 'Asia/Jakarta', 'x', null, '2026-11-24 02:00Z')$$]) statement,
       unnest(array['kentongan_app', 'kentongan_web', 'kentongan_report']) role;
select is(t.try('select kentongan.outage_held(o, null, now()) from kentongan.outage o', 'kentongan_app'), '42501', 'what is inside stays inside');

-- Random networks: downwards and upwards, at once and one by one, find the same.
delete from kentongan.maintenance;
delete from kentongan.uplink;
select setseed(0.42);
insert into kentongan.site (code, name, kind) select 'n' || lpad(n::text, 2, '0'), 'n', 'relay' from generate_series(1, 40) n;
insert into kentongan.uplink (site, parent, ordinal)
select site, parent, row_number() over (partition by site) from (
    select distinct 'n' || lpad(n::text, 2, '0') as site, 'n' || lpad((1 + floor(random() * (n - 1)))::int::text, 2, '0') as parent
      from generate_series(3, 40) n, generate_series(1, 2)) x;
insert into kentongan.maintenance (site, behind, reason, since, until, zone, created_at, created_by)
select 'n' || lpad((1 + floor(random() * 40))::int::text, 2, '0'), random() < 0.7, 'x', t.at(s), t.at(s + 1 + floor(random() * 200)::int), 'UTC', t.at(0), 'x'
  from (select floor(random() * 1000)::int as s from generate_series(1, 60)) x;
select results_eq($$select site, planned from kentongan.maintenance_by_site(t.at(100), t.at(900)) order by 1$$,
    $$select code::text, kentongan.maintenance_planned(code, tstzrange(t.at(100), t.at(900))) from kentongan.site
       where kentongan.maintenance_planned(code, tstzrange(t.at(100), t.at(900))) <> '{}' order by 1$$, 'at once is one by one');
select cmp_ok((select count(*)::int from kentongan.maintenance_by_site(t.at(100), t.at(900)) b
                where not exists (select from kentongan.maintenance m where m.site = b.site)), '>', 2, 'of sites without a window of their own, too');
select is((select count(*)::int from generate_series(100, 900, 50) s, kentongan.site c
            where kentongan.maintenance_covers(code, t.at(s)) <> exists (select from kentongan.maintenance_by_site(t.at(0), t.at(2000)) b where b.site = c.code and b.planned @> t.at(s))),
          0, 'and so is each instant');
select * from finish();
rollback;
