-- SPDX-License-Identifier: ISC
-- Two sessions at once. Nothing here is rolled back: the database is this file's own.
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');

select dblink_connect(name, format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()))
  from unnest(array['a', 'b']) name;
select dblink_exec(name, 'set lock_timeout = ''20s''') from unnest(array['a', 'b']) name; -- what must not wait, fails
create function t.a(statement text) returns text language sql as $$ select r from dblink('a', statement) as x(r text) $$;
create function t.b(statement text) returns text language sql as $$ select r from dblink('b', statement) as x(r text) $$;
-- Starts it in b and returns once b waits for a lock: a fact, not a guess.
create function t.b_waits(statement text) returns boolean language plpgsql as $$
declare
    b_pid int := (select r from dblink('b', 'select pg_backend_pid()') as x(r int));
    until timestamptz := clock_timestamp() + interval '20 seconds';
begin
    perform dblink_send_query('b', statement);
    while clock_timestamp() < until loop
        if exists (select from pg_locks l where l.pid = b_pid and not l.granted) then
            return true;
        end if;
        perform pg_stat_clear_snapshot();
    end loop;
    return false;
end $$;
-- What b's statement answered in the end, or the SQLSTATE with which it was refused.
create function t.b_says() returns text language plpgsql as $$
declare
    said text;
begin
    begin
        select r into said from dblink_get_result('b') as x(r text);
    exception when others then
        said := sqlstate;
    end;
    perform * from dblink_get_result('b') as x(r text); -- the end of it
    return said;
end $$;

-- One root, reported by both.
select t.a('begin');
select is(t.a($$select t.report('33.14.01', '33.14.01', 0)$$), 'opened', 'a opens the ticket');
select ok(t.b_waits($$select t.report('33.14.01', '33.14.01', 1)$$), 'b, with another outage of the same root, waits');
select t.a('commit');
select is(t.b_says(), 'joined', 'and joins a''s ticket');
select is((select count(*)::int from kentongan.ticket), 1, 'one ticket');
select t.a('begin');
select is(t.a($$select t.report('33.14.02.2001', '33.14.02', 5)$$), 'recorded', 'a records an affected site');
select ok(t.b_waits($$select t.report('33.14.02', '33.14.02', 4)$$), 'b, with its root, waits');
select t.a('commit');
select is(t.b_says(), 'opened', 'and opens the root''s ticket');
select is((select array_agg(site::text) from kentongan.ticket_site), '{33.14.02.2001}', 'with the affected site in it');
select t.a('begin');
select is(t.a($$select t.report('33.14.01', '33.14.02', 7)$$), 'attached', 'a blames 02 for 01');
select ok(t.b_waits($$select t.report('33.14.02', '33.14.01', 8)$$), 'b blames 01 for 02 at the same time, and waits');
select t.a('commit');
select is(t.b_says(), 'attached', 'nobody waits in a circle');

-- The index holds against a writer that knows no locks.
select throws_ok($$insert into kentongan.ticket (number, root, kind, state, first_bad, detected, opened_at)
                   values ('KT-x', '33.14.01', 'down', 'accepted', now(), now(), now())$$, '23505');
select lives_ok($$insert into kentongan.ticket (number, root, kind, state, first_bad, detected, opened_at)
                   values ('KT-x', '33.14.01', 'degraded', 'accepted', now(), now(), now())$$, 'another kind is another ticket');
delete from kentongan.ticket where number = 'KT-x';

-- Two people at one ticket.
select t.a('begin');
select matches(t.a($$select t.act('accept', 30, '{"seq": 2}', 'ct1', 1)$$), '"accepted"', 'a accepts');
select ok(t.b_waits($$select t.act('accept', 30, '{"seq": 2}', 'ct1', 1)$$), 'b waits');
select t.a('commit');
select is(t.b_says(), 'KT412', 'and hears that somebody was faster');
select is((select count(*)::int from kentongan.ticket_event where ticket = 1 and action = 'accept'), 1, 'it was accepted once');
select is(t.b('select ''still here'''), 'still here', 'b goes on');

