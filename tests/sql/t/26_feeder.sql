-- SPDX-License-Identifier: ISC
-- A feeder without power is one ticket: whoever is told first, whatever was known then, in whatever steps it returns.
begin;
select no_plan();
select is(t.import(t.with(t.with(t.with(t.inventory(), 'sites', 4, '{"feeder": "SGN-04"}'), 'sites', 5, '{"feeder": "SGN-04"}'),
                          'sites', 8, '{"feeder": "SGN-04"}')) ->> 'applied', 'true', 'four villages on one feeder');
\set a '''33.14.01.2001'''
\set b '''33.14.01.2002'''
\set c '''33.14.01.2003'''
\set d '''33.14.02.2001'''
-- A village's own silence, as part of the feeder's or (feeder null) not.
create function pg_temp.off(site text, bad_s numeric, good_s numeric default null, now_s numeric default null,
                            feeder text default 'SGN-04', root text default null) returns text language sql as $$
    select outcome from kentongan.fault_report(site, coalesce(root, site), t.at(bad_s - 30), t.at(bad_s), t.at(bad_s + 20), t.at(good_s),
                                               '{}', t.at(coalesce(now_s, good_s, bad_s + 20)), null, null,
                                               jsonb_build_object('guess', case when feeder is null then 'link' else 'power' end,
                                                                  'confidence', 0.9, 'feeder', feeder))
$$;
create function pg_temp.tickets() returns text language sql as $$
    select string_agg(concat_ws(' ', root, kind, feeder, state), ', ' order by id) from kentongan.ticket
$$;
create function pg_temp.members(p_ticket bigint) returns text language sql as $$
    select string_agg(site, ' ' order by site) from kentongan.outage where ticket = p_ticket and site = root
$$;
create function pg_temp.first_ticket() returns bigint language sql as 'select min(id) from kentongan.ticket';
create function pg_temp.last_ticket() returns bigint language sql as 'select max(id) from kentongan.ticket';
savepoint plain;

-- The feeder is known at once.
select is(pg_temp.off(:a, 0), 'opened', 'the first opens');
select is(pg_temp.off(:b, 5), 'joined', 'the second joins');
select is(pg_temp.off(:c, -5, null, 30), 'joined', 'and the third');
select is(pg_temp.off(:c, -5, null, 31), 'unchanged', 'said twice, nothing new');
select is(pg_temp.tickets(), '33.14.01.2001 powered-off SGN-04 offered', 'one ticket, of the feeder');
select is((select (first_bad, last_good) from kentongan.ticket), (select (t.at(-5), t.at(-35))), 'that began with the first of them');
select is((select jsonb_agg(site order by site) from kentongan.ticket_site), '["33.14.01.2002", "33.14.01.2003"]', 'the others are cut off by it');
select is(t.events(), 'open offer join join', 'its log');
select is((select data ->> 'feeder' from kentongan.notification where type = 'ticket.opened'), 'SGN-04', 'the message names the feeder');
select is((select (kind, feeder) from report.ticket), row('powered-off'::text, 'SGN-04'::text), 'and so does the report');
-- Whoever is behind one of them joins it, too.
select is(t.report('33.14.01', :b, 8), 'attached', 'a site behind the second one');
-- It returns in steps.
select is(pg_temp.off(:a, 0, 600), 'restored', 'the first is back');
select is(t.heal(1200), 0::bigint, 'the ticket is not: others are still off');
select is(t.state(), 'offered', 'it stays open');
select is(pg_temp.off(:c, -5, 1300), 'restored', 'the third is back');
select is(pg_temp.off(:b, 5, 1400), 'restored', 'the last is back');
select is(t.heal(1450), 0::bigint, 'it has to stay');
select is(t.heal(1600), 1::bigint, 'and it does');
select is((select (state, restored_at) from kentongan.ticket), (select ('restored'::text, t.at(1400))), 'restored when the last was');
select is(t.events(), 'open offer join join join site.back site.back site.back link.back restore', 'its log says who came back');
select is((select count(*)::int from kentongan.ticket), 1, 'nobody was told of more than one');
select is(pg_temp.off(:a, 5000), 'opened', 'the next loss is another ticket');
rollback to plain;

