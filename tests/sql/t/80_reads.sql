-- SPDX-License-Identifier: ISC
-- Ticket numbers as people write them, and what the queries of the command line say.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
alter table kentongan.ticket alter column id restart with 123;
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001']);
select t.report('33.14.01.2001', '33.14.01', 2);
select is((select number from kentongan.ticket), 'KT-2026-000123', 'the number is the year and six digits');
select is(kentongan.ticket_number(123), 'KT-2026-000123', 'by id');
select is(kentongan.ticket_number(124), null, 'or null');
select is(kentongan.ticket_id(form), 123::bigint, form) from unnest(array['KT-2026-000123', 'kt-2026-123', '123', ' 000123 ']) form;
select throws_ok(format('select kentongan.ticket_id(%L)', form), 'KT404',
    format('There is no ticket %s. A ticket is KT-2026-000123 or 123; `kentongan tickets --all` lists them.', form))
  from unnest(array['KT-2025-000123', '124', 'KT-2026-', 'abc', '', '99999999999999999999', '-1']) form;
alter table kentongan.ticket alter column id restart with 1234567;
select outcome from kentongan.fault_report('33.14.03', '33.14.03', null, '2026-12-31 16:59Z', '2026-12-31 17:00Z', null, '{}', '2026-12-31 17:00Z');
select is((select number from kentongan.ticket where root = '33.14.03'), 'KT-2027-1234567',
          'the year is that of the district''s zone, and more than six digits are kept');
select is(kentongan.ticket_id('KT-2027-1234567'), 1234567::bigint, 'and read');
select kentongan.zone_set('UTC');
select is(kentongan.day_of('2026-12-31 17:00Z'), '2026-12-31', 'the zone can be set');
select is(t.try($$select kentongan.zone_set('Mars')$$), 'KT422', 'to one that there is');
select is(kentongan.ticket_number(1234567), 'KT-2027-1234567', 'a number never changes');

-- The queries themselves, as they are embedded.
select kentongan.state_report('[{"site": "33.14.01", "state": "down", "since": "2026-11-24T02:00:00Z"}]', t.at(20));
set local role kentongan_app;
\set text `cat "$KT_QUERIES/cli_sites.sql"`
prepare cli_sites as :text;
\set text `cat "$KT_QUERIES/cli_site.sql"`
prepare cli_site (text) as :text;
\set text `cat "$KT_QUERIES/cli_tickets.sql"`
prepare cli_tickets (text, text, text) as :text;
\set text `cat "$KT_QUERIES/cli_ticket.sql"`
prepare cli_ticket (text) as :text;
\set text `cat "$KT_QUERIES/cli_outbox.sql"`
prepare cli_outbox (boolean) as :text;
\set text `cat "$KT_QUERIES/plan_load.sql"`
prepare plan_load as :text;
\set text `cat "$KT_QUERIES/stats.sql"`
prepare stats (timestamptz) as :text;
execute cli_sites \gset sites_
execute cli_site('33.14.01.2001') \gset site_
execute cli_site('33.14.03') \gset lone_
execute cli_tickets('open', null, null) \gset open_
execute cli_tickets('open', '33.14.01.2001', null) \gset site_tickets_
execute cli_tickets('open', null, 'ct1') \gset party_tickets_
execute cli_ticket('kt-2026-123') \gset ticket_
execute cli_outbox(false) \gset outbox_
execute cli_outbox(true) \gset dead_
execute stats('2026-11-24 02:01:00Z') \gset stats_
reset role;
select is(jsonb_array_length(:'sites_answer'), 8, 'sites: all of them');
select is(:'sites_answer'::jsonb -> 1, '{"code": "33.14.01", "name": "Kalijambe", "kind": "relay", "kecamatan": "Kalijambe",
    "state": "down", "since": "2026-11-24T02:00:00.000000Z", "address": "127.33.1.1", "port": 1161, "uplinks": ["33.14"],
    "ticket": "KT-2026-000123", "ticket_state": "offered", "auth": null, "auth_beside": null, "blind": null, "maintenance": false, "maintenance_until": null, "maintenance_by": null}', 'one of them');
