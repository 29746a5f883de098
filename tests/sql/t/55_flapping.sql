-- SPDX-License-Identifier: ISC
-- A site that does nothing but come and go: one ticket, no storm, and what becomes of it when it is calm.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.flaps(site text, since_s numeric, until_s numeric, now_s numeric) returns bigint language sql as $$
    select kentongan.condition_report(jsonb_build_array(jsonb_build_object('site', $1, 'kind', 'flapping', 'since', t.at($2),
                                                                          'until', t.at($3))), t.at($4))
$$;
-- Outages of 60 s, one every 120 s, each told when it begins and when it is over.
create function pg_temp.outages(site text, from_s numeric, count int) returns text language sql as $$
    select string_agg(t.report($1, $1, s, null, '{}') || ' ' || t.report($1, $1, s, s + 60, '{}'), ', ' order by s)
      from generate_series($2, $2 + 120 * ($3 - 1), 120) s
$$;
create function pg_temp.tickets() returns text language sql as $$
    select string_agg(format('%s %s %s', id - first, kind, state), ', ' order by id)
      from (select *, min(id) over () - 1 as first from kentongan.ticket) x
$$;

-- The ticket of the first outages becomes the one for flapping.
savepoint plain;
select is(pg_temp.outages('33.14.02', 0, 3), 'opened restored, joined restored, joined restored', 'three outages, one ticket');
select is(pg_temp.flaps('33.14.02', 300, null, 300), 1::bigint, 'that is flapping');
select is(pg_temp.tickets(), '1 flapping offered', 'the same ticket is for flapping now');
select is(pg_temp.flaps('33.14.02', 300, null, 301), 0::bigint, 'told again, it is no news');
select is(pg_temp.flaps('33.14.02', 420, null, 301), 0::bigint, 'nor is it when a daemon that started anew found it again');
create temp table before as select count(*) as n from kentongan.notification;
select is(pg_temp.outages('33.14.02', 360, 30),
          (select string_agg('joined restored', ', ') from generate_series(1, 30)), 'thirty more outages');
select is(pg_temp.tickets(), '1 flapping offered', 'open no other ticket');
select is((select count(*) from kentongan.notification), (select n from before), 'nobody hears of each');
select is(t.events(), 'open offer link.back link.down link.back link.down link.back flapping', 'nor does the log');
select is((select count(*) from kentongan.outage where ticket is not null and restored_at is not null), 33::bigint, 'all are recorded');
select is(t.heal(5000), 0::bigint, 'it is not back while it flaps, however long it has been up');
select is(pg_temp.flaps('33.14.02', 300, 3900, 8400), 1::bigint, 'it is calm at last');
select is(t.heal(8401), 1::bigint, 'and restored');
select is((select restored_at from kentongan.ticket), t.at(3900), 'as of the first good probe after its last outage');
select is((select note from kentongan.ticket_event where action = 'restore'), 'It stopped coming and going.', 'in words');
select is((select detail from kentongan.ticket_event where action = 'calm'),
          '{"outages": 33, "last_change": "2026-11-24T03:05:00.000000Z"}'::jsonb, 'the log has how often it was');
select is(pg_temp.flaps('33.14.02', 300, 3900, 8500), 0::bigint, 'calm told again is no news');
select is(t.report('33.14.02', '33.14.02', 9000), 'opened', 'an outage after that');
select is(pg_temp.tickets(), '1 flapping restored, 2 down offered', 'has a ticket of its own');
select is_empty('select * from kentongan.event_verify(null)', 'the chains hold');
rollback to plain;

-- It stays down: one outage with its true start.
select pg_temp.outages('33.14.02', 0, 3), pg_temp.flaps('33.14.02', 300, null, 300);
select t.report('33.14.02', '33.14.02', 360, null, array['33.14.02.2001']);
select t.report('33.14.02.2001', '33.14.02', 361, null);
select t.act('accept', 400, '{}', 'ct1');
select is(pg_temp.flaps('33.14.02', 300, 380, 4880), 1::bigint, 'calm, and down');
select is(pg_temp.tickets(), '1 flapping cancelled, 2 down offered', 'the outage that lasts has a ticket of its own');
select is((select first_bad from kentongan.ticket where kind = 'down'), t.at(360), 'with its true start');
select is((select array_agg(site::text) from kentongan.ticket_site where ticket = (select max(id) from kentongan.ticket)), '{33.14.02.2001}', 'and whom it cuts off');
select is((select count(*) from kentongan.outage where restored_at is null and ticket = (select max(id) from kentongan.ticket)), 2::bigint, 'both outages are there');
select is((select count(*) from kentongan.outage where ticket = (select min(id) from kentongan.ticket)), 3::bigint, 'the others stay where they were');
select matches((select note from kentongan.ticket_event where action = 'cancel'), '^It stayed down: KT-2026-\d+ goes on with it\.$', 'the log says which goes on');
select is(t.report('33.14.02', '33.14.02', 360, 6000), 'restored', 'it comes back');
select t.report('33.14.02.2001', '33.14.02', 361, 6000);
select is(t.heal(6200), 1::bigint, 'and is restored as any');
rollback to plain;