-- Villages that were told before the feeder was known: the first ticket becomes the feeder's, the others go up in it.
select is(pg_temp.off(:a, 0, null, null, null), 'opened', 'a village, alone');
select is(pg_temp.off(:b, 5, null, null, null), 'opened', 'another one');
select is(t.report('33.14.01', :b, 7), 'attached', 'with one behind it');
select is(pg_temp.off(:c, 10), 'joined', 'the third tells that it is the feeder');
select is(pg_temp.tickets(), '33.14.01.2001 powered-off SGN-04 offered, 33.14.01.2002 down cancelled', 'one ticket is left');
select is(pg_temp.members(pg_temp.first_ticket()), '33.14.01.2001 33.14.01.2002 33.14.01.2003', 'with all three');
select is((select ticket from kentongan.outage where site = '33.14.01'), pg_temp.first_ticket(), 'and who is behind them');
select is(t.events(pg_temp.first_ticket()), 'open offer feeder join join', 'its log says how');
select is(t.events(pg_temp.last_ticket()), 'open offer join cancel', 'and that of the other');
select is((select detail ->> 'duplicate_of' from kentongan.ticket_event where action = 'cancel'),
          (select number from kentongan.ticket where id = pg_temp.first_ticket()), 'which points to it');
select ok(t.owed(pg_temp.last_ticket()) like '%ticket.cancelled menara%', 'so that nobody drives');
select is((select data ->> 'kind' from kentongan.notification where type = 'ticket.opened' and ticket = pg_temp.first_ticket()), 'powered-off',
          'a message that waits says it as it is now');
select is(pg_temp.off(:a, 0, null, 40), 'unchanged', 'the first is told again, with the feeder');
select is(pg_temp.off(:b, 5, null, 41), 'unchanged', 'and the second');
select is(pg_temp.tickets(), '33.14.01.2001 powered-off SGN-04 offered, 33.14.01.2002 down cancelled', 'nothing more happens');
select is((select count(*)::int from kentongan.ticket_event), 9, 'nor is it logged');
select is((select cause_guess from report.ticket where id = pg_temp.first_ticket()), 'link', 'what was said at opening stays');
rollback to plain;

-- The same, told in the other order: first the one that has a ticket.
select pg_temp.off(:a, 0, null, null, null);
select is(pg_temp.off(:a, 0, null, 30), 'unchanged', 'a village''s ticket becomes the feeder''s');
select is(pg_temp.tickets(), '33.14.01.2001 powered-off SGN-04 offered', 'it is');
select is(pg_temp.off(:b, 5), 'joined', 'and the next joins');
rollback to plain;

-- A ticket that somebody accepted is never taken from him: it becomes the feeder's, or stays.
select pg_temp.off(:a, 0, null, null, null);
select pg_temp.off(:b, 5, null, null, null);
select t.act('accept', 40, '{}', 'ct1');
select pg_temp.off(:a, 0, null, 50);
select is(pg_temp.tickets(), '33.14.01.2001 down cancelled, 33.14.01.2002 powered-off SGN-04 accepted', 'the accepted one becomes the feeder''s');
rollback to plain;
select pg_temp.off(:a, 0, null, null, null);
select t.act('accept', 25);
select pg_temp.off(:b, 5, null, null, null);
select t.act('accept', 40, '{}', 'ct1');
select pg_temp.off(:c, 6);
select pg_temp.off(:b, 5, null, 60);
select is(pg_temp.tickets(), '33.14.01.2001 powered-off SGN-04 accepted, 33.14.01.2002 down accepted', 'of two accepted ones the second stays');
select is(t.events(), 'open offer accept feeder', 'and says once that it is the feeder''s power');
select t.act('onsite', 100, '{}', 'ct1');
select is(pg_temp.off(:b, 5, null, 110), 'unchanged', 'somebody on site keeps his ticket');
rollback to plain;

-- What fell silent at another time, hangs elsewhere or is degraded is not the feeder's.
select pg_temp.off(:d, -500, null, null, null);
select is(pg_temp.off('33.14.03', 3, null, null, null), 'opened', 'a site of no feeder');
select is(pg_temp.off(:b, 5), 'opened', 'a feeder''s loss beside them');
select is(pg_temp.tickets(), '33.14.02.2001 down offered, 33.14.03 down new, 33.14.01.2002 powered-off SGN-04 offered', 'three tickets');
rollback to plain;

