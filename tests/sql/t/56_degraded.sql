-- SPDX-License-Identifier: ISC
-- A link that answers and loses too much: one ticket for its root, until it is good again.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.gw(site text) returns int language sql as
    $$ select id from kentongan.device d where d.site = $1 and role = 'gateway' $$;
create function pg_temp.loses(site text, figure float8, since_s numeric, until_s numeric, now_s numeric) returns bigint language sql as $$
    select kentongan.condition_report(jsonb_build_array(jsonb_build_object('site', $1, 'kind', 'degraded', 'device', pg_temp.gw($1),
        'measure', 'loss', 'unit', '%', 'since', t.at($3), 'until', t.at($4), 'figure', $2, 'floor', 5)), t.at($5))
$$;
create function pg_temp.tickets() returns text language sql as $$
    select string_agg(format('%s %s %s', root, kind, state), ', ' order by id) from kentongan.ticket
$$;

savepoint plain;
select is(pg_temp.loses('33.14.02', 12.34, 0, null, 1500), 1::bigint, 'a relay loses too much');
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'one ticket, offered as any');
select is(t.owed(), 'ticket.opened team, ticket.offered menara', 'people hear of it');
select is((select data -> 'cause' -> 'evidence' from kentongan.notification limit 1),
          '["12.3 % of probes lost since 2026-11-24 02:00Z, limit 5 %"]'::jsonb, 'with figures');
select is(pg_temp.loses('33.14.02', 15, 0, null, 3300), 0::bigint, 'told again');
select is(kentongan.ticket_evidence(k), '["15.0 % of probes lost since 2026-11-24 02:00Z, limit 5 %"]'::jsonb, 'the figure is the newest')
  from kentongan.ticket k;
select is(pg_temp.loses('33.14.02', 15, 900, null, 3300), 0::bigint, 'and by a daemon that started anew');
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'still one');
select is(t.heal(90000), 0::bigint, 'it is not restored while it lasts');
select is((select count(*) from kentongan.outage), 0::bigint, 'it is no outage');
select is(pg_temp.loses('33.14.02', 0, 0, 4000, 5800), 1::bigint, 'good again');
select is(t.events(), 'open offer good', 'the log says so');
select is(t.heal(5801), 1::bigint, 'and it is restored');
select is((select restored_at from kentongan.ticket), t.at(4000), 'as of the first good round');
select is(pg_temp.loses('33.14.02', 0, 0, 4000, 5900), 0::bigint, 'told again is no news');
select is(pg_temp.loses('33.14.02', 9, 9000, null, 10500), 1::bigint, 'bad again');
select is(pg_temp.tickets(), '33.14.02 degraded restored, 33.14.02 degraded offered', 'another ticket');
rollback to plain;

-- Down is a fault of its own, and the greater one.
select pg_temp.loses('33.14.02', 12, 0, null, 1500);
select is(t.report('33.14.02', '33.14.02', 1600), 'opened', 'an outage has its own ticket');
select is(pg_temp.tickets(), '33.14.02 degraded offered, 33.14.02 down offered', 'beside it');
rollback to plain;
select t.report('33.14.02', '33.14.02', 100);
select is(pg_temp.loses('33.14.02', 12, 0, null, 1500), 1::bigint, 'while it is down');
select is(pg_temp.tickets(), '33.14.02 down offered', 'no other ticket is opened');
select t.report('33.14.02', '33.14.02', 100, 1600), t.heal(1900);
select is(pg_temp.loses('33.14.02', 12, 0, null, 3300), 0::bigint, 'but when that is over and it still loses');
select is(pg_temp.tickets(), '33.14.02 down restored, 33.14.02 degraded offered', 'it is');
rollback to plain;
select t.report('33.14.01', '33.14.01', 100, null, array['33.14.01.2001']);
select is(pg_temp.loses('33.14.01.2001', 12, 0, null, 1500), 1::bigint, 'nor behind a relay that is down');
select is(pg_temp.tickets(), '33.14.01 down offered', 'whose ticket explains it');
rollback to plain;

-- In planned work none is opened; afterwards it is, if it still loses.
select kentongan.maintenance_add('33.14.02', jsonb_build_object('from', kentongan.wall_text(t.at(1000)), 'to', kentongan.wall_text(t.at(2000)),
                                                                'reason', 'a new antenna'), 'Asia/Jakarta', 'tester', null, t.at(0));
select is(pg_temp.loses('33.14.02', 12, 900, null, 1500), 1::bigint, 'in planned work');
select is(pg_temp.tickets(), null, 'nobody is sent');
select is(pg_temp.loses('33.14.02', 12, 900, null, 3300), 0::bigint, 'told again when it is over');
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'there is a ticket');
rollback to plain;