-- A claim and the link's return, at the same time, in both orders: claimed either way, with the end recorded.
select t.report('33.14.01', '33.14.01', 1, 100);
select t.a('begin');
select is(t.a($$select t.report('33.14.01', '33.14.01', 0, 100)$$), 'restored', 'a hears that the link is back');
select ok(t.b_waits($$select t.act('claim', 101, '{"cause": "power", "action": "none"}', 'ct1', 1)$$), 'b claims and waits');
select t.a('commit');
select matches(t.b_says(), '"claimed"', 'and is to be proven');
select is(t.settle(true, 102, 300, 1), 'restored', 'it is');
select is((select restored_at from kentongan.ticket where id = 1), t.at(100), 'as of the end of the outage');
select t.a('begin');
select matches(t.a($$select t.act('accept', 30, '{}', null, 2)$$), '"accepted"', 'the other ticket is accepted');
select t.a('commit');
select t.a('begin');
select matches(t.a($$select t.act('claim', 200, '{"cause": "power", "action": "none"}', null, 2)$$), '"claimed"', 'a claims');
select ok(t.b_waits($$select t.report('33.14.02', '33.14.02', 4, 199)$$), 'b hears that the link is back, and waits');
select t.a('commit');
select is(t.b_says(), 'restored', 'it is recorded');
select is(t.state(2), 'claimed', 'and the claim waits for its proof');
select is(t.settle(true, 201, 400, 2), 'restored', 'which comes');

-- The verdict and a relapse, at the same time, in both orders: somebody has a ticket for what is down.
select setval(pg_get_serial_sequence('kentongan.ticket', 'id'), 2);
select t.a('begin');
select is(t.a($$select t.report('33.14.03', '33.14.03', 500)$$), 'opened', 'a third root is down');
select t.a('commit');
select t.act('accept', 530, '{}', null, 3);
select t.report('33.14.03', '33.14.03', 500, 540);
select t.act('claim', 550, '{"cause": "power", "action": "none"}', null, 3);
select t.a('begin');
select is(t.a($$select t.settle(true, 551, 740, 3)$$), 'restored', 'a has the proof');
select ok(t.b_waits($$select t.report('33.14.03', '33.14.03', 735)$$), 'b hears that it is down again, and waits');
select t.a('commit');
select is(t.b_says(), 'opened', 'and opens another ticket');
select is(t.state(3), 'restored', 'behind the restored one');
select t.act('accept', 760, '{}', null, 4);
select t.report('33.14.03', '33.14.03', 735, 770);
select t.act('claim', 780, '{"cause": "power", "action": "none"}', null, 4);
select t.a('begin');
select is(t.a($$select t.report('33.14.03', '33.14.03', 950)$$), 'joined', 'a hears that it is down again');
select ok(t.b_waits($$select t.settle(true, 781, 960, 4)$$), 'b has the proof, and waits');
select t.a('commit');
select is(t.b_says(), 'unproven', 'and sees that it is none');

-- Two verdicts of two nodes; a verdict and a cancellation.
select t.report('33.14.03', '33.14.03', 950, 990);
select t.act('claim', 1000, '{"cause": "power", "action": "none"}', null, 4);
select t.a('begin');
select is(t.a($$select t.settle(false, null, 1020, 4)$$), 'unproven', 'a says no');
select ok(t.b_waits($$select t.settle(true, 1001, 1180, 4)$$), 'b says yes, and waits');
select t.a('commit');
select is(t.b_says(), 'stale', 'the first counts');
select t.act('claim', 1030, '{"cause": "power", "action": "none"}', null, 4);
select t.a('begin');
select matches(t.a($$select t.act('cancel', 1040, '{}', null, 4)$$), '"cancelled"', 'a cancels');
select ok(t.b_waits($$select t.settle(true, 1031, 1210, 4)$$), 'b has the proof, and waits');
select t.a('commit');
select is(t.b_says(), 'stale', 'for nothing');

-- Healing never waits for anybody, and does not heal what went down again meanwhile.
select is(t.report('33.14.02.2001', '33.14.02.2001', 1000), 'opened', 'a fifth ticket');
select t.report('33.14.02.2001', '33.14.02.2001', 1000, 1100);
select t.a('begin');
select is(t.a($$select t.report('33.14.02.2001', '33.14.02.2001', 1270)$$), 'joined', 'a hears of a relapse');
select is(t.b('select t.heal(1280)::text'), '0', 'b heals, does not wait, and leaves it alone');
select t.a('commit');
select is(t.b('select t.heal(1290)::text'), '0', 'nor after');
select t.report('33.14.02.2001', '33.14.02.2001', 1270, 1300);

-- The same form from two tabs.
select t.a('begin');
select matches(t.a($$select t.act('accept', 1310, '{"key": "k"}', null, 5)$$), '"accepted"', 'a sends the form');
select ok(t.b_waits($$select t.act('accept', 1311, '{"key": "k"}', null, 5)$$), 'b sends it too, and waits');
select t.a('commit');
select matches(t.b_says(), '"accepted"', 'both are told that it is accepted');
select is((select count(*)::int from kentongan.ticket_event where ticket = 5 and action = 'accept'), 1, 'once');
select t.act('cancel', 1320, '{}', null, 5);

