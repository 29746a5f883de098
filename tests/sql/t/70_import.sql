-- SPDX-License-Identifier: ISC
-- import_apply: each kind of error with its place, nothing applied on any, nothing changed by a dry run or a repetition.
begin;
select no_plan();

-- All rows of the inventory, as one text.
create function pg_temp.stock() returns text language sql as $$
    select md5(concat((select string_agg(x::text, '' order by code) from kentongan.site x),
                      (select string_agg(x::text, '' order by site, parent) from kentongan.uplink x),
                      (select string_agg(x::text, '' order by id) from kentongan.device x),
                      (select string_agg(x::text, '' order by party) from kentongan.party x),
                      (select string_agg(x::text, '' order by endpoint) from kentongan.endpoint x),
                      (select string_agg(x::text, '' order by contract) from kentongan.contract x),
                      (select string_agg(x::text, '' order by contract, pattern) from kentongan.contract_site x),
                      (select count(*) from kentongan.inventory_event)))
$$;
create temp table empty as select pg_temp.stock() as sum;

-- A dry run, the real thing, once more.
select is(t.import(t.inventory(), true) - 'changes', '{"errors": [], "applied": false, "counts": {
    "sites": {"added": 8, "changed": 0, "unchanged": 0}, "devices": {"added": 4, "changed": 0, "unchanged": 0},
    "parties": {"added": 5, "changed": 0, "unchanged": 0}, "endpoints": {"added": 3, "changed": 0, "unchanged": 0},
    "contracts": {"added": 3, "changed": 0, "unchanged": 0}}}'::jsonb, 'a dry run tells what would be');
select is(pg_temp.stock(), sum, 'and changes nothing') from empty;
select is(t.import(t.inventory()) ->> 'applied', 'true', 'an import applies');
select isnt(pg_temp.stock(), sum, 'and changes the stock') from empty;
select is((select array_agg(parent::text order by ordinal) from kentongan.uplink where site = '33.14.01.2003'), '{33.14.01,33.14.02}',
          'uplinks keep the order in which they were written');
select is((select (host(address), port, snmp, role, byte_budget_mb) from kentongan.device where site = '33.14.02'),
          (select ('2001:db8::2'::text, 161, '2c'::text, 'gateway'::text, null::int)), 'empty fields get the usual');
select is((select (actor, at, change, what) from kentongan.inventory_event where file = 'sites.csv' and key = '33.14.01.2001'),
          (select ('tester'::text, t.at(0), 'added'::text, 'Krikilan'::text)), 'and the log says who added what');
create temp table full_stock as select pg_temp.stock() as sum;
select is(t.import(t.inventory()) - 'counts', '{"errors": [], "changes": [], "applied": true}'::jsonb, 'imported twice: no change');
select is(pg_temp.stock(), sum, 'not a byte') from full_stock;

-- What changed is told field by field.
select is(t.import(t.with(t.with(jsonb_build_object('sites', t.inventory() -> 'sites'), 'sites', 4, '{"name": "Krikilan Baru", "feeder": "SGN-01"}'),
                          'sites', 6, '{"uplinks": "33.14.02", "feeder": ""}'), true) -> 'changes', '[
    {"file": "sites.csv", "key": "33.14.01.2001", "change": "changed", "what": "feeder (none) → SGN-01, name Krikilan → Krikilan Baru"},
    {"file": "sites.csv", "key": "33.14.01.2003", "change": "changed", "what": "feeder SGN-04 → (none), uplinks 33.14.01 33.14.02 → 33.14.02"}]',
    'a change of two sites');
select is(t.import(t.with(jsonb_build_object('endpoints', t.inventory() -> 'endpoints'), 'endpoints', 2, '{"url": "http://x/TOKEN", "secret": "other"}'), true) -> 'changes',
    '[{"file": "endpoints.csv", "key": "team", "change": "changed", "what": "secret s_team → other, url changed"}]', 'an url is not told');
select is(t.import(jsonb_build_object('parties', '[]'::jsonb)) - 'counts', '{"errors": [], "changes": [], "applied": true}'::jsonb, 'a file without rows takes nothing away');
select is(t.import(jsonb_build_object('sites', jsonb_build_array(t.with(t.inventory(), 'sites', 4, '{"name": "Krikilan Baru"}') -> 'sites' -> 2),
                                      'devices', t.inventory() -> 'devices'), true) - 'errors' - 'applied',
    '{"changes": [{"file": "sites.csv", "key": "33.14.01.2001", "change": "changed", "what": "name Krikilan → Krikilan Baru"}], "counts": {
      "sites": {"added": 0, "changed": 1, "unchanged": 0}, "devices": {"added": 0, "changed": 0, "unchanged": 4}}}'::jsonb,
    'a file of one site tells of that one');

-- Swaps that pass through a forbidden state.
savepoint swap;
select is(t.import(t.with(t.with(jsonb_build_object('devices', t.inventory() -> 'devices'), 'devices', 3, '{"port": "1162"}'), 'devices', 4, '{"port": "1161"}')) ->> 'applied',
          'true', 'two devices swap their addresses');