-- What the relay loses its villages lose, too.
select kentongan.history_partition('rollup', t.at(0));
insert into kentongan.rollup (device, slot, sent, lost) select pg_temp.gw('33.14.01'), t.at(s), 10, 1 from generate_series(0, 1500, 300) s;
select is(pg_temp.loses('33.14.01.2001', 14, 0, null, 1800), 1::bigint, 'a village behind a relay that loses 10 %');
select is(pg_temp.tickets(), '33.14.01 degraded offered', 'it is the relay''s fault');
select is((select array_agg(site::text) from kentongan.ticket_site), '{33.14.01.2001}', 'and the village affected');
select is(pg_temp.loses('33.14.01', 10, 0, null, 1801), 1::bigint, 'the relay itself is found later');
select is(pg_temp.tickets(), '33.14.01 degraded offered', 'one ticket');
select is(pg_temp.loses('33.14.01', 0, 0, 2100, 3900), 1::bigint, 'the relay is good');
select is(t.heal(9000), 0::bigint, 'the village is not');
select is(pg_temp.loses('33.14.01.2001', 14, 0, null, 9000), 0::bigint, 'an hour later it cannot be the relay''s');
select is(pg_temp.tickets(), '33.14.01 degraded offered, 33.14.01.2001 degraded offered', 'so it has its own');
select is(t.heal(9001), 1::bigint, 'and the relay''s is restored');
select is((select restored_at from kentongan.ticket where root = '33.14.01'), t.at(2100), 'as of when it was good');
rollback to plain;
select is(pg_temp.loses('33.14.01.2001', 30, 0, null, 1800), 1::bigint, 'a village that loses much more than its relay');
select is(pg_temp.tickets(), '33.14.01.2001 degraded offered', 'has a fault of its own');
rollback to plain;

-- What the reference targets lose, too, is lost at our own end.
insert into kentongan.device (site, name, address, role) values ('33.14', 'ref1', '127.33.9.1', 'reference'), ('33.14', 'ref2', '127.33.9.2', 'reference');
select kentongan.history_partition('rollup', t.at(0));
insert into kentongan.rollup (device, slot, sent, lost) select d.id, t.at(s), 10, 1 from generate_series(0, 1500, 300) s, kentongan.device d where d.role = 'reference';
savepoint ours;
select is(pg_temp.loses('33.14.02', 14, 0, null, 1800), 1::bigint, 'all that we ask loses 10 %');
select is(pg_temp.tickets(), null, 'it is nobody''s fault but ours');
select is(pg_temp.loses('33.14.02', 14, 0, null, 4800), 0::bigint, 'when only this one does');
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'it is its own');
rollback to ours;
select pg_temp.loses('33.14.02', 30, 0, null, 1800);
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'what it loses besides is its own');
rollback to ours;
update kentongan.rollup set lost = 0 where device = (select id from kentongan.device where name = 'ref1');
select pg_temp.loses('33.14.02', 14, 0, null, 1800);
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'one target that loses is not our end');
rollback to ours;
delete from kentongan.device where name = 'ref1';
select pg_temp.loses('33.14.02', 14, 0, null, 1800);
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'nor is one alone');
rollback to plain;

-- A claim is proven by the loss itself.
select pg_temp.loses('33.14.02', 12, 0, null, 1500), t.act('accept', 1600, '{}', 'ct1'),
       t.act('claim', 1700, '{"cause": "antenna", "action": "realigned"}', 'ct1');
select is((select count(*) from kentongan.verify_pending()), 1::bigint, 'the claim is watched');
select is(kentongan.verify_settle(id, claimed_at, true, t.at(1710), null, 'It held.', '{"sent": 90, "lost": 9}', t.at(1900)), 'unproven',
          'what is usual here by now is not good enough') from kentongan.ticket;
select is((select note from kentongan.ticket_event where action = 'unproven'),
          '9 of 90 probes were lost, 10.0 %; the repair has to bring it to 5 % or less.', 'in words');
select t.act('claim', 2000, '{"cause": "antenna", "action": "realigned"}', 'ct1');
select is(kentongan.verify_settle(id, claimed_at, true, t.at(2010), null, 'It held.', '{"sent": 90, "lost": 1}', t.at(2200)), 'restored',
          'this is') from kentongan.ticket;
select is((select restored_at from kentongan.ticket), t.at(2010), 'as of the first good probe of the window');
select is(pg_temp.loses('33.14.02', 12, 0, null, 2400), 0::bigint, 'what is told late of it');
select is(pg_temp.tickets(), '33.14.02 degraded restored', 'opens nothing');
rollback to plain;

select is(pg_temp.loses('33.14.09', 12, 0, null, 1500), 0::bigint, 'a site that is not there is passed over');
select is(kentongan.condition_report('[{"site": "33.14.02", "kind": "degraded", "device": 1000000, "measure": "loss", "since": "2026-11-24"}]',
                                     t.at(0)), 0::bigint, 'so is a device');
select * from finish();
rollback;
