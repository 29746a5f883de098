-- SPDX-License-Identifier: ISC
-- Leases and settlements of the outbox, one node at a time (90_concurrent.sql has two).
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.lease(node text, most int, now_s numeric) returns text language sql as $$
    select string_agg(type || ' ' || endpoint || ' #' || attempt, ', ' order by id)
      from kentongan.outbox_lease(node, most, '60 s', t.at(now_s)) where id is not null
$$;
create function pg_temp.next_due(node text, now_s numeric) returns numeric language sql as $$
    select extract(epoch from next_due - t.at(0)) from kentongan.outbox_lease(node, 0, '60 s', t.at(now_s)) where id is null
$$;
create function pg_temp.settle(what text, how text, now_s numeric, retry_s numeric default null, node text default 'n1')
returns boolean language sql as $$
    select kentongan.outbox_settle(id, node, how, attempt, case how when 'delivered' then 204 when 'gone' then 410 else 0 end,
                                   how || ' it was', 12, t.at(now_s), t.at(retry_s), t.at(now_s))
      from kentongan.notification where type || ' ' || endpoint = what order by id desc limit 1
$$;
create function pg_temp.state(what text) returns text language sql as
    $$ select state from kentongan.notification where type || ' ' || endpoint = what order by id desc limit 1 $$;
savepoint plain;

select is(pg_temp.next_due('n1', 0), null, 'an empty outbox is due never');
select t.report('33.14.01', '33.14.01', 0, null, '{}', 20);
select is(pg_temp.next_due('n1', 20), 20::numeric, 'what is owed is due now');
select is(pg_temp.lease('n1', 10, 19), null, 'not before its time');
select is(pg_temp.lease('n1', 10, 20), 'ticket.opened team #1, ticket.offered menara #1', 'both endpoints at once');
select is(pg_temp.lease('n1', 10, 20), null, 'and once');
select is(pg_temp.next_due('n1', 20), 80::numeric, 'next when the leases end');
select is((select (url, secret, endpoint, data ->> 'state') from kentongan.outbox_lease('n2', 10, '60 s', t.at(80)) where type = 'ticket.offered'),
          (select ('http://127.0.0.1:9/ct1'::text, 's_ct1'::text, 'menara'::text, 'offered'::text)), 'a lease that ran out is due to anybody');
select is((select array_agg(attempt) from kentongan.notification), '{2,2}', 'as the second attempt');
select is(pg_temp.settle('ticket.offered menara', 'delivered', 81), false, 'the first node comes too late');
select is((select count(*)::int from kentongan.notification_attempt), 0, 'and leaves no trace');
select is((select kentongan.outbox_settle(id, 'n2', 'dead', 1, 0, 'late', 1, t.at(20), null, t.at(82))
             from kentongan.notification where type = 'ticket.offered'), false, 'nor does an attempt that is not the last one count');
select is(pg_temp.settle('ticket.offered menara', 'delivered', 82, null, 'n2'), true, 'the second delivers');
select is(pg_temp.settle('ticket.offered menara', 'delivered', 83, null, 'n2'), false, 'once');
select is((select (state, settled_at, reason) from kentongan.notification where type = 'ticket.offered'),
          (select ('delivered'::text, t.at(82), 'delivered it was'::text)), 'delivered');
select is((select notified_at from kentongan.ticket), t.at(82), 'the ticket''s party was notified');
select is((select (attempt, node, http_status, outcome, took_ms) from kentongan.notification_attempt),
          (select (2, 'n2'::text, 204, 'delivered'::text, 12::bigint)), 'the attempt is logged');
select is(pg_temp.settle('ticket.opened team', 'retry', 85, 115, 'n2'), true, 'the other is to be tried again');
select is(pg_temp.next_due('n1', 85), 115::numeric, 'when it says');
select is(pg_temp.lease('n1', 10, 114), null, 'not before');
select is(pg_temp.lease('n1', 10, 115), 'ticket.opened team #3', 'as the third attempt');
select is((select (http_status, outcome) from kentongan.notification_attempt order by notification, attempt limit 1),
          (select (null::int, 'retry'::text)), 'no answer is no status');
savepoint third;
select is(pg_temp.settle('ticket.opened team', 'delivered', 116), true, 'should it be delivered');
select is((select notified_at from kentongan.ticket), t.at(82), 'notified stays the first 2xx');
rollback to third;
select is(pg_temp.settle('ticket.opened team', 'dead', 116), true, 'the schedule is at its end');
select is(pg_temp.state('ticket.opened team'), 'dead', 'it goes to the dead letters');
select is(pg_temp.next_due('n1', 116), null, 'and nothing waits');
rollback to plain;

-- Order: of one endpoint and ticket only the oldest, at most two per endpoint, endpoints take turns.
select t.report(site, site, n, null, '{}', 20)
  from unnest(array['33.14.01', '33.14.02', '33.14.01.2002', '33.14.01.2003']) with ordinality as x(site, n);
