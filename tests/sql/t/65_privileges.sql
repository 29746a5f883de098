-- SPDX-License-Identifier: ISC
-- Real attempts: what the roles that serve requests cannot do. (golden/schema.txt has the whole matrix.)
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
select t.report('33.14.01', '33.14.01', 0);
grant usage on schema t to public;
grant execute on all functions in schema t to public;

create temp table attempts as
select format('%I.%I', schemaname, tablename) as name, (select quote_ident(attname) from pg_attribute a
        where a.attrelid = format('%I.%I', schemaname, tablename)::regclass and attnum = 1) as col
  from pg_tables where schemaname in ('kentongan', 'report');
create temp table roles (role text);
insert into roles values ('kentongan_app'), ('kentongan_web'), ('kentongan_report');

select is(t.try(format('insert into %s default values', name), role), '42501', format('%s cannot insert into %s', role, name)) from attempts, roles
 where not (role = 'kentongan_app' and name in ('kentongan.rollup_inbox', 'kentongan.reading_inbox')); -- COPY's way in: t/88, t/89
select is(t.try(format('update %s set %s = default', name, col), role), '42501', format('nor update %s', name)) from attempts, roles;
select is(t.try(format('delete from %s', name), role), '42501', format('nor delete from %s', name)) from attempts, roles;
select is(t.try(format('truncate %s', name), role), '42501', format('nor truncate %s', name)) from attempts, roles;
select is(t.try(format('select nextval(%L)', format('%I.%I', schemaname, sequencename)), role), '42501', format('nor move %s', sequencename))
  from pg_sequences, roles where schemaname = 'kentongan';
select is(t.try(statement, role), '42501', format('%s cannot: %s', role, statement))
  from roles, unnest(array['create table kentongan.x ()', 'create table report.x ()', 'create table public.x ()', 'create schema x',
      'create function kentongan.own_team() returns text language sql as ''select ''''ct1''''''', 'set role kentongan_owner',
      'alter table kentongan.ticket disable trigger all', 'drop view report.ticket', 'set session_replication_role = replica']) statement
 where not (statement like 'set role%');

-- Functions: the app has the doors, not the inner rooms; the page's reading side acts on nothing.
select is(t.try('select kentongan.ticket_act(1, ''accept'', ''x'', null, ''{}'', now())', 'kentongan_app'), 'ok', 'the app acts on tickets');
select is(t.try(format('select kentongan.ticket_act(%s, ''accept'', ''x'', null, ''{}'', now())', 1), role), '42501', role || ' does not')
  from roles where role <> 'kentongan_app';
select is(t.try(statement, role), '42501', format('%s cannot: %s', role, statement))
  from roles, unnest(array[
      'select kentongan.ticket_step(t, ''close'', ''x'', null, null, null, null, now()) from kentongan.ticket t',
      'select kentongan.event_append(t, ''x'', null, ''x'', null, null, null, now()) from kentongan.ticket t',
      'select kentongan.notification_owe(t, ''ticket.opened'', now()) from kentongan.ticket t',
      'select kentongan.endpoint_disable(''team'', ''x'', now())',
      'select kentongan.import_sites(''[]'')', 'select kentongan.refuse_change()']) statement;

-- Reading.
select is(t.try('select * from kentongan.ticket', 'kentongan_app'), 'ok', 'the app reads tickets');
select is(t.try('select * from report.ticket_event', 'kentongan_app'), 'ok', 'and the report');
select is(t.try('select * from kentongan.site_now', 'kentongan_web'), 'ok', 'the page reads sites');
select is(t.try('select url from kentongan.endpoint', 'kentongan_web'), '42501', 'not the receivers'' addresses');
select is(t.try('select * from kentongan.notification', 'kentongan_web'), '42501', 'not the outbox');
select is(t.try(format('select * from report.%I', viewname), 'kentongan_report'), 'ok', format('the report role reads report.%s', viewname))
  from pg_views where schemaname = 'report';
select is(t.try('select * from kentongan.ticket', 'kentongan_report'), '42501', 'and nothing else');
select is(t.try('select kentongan.wall_text(now())', 'kentongan_report'), '42501', 'nor any function');

-- What the reading side may execute changes nothing by its nature.
select is(provolatile <> 'v', true, format('%s is stable', proname)) from pg_proc
 where pronamespace = 'kentongan'::regnamespace and has_function_privilege('kentongan_web', oid, 'execute');
select is(t.try('select kentongan.link_check(1, ''ct1'', 1)', role), case when role = 'kentongan_report' then '42501' else 'ok' end, role || ' and links')
  from roles;
select is(t.try('select kentongan.ticket_page(1, ''ct1'', now())', role), case when role = 'kentongan_report' then '42501' else 'ok' end, role || ' and pages')
  from roles;
select is(t.try(statement, 'kentongan_web'), '42501', 'the reading side cannot: ' || statement)
  from unnest(array['select kentongan.verify_settle(1, now(), true, now(), null, null, null, now())', 'select * from kentongan.verify_pending()',
      'select kentongan.ticket_heal(''0'', ''0'', now())', 'select * from kentongan.outbox_lease(''x'', 1, ''1 s'', now())',
      'select * from kentongan.act_key', 'select kentongan.ticket_actions(t, null, now()) from kentongan.ticket t']) statement;

-- Every function that is executable runs with a search_path of its own.
select is((select count(*)::int from pg_proc where pronamespace = 'kentongan'::regnamespace and prosecdef
            and not coalesce(proconfig @> array['search_path=kentongan, pg_temp'], false)), 0, 'no security definer without search_path');
select is((select count(*)::int from pg_proc where pronamespace = 'kentongan'::regnamespace
            and exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)), 0, 'none is public''s');
select is((select count(*)::int from pg_class where relnamespace in ('kentongan'::regnamespace, 'report'::regnamespace)
            and relowner <> 'kentongan_owner'::regrole), 0, 'all is the owner''s');

-- A page in a transaction that is read only, as the reading side has it. From here on nothing can be written.
set transaction read only;
set local role kentongan_web;
\set text `cat "$KT_QUERIES/ticket_page.sql"`
prepare ticket_page (bigint, text, timestamptz) as :text;
\set text `cat "$KT_QUERIES/link_check.sql"`
prepare link_check (bigint, text, int) as :text;
execute ticket_page(1, 'ct1', '2026-11-24 02:05:00Z') \gset page_
execute link_check(1, 'ct1', 1) \gset link_
reset role;
select is(:'page_answer'::jsonb ->> 'state', 'offered', 'the page is read');
select is(:'link_link' || ' ' || :'link_language', 'ok id', 'and the link is checked');
select throws_ok('update kentongan.ticket set seq = 9', '25006');
select throws_ok('select kentongan.ticket_act(1, ''accept'', ''x'', null, ''{}'', now())', '25006');
select * from finish();
rollback;
