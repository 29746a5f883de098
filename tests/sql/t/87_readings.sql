-- SPDX-License-Identifier: ISC
-- What devices said when they were last read.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function t.device(p_site text) returns int language sql as $$
    select id from kentongan.device where site = p_site and role = 'gateway' $$;
create function t.put(p_site text, p_minute int, p_readings text) returns bigint language sql as $$
    select kentongan.readings_put(jsonb_build_array(jsonb_build_object('device', t.device(p_site), 'at', t.at(p_minute),
                                                                       'profile', 'mikrotik', 'readings', p_readings::jsonb))) $$;
create function t.got(p_site text) returns jsonb language sql as $$
    select kentongan.site_readings(p_site) #> '{0,readings}' $$;

select is(kentongan.site_readings('33.14.01'), '[]', 'nothing before the first reading');
select is(t.put('33.14.01', 1, '[{"metric": "signal", "value": -70}]'), 1::bigint, 'a reading is taken');
select is(kentongan.site_readings('33.14.01'), jsonb_build_array(jsonb_build_object('device', 'gw', 'role', 'gateway',
    'at', kentongan.wall_text(t.at(1)), 'profile', 'mikrotik', 'kept', 0, 'readings', '[{"metric": "signal", "value": -70}]'::jsonb)), 'and shown');
select is(t.put('33.14.01', 6, '[{"metric": "signal", "value": -71}]'), 1::bigint, 'a newer one');
select is(t.got('33.14.01'), '[{"metric": "signal", "value": -71}]', 'takes its place');
select is(t.put('33.14.01', 6, '[{"metric": "ccq", "value": 99}]'), 1::bigint, 'another part of it');
select is(t.got('33.14.01'), '[{"metric": "signal", "value": -71}, {"metric": "ccq", "value": 99}]', 'is added');
select is(t.put('33.14.01', 5, '[]'), 0::bigint, 'an older one is passed over');
select is((select bytes from kentongan.device_reading where device = t.device('33.14.01')), null, 'what it cost is not known');
select is(kentongan.readings_put(jsonb_build_array(jsonb_build_object('device', t.device('33.14.01'), 'at', t.at(7), 'profile', 'x',
    'bytes', 4294967295, 'readings', '[]'::jsonb))), 1::bigint, 'unless it says so');
select is((select bytes from kentongan.device_reading where device = t.device('33.14.01')), 4294967295, 'then it is kept');
select is(t.put('33.14.01', 8, '[]'), 1::bigint, 'one that does not');
select is((select bytes from kentongan.device_reading where device = t.device('33.14.01')), null, 'has none again');
select is(kentongan.readings_put('[{"device": 999999, "at": "2026-11-24T02:00:00Z", "profile": "x", "readings": []}]'), 0::bigint,
          'so is a device that is not there');
select is(kentongan.readings_put(jsonb_build_array(
    jsonb_build_object('device', t.device('33.14.01.2001'), 'at', t.at(2), 'profile', 'x', 'readings', '[1]'::jsonb),
    jsonb_build_object('device', t.device('33.14.01.2001'), 'at', t.at(3), 'profile', 'x', 'readings', '[2]'::jsonb))), 1::bigint,
    'of two of one device');
select is(t.got('33.14.01.2001'), '[2]', 'the newer one counts');
create function t.part(p_site text, p_minute int, p_profile text, p_readings text) returns jsonb language sql as $$
    select jsonb_build_object('device', t.device(p_site), 'at', t.at(p_minute), 'profile', p_profile, 'bytes', length(p_readings),
                              'readings', p_readings::jsonb) $$;
select is(kentongan.readings_put(jsonb_build_array(
    t.part('33.14.01.2001', 4, 'x', '[3, 1]'), t.part('33.14.01', 8, 'mikrotik', '[]'), t.part('33.14.01.2001', 4, 'x', '[2]'),
    t.part('33.14.01.2001', 3, 'x', '[9]'), t.part('33.14.01.2001', 4, 'y', '[]'))), 2::bigint, 'parts in one call are one row');
select is(t.got('33.14.01.2001'), '[3, 1, 2]', 'of all parts of the newest, as they came');
select is((select profile || bytes from kentongan.device_reading where device = t.device('33.14.01.2001')), 'y2', 'the rest is the last one''s');
select is(kentongan.readings_put(jsonb_build_array(t.part('33.14.01.2001', 4, 'x', '[4]'), t.part('33.14.01.2001', 4, 'x', '[5]'))),
          1::bigint, 'further parts');
select is(t.got('33.14.01.2001'), '[3, 1, 2, 4, 5]', 'are added to those of a call before');
select is(t.put('33.14.01', 9, '[]'), 1::bigint, 'the last');
select is(kentongan.api_sites(null, '33.14.01', t.at(9)) #>> '{0,readings,0,profile}', 'mikrotik', 'one site in the API has them');
select ok(not kentongan.api_sites(null, null, t.at(9)) -> 0 ? 'readings', 'a list of sites has not');
set local role kentongan_app;
select throws_ok($$delete from kentongan.device_reading$$, '42501', null, 'the daemon writes no table');
reset role;
delete from kentongan.device where id = t.device('33.14.01.2001');
select is((select count(*) from kentongan.device_reading), 1::bigint, 'a reading goes with its device');
select * from finish();
rollback;