-- A site that outlasts the others has a fault of its own.
select pg_temp.off(:a, 0);
select pg_temp.off(:b, 5);
select pg_temp.off(:c, 6);
select pg_temp.off(:d, 7);
select is(t.report('33.14.02', :a, 8), 'attached', 'one is behind the first');
select pg_temp.off(:b, 5, 600);
select is(t.heal(1300), 0::bigint, 'three of four wait: a part of the feeder is still off');
select is((select count(*)::int from kentongan.ticket), 1, 'which is one ticket');
select pg_temp.off(:c, 6, 1400);
select pg_temp.off(:d, 7, 1500);
select is(t.heal(2000), 0::bigint, 'the last one gets ten minutes');
select is((select count(*)::int from kentongan.ticket), 1, 'until then there is one ticket');
select is(t.heal(2101), 1::bigint, 'then the feeder is restored');
select is(pg_temp.tickets(), '33.14.01.2001 powered-off SGN-04 restored, 33.14.01.2001 down offered', 'and the one has a ticket of its own');
select is((select restored_at from kentongan.ticket where id = pg_temp.first_ticket()), t.at(1500), 'the feeder was back with the last of the others');
select is((select (first_bad, opened_at) from kentongan.ticket where id = pg_temp.last_ticket()), (select (t.at(0), t.at(2101))), 'the one has been silent since it began');
select is(t.events(pg_temp.first_ticket()), 'open offer join join join join site.back site.back site.back leave link.back restore', 'the log tells it');
select is((select array_agg(site::text) from kentongan.ticket_site where ticket = pg_temp.last_ticket()), '{33.14.02}', 'who is behind it goes with it');
select is(pg_temp.off(:a, 0, null, 2200), 'unchanged', 'once it left the feeder it is no part of it');
select is(pg_temp.tickets(), '33.14.01.2001 powered-off SGN-04 restored, 33.14.01.2001 down offered', 'however often that is said');
select is(pg_temp.off(:a, 0, 3000), 'restored', 'it is back');
select is(t.heal(3200), 1::bigint, 'and restored by itself');
rollback to plain;

-- A claim is for all of the feeder, not for the site that was on trial.
select pg_temp.off(:a, 0);
select pg_temp.off(:b, 5);
select t.act('accept', 60);
select t.act('claim', 500, '{"cause": "power", "action": "power_restored"}');
select pg_temp.off(:a, 0, 510);
select is(t.settle(true, 515, 700), 'unproven', 'while another is silent the repair is not proven');
select is((select detail ->> 'reason' from kentongan.ticket_event where action = 'unproven'), 'others-silent', 'and it says why');
select t.act('claim', 800, '{"cause": "power", "action": "power_restored"}');
select pg_temp.off(:b, 5, 805);
select is(t.settle(true, 810, 1000), 'restored', 'when all are back it is');
select is((select restored_at from kentongan.ticket), t.at(805), 'as of the last');
rollback to plain;

-- The proof of most of them is the ticket's.
select pg_temp.off(:a, 0);
select pg_temp.off(:b, 5);
select kentongan.fault_report(:a, :a, t.at(-30), t.at(0), t.at(20), t.at(600), '{}', t.at(600), null, null, '{"proven": "unproven"}');
select kentongan.fault_report(:b, :b, t.at(-25), t.at(5), t.at(25), t.at(610), '{}', t.at(610), null, null,
                              '{"proven": "power", "booted_at": "2026-11-24T02:10:00Z"}');
select is((select (cause_guess, cause_proven) from report.ticket), row('power'::text, 'power'::text), 'one proof is enough for the feeder');
select is(t.events(), 'open offer join site.back prove site.back link.back prove', 'the log has both');
rollback to plain;

-- Nobody but the engine: no action of people makes or splits a feeder's ticket.
set local role kentongan_app;
select throws_ok($$select kentongan.feeder_split(now())$$, '42501', null, 'the daemon asks ticket_heal, not for a split');
reset role;
-- A member that comes and goes with the feeder's power is explained by it.
select pg_temp.off(:a, 0), pg_temp.off(:b, 5), pg_temp.off(:b, 5, 60), pg_temp.off(:b, 90);
select is(kentongan.condition_report(jsonb_build_array(jsonb_build_object('site', :b, 'kind', 'flapping', 'since', t.at(300))), t.at(300)), 1::bigint,
          'a village of the feeder flaps');
select is(pg_temp.tickets(), '33.14.01.2001 powered-off SGN-04 offered', 'the feeder''s ticket knows why');
select * from finish();
rollback;
