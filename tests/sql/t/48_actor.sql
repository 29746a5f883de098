-- SPDX-License-Identifier: ISC
-- Who acted by a token is called by its label, and the log keeps its number.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
select t.report('33.14.01', '33.14.01', 0);
create temp table token as
select (kentongan.token_add('staff', null, label, repeat(digit, 64), t.at(86400), 'root', t.at(0)) ->> 'id')::bigint as id, label
  from (values ('NOC dashboard', 'a'), ('', 'b')) v(label, digit);
select kentongan.ticket_act('1', 'note', 'token:' || id, null, '{"note": "seen"}', t.at(30)) from token order by id;
create function pg_temp.actors(p jsonb) returns text language sql as
    $$ select string_agg(e ->> 'actor', ', ' order by e ->> 'at', e ->> 'n') from jsonb_array_elements(p) e where e ->> 'action' = 'note' $$;
select is(pg_temp.actors(kentongan.ticket_timeline(1)), 'NOC dashboard, token:' || id, 'by its label; without one by its number')
  from token where label = '';
select is(pg_temp.actors(kentongan.ticket_newest(1, 30)) like '%NOC dashboard%', true, 'on the page, too');
select is((select count(*) from kentongan.ticket_event e join token k on e.actor = 'token:' || k.id), 2::bigint, 'the log keeps the numbers');
select is_empty('select * from kentongan.event_verify(1)', 'and its chain holds');
select is(kentongan.actor_name(actor), actor, format('%s is who he is', actor))
  from unnest('{ct1,engine,token:,token:x,token:999999,token:99999999999999999999,"an operator"}'::text[]) actor;
set local role kentongan_web;
select is(kentongan.actor_name('token:' || id), 'NOC dashboard', 'the page may ask for the name') from (select 1 as id) x;
select throws_ok($$select label from kentongan.api_token$$, '42501', null, 'and for nothing else of a token');
reset role;
select * from finish();
rollback;
