-- SPDX-License-Identifier: ISC
-- The field page: what it shows to whom, how its link grows old, what a form that is sent twice does.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.page(party text, now_s numeric default 300, ticket bigint default null) returns jsonb language sql as
    $$ select kentongan.ticket_page(coalesce($3, (select max(id) from kentongan.ticket)), party, t.at(now_s)) $$;
create function pg_temp.actions(party text, now_s numeric default 300) returns text language sql as
    $$ select string_agg(x, ' ' order by n) from jsonb_array_elements_text(pg_temp.page(party, now_s) -> 'actions') with ordinality as a(x, n) $$;
create function pg_temp.next() returns text language sql as
    $$ select concat_ws(' ', pg_temp.page(null) #>> '{next,who}', pg_temp.page(null) #>> '{next,what}') $$;
create function pg_temp.link(party text, generation int) returns text language sql as
    $$ select kentongan.link_check((select max(id) from kentongan.ticket), party, generation) $$;
savepoint plain;

-- The page.
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001', '33.14.02']);
select is(pg_temp.page('ct1') - 'ticket' - 'id' - 'timeline', '{
    "state": "offered", "kind": "down", "feeder": null, "seq": 2, "generation": 1, "party": "ct1", "party_name": "CV Menara", "contract": "all",
    "root": {"code": "33.14.01", "name": "Kalijambe", "kecamatan": "Kalijambe", "lat": -7.43614, "lng": 110.81379},
    "affected": {"count": 2, "now": 2, "sites": [{"code": "33.14.01.2001", "name": "Krikilan", "kecamatan": "Kalijambe", "until": null},
                                       {"code": "33.14.02", "name": "Plupuh", "kecamatan": "Plupuh", "until": null}]},
    "first_bad": "2026-11-24T02:00:00.000000Z", "last_good": "2026-11-24T01:59:30.000000Z", "back": null,
    "opened": "2026-11-24T02:00:20.000000Z", "accepted": null, "onsite": null, "claimed": null, "restored": null,
    "closed": null, "cancelled": null, "cause_reported": null, "action": null, "reopen_count": 0, "unproven_count": 0,
    "cause": {"guess": null, "confidence": null, "ranked": null, "opening": null, "proven": null, "booted_at": null}, "evidence": [], "measures": [],
    "next": {"who": "party", "what": "accept"}, "actions": ["accept", "decline", "note"],
    "causes": ["power", "upstream", "link", "antenna", "cable", "fibre", "psu", "ups", "device", "config", "lightning",
               "vandalism", "planned", "unknown"],
    "action_codes": ["power_restored", "realigned", "replaced", "recabled", "reconfigured", "rebooted", "none"],
    "course": null, "now": {"state": "unknown", "since": null, "blind": null, "work": null}, "language": "id"}'::jsonb, 'a page has all keys');

-- How the link has been: an hour a step, with the signal and the voltage that its profile calls main.
savepoint course;
insert into kentongan.rollup_inbox select d.id, t.at(-3600), 10, 3, 600, 700, 720, 750 from kentongan.device d where site = '33.14.01' and role = 'gateway';
select kentongan.rollup_take(t.at(-86400), t.at(300));
insert into kentongan.reading_inbox
select d.id, t.at(-3600), m, '', 'gauge', u, main, p, 1, 12.5, null, null, null
  from kentongan.device d, (values ('load', '%', true, 0), ('voltage', 'V', true, 2), ('signal', 'dBm', true, 1), ('noise', 'dBm', false, 3), ('input', 'V', true, 4)) v(m, u, main, p)
 where site = '33.14.01' and role = 'gateway';
select kentongan.reading_rollup_take(t.at(-86400), t.at(300), 16);
select is(pg_temp.page('ct1') #> '{course,link}', '[[22, 10, 3]]', 'each hour with what was lost');
select is(pg_temp.page('ct1') #>> '{course,from}', '2026-11-23T03:00:00.000000Z', 'of a day, the present hour with it');
select is(pg_temp.page('ct1') #>> '{course,until}', '2026-11-24T01:05:00.000000Z', 'and up to when that is known');
select is((select string_agg(r ->> 'metric', ' ') from jsonb_array_elements(pg_temp.page('ct1') #> '{course,readings}') r), 'signal voltage',
          'two readings, in the order of the profile');
select is(pg_temp.page('ct1') #> '{course,readings,1}', '{"metric": "voltage", "instance": null, "unit": "V", "least": 12.5, "most": 12.5, "last": 12.5, "steps": [[22, 12.5]]}',
          'with their figures');
savepoint part;
insert into kentongan.rollup_inbox select d.id, t.at(0), 2, 0, 600, 700, 720, 750, 1000, 40000 from kentongan.device d
 where site = '33.14.01' and role = 'gateway';
select kentongan.rollup_take(t.at(-86400), t.at(300));
select is(pg_temp.page('ct1', 100) #>> '{course,until}', '2026-11-24T02:00:40.000000Z', 'five minutes that a stop cut short are not known to their end');
select is(pg_temp.page('ct1', 300) #>> '{course,until}', '2026-11-24T02:05:00.000000Z', 'which is not in the future');
rollback to part;
create temp table page as select pg_temp.page('ct1') -> 'course' as c;
select kentongan.history_keep('30 days', '730 days', t.at(300));
select is(pg_temp.page('ct1') -> 'course', c, 'the same when its hours are folded') from page;
select is(pg_temp.page('ct1', 90000) -> 'course', 'null', 'of a day of which nothing is known, nothing');
rollback to course;

-- What is known of it at this moment.
select kentongan.state_report(jsonb_build_array(jsonb_build_object('site', '33.14.01', 'state', 'down', 'since', t.at(0))), t.at(20));
select kentongan.maintenance_add('33.14.01', jsonb_build_object('from', kentongan.wall_text(t.at(30)), 'to', kentongan.wall_text(t.at(7200)),
           'reason', 'new antenna'), 'Asia/Jakarta', 'tester', null, t.at(25));
select is(pg_temp.page('ct1', 29) -> 'now', jsonb_build_object('state', 'down', 'since', kentongan.wall_text(t.at(0)), 'blind', null, 'work', null), 'silent');
select is(pg_temp.page('ct1', 60) #> '{now,work}', jsonb_build_object('since', kentongan.wall_text(t.at(60)), 'until', kentongan.wall_text(t.at(7200)),
              'windows', jsonb_build_array(jsonb_build_object('id', (select max(id) from kentongan.maintenance), 'site', '33.14.01', 'name', 'Kalijambe',
                                                              'reason', 'new antenna', 'by', 'tester'))), 'planned work that goes on, with who announced it');
select kentongan.watch_sight('n1', true, t.at(70), t.at(80));
select is((pg_temp.page('ct1', 90) -> 'now') - 'work', jsonb_build_object('state', 'unknown', 'since', kentongan.wall_text(t.at(70)),
              'blind', kentongan.wall_text(t.at(70))), 'and while we are cut off nobody knows');
rollback to course;
select is((select string_agg(e ->> 'action', ' ' order by n) from jsonb_array_elements(pg_temp.page('ct1') -> 'timeline') with ordinality as x(e, n)),
          'offer open', 'its timeline has the newest first');
select is(pg_temp.page('ct1') #> '{timeline,0}', '{"at": "2026-11-24T02:00:20.000000Z", "actor": "engine", "party": "ct1", "action": "offer",
    "from": "new", "to": "offered", "note": null, "detail": {"contract": "all"}}'::jsonb, 'each with its keys');
select is(pg_temp.page('ct1') ->> 'ticket', number, 'the number') from kentongan.ticket;

-- Whose it is.
select isnt(pg_temp.page(party), null, party || ' sees it') from unnest(array['ct1', 'budi', 'dit', 'wawan']) party;
select isnt(pg_temp.page(null), null, 'so does the operator');
select is(pg_temp.page('ct2'), null, 'another contractor does not');
select is(pg_temp.page('nobody'), null, 'nor somebody unknown');
select is(kentongan.ticket_page(4711, null, t.at(0)), null, 'there is no such ticket');
select is(pg_temp.page('dit') ->> 'language', 'id', 'the language is the reader''s');
select is(kentongan.party_language('ct2'), 'en', 'whoever that is');

-- A kecamatan is a code or a name.
update kentongan.site set kecamatan = '33.14.02' where code = '33.14.02';
update kentongan.site set kecamatan = '' where code = '33.14.01';
select is(pg_temp.page('ct1') #>> '{affected,sites,1,kecamatan}', 'Plupuh', 'a code gives the name of its site');
select is(pg_temp.page('ct1') #> '{root,kecamatan}', 'null', 'none is null');

-- What may be done now, and by whom; every offered action is taken, every other is refused.
create function pg_temp.taken(state text, party text, now_s numeric) returns text language sql as $$
    select is(string_agg(a.action, ' ' order by a.action)
                  filter (where t.try(format('select t.act(%L, %s, %L, %L)', a.action, now_s,
                      case when a.action in ('claim', 'close') then '{"cause": "power", "action": "none"}'
                           when a.action = 'note' then '{"note": "a word"}' else '{}' end, party)) = 'ok'),
              (select string_agg(x, ' ' order by x) from unnest(string_to_array(pg_temp.actions(party, now_s), ' ')) x),
              format('%s after %s s: what is offered to %s is what is taken', state, now_s, coalesce(party, 'the operator')))
      from (select distinct action from kentongan.ticket_transition) a
$$;
create function pg_temp.taken_in(state text) returns setof text language plpgsql as $$
begin
    perform t.force(state);
    return query select pg_temp.taken(state, party, now_s) from unnest(array['ct1', 'ct2', null]) party,
                                                                unnest(array[300, 8 * 86400]) now_s
                  where now_s = 300 or state in ('closed', 'cancelled');
end $$;
select pg_temp.taken_in(state) from kentongan.ticket_state order by ordinal;
rollback to plain;

select t.report('33.14.01', '33.14.01', 0);
select is(pg_temp.next(), 'party accept', 'offered: the party accepts');
select t.act('accept', 30, '{}', 'ct1');
select is(pg_temp.next(), 'party onsite', 'accepted: it goes there');
select is(pg_temp.actions('ct1'), 'onsite claim note', 'in the order of the work');
select is(pg_temp.actions(null), 'onsite claim note cancel', 'the own team can cancel, too');
select t.report('33.14.01', '33.14.01', 0, 40);
select is(pg_temp.next(), 'party claim', 'the link is back: it only has to claim');
select is(pg_temp.page('ct1') ->> 'back', '2026-11-24T02:00:40.000000Z', 'and is told since when');
select t.act('claim', 45, '{"cause": "power", "action": "none"}');
select is(pg_temp.next(), 'engine verify', 'claimed: the engine watches');
select t.settle(true, 46, 240);
select is(pg_temp.next(), 'party close', 'restored: it closes');
select is(pg_temp.actions('ct1'), 'close note', 'and claims no second time');
select t.act('close', 250);
select is(pg_temp.next(), '', 'closed: nobody is waited for');
select is(pg_temp.actions('ct1', 250 + 8 * 86400), null, 'and after a week nothing can be done');
select t.act('note', 260 + n, format('{"note": "%s"}', n)::jsonb) from generate_series(1, 40) n;
select is(jsonb_array_length(pg_temp.page('ct1') -> 'timeline'), 30, 'thirty events');
select is(pg_temp.page('ct1') #>> '{timeline,0,note}', '40', 'the newest');
rollback to plain;

insert into kentongan.site (code, name, kind) select 'v' || n, 'Desa ' || n, 'village' from generate_series(1000, 1079) n;
select t.report('33.14.03', '33.14.03', 0, null, (select array_agg(code::text) from kentongan.site where code like 'v1%'));
select is(pg_temp.page(null) #>> '{affected,count}', '80', 'all affected are counted');
select is(jsonb_array_length(pg_temp.page(null) #> '{affected,sites}'), 50, 'fifty are named');
select t.report('33.14.03', '33.14.03', 0, null, array['v1078', 'v1079'], 100);
select is(pg_temp.page(null) #> '{affected,now}', '2', 'and how many still are');
select is((select array_agg(x ->> 'code') from jsonb_array_elements(pg_temp.page(null) #> '{affected,sites}') with ordinality y(x, n) where n <= 3),
          '{v1078,v1079,v1000}', 'who is comes first');
select is(pg_temp.page(null) #>> '{affected,sites,2,until}', kentongan.wall_text(t.at(100)), 'the others with the time until which they were');
select is(pg_temp.next(), 'team accept', 'nobody under contract: the own team');
select is(pg_temp.page(null) -> 'party_name', 'null', 'no party');
rollback to plain;

-- The link: of this turn, of an earlier one, or none.
select t.report('33.14.01', '33.14.01', 0);
select is(pg_temp.link('ct1', 1), 'ok', 'the link of the offer');
select is(pg_temp.link('ct1', 2), 'none', 'of a turn that is still to come');
select is(pg_temp.link('ct1', 0), 'none', 'of none');
select is(pg_temp.link('ct2', 1), 'old', 'another''s is not good');
select is(pg_temp.link('nobody', 1), 'none', 'a party that there is not');
select is(kentongan.link_check(4711, 'ct1', 1), 'none', 'a ticket that there is not');
select t.act('accept', 30, '{}', 'ct1');
select is(pg_temp.link('ct1', 1), 'ok', 'accepting keeps it');
rollback to plain;

-- Declining.
select t.report('33.14.01', '33.14.01', 0);
select throws_ok($$select t.act('decline', 30, '{}', 'ct2')$$, 'KT403');
select is(t.act('decline', 30, '{"note": "Tower crew is in Solo"}', 'ct1') ->> 'state', 'new', 'declined: new again');
select is((select (party::text, generation, seq, contract::text) from kentongan.ticket), (select (null::text, 2, 3, 'all'::text)),
          'nobody''s, the turn has moved');
select is((select (party, note, detail, from_state, to_state) from kentongan.ticket_event where action = 'decline'),
          (select ('ct1'::text, 'Tower crew is in Solo'::text, '{"offered_to": "ct1", "generation": 1}'::jsonb, 'offered'::text, 'new'::text)), 'the log says whose it was, and why');
select is((select string_agg(endpoint::text, ',') from kentongan.notification where type = 'ticket.escalated'), 'team', 'the own team hears of it');
select is((select data ->> 'party' from kentongan.notification where type = 'ticket.escalated'), null, 'and that it is nobody''s');
select is(pg_temp.link('ct1', 1), 'declined', 'the link says what became of it');
select is(pg_temp.link('ct2', 1), 'old', 'another''s does not');
select is(pg_temp.page('ct1'), null, 'and the page another''s');
select throws_ok($$select t.act('accept', 40, '{}', 'ct1')$$, 'KT403');
select is(t.act('accept', 50) ->> 'state', 'accepted', 'the own team takes it');
select is((select (party::text, generation) from kentongan.ticket), (select ('dit'::text, 3)), 'and the turn moves again');
select is(pg_temp.link('ct1', 1), 'declined', 'whoever has it now');
select throws_ok($$select t.act('decline', 60)$$, 'KT409');
rollback to plain;
select t.report('33.14.01', '33.14.01', 0);
create temp table declined as select t.act('decline', 30, '{"note": "no", "key": "page1"}', 'ct1') as answer;
select is(t.act('decline', 31, '{"note": "no", "key": "page1", "seq": 0}', 'ct1'), (select answer from declined), 'sent again: the same answer');
select throws_ok($$select t.act('decline', 31, '{"note": "no", "key": "page2", "seq": 0}', 'ct1')$$, 'KT403');
update kentongan.ticket set party = 'ct1', state = 'offered';
select is(pg_temp.link('ct1', 3), 'ok', 'offered once more: a turn of its own');
select is(pg_temp.link('ct1', 1), 'declined', 'the first stays declined');
select throws_ok($$select t.act('decline', 32, '{"note": "no", "key": "page2", "seq": 0}', 'ct1')$$, 'KT412');
rollback to plain;
select t.report('33.14.01', '33.14.01', 0);
select t.act('decline', 30);
select is(pg_temp.link('ct1', 1), 'old', 'declined by the own team in its place: not its own doing');
rollback to plain;
select t.report('33.14.01', '33.14.01', 0);
select t.act('decline', 30, '{}', 'budi');
select is(pg_temp.link('ct1', 1), 'declined', 'declined by one of its people: its own');
rollback to plain;

-- Messages carry a link only to whose turn it is, and keep it.
select t.report('33.14.01', '33.14.01', 0);
select results_eq($$select type, link_party, link_generation from kentongan.outbox_lease('n1', 10, '1 min', t.at(20)) where id is not null order by type$$,
    $$values ('ticket.offered', 'ct1', 1), ('ticket.opened', null, null)$$, 'the offer has one, the team''s message none');
select is((select count(*)::int from kentongan.outbox_lease('n1', 10, '1 min', t.at(90)) x, kentongan.ticket k where x.link_ticket = k.id), 1, 'and the ticket''s id');
select t.act('decline', 100);
select kentongan.outbox_settle(id, 'n1', 'retry', 2, 500, 'x', 1, t.at(100), t.at(110), t.at(101)) from kentongan.notification where type = 'ticket.offered';
select is((select (link_party, link_generation) from kentongan.outbox_lease('n1', 10, '1 min', t.at(120)) where type = 'ticket.offered'),
          (select ('ct1'::text, 1)), 'a retry keeps the link of its time, which is old by now');
select is((select link_generation from kentongan.outbox_lease('n1', 10, '1 min', t.at(170)) where type = 'ticket.escalated'), null, 'nobody''s ticket has no link');
rollback to plain;
select t.report('33.14.01.2001', '33.14.01.2001', 0);
select is((select count(*)::int from kentongan.outbox_lease('n1', 10, '1 min', t.at(20)) where link_party = 'dit'), 1,
          'the own team under contract gets one (its first message is under way)');
rollback to plain;

-- Sent twice.
select t.report('33.14.01', '33.14.01', 0);
create temp table first as select t.act('accept', 30, '{"seq": 2, "key": "page1"}', 'ct1') as answer;
select is((select answer ->> 'seq' from first), '3', 'the first is taken');
create temp table before as select t.sum();
select is(t.act('accept', 31, '{"seq": 2, "key": "page1"}', 'ct1'), (select answer from first), 'the second is answered as the first');
select is(t.sum(), (select sum from before), 'and does nothing');
select throws_ok($$select t.act('accept', 32, '{"key": "page2"}', 'ct1')$$, 'KT409');
select throws_ok($$select t.act('accept', 32, '{"key": "page1"}', null)$$, 'KT409');
select throws_ok($$select t.act('onsite', 33, '{"key": "page1"}', 'ct1')$$, 'KT42K',
                 'This key was sent with "accept" already. Load the page again, then decide.');
select throws_ok($$select t.act('note', 34, jsonb_build_object('note', 'x', 'key', repeat('k', 65)), 'ct1')$$, 'KT422',
                 'The key has 65 characters; 64 are the most.');
select throws_ok($$select t.act('note', 34, '{"key": "page3"}', 'ct1')$$, 'KT422');
select is(t.act('note', 35, jsonb_build_object('note', 'x', 'key', 'page3'), 'ct1') ->> 'seq', '4', 'a key of what was refused is free');
select is((select detail from kentongan.ticket_event where action = 'note'), '{}', 'the log has no keys');
select is(t.act('note', 36, '{"note": " x ", "key": "page3", "seq": 5, "cause": ""}', 'ct1') ->> 'seq', '4', 'blanks around it and what is empty say nothing else');
select throws_ok($$select t.act('note', 36, '{"note": "y", "key": "page3"}', 'ct1')$$, 'KT42K',
                 'This key was sent with other words already, which were taken. Load the page again, then decide.');
select t.act('claim', 37, '{"cause": "power", "action": "none", "key": "C1"}', 'ct1');
select t.settle(false, null, 220);
select throws_ok(format('select t.act(%L, 230, %L, %L)', 'claim', args, 'ct1'), 'KT42K', null, 'an old form with ' || args || ' is not swallowed')
  from unnest(array['{"cause": "cable", "action": "none", "key": "C1"}', '{"cause": "power", "action": "replaced", "key": "C1"}',
                    '{"cause": "power", "action": "none", "note": "again", "key": "C1"}']) args;
select is((select count(*)::int from kentongan.ticket_event where action in ('note', 'claim')), 2, 'nor done');
select is(t.act('claim', 231, '{"cause": "power", "action": "none", "key": "C1"}', 'ct1') ->> 'state', 'claimed', 'the same words: the answer of then');
select is((select state from kentongan.ticket), 'accepted', 'and nothing is done');
-- A key from before its words were kept.
update kentongan.act_key set content = null where key = 'page3';
select is(t.act('note', 240, '{"note": "z", "key": "page3"}', 'ct1') ->> 'seq', '4', 'is answered as it was');
select t.report('33.14.02', '33.14.02', 0);
select is(t.act('accept', 36, '{"key": "page1"}', 'ct1') ->> 'state', 'accepted', 'another ticket, another key');
select * from finish();
rollback;