select is(t.import(t.with(t.with(jsonb_build_object('devices', t.inventory() -> 'devices'), 'devices', 3, '{"role": "other", "port": "1162"}'), 'devices', 4, '{"role": "gateway", "port": "1161"}')) ->> 'applied',
          'true', 'the gateway moves to the other device');
select is(t.import(t.with(t.with(jsonb_build_object('parties', t.inventory() -> 'parties'), 'parties', 2, '{"kind": "contractor"}'), 'parties', 6, '{"kind": "team"}')) ->> 'applied',
          'true', 'another party becomes the own team');
rollback to swap;

-- Errors. Each is one row of one file, changed; expected: file, line, column, words.
create function pg_temp.wrong(file text, line int, change jsonb, expected text, variadic also text[] default '{}') returns setof text language plpgsql as $$
declare
    got jsonb := t.import(t.with(t.inventory(), file, line, change));
begin
    return next is((select array_agg(format('%s:%s: %s: %s', e ->> 'file', e ->> 'line', e ->> 'column', e ->> 'words') order by n)
                      from jsonb_array_elements(got -> 'errors') with ordinality as x(e, n)), expected || also, expected);
    return next is(got ->> 'applied', 'false', '… not applied');
    return next is(pg_temp.stock(), (select sum from full_stock), '… nothing changed');
end $$;
select pg_temp.wrong('sites', 5, '{"code": "33.14.01.2001"}', 'sites.csv:5: code: 33.14.01.2001 is on line 4 already');
select pg_temp.wrong('sites', 5, '{"uplinks": "33.14.09"}', 'sites.csv:5: uplinks: there is no site 33.14.09, in the file or in the database');
select pg_temp.wrong('sites', 5, '{"uplinks": "33.14.01.2002"}', 'sites.csv:5: uplinks: 33.14.01.2002 is its own uplink');
select pg_temp.wrong('sites', 5, '{"uplinks": "33.14.01 33.14.02 33.14.01"}', 'sites.csv:5: uplinks: 33.14.01 is named twice');
select pg_temp.wrong('sites', 2, '{"uplinks": "33.14.02"}', 'sites.csv:2: uplinks: the core has no uplink',
    'sites.csv:2: uplinks: the uplinks run in a circle: 33.14, 33.14.02', 'sites.csv:7: uplinks: the uplinks run in a circle: 33.14, 33.14.02');
select pg_temp.wrong('sites', 3, '{"uplinks": "33.14.01.2003"}', 'sites.csv:3: uplinks: the uplinks run in a circle: 33.14.01, 33.14.01.2003',
    'sites.csv:6: uplinks: the uplinks run in a circle: 33.14.01, 33.14.01.2003');
select pg_temp.wrong('devices', 3, '{"site": "33.14.99"}', 'devices.csv:3: site: there is no site 33.14.99, in the files or in the database');
select pg_temp.wrong('devices', 4, '{"name": "gw"}', 'devices.csv:4: name: 33.14.01.2001 gw is on line 3 already');
select pg_temp.wrong('devices', 2, '{"address": "127.33.1.2"}', 'devices.csv:2: address: 127.33.1.2 port 1161 is the address of 33.14.01.2001 (gw) too',
    'devices.csv:3: address: 127.33.1.2 port 1161 is the address of 33.14.01 (gw) too');
select pg_temp.wrong('devices', 4, '{"role": "gateway"}', 'devices.csv:3: role: 33.14.01.2001 has a gateway already: ups; one device per site is its gateway',
    'devices.csv:4: role: 33.14.01.2001 has a gateway already: gw; one device per site is its gateway');
select pg_temp.wrong('parties', 6, '{"party": "ct1"}', 'parties.csv:6: party: ct1 is on line 4 already');
select pg_temp.wrong('parties', 5, '{"parent": "ct7"}', 'parties.csv:5: parent: there is no party ct7, in the file or in the database');
select pg_temp.wrong('parties', 5, '{"parent": "budi"}', 'parties.csv:5: parent: budi is its own parent');
select pg_temp.wrong('parties', 4, '{"parent": "budi"}', 'parties.csv:4: parent: ct1 is above itself', 'parties.csv:5: parent: budi is above itself');
select pg_temp.wrong('parties', 2, '{"kind": "contractor"}', 'parties.csv:0: kind: there is no own team: one party of kind team without a parent');
select pg_temp.wrong('parties', 6, '{"kind": "team"}', 'parties.csv:2: kind: dit is a second own team: give it a parent, or another kind',
    'parties.csv:6: kind: ct2 is a second own team: give it a parent, or another kind');
