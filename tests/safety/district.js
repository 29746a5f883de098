// SPDX-License-Identifier: ISC
// district.js PART DIR: the inventory. Two relays with villages, each a contractor's; in the part "scripts" there is a
// village and a contractor for every attack, which is in each name that an inventory has.
'use strict';
const fs = require('node:fs');
const attacks = require('./attacks');

const [part, dir] = process.argv.slice(2);
const { HOOK_PORT, SNMP_PORT } = process.env;

function write(name, rows) {
    const cell = (text) => (/[,;"\r\n]/.test(text) ? `"${String(text).replaceAll('"', '""')}"` : text);
    fs.writeFileSync(`${dir}/${name}.csv`, rows.map((row) => row.map(cell).join(',') + '\n').join(''));
}

function villages(relay, count) {
    return Array.from({ length: count }, (_, i) => ({ code: `${relay}.${2001 + i}`, relay, name: `Desa ${i + 1}`, kecamatan: relay }));
}

const own = { party: 'dinas', name: 'Dinas Kominfo Sragen', kind: 'team' };
const world = {
    villages: [...villages('33.14.01', 7), ...villages('33.14.02', 2)],
    parties: [own, { party: 'lawu', name: 'CV Lawu Net', kind: 'contractor' }, { party: 'solo', name: 'PT Bengawan Data', kind: 'contractor' }],
    contracts: [['lawu', '33.14.01*'], ['solo', '33.14.02*']],
};
if (part === 'scripts') { // each with a feeder of its own: villages of one would share a ticket
    world.villages = attacks.list.map((attack, i) => ({
        code: attacks.village(i), relay: i % 2 === 0 ? '33.14.01' : '33.14.02', name: attack,
        kecamatan: attacks.at(i + 1, 80), feeder: `${attacks.at(i + 2, 60)} ${i}`,
        device: attacks.at(i + 6, 63), // the fleet says it in sysName and sysDescr, and the place in sysLocation
    }));
    world.parties = [own, { party: 'lawu', name: 'CV Lawu Net', kind: 'contractor' },
        ...attacks.list.map((attack, i) => ({ party: attacks.party(i), name: attacks.at(i + 3, 120), kind: 'contractor' }))];
    world.contracts = [['lawu', '33.14.0*'], ...attacks.list.map((attack, i) => [attacks.party(i), attacks.village(i)])];
}

write('sites', [['code', 'name', 'kind', 'kecamatan', 'lat', 'lng', 'uplinks', 'feeder', 'service_hours'],
    ['33.14', 'Sragen', 'core', '', '-7.38534', '110.97414', '', '', ''],
    ['33.14.01', 'Kalijambe', 'relay', '33.14.01', '-7.43614', '110.81379', '33.14', '', ''],
    ['33.14.02', 'Plupuh', 'relay', '33.14.02', '-7.43925', '110.88874', '33.14', '', ''],
    ...world.villages.map((v) => [v.code, v.name, 'village', v.kecamatan, '-7.44', '110.82', v.relay, v.feeder ?? '', ''])]);
write('devices', [['site', 'name', 'address', 'port', 'snmp', 'credential', 'profile', 'role', 'reply_from', 'byte_budget_mb'],
    ...[{ code: '33.14.01' }, { code: '33.14.02' }, ...world.villages].map(({ code, device }, i) =>
        [code, device ?? 'gw', `127.77.1.${i + 1}`, SNMP_PORT, '2c', 'demo', 'routeros', 'gateway', '', ''])]);
write('parties', [['party', 'name', 'kind', 'language', 'parent'],
    ...world.parties.map((p, i) => [p.party, p.name, p.kind, i % 2 === 0 ? 'id' : 'en', ''])]);
write('endpoints', [['endpoint', 'party', 'channel', 'url', 'secret', 'fallback_of', 'quiet', 'site'],
    ...world.parties.map((p) => [p.party, p.party, 'webhook', `http://127.0.0.1:${HOOK_PORT}/ok/${p.party}`, 'hook', '', '', ''])]);
write('contracts', [['contract', 'party', 'sites'], ...world.contracts.map(([party, sites]) => [`${party}-2026`, party, sites])]);
