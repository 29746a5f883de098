// SPDX-License-Identifier: ISC
// links.js: an action link is worth what it says, to whom it was sent and as long as it says; anything near it nothing.
'use strict';
const assert = require('node:assert');
const crypto = require('node:crypto');
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const world = require('./world');
const { ask, post, does, link, ticket, unchanged, LOG, PG, STATE } = world;

const [OFFERED, DECLINED, CLOSED] = ['33.14.01.2001', '33.14.01.2002', '33.14.01.2003'];
const OTHERS = '33.14.02.2001';
const HEAD_BYTES = 21;
const MAC_BYTES = 16;
let checks = 0;
const kept = []; // every link that was ever sent

const raw = (path) => Buffer.from(path.slice('/t/'.length), 'base64url');
const path = (bytes) => '/t/' + bytes.toString('base64url');

// Written from the description of the format, not with the product's code. life: seconds from now.
function made({ number, party, generation, life, expires }) {
    const head = Buffer.alloc(HEAD_BYTES);
    head[0] = 1;
    head.writeBigUInt64BE(BigInt(number), 1);
    head.writeUInt32BE(generation, 9);
    head.writeBigUInt64BE(expires ?? BigInt(Math.floor(Date.now() / 1000) + life), 13);
    const said = Buffer.concat([head, Buffer.from(party)]);
    const key = fs.readFileSync(`${STATE}/link.key`);
    return path(Buffer.concat([said, crypto.createHmac('sha256', key).update(said).digest().subarray(0, MAC_BYTES)]));
}

// What every answer has, good or bad.
function careful(answer, what) {
    assert.strictEqual(answer.headers['referrer-policy'], 'no-referrer', what);
    assert.strictEqual(answer.headers['cache-control'], 'no-store', what);
    assert.strictEqual(answer.headers['x-content-type-options'], 'nosniff', what);
    const policy = answer.headers['content-security-policy'];
    assert.match(policy, /^default-src 'none'/, what);
    assert.doesNotMatch(policy, /unsafe|script-src|img-src|connect-src|http:|https:|\*/, what);
    if (/^text\/html/.test(answer.headers['content-type'] ?? '')) {
        assert.match(policy, /frame-ancestors 'none'/, what);
        assert.match(policy, /base-uri 'none'/, what);
        assert.match(policy, /form-action 'self'/, what);
    }
    checks++;
    return answer;
}

// Neither shows nor does anything.
async function refused(address, statuses, what) {
    for (const answer of [careful(await ask('GET', address), what),
        careful(await post(address, { action: 'note', note: 'by a stranger' }), what)]) {
        assert.ok(statuses.includes(answer.status), `${what}: ${answer.status}`);
        assert.doesNotMatch(answer.text, /KT-\d|Desa \d|Lawu/, `${what}: says something of the ticket`);
    }
}

async function bytesAreFlipped(real) {
    const bytes = raw(real);
    const flips = Array.from({ length: bytes.length * 8 }, (_, bit) => bit);
    await world.inTurns(flips, async (bit) => {
        const other = Buffer.from(bytes);
        other[bit >> 3] ^= 1 << (bit & 7);
        await refused(path(other), [404], `bit ${bit} of the bytes`);
    });
    return flips.length;
}