select pg_temp.wrong('endpoints', 3, '{"endpoint": "team"}', 'endpoints.csv:3: endpoint: team is on line 2 already');
select pg_temp.wrong('endpoints', 3, '{"party": "ct7"}', 'endpoints.csv:3: party: there is no party ct7, in the files or in the database');
select pg_temp.wrong('endpoints', 3, '{"site": "33.14.99"}', 'endpoints.csv:3: site: there is no site 33.14.99, in the files or in the database');
select pg_temp.wrong('endpoints', 3, '{"channel": "pigeon"}', 'endpoints.csv:3: channel: pigeon is no channel; there is: webhook');
select pg_temp.wrong('endpoints', 3, '{"fallback_of": "fax"}', 'endpoints.csv:3: fallback_of: there is no endpoint fax, in the file or in the database');
select pg_temp.wrong('endpoints', 3, '{"fallback_of": "menara"}', 'endpoints.csv:3: fallback_of: menara is its own fallback');
select pg_temp.wrong('contracts', 3, '{"contract": "all"}', 'contracts.csv:3: contract: all is on line 2 already');
select pg_temp.wrong('contracts', 3, '{"party": "ct7"}', 'contracts.csv:3: party: there is no party ct7, in the files or in the database');
select pg_temp.wrong('contracts', 3, '{"sites": "33.14.02.* 33.15*"}', 'contracts.csv:3: sites: no site matches 33.15*, in the files or in the database');
select pg_temp.wrong('contracts', 3, '{"valid_to": "2025-01-01"}', 'contracts.csv:3: valid_to: it ends before it begins');
select pg_temp.wrong('contracts', 3, '{"sites": "33.14.02*"}', 'contracts.csv:2: sites: 33.14.02* is in contract plupuh too, at the same time',
    'contracts.csv:3: sites: 33.14.02* is in contract all too, at the same time');

-- Errors against what is in the database only.
create function pg_temp.alone(rows jsonb) returns text language sql as
    $$ select string_agg(format('%s:%s: %s: %s', e ->> 'file', e ->> 'line', e ->> 'column', e ->> 'words'), ' & ')
         from jsonb_array_elements(t.import(rows) -> 'errors') e $$;
select is(pg_temp.alone('{"devices": [{"line": 2, "site": "33.14.03", "name": "gw", "address": "127.33.1.1", "port": "1161"}]}'),
          'devices.csv:2: address: 127.33.1.1 port 1161 is the address of 33.14.01 (gw) too', 'an address of the database');
select is(pg_temp.alone('{"sites": [{"line": 2, "code": "33.14.01", "name": "Kalijambe", "kind": "relay", "uplinks": "33.14.01.2001"}]}'),
          'sites.csv:2: uplinks: the uplinks run in a circle: 33.14.01, 33.14.01.2001, 33.14.01.2002, 33.14.01.2003', 'a circle through the database')
 where false;
select matches(pg_temp.alone('{"sites": [{"line": 2, "code": "33.14.01", "name": "Kalijambe", "kind": "relay", "uplinks": "33.14.01.2001"}]}'),
               '^sites.csv:2: uplinks: the uplinks run in a circle: 33.14.01, 33.14.01.2001$', 'a circle through the database');
select is(pg_temp.alone('{"endpoints": [{"line": 2, "endpoint": "x", "party": "nobody", "channel": "webhook", "url": "http://x"},
                                        {"line": 3, "endpoint": "y", "party": "ct1", "channel": "webhook", "url": "http://y", "fallback_of": "x"}]}'),
          'endpoints.csv:2: party: there is no party nobody, in the files or in the database', 'what names a wrong row is not wrong for that');
select is(pg_temp.alone('{"endpoints": [{"line": 2, "endpoint": "x", "party": "ct1", "channel": "webhook", "url": "http://x", "fallback_of": "team"},
                                        {"line": 3, "endpoint": "y", "party": "ct1", "channel": "webhook", "url": "http://y", "fallback_of": "x"}]}'),
          'endpoints.csv:3: fallback_of: x is a fallback itself; name an endpoint that is none', 'a fallback of a fallback');
select is(pg_temp.alone('{"contracts": [{"line": 2, "contract": "k", "party": "ct1", "sites": "33.14.01.2001"}]}'),
          'contracts.csv:2: sites: 33.14.01.2001 is in contract krikilan too, at the same time', 'a pattern of the database');
select is(pg_temp.alone('{"contracts": [{"line": 2, "contract": "k", "party": "ct1", "sites": "33.14.02.*", "valid_from": "2028-01-01"}]}'),
          null, 'the same pattern in another time is fine');

-- All errors at once, sorted.
select is((select array_agg(format('%s:%s', e ->> 'file', e ->> 'line') order by n)
             from jsonb_array_elements(t.import(t.with(t.with(t.with(t.inventory(), 'sites', 5, '{"uplinks": "x"}'), 'sites', 4, '{"uplinks": "y"}'),
                                                       'contracts', 3, '{"party": "z"}')) -> 'errors') with ordinality as x(e, n)),
          '{contracts.csv:3,sites.csv:4,sites.csv:5}', 'all of them, by file and line');
select * from finish();
rollback;
