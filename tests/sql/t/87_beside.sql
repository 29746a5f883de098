-- SPDX-License-Identifier: ISC
-- Devices beside the gateways: in the plan, with a state of their own, and nothing comes of it.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.id(p_site text, p_name text) returns int language sql as
    $$ select id from kentongan.device where site = p_site and name = p_name $$;
create function pg_temp.say(p_site text, p_name text, p_state text, p_since numeric, p_now numeric) returns bigint language sql as $$
    select kentongan.device_report(jsonb_build_array(jsonb_build_object('device', pg_temp.id(p_site, p_name), 'state', p_state,
                                                                        'since', t.at(p_since))), t.at(p_now)) $$;

select is(pg_temp.say('33.14.01.2001', 'ups', 'down', 0, 20), 1::bigint, 'a UPS is silent');
select is((select count(*) from kentongan.outage), 0::bigint, 'no outage comes of it');
select is((select count(*) from kentongan.ticket), 0::bigint, 'and no ticket');
select is((select count(*) from kentongan.site_state), 0::bigint, 'nor is it the state of its site');
select is(kentongan.site_devices('33.14.01.2001'), jsonb_build_array(
    jsonb_build_object('device', 'gw', 'role', 'gateway', 'state', 'unknown', 'since', null),
    jsonb_build_object('device', 'ups', 'role', 'ups', 'state', 'down', 'since', kentongan.wall_text(t.at(0)))), 'but people see it');
select is(pg_temp.say('33.14.01.2001', 'ups', 'down', 50, 60), 1::bigint, 'said again');
select is(kentongan.site_devices('33.14.01.2001') #>> '{1,since}', kentongan.wall_text(t.at(0)), 'it is so since it began');
select is(pg_temp.say('33.14.01.2001', 'ups', 'up', 70, 80), 1::bigint, 'it answers');
select is(kentongan.api_sites(null, '33.14.01.2001', t.at(90)) #>> '{0,devices,1,state}', 'up', 'as programs see it, too');
select is(pg_temp.say('33.14.01.2001', 'gw', 'down', 90, 95), 0::bigint, 'a gateway is not told of here');
select is(kentongan.device_report('[{"device": 999999, "state": "up", "since": "2026-11-24T02:00:00Z"}]', t.at(96)), 0::bigint,
          'nor is what is not there');
select kentongan.agent_report(jsonb_build_array(jsonb_build_object('device', pg_temp.id('33.14.01.2001', 'ups'), 'auth', 'wrong-key')), t.at(100));
select is(kentongan.site_devices('33.14.01.2001') #>> '{1,state}', 'auth-problem', 'who lives and does not let us in says so');
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the inventory is imported again');
select is((select count(*) from kentongan.device_state), 1::bigint, 'who stays beside the gateway keeps its state');
select is(t.import(t.with(t.with(t.inventory(), 'devices', 3, '{"role": "other"}'), 'devices', 4, '{"role": "gateway"}')) ->> 'applied',
          'true', 'the two devices swap their roles');
select is((select count(*) from kentongan.device_state), 0::bigint, 'who became the gateway has no state of its own left');
select is(t.import(t.inventory()) ->> 'applied', 'true', 'and back');
select is(pg_temp.say('33.14.01.2001', 'ups', 'up', 110, 120), 1::bigint, 'beside the gateway it has one again');
set local role kentongan_app;
select throws_ok($$delete from kentongan.device_state$$, '42501', null, 'the daemon writes no table');
reset role;
delete from kentongan.device where site = '33.14.01.2001' and name = 'ups';
select is((select count(*) from kentongan.device_state), 0::bigint, 'a state goes with its device');
select * from finish();
rollback;
