-- SPDX-License-Identifier: ISC
-- Whom a ticket's fault cuts off now, and until when it did those that are back.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
\set r '''33.14.01'''
\set a '''33.14.01.2001'''
\set b '''33.14.01.2002'''
\set c '''33.14.01.2003'''
-- "root: site, site until s, …" of every ticket, s as in t.at().
create function pg_temp.cut() returns text language sql as $$
    select string_agg(format('%s: %s', k.root, s.told), ' | ' order by k.id)
      from kentongan.ticket k,
           lateral (select string_agg(x.site || coalesce(' until ' || extract(epoch from x.until - t.at(0))::int, ''), ', ' order by x.site) as told
                      from kentongan.ticket_site x where x.ticket = k.id) s
$$;
create function pg_temp.root(affected text[], now_s numeric, back_s numeric default null) returns text language sql as $$
    select t.report('33.14.01', '33.14.01', 0, back_s, affected, now_s)
$$;
savepoint plain;

-- A village answers again while its relay is down.
select pg_temp.root(array[:a, :b], 20), t.report(:a, :r, 2), t.report(:b, :r, 3);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001, 33.14.01.2002', 'both are cut off');
select is(t.report(:a, :r, 2, 90), 'restored', 'one is back, by another way');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 90, 33.14.01.2002', 'the other is still cut off');
select is((select kentongan.ticket_affected(max(id), 9) from kentongan.ticket),
          '{"count": 2, "now": 1, "sites": ["33.14.01.2001", "33.14.01.2002"]}', 'so says the ticket');
select is((select kentongan.ticket_doc(t) #> '{affected,left}' from kentongan.ticket t),
          jsonb_build_array(jsonb_build_object('site', :a, 'until', kentongan.wall_text(t.at(90)))), 'and until when it was');
select is((select ticket_id from kentongan.site_now where code = :a), null, 'it is in no ticket any more');
create temp table before as select count(*) as n from kentongan.notification;
select is(t.report(:a, :r, 120), 'attached', 'it is gone again');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001, 33.14.01.2002', 'and counts again');
select is(t.events(), 'open offer', 'the log has it once');
select is((select count(*) from kentongan.notification), (select n from before), 'and nobody is told twice');
select is(t.report(:a, :r, 2, 90), 'unchanged', 'what was told before changes nothing');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001, 33.14.01.2002', 'nor whom it cuts off');
select is(pg_temp.root(null, 600, 600), 'restored', 'the relay is back');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001, 33.14.01.2002', 'of whom a silence is known, that decides');
select t.report(:a, :r, 120, 602), t.report(:b, :r, 3, 603);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 602, 33.14.01.2002 until 603', 'each as long as it was');
rollback to plain;

-- Who never was seen to be silent: what the engine says decides, and then the return of the root.
select pg_temp.root(array[:a, :b], 20);
select is(pg_temp.root(array[:b], 25), 'unchanged', 'one of them answers');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 25, 33.14.01.2002', 'it has left');
select pg_temp.root(null, 30);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 25, 33.14.01.2002', 'nothing new is nothing new');
select t.report(:b, :r, 3);
select pg_temp.root('{}', 35);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 25, 33.14.01.2002', 'of whom a silence is known, that decides');
select is(pg_temp.root(array[:a, :c], 40), 'joined', 'one more is cut off, and one again');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001, 33.14.01.2002, 33.14.01.2003', 'all three');
select is((select detail -> 'sites' from kentongan.ticket_event order by n desc limit 1), '["33.14.01.2003"]', 'of which the new one joined');
select pg_temp.root(null, 600, 600);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 600, 33.14.01.2002, 33.14.01.2003 until 600', 'until the relay is back');
select is(t.report(:b, :b, 3, null, '{}', 640), 'opened', 'who stays silent has a ticket of its own');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 600, 33.14.01.2002 until 600, 33.14.01.2003 until 600 | 33.14.01.2002: ',
          'and left the relay''s when that was back');
rollback to plain;

-- The relay above is back, and the one below has a fault of its own that cuts it off.
select pg_temp.root(array[:a], 20), t.report(:a, :r, 2), pg_temp.root(null, 60, 60);
select t.report('33.14.02', '33.14.02', 5, null, array[:a], 90);
select is(t.report(:a, '33.14.02', 2), 'unchanged', 'its outage stays with the ticket');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 60 | 33.14.02: 33.14.01.2001', 'it does not');
rollback to plain;

-- It turns out to be its own fault while the relay is still down.
select pg_temp.root(array[:a], 20), t.report(:a, :r, 2);
select is(t.report(:a, :a, 2, null, '{}', 70), 'opened', 'a ticket of its own');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 70 | 33.14.01.2001: ', 'it left then');
select pg_temp.root('{}', 80), pg_temp.root('{}', 90);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 70 | 33.14.01.2001: ', 'once');
rollback to plain;

-- Two relays, of both of which a village is told to be cut off: it answers, and no ticket has it.
select pg_temp.root(array[:c], 20), t.report('33.14.02', '33.14.02', 5, null, array[:c]), t.report(:c, :r, 6);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2003 | 33.14.02: 33.14.01.2003', 'cut off by both');
savepoint two;
select pg_temp.root('{}', 30);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2003 until 30 | 33.14.02: 33.14.01.2003', 'it hangs on the other alone now');
rollback to two;
select pg_temp.root(null, 40, 40);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2003 until 40 | 33.14.02: 33.14.01.2003', 'one is back: by the other');
rollback to two;
select t.report(:c, :r, 6, 50);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2003 until 50 | 33.14.02: 33.14.01.2003 until 50', 'by neither');
rollback to plain;

-- A relay that flaps: who hangs on it comes and goes with it.
select pg_temp.root(array[:a], 20), t.report(:a, :r, 2), pg_temp.root(null, 60, 60), t.report(:a, :r, 2, 61);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 61', 'back');
select is(t.report(:r, :r, 100, null, array[:a]), 'joined', 'the relay again');
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001', 'and the village');
select t.report(:r, :r, 100, 150);
select is(pg_temp.cut(), '33.14.01: 33.14.01.2001 until 150', 'until it is back');
rollback to plain;

select is(t.try($$update kentongan.ticket_site set until = null$$, 'kentongan_app'), '42501', 'the daemon may not write it');
select * from finish();
rollback;
