// SPDX-License-Identifier: ISC
// claims.js: "the repair is done" through the contractor's link, at every moment at which it can be said: before the link
// is up, after it, twice, late, and while the daemon is killed. What the form says is recorded; what is true is measured.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { once } = require('node:events');
const world = require('./world');
const { ask, post, does, fleet, link, ticket, stateIs, until, events, LOG, BIN } = world;

const village = (n) => `33.14.01.${2000 + n}`;
const repair = { cause: 'cable', action_code: 'recabled' };

async function accepted(root) {
    const here = await link(root);
    await does(here, { action: 'accept', key: 'accept' });
    return here;
}

function outage(root) {
    return JSON.parse(world.sql(`select to_jsonb(o) from kentongan.outage o where site = '${root}' order by id desc limit 1`));
}

async function linkIsBack(root) {
    fleet('restore', root);
    await until(`${root} answers`, () => outage(root).restored_at);
}

async function page(here) {
    return (await ask('GET', here + '?lang=en')).text;
}

async function beforeTheLinkIsUp(root) {
    const here = await accepted(root);
    await does(here, { action: 'claim', key: 'early', ...repair, note: 'Sudah beres' });
    assert.match(await page(here), /watched|watching/i, 'the page says that the link is being watched');
    await until('the verdict', () => ticket(root).unproven_count === 1);
    assert.strictEqual(ticket(root).state, 'accepted');
    assert.strictEqual(ticket(root).restored_at, null);
    assert.match(await page(here), /The repair is not proven yet/);
    const why = world.sql(`select note from kentongan.ticket_event e join kentongan.ticket t on t.id = e.ticket
                            where t.root = '${root}' and e.action = 'unproven'`);
    assert.match(why, /\w+ .*\./, `a reason in words, not "${why}"`);
    // The old form once more: it says what it said, and no second trial begins.
    await does(here, { action: 'claim', key: 'early', ...repair, note: 'Sudah beres' });
    assert.strictEqual(ticket(root).state, 'accepted');

    await linkIsBack(root);
    await does(here, { action: 'claim', key: 'now it is', ...repair });
    await stateIs(root, 'restored');
    assert.strictEqual(events(root).replace(/ ?join/g, ''), 'open offer accept claim unproven link.back prove claim restore');
}

async function afterTheLinkIsUp(root) {
    const here = await accepted(root);
    await linkIsBack(root);
    await does(here, { action: 'claim', key: 'k', ...repair });
    await stateIs(root, 'restored');
    const done = ticket(root);
    assert.strictEqual(done.restored_at, outage(root).restored_at, 'since the first good probe');
    assert.ok(done.restored_at < done.claimed_at, 'not since the form');
    assert.strictEqual(done.unproven_count, 0);
}

async function twice(root) {
    const here = await accepted(root);
    await linkIsBack(root);
    const first = await does(here, { action: 'claim', key: 'same', ...repair });
    const second = await does(here, { action: 'claim', key: 'same', ...repair });
    assert.strictEqual(second.headers.location, first.headers.location);
    const other = await post(here + '?lang=en', { action: 'claim', key: 'other', ...repair });
    assert.strictEqual(other.status, 409);
    assert.match(other.text, /role="alert"/, 'refused in words');
    assert.strictEqual((await post(here, { action: 'note', key: 'same', note: 'x' })).status, 422, 'a key belongs to one act');
    await stateIs(root, 'restored');
    assert.strictEqual(events(root).match(/claim/g).length, 1);
}

async function late(root) {
    const here = await accepted(root);
    fleet('restore', root);
    await stateIs(root, 'restored'); // nobody said a word for self_heal_after
    const healed = ticket(root);
    assert.strictEqual(healed.claimed_at, null);
    await does(here, { action: 'claim', key: 'late', ...repair, note: 'Maaf terlambat' });
    const claimed = ticket(root);
    assert.strictEqual(claimed.state, 'restored');
    assert.strictEqual(claimed.restored_at, healed.restored_at);
    assert.deepStrictEqual([claimed.cause_reported, claimed.action], ['cable', 'recabled']);
    assert.ok(claimed.claimed_at > claimed.restored_at);
    assert.strictEqual((await post(here, { action: 'claim', key: 'later', ...repair })).status, 409, 'once is enough');
    await does(here, { action: 'close' });
}

async function daemonRestarts() {
    const seen = fs.readFileSync(LOG, 'utf8').length;
    const log = fs.openSync(LOG, 'a');
    process.kill(Number(process.env.DAEMON), 'SIGKILL');
    world.agent.destroy();
    const child = world.spawn(`${BIN}/kentongand`, [], { stdio: ['ignore', log, log] });
    process.on('exit', () => child.kill('SIGKILL'));
    fs.closeSync(log);
    await until('the next daemon', () => ask('GET', '/readyz', { fresh: true }).then((answer) => answer.status === 200, () => false));
    assert.match(fs.readFileSync(LOG, 'utf8').slice(seen), /database\.up/);
    return child;
}

// Killed while one repair that is true and one that is not are on trial: each is judged, once.
async function whileTheDaemonIsKilled(good, bad) {
    const links = [await accepted(good), await accepted(bad)];
    await linkIsBack(good);
    for (const here of links) await does(here, { action: 'claim', key: 'k', ...repair });
    assert.deepStrictEqual([ticket(good).state, ticket(bad).state], ['claimed', 'claimed']);
    const child = await daemonRestarts();
    await stateIs(good, 'restored');
    await until('the other verdict', () => ticket(bad).unproven_count === 1);
    assert.strictEqual(ticket(bad).state, 'accepted');
    assert.strictEqual(ticket(good).restored_at, outage(good).restored_at);
    for (const root of [good, bad]) assert.strictEqual(events(root).match(/claim/g).length, 1);
    assert.strictEqual(events(good).match(/restore/g).length, 1);
    assert.strictEqual(events(bad).match(/unproven/g).length, 1);
    assert.strictEqual((await ask('GET', links[0])).status, 200, 'the links of before still work');
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    assert.strictEqual(code, 0, 'it ends in order');
}

world.run(async () => {
    fleet('cut', ...[1, 2, 3, 4].map(village));
    await Promise.all([beforeTheLinkIsUp(village(1)), afterTheLinkIsUp(village(2)), twice(village(3)), late(village(4))]);
    fleet('cut', village(5), village(6));
    await whileTheDaemonIsKilled(village(5), village(6));
    assert.strictEqual(world.sql('select count(*) from kentongan.event_verify(null)'), '0', 'the log of events fits together');
    console.log(`six claims: ${world.sql('select string_agg(root || \' \' || state, \', \' order by root) from kentongan.ticket')}`);
});