select is(:'sites_answer'::jsonb -> 2 ->> 'ticket', 'KT-2026-000123', 'a site that is cut off names the ticket, too');
select is(:'site_answer'::jsonb #> '{devices,0}', jsonb_build_object('id', (select id from kentongan.device
    where site = '33.14.01.2001' and name = 'gw'), 'name', 'gw', 'role', 'gateway', 'address', '127.33.1.2', 'port', 1161, 'snmp', '1',
    'credential', 'demo', 'profile', null, 'byte_budget_mb', null, 'learned', null, 'reading_bytes', null, 'auth', null, 'auth_since', null, 'engine', null, 'engine_shared', null, 'state', null, 'since', null), 'site: its gateway first');
select is(:'site_answer'::jsonb #> '{uplinks,0}', '{"code": "33.14.01", "name": "Kalijambe", "state": "down"}', 'its uplinks with their state');
select is(:'site_answer'::jsonb -> 'contract', '{"contract": "krikilan", "party": "dit", "party_name": "District IT"}', 'its contract');
select is(:'site_answer'::jsonb #>> '{ticket,ticket}', 'KT-2026-000123', 'its open ticket');
select is(:'site_answer'::jsonb #>> '{outages,0,first_bad}', '2026-11-24T02:00:02.000000Z', 'its outages');
select is(:'site_answer'::jsonb ->> 'state', 'unknown', 'not said: unknown');
select is(:'lone_answer'::jsonb -> 'contract', 'null'::jsonb, 'nobody under contract is null');
select is((select array_agg(x ->> 'ticket') from jsonb_array_elements(:'open_answer') x), '{KT-2027-1234567,KT-2026-000123}', 'tickets: the youngest first');
select is((select array_agg(x ->> 'ticket') from jsonb_array_elements(:'site_tickets_answer') x), '{KT-2026-000123}', 'of a site, as affected too');
select is((select array_agg(x ->> 'ticket') from jsonb_array_elements(:'party_tickets_answer') x), '{KT-2026-000123}', 'of a party');
select set_eq(format('select jsonb_object_keys(%L::jsonb)', :'ticket_answer'),
    array['ticket', 'id', 'state', 'kind', 'priority', 'root', 'affected', 'party', 'contract', 'last_good', 'first_bad', 'detected',
          'opened', 'offered', 'notified', 'accepted', 'onsite', 'claimed', 'restored', 'closed', 'cancelled', 'cause_guess',
          'cause_reported', 'action', 'reopen_count', 'unproven_count', 'seq', 'feeder', 'cause', 'cause_confidence', 'cause_proven',
          'evidence', 'measures', 'timeline', 'messages'], 'ticket: its keys');
select is((select array_agg(x ->> 'action') from jsonb_array_elements(:'ticket_answer'::jsonb -> 'timeline') x), '{open,offer}', 'its timeline');
select is((select array_agg(x ->> 'type') from jsonb_array_elements(:'ticket_answer'::jsonb -> 'messages') x), '{ticket.opened,ticket.offered}', 'its messages');
select is((select array_agg(x ->> 'type') from jsonb_array_elements(:'outbox_answer') x), '{ticket.opened,ticket.offered,ticket.opened}', 'outbox: what waits');
select is(:'dead_answer'::jsonb, '[]', 'no dead letters');
select is(row(:'stats_tickets_open', :'stats_outages_open', :'stats_outbox_waiting', :'stats_outbox_dead', :'stats_outbox_oldest_s')::text,
          '(2,3,3,0,40)', 'the figures');
select throws_ok($$execute cli_site('nowhere')$$, 'KT404');
select throws_ok($$execute cli_tickets('open', 'nowhere', null)$$, 'KT404');
select throws_ok($$execute cli_tickets('open', null, 'nobody')$$, 'KT404');
select throws_ok($$execute cli_ticket('9')$$, 'KT404');

create temp table plan (code kentongan.code, is_core boolean, uplinks text, device_id int, address text, port int, snmp text,
    credential text, reply_from text, byte_budget_mb int, outage_root kentongan.code, last_good timestamptz, first_bad timestamptz, detected timestamptz,
    beside boolean default false, site_devices int default 0, feeder text default '', reference boolean default false);
insert into plan values
    ('33.14', true, '', 0, '', 0, '', '', '', 0, null, null, null, null),
    ('33.14.01', false, '33.14', (select id from kentongan.device where site = '33.14.01'), '127.33.1.1', 1161, '2c', 'demo', '', 0, '33.14.01', t.at(-30), t.at(0), t.at(20)),
    ('33.14.01.2001', false, '33.14.01', (select id from kentongan.device where site = '33.14.01.2001' and role = 'gateway'), '127.33.1.2', 1161, '1', 'demo', 'any', 0, '33.14.01', t.at(-28), t.at(2), t.at(22)),
    ('33.14.01.2002', false, '33.14.01', 0, '', 0, '', '', '', 0, null, null, null, null),
    ('33.14.01.2003', false, '33.14.01 33.14.02', 0, '', 0, '', '', '', 0, null, null, null, null),
    ('33.14.02', false, '33.14', (select id from kentongan.device where site = '33.14.02'), '2001:db8::2', 161, '2c', 'demo', '', 0, null, null, null, null),
    ('33.14.02.2001', false, '33.14.02', 0, '', 0, '', '', '', 0, null, null, null, null),
    ('33.14.03', false, '33.14', 0, '', 0, '', '', '', 0, '33.14.03', null, '2026-12-31 16:59Z', '2026-12-31 17:00Z');
update plan set feeder = 'SGN-04' where code = '33.14.01.2003';
update plan set site_devices = (select count(*) from kentongan.device d where d.site = plan.code);
insert into plan values
    ('33.14.01.2001', false, '', (select id from kentongan.device where site = '33.14.01.2001' and role = 'ups'), '127.33.1.2', 1162, '1', 'demo', '', 50, null, null, null, null, true, 2);
select results_eq('execute plan_load', $$select code, is_core, uplinks, device_id, address, port, snmp, credential, reply_from, byte_budget_mb, ''::text,
    null::text, null::text, null::bigint, null::bigint, null::timestamptz, outage_root::text, last_good, first_bad, detected, beside, 0, site_devices::bigint, feeder, reference,
    null::bigint, null::timestamptz, 0, null::int, null::int, null::bigint, null::int, 0, null::int
    from plan order by code, beside$$, 'the plan: sites, uplinks, gateways, open outages, devices beside the gateways');

-- The report schema.
select results_eq('select ticket, site, state, tmf_status, affected from report.ticket order by id',
    $$values ('KT-2026-000123', '33.14.01', 'offered', 'acknowledged', 1::bigint), ('KT-2027-1234567', '33.14.03', 'new', 'acknowledged', 0)$$, 'report.ticket');
select results_eq('select site, root, ticket from report.outage order by first_bad',
    $$values ('33.14.01', '33.14.01', 'KT-2026-000123'), ('33.14.01.2001', '33.14.01', 'KT-2026-000123'), ('33.14.03', '33.14.03', 'KT-2027-1234567')$$, 'report.outage');
select results_eq('select ticket, type, endpoint, state, attempts from report.delivery order by id',
    $$values ('KT-2026-000123', 'ticket.opened', 'team', 'queued', 0::bigint), ('KT-2026-000123', 'ticket.offered', 'menara', 'queued', 0),
             ('KT-2027-1234567', 'ticket.opened', 'team', 'queued', 0)$$, 'report.delivery');
select * from finish();
rollback;