// As text: what may stand in an address does so as it is, the rest escaped. A byte that makes it no UTF-8 is no address.
function written(text) {
    return [...text].map((byte) => (/[0-9A-Za-z._~!$&'()*+,;=:@-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte) : '%' + byte.toString(16).padStart(2, '0').toUpperCase())).join('');
}

async function textIsFlipped(real) {
    const text = Buffer.from(real.slice('/t/'.length));
    const flips = Array.from({ length: text.length * 8 }, (_, bit) => bit);
    await world.inTurns(flips, async (bit) => {
        const other = Buffer.from(text);
        other[bit >> 3] ^= 1 << (bit & 7);
        const control = other[bit >> 3] < 0x20 || other[bit >> 3] > 0x7e;
        await refused('/t/' + written(other), control ? [400, 404] : [404], `bit ${bit} of the text`);
    });
    return flips.length;
}

async function itIsCutOrLengthened(real) {
    const text = real.slice('/t/'.length);
    const bytes = raw(real);
    const tries = [
        ...Array.from(text, (_, n) => '/t/' + text.slice(0, n)),
        ...Array.from(text, (_, n) => '/t/' + text.slice(n + 1)),
        ...Array.from(bytes, (_, n) => path(bytes.subarray(0, n))),
        ...['A', '=', '==', '.', '/', '%00', '%20', 'AAAA'].map((end) => real + end),
        ...['A', '%2E', '/'].map((begin) => '/t/' + begin + text),
        '/t/' + text + text, '/t/' + text.toLowerCase(), '/t/' + text.toUpperCase(), '/T/' + text, '/t//' + text,
    ];
    await world.inTurns(tries, (one) => refused(one, [400, 404], `"${one.replace(text, 'TOKEN')}"`));
    return tries.length;
}

async function ofOthers(real, foreign) {
    const mine = ticket(OFFERED);
    const theirs = ticket(OTHERS);
    const [a, b] = [raw(real), raw(foreign)];
    const mix = (head, mac) => path(Buffer.concat([head.subarray(0, -MAC_BYTES), mac.subarray(-MAC_BYTES)]));

    await refused(mix(a, b), [404], 'the words of one, the signature of another');
    await refused(mix(b, a), [404], 'the words of another, the signature of one');
    // Even signed with the right key: what the database does not know is not there.
    await refused(made({ number: theirs.id, party: 'lawu', generation: theirs.generation, life: 60 }), [404, 410], 'another party');
    await refused(made({ number: mine.id, party: 'nobody', generation: mine.generation, life: 60 }), [404], 'no such party');
    await refused(made({ number: 999999, party: 'lawu', generation: 1, life: 60 }), [404], 'no such ticket');
    await refused(made({ number: mine.id, party: 'lawu', generation: mine.generation + 1, life: 60 }), [404], 'a generation to come');
}

async function itExpires(real) {
    const words = { number: ticket(OFFERED).id, party: 'lawu', generation: ticket(OFFERED).generation };
    const expires = raw(real).readBigUInt64BE(13);
    const lives = Number(expires) - Date.parse(ticket(OFFERED).opened_at) / 1000;

    assert.strictEqual(made({ ...words, expires }), real, 'the format is known: the same words make the same link');
    assert.ok(lives > 71.9 * 3600 && lives <= 72 * 3600 + 1, `it lives 72 hours, not ${lives / 3600}`);
    assert.strictEqual((await ask('GET', made({ ...words, life: 60 }))).status, 200);
    for (const life of [-1, -2, -3600, -1e9]) await refused(made({ ...words, life }), [410], `${life} s after its end`);
    // One that ends while we look: good before, gone after.
    const soon = made({ ...words, life: 3 });
    assert.strictEqual((await ask('GET', soon)).status, 200);
    await world.until('the end of its life', async () => (await ask('GET', soon)).status === 410);
    await refused(soon, [410], 'after its life');
}

async function itIsDeclined() {
    const old = kept[1];
    const sent = { action: 'decline', note: 'Jalan putus', key: 'd1' };
    await does(old, sent);
    await unchanged('a link of before the decline', async () => {
        await refused(old, [410], 'declined');
        assert.match((await ask('GET', old)).text, /You declined this ticket/);
        await does(old, sent); // the answer was lost: the same again
        assert.strictEqual((await post(old, { ...sent, key: 'd2' })).status, 410);
        assert.match((await post(old, { ...sent, key: 'd2' })).text, /You declined this ticket/);
        for (const action of ['accept', 'onsite', 'claim', 'close', 'note', 'decline'])
            assert.strictEqual((await post(old, { action, note: 'x', cause: 'cable', action_code: 'recabled' })).status, 410);
    });
}

// A page that the browser kept is sent again with another text: neither swallowed nor done, and the text is there still.
async function itIsSentTwice(here) {
    const note = (text) => post(here, { action: 'note', note: text, key: 'twice', seq: '' });
    const noted = () => Number(world.sql("select count(*) from kentongan.ticket_event where note like 'Satu%' or note like 'Dua%'"));
    for (const text of ['Satu <1>', 'Satu <1>']) assert.strictEqual((await note(text)).status, 303);
    const second = careful(await note('Dua <2>'), 'other words with the same key');
    assert.strictEqual(second.status, 422);
    assert.match(second.text, /role="alert"/);
    assert.ok(second.text.includes('Dua &lt;2&gt;</textarea>'));
    assert.strictEqual(noted(), 1);
    const [, key] = second.text.match(/name="key" value="([^"]+-note)"/);
    assert.strictEqual((await post(here, { action: 'note', note: 'Dua <2>', key })).status, 303, 'the page that comes back can be sent');
    assert.strictEqual(noted(), 2);
}

async function itIsClosed() {
    const here = kept[2];
    const repair = { cause: 'cable', action_code: 'recabled' };
    await does(here, { action: 'accept', key: 'c1' });
    world.fleet('restore', CLOSED);
    await does(here, { action: 'claim', key: 'c2', ...repair });
    await world.stateIs(CLOSED, 'restored');
    await does(here, { action: 'close', key: 'c3' });
    const n = world.events(CLOSED);
    await does(here, { action: 'close', key: 'c3' }); // sent twice: the same answer, nothing done
    assert.strictEqual(world.events(CLOSED), n);
    await world.quiet();

    await unchanged('acts on a closed ticket', async () => {
        const page = careful(await ask('GET', here), 'closed');
        assert.strictEqual(page.status, 200);
        assert.match(page.text, /KT-\d{4}-\d+/);
        assert.match(page.text, /Closed|Ditutup/);
        for (const action of ['accept', 'decline', 'onsite', 'claim', 'close']) {
            const answer = careful(await post(here, { action, key: `later-${action}`, ...(action === 'claim' ? repair : {}) }), action);
            assert.strictEqual(answer.status, 409, `${action} on a closed ticket`);
            assert.match(answer.text, /role="alert"/, 'in words');
        }
    });
}

async function everyAnswerIsCareful(real) {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const said = {
        200: await ask('GET', real), 303: await post(real, { action: 'note', note: 'Bawa tangga' }),
        400: await ask('POST', real, { headers: form, body: 'action=%zz' }), 403: await post(real, { action: 'accept' }, { Origin: 'http://evil.test' }),
        404: await ask('GET', '/nothing'), 405: await ask('DELETE', real), 413: await ask('POST', real, { headers: form, body: 'note=' + 'x'.repeat(40000), fresh: true }),
        415: await ask('POST', real, { headers: { 'Content-Type': 'text/plain' }, body: 'action=accept' }), 422: await post(real, { action: 'cancel' }),
    };
    for (const [status, answer] of Object.entries(said)) {
        careful(answer, `the answer ${status}`);
        assert.strictEqual(answer.status, Number(status));
    }
    for (const route of ['/healthz', '/readyz', '/metrics', '/api/v1/tickets', '/reports/2026-11', '/'])
        careful(await ask('GET', route), route);
}

// As it is, as the bytes that it stands for, and as hex of both.
function itIsNowhere() {
    const log = fs.readFileSync(LOG, 'latin1');
    const dump = execFileSync('pg_dump', ['-h', PG, '-U', 'postgres', '--inserts', 'kentongan'], { encoding: 'latin1', maxBuffer: 1 << 28 });
    assert.ok(log.includes('field.act') && dump.includes('Bawa tangga'), 'these are the log and the database');
    for (const one of kept) {
        const text = one.slice('/t/'.length);
        const hex = raw(one).toString('hex');
        for (const form of [text, raw(one).toString('base64'), hex, Buffer.from(text).toString('hex'), hex.slice(-2 * MAC_BYTES), text.slice(-22)]) {
            assert.ok(!log.includes(form), 'the token is in the log');
            assert.ok(!dump.includes(form), 'the token is in the database');
        }
    }
    const key = fs.readFileSync(`${STATE}/link.key`);
    for (const form of [key.toString('hex'), key.toString('base64'), key.toString('base64url'), key.toString('latin1')])
        assert.ok(!log.includes(form) && !dump.includes(form), 'the key is in the log or the database');
}

world.run(async () => {
    world.fleet('cut', OFFERED, DECLINED, CLOSED, OTHERS);
    for (const root of [OFFERED, DECLINED, CLOSED, OTHERS]) kept.push(await link(root));
    await world.quiet();
    const [real, , , foreign] = kept;
    assert.strictEqual((await ask('GET', real)).status, 200);
    const tried = await unchanged('a link that is none', async () => {
        await ofOthers(real, foreign);
        await itExpires(real);
        return [await bytesAreFlipped(real), await textIsFlipped(real), await itIsCutOrLengthened(real)];
    });
    await everyAnswerIsCareful(real);
    await itIsSentTwice(real);
    await itIsDeclined();
    await itIsClosed();
    itIsNowhere();
    console.log(`${tried[0]} bits of the bytes, ${tried[1]} of the text, ${tried[2]} cut or lengthened; ${checks} answers, all careful`);
});
