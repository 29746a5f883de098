-- SPDX-License-Identifier: ISC
-- What SNMPv3 engines said of themselves.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function t.device(p_site text) returns int language sql as $$
    select id from kentongan.device where site = p_site and role = 'gateway' $$;
create function t.said(p_site text, p_minute int, p_auth text, p_engine text) returns jsonb language sql as $$
    select kentongan.agent_report(jsonb_build_array(jsonb_build_object(
        'device', t.device(p_site), 'auth', p_auth, 'engine', p_engine, 'boots', 3, 'time_s', 90 + p_minute, 'at', t.at(p_minute))),
        t.at(p_minute)) $$;
create function t.agent(p_site text) returns kentongan.device_agent language sql as $$
    select a from kentongan.device_agent a where device = t.device(p_site) $$;

select is(t.said('33.14.01', 1, 'ok', '80001f8801'), null, 'an engine of its own');
select is((t.agent('33.14.01')).engine, '\x80001f8801'::bytea, 'is kept');
select is((t.agent('33.14.01')).boots, 3::bigint, 'with its boots');
select is((t.agent('33.14.01')).auth_since, t.at(1), 'and since when it lets us in');
select is(t.said('33.14.01', 2, 'ok', '80001f8801'), null, 'the same again');
select is((t.agent('33.14.01')).auth_since, t.at(1), 'begins nothing anew');
select is((t.agent('33.14.01')).time_s, 92::bigint, 'its clock is the newer');
select is(t.said('33.14.01', 3, 'wrong-key', '80001f8801'), null, 'a problem');
select is((t.agent('33.14.01')).auth, 'wrong-key', 'is kept');
select is((t.agent('33.14.01')).auth_since, t.at(3), 'with its beginning');
select is(t.said('33.14.01.2001', 4, 'ok', '80001f8801'), '[{"site": "33.14.01.2001", "with": "33.14.01"}]',
          'two devices with one engine are told of');
select is(t.said('33.14.01.2001', 5, 'ok', '80001f8801'), null, 'once');
select is(kentongan.agent_report(jsonb_build_array(
    jsonb_build_object('device', t.device('33.14.01'), 'auth', 'ok', 'engine', '80001f8802'),
    jsonb_build_object('device', t.device('33.14.01.2001'), 'auth', 'ok', 'engine', '80001f8802')), t.at(6)),
    '[{"site": "33.14.01", "with": "33.14.01.2001"}, {"site": "33.14.01.2001", "with": "33.14.01"}]', 'also when both come at once');
select is((t.agent('33.14.01')).boots, null, 'a clock that was not heard is not kept');
select is(kentongan.agent_report('[{"device": 999999, "auth": "ok", "engine": "80001f8801"}]', t.at(7)), null,
          'a device that is not there is passed over');
select is(kentongan.agent_report(jsonb_build_array(jsonb_build_object('device', t.device('33.14.01'), 'auth', 'unanswered')),
                                 t.at(8)), null, 'an engine may be forgotten');
select is((t.agent('33.14.01')).engine, null, 'until it says who it is');
set local role kentongan_app;
select throws_ok($$delete from kentongan.device_agent$$, '42501', null, 'the daemon writes no table');
reset role;
delete from kentongan.device where id = t.device('33.14.01.2001');
select is((select count(*) from kentongan.device_agent), 1::bigint, 'an engine goes with its device');
select * from finish();
rollback;
