-- SPDX-License-Identifier: ISC
-- A new action link: for whose turn it is, by the own team alone, and the log knows who printed it.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
select t.report('33.14.01', '33.14.01', 0);
create function pg_temp.link(p_party text default null, p_as text default null, p_ticket text default '1') returns jsonb language sql as
    $$ select kentongan.ticket_link(p_ticket, p_party, 'siti', p_as, t.at(300000)) $$;
select is(pg_temp.link() - 'number', '{"ticket": 1, "party": "ct1", "generation": 1}', 'for the party whose turn it is');
select is(pg_temp.link('ct1', 'wawan') ->> 'party', 'ct1', 'named, and by one of the own people');
select throws_ok($$select pg_temp.link('ct2')$$, 'KT409', null, 'for nobody else');
select throws_ok($$select pg_temp.link('budi')$$, 'KT409', null, 'nor for one of its people, whose link would be none');
select throws_ok($$select pg_temp.link(null, 'ct1')$$, 'KT403', null, 'a contractor prints none');
select throws_ok($$select pg_temp.link('nobody')$$, 'KT404', null, 'there is no such party');
select throws_ok($$select pg_temp.link(null, null, '99')$$, 'KT404', null, 'there is no such ticket');
select is((select string_agg(concat_ws(' ', actor, party, detail), ', ' order by n) from kentongan.ticket_event where action = 'link'),
          'siti ct1 {"generation": 1}, siti ct1 {"generation": 1}', 'the log says who, for whom, and not what');
select is((select seq from kentongan.ticket where id = 1), 2, 'and the ticket is as it was');
select is(kentongan.link_check(1, 'ct1', (pg_temp.link() ->> 'generation')::int), 'ok', 'it opens the page');

-- There is nothing to work on any more.
create function pg_temp.refusal() returns text language sql as $$
    select number || ' is ' || state || ', so there is nothing left to work on.' from kentongan.ticket where id = 1 $$;
savepoint turn;
select t.force('restored');
select is(pg_temp.link() ->> 'ticket', '1', 'who repaired it may still say how');
select t.force('closed');
select throws_ok($$select pg_temp.link()$$, 'KT409', pg_temp.refusal(), 'a closed ticket has no new link');
rollback to turn;
select kentongan.ticket_act('1', 'cancel', 'siti', null, '{"note": "planned work"}', t.at(300020));
select throws_ok($$select pg_temp.link()$$, 'KT409', pg_temp.refusal(), 'nor has a cancelled one');
select is((select action from kentongan.ticket_event where ticket = 1 order by n desc limit 1), 'cancel', 'and the log says nothing of it');
rollback to turn;

select kentongan.ticket_act('1', 'decline', 'ct1', 'ct1', '{"note": "no car"}', t.at(300010));
select is(kentongan.link_check(1, 'ct1', 1), 'declined', 'that turn is over, and so is its link');
select throws_ok($$select pg_temp.link('ct1')$$, 'KT409', null, 'nor is there a new one');
select * from finish();
rollback;