-- Leases of two nodes never overlap.
delete from kentongan.notification;
select t.report(site, site, 1900 + n) from unnest(array['33.14.03', '33.14.01.2002', '33.14.01.2003', '33.14.02.2001']) with ordinality as x(site, n);
select t.a('begin');
select is(t.a($$select count(id)::text from kentongan.outbox_lease('a', 2, '60 s', t.at(2000))$$), '2', 'a leases two, and has not committed');
select is(t.b($$select count(id)::text from kentongan.outbox_lease('b', 10, '60 s', t.at(2000))$$), '0', 'b does not wait, and leases nothing of theirs');
select t.a('commit');
select is((select count(*)::int from kentongan.notification where state = 'leased' and leased_by = 'a'), 2, 'a has its two');
select cmp_ok((select max(n) from (select count(*) as n from kentongan.notification where state = 'leased' group by endpoint) x), '<=', 2::bigint,
              'no endpoint has more than two under way');
select is(t.b($$select count(id)::text from kentongan.outbox_lease('b', 10, '60 s', t.at(2000))$$), '3', 'b takes what is left to take');
select is(t.a($$select count(id)::text from kentongan.outbox_lease('a', 10, '60 s', t.at(2000))$$), '0', 'a finds nothing');
select results_eq($$select attempt, count(*) from kentongan.notification where state = 'leased' group by attempt$$, $$values (1, 5::bigint)$$,
                  'none was leased twice');
select t.a('begin');
select is(t.a($$select count(id)::text from kentongan.outbox_lease('a', 10, '60 s', t.at(2060))$$), '5', 'leases that ran out go to a');
select t.b($$select count(id)::text from kentongan.outbox_lease('b', 10, '60 s', t.at(2060))$$);
select t.a('commit');
select results_eq($$select leased_by, attempt, count(*) from kentongan.notification where state = 'leased' group by 1, 2$$,
                  $$values ('a', 2, 5::bigint)$$, 'and to nobody else');

-- A receiver that is gone, while the other node leases.
select t.a('begin');
select is(t.a($$select kentongan.outbox_settle(min(id), 'a', 'gone', 2, 410, 'gone', 1, t.at(2061), null, t.at(2061))::text
                  from kentongan.notification where endpoint = 'team' and state = 'leased'$$), 'true', 'a is told that the team''s endpoint is gone');
select t.b($$select count(id)::text from kentongan.outbox_lease('b', 10, '60 s', t.at(2121))$$);
select t.a('commit');
select is((select count(*)::int from kentongan.notification where endpoint = 'team' and state = 'queued'), 0, 'nothing waits there');
-- One feeder, two of its sites: both become one ticket, and who returns meanwhile waits for nobody in a circle.
create function t.off(site text, bad_s numeric, good_s numeric default null) returns text language sql as $$
    select outcome from kentongan.fault_report(site, site, t.at(bad_s - 30), t.at(bad_s), t.at(bad_s + 20), t.at(good_s), '{}',
                                               t.at(bad_s + 20), null, null, '{"guess": "power", "feeder": "SGN-77"}')
$$;
select t.a('begin');
select is(t.a($$select t.off('33.14.01.2001', 100000)$$), 'opened', 'a opens the feeder''s ticket');
select ok(t.b_waits($$select t.off('33.14.01.2002', 100001)$$), 'b, with another site of the feeder, waits');
select t.a('commit');
select is(t.b_says(), 'joined', 'and joins it');
select is((select count(*)::int from kentongan.ticket where feeder = 'SGN-77'), 1, 'one ticket of the feeder');
select t.a('begin');
select is(t.a($$select t.off('33.14.01.2001', 100000, 100600)$$), 'restored', 'a: the one is back');
select ok(t.b_waits($$select t.off('33.14.01.2002', 100001, 100601)$$), 'b: the other, too, and waits');
select t.a('commit');
select is(t.b_says(), 'restored', 'and comes back after it');
-- Two daemons find the end of planned work at once: one ticket.
insert into kentongan.site (code, name, kind) values ('33.14.09', 'Gemolong', 'relay');
insert into kentongan.maintenance (site, behind, reason, since, until, zone, created_at, created_by) values ('33.14.09', true, 'x', t.at(9000), t.at(9100), 'UTC', t.at(9000), 'x');
select is(t.report('33.14.09', '33.14.09', 9010), 'recorded', 'an outage is held');
select t.a('begin');
select is(t.a('select kentongan.maintenance_run(t.at(9100))'), '1', 'a opens its ticket');
select ok(t.b_waits('select kentongan.maintenance_run(t.at(9100))'), 'b waits');
select t.a('commit');
select is(t.b_says(), '0', 'and has nothing left to do');
select is((select count(*)::int from kentongan.ticket where root = '33.14.09'), 1, 'one ticket');

select is_empty('select * from kentongan.event_verify(null)', 'after all that the log is whole');
select dblink_disconnect(name) from unnest(array['a', 'b']) name;
select * from finish();