select is(pg_temp.lease('n1', 2, 30), 'ticket.opened team #1, ticket.offered menara #1', 'two places go to two endpoints');
select is(pg_temp.lease('n1', 10, 30), 'ticket.opened team #1, ticket.offered menara #1', 'one more each, then an endpoint has two under way');
select is(pg_temp.lease('n1', 10, 30), null, 'and no more');
select is(pg_temp.next_due('n1', 30), 90::numeric, 'what waits for its endpoint is due when that has room');
select is((select count(*)::int from kentongan.notification where state = 'leased'), 4, 'four under way');
select pg_temp.settle('ticket.opened team', 'delivered', 31) from (select) x where false;
select is((select kentongan.outbox_settle(min(id), 'n1', 'delivered', 1, 200, 'ok', 1, t.at(30), null, t.at(31))
             from kentongan.notification where endpoint = 'team'), true, 'one is delivered');
select is(pg_temp.lease('n1', 10, 31), 'ticket.opened team #1', 'and makes room for one');
rollback to plain;

select t.report('33.14.01.2001', '33.14.01.2001', 0, null, '{}', 20);
select is(pg_temp.lease('n1', 10, 30), 'ticket.opened team #1', 'opened and offered go to one endpoint, one behind the other');
select pg_temp.settle('ticket.opened team', 'retry', 31, 60);
select is(pg_temp.lease('n1', 10, 40), null, 'the second waits while the first waits');
select is(pg_temp.next_due('n1', 40), 60::numeric, 'for the first');
select is(pg_temp.lease('n1', 10, 60), 'ticket.opened team #2', 'which goes first');
select pg_temp.settle('ticket.opened team', 'dead', 61);
select is(pg_temp.lease('n1', 10, 61), 'ticket.offered team #1', 'a dead one holds up nobody');
rollback to plain;

-- 410: the endpoint is disabled, its queue is dead, others go on.
select t.report(site, site, n, null, '{}', 20) from unnest(array['33.14.01', '33.14.02', '33.14.03']) with ordinality as x(site, n);
select pg_temp.lease('n1', 10, 30);
select is(pg_temp.settle('ticket.opened team', 'delivered', 31), false, 'the third was not leased');
select is((select kentongan.outbox_settle(min(id), 'n1', 'gone', 1, 410, 'gone for good', 1, t.at(30), null, t.at(32))
             from kentongan.notification where endpoint = 'team'), true, '410');
select is((select (disabled_at, disabled_reason) from kentongan.endpoint where endpoint = 'team'), (select (t.at(32), 'gone for good'::text)),
          'the endpoint is disabled, and says why');
select results_eq($$select state from kentongan.notification where endpoint = 'team' order by id$$, array['dead', 'leased', 'dead'],
                  'what waits is dead, what is under way is not yet');
select is((select kentongan.outbox_settle(id, 'n1', 'retry', 1, 0, 'timed out', 1, t.at(30), t.at(99), t.at(33))
             from kentongan.notification where endpoint = 'team' and state = 'leased'), true, 'that comes back');
select results_eq($$select state from kentongan.notification where endpoint = 'team' order by id$$, array['dead', 'dead', 'dead'], 'and is dead too');
select is((select array_agg(distinct state) from kentongan.notification where endpoint = 'menara'), '{leased}', 'the other endpoint is not touched');
select is(t.import(jsonb_build_object('endpoints', t.inventory() -> 'endpoints')) -> 'counts' -> 'endpoints', '{"added": 0, "changed": 0, "unchanged": 3}',
          'the same row imported again leaves it disabled');
select isnt((select disabled_at from kentongan.endpoint where endpoint = 'team'), null, 'still disabled');
select is(t.import(t.with(jsonb_build_object('endpoints', t.inventory() -> 'endpoints'), 'endpoints', 2, '{"url": "http://127.0.0.1:9/new"}')) ->> 'applied',
          'true', 'another url');
select is((select (disabled_at, disabled_reason) from kentongan.endpoint where endpoint = 'team'), (select (null::timestamptz, null::text)), 'enables it again');
rollback to plain;

select is(t.try($$select kentongan.outbox_settle(1, 'n1', 'whatever', 1, 0, '', 0, now(), null, now())$$), 'ok', 'no such message: false, whatever is said');
select t.report('33.14.03', '33.14.03', 0, null, '{}', 20);
select pg_temp.lease('n1', 10, 30);
select is(t.try($$select pg_temp.settle('ticket.opened team', 'whatever', 31)$$), '23514', 'a settlement of no known kind is refused');
select is(t.try($$select pg_temp.settle('ticket.opened team', 'retry', 31)$$), '23502', 'so is a retry without a time');
select * from finish();
rollback;