-- No ticket is open at the moment: a new one, which counts from the last outage.
select pg_temp.outages('33.14.02', 0, 3);
select is(t.heal(1000), 1::bigint, 'the ticket is restored');
select is(pg_temp.flaps('33.14.02', 300, null, 1001), 1::bigint, 'flapping is found late');
select is(pg_temp.tickets(), '1 down restored, 2 flapping offered', 'a ticket for flapping');
select is((select first_bad from kentongan.ticket where kind = 'flapping'), t.at(240), 'from the last outage');
select is(t.owed(), 'ticket.opened team, ticket.offered menara', 'people hear of it');
select is(pg_temp.flaps('33.14.02', 300, 300, 5000), 1::bigint, 'calm without one more outage');
select is(t.heal(5001), 1::bigint, 'it is restored, too');
select is((select restored_at from kentongan.ticket where kind = 'flapping'), t.at(300), 'as of the last change');
rollback to plain;

-- Never seen down for its own fault: there is nothing to open.
select is(pg_temp.flaps('33.14.02', 300, null, 300), 1::bigint, 'flapping of which no outage is known');
select is(pg_temp.tickets(), null, 'has no ticket before its next outage');
select is(t.report('33.14.02', '33.14.02', 400), 'opened', 'which');
select is(pg_temp.tickets(), '1 flapping offered', 'opens it');
select is(pg_temp.flaps('33.14.09', 300, null, 300), 0::bigint, 'a site that is not there is passed over');
rollback to plain;

-- Children of a relay that flaps are affected, and flap not.
select pg_temp.outages('33.14.02', 0, 3), pg_temp.flaps('33.14.02', 300, null, 300);
select is(t.report('33.14.02.2001', '33.14.02', 361, null), 'attached', 'the child is told first');
select is(t.report('33.14.02', '33.14.02', 360, null), 'joined', 'the relay''s');
select is((select array_agg(distinct ticket) = array[min(ticket)] from kentongan.outage where restored_at is null), true, 'one ticket for both');
select is(t.report('33.14.02.2001', '33.14.02', 361, 420), 'restored', 'back');
select t.report('33.14.02', '33.14.02', 360, 420);
select t.report('33.14.02', '33.14.02', 480, null);
select is(t.report('33.14.02.2001', '33.14.02', 481, null), 'attached', 'and away again');
select is((select count(*) from kentongan.ticket_event where action = 'join'), 1::bigint, 'the child joined once');
select is((select count(*) from kentongan.notification where type = 'ticket.joined' and state <> 'superseded'), 0::bigint, 'within the offer that waits');
rollback to plain;

-- A claim is proven by calm, and refuted by one more outage.
select pg_temp.outages('33.14.02', 0, 3), pg_temp.flaps('33.14.02', 300, null, 300);
select t.act('accept', 400, '{}', 'ct1'), t.act('claim', 500, '{"cause": "cable", "action": "recabled"}', 'ct1');
select is((select count(*) from kentongan.verify_pending()), 0::bigint, 'while it flaps there is nothing to watch');
select is(t.report('33.14.02', '33.14.02', 600), 'joined', 'it goes down again');
select is(t.state(), 'accepted', 'and the claim is not proven');
select is((select detail ->> 'reason' from kentongan.ticket_event where action = 'unproven'), 'flapped', 'for that reason');
select t.report('33.14.02', '33.14.02', 600, 660);
select t.act('claim', 700, '{"cause": "cable", "action": "recabled"}', 'ct1');
select is(pg_temp.flaps('33.14.02', 300, 660, 5200), 1::bigint, 'calm');
select is((select count(*) from kentongan.verify_pending()), 1::bigint, 'now it is watched');
select is(t.settle(true, 5300, 5400), 'restored', 'and proven');
select is((select restored_at from kentongan.ticket), t.at(660), 'as of the return');
rollback to plain;

-- The database was away for all of it: what is told late comes to the same.
select is(pg_temp.flaps('33.14.02', 300, 500, 9000), 1::bigint, 'begun and over');
select is(pg_temp.tickets(), null, 'opens nothing');
select t.report('33.14.02', '33.14.02', s, s + 60, '{}', 9000) from generate_series(0, 480, 120) s;
select is(pg_temp.tickets(), '1 down offered, 2 flapping offered', 'the outages before, and those of it');
select is(t.heal(9200), 2::bigint, 'are over');
rollback to plain;

select is(t.try($$select kentongan.condition_report('[]', now())$$, 'kentongan_web'), '42501', 'the reader may not say it');
select is(t.try($$insert into kentongan.site_condition (site, kind, since) values ('33.14.02', 'flapping', now())$$, 'kentongan_app'), '42501', 'nor may the daemon write it');
select * from finish();
rollback;
