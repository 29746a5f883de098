// SPDX-License-Identifier: ISC
// contract.js OPENAPI SOCKET: asks a running daemon everything that its description has, and holds each answer
// against it: status, media type, body. A path, method or status that is not described is a failure, and so is a
// described operation that was never answered with success.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const { execFileSync } = require('node:child_process');
const YAML = require('yaml');
const Ajv = require('ajv/dist/2020');
const addFormats = require('ajv-formats');

const [file, socketPath] = process.argv.slice(2);
const api = YAML.parse(fs.readFileSync(file, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'api', ...api });
const seen = new Set();
let checks = 0;

function sql(text) {
    return execFileSync('psql', ['-X', '-A', '-t', '-q', '-h', process.env.PG, '-U', 'postgres', 'kentongan', '-v', 'ON_ERROR_STOP=1', '-c', text], { encoding: 'utf8' }).trim();
}

function ask(method, path, { token, headers = {}, body, basic } = {}) {
    const all = { Host: 'kentongan.test', ...headers };
    if (token) all.Authorization = `Bearer ${token}`;
    if (basic) all.Authorization = 'Basic ' + Buffer.from(`anybody:${basic}`).toString('base64');
    if (body !== undefined) {
        all['Content-Type'] ??= 'application/json';
        all['Content-Length'] = Buffer.byteLength(body);
    }
    return new Promise((resolve, reject) => {
        const request = http.request({ socketPath, method, path, headers: all, agent: false }, (response) => {
            let text = '';
            response.on('data', (more) => (text += more));
            response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
        });
        request.on('error', reject);
        request.end(body);
    });
}

function described(path) {
    const plain = path.split('?')[0];
    return Object.keys(api.paths).find((p) => new RegExp('^' + p.replace(/\{[^}]+\}/g, '[^/]+') + '$').test(plain));
}

function follow(thing) {
    return thing.$ref ? thing.$ref.slice(2).split('/').reduce((at, key) => at[key], api) : thing;
}

function hold(method, path, answer) {
    const name = described(path);
    assert.ok(name, `${path} is not described`);
    const operation = api.paths[name][method.toLowerCase()];
    assert.ok(operation, `${method} ${name} is not described`);
    const response = operation.responses[String(answer.status)];
    assert.ok(response, `${method} ${name} answered ${answer.status}, which is not described: ${answer.text}`);
    const content = follow(response).content;
    if (content) {
        const type = Object.keys(content)[0];
        assert.strictEqual(answer.headers['content-type'], type, `${method} ${path}`);
        const at = response.$ref
            ? `api${response.$ref}/content/${type.replace('/', '~1')}/schema`
            : `api#/paths/${name.replace(/~/g, '~0').replace(/\//g, '~1')}/${method.toLowerCase()}/responses/` +
              `${answer.status}/content/${type.replace('/', '~1')}/schema`;
        const valid = ajv.getSchema(encodeURI(at).replace(/%7E/g, '~')) || ajv.compile({ $ref: at });
        assert.ok(valid(JSON.parse(answer.text)), `${method} ${path}: ${ajv.errorsText(valid.errors)}\n${answer.text}`);
    } else {
        assert.strictEqual(answer.text, '');
    }
    if (answer.status < 300) seen.add(`${method} ${name}`);
    checks++;
}

// The answer, held against the description, with the status that is expected.
async function expect(status, method, path, options = {}) {
    const answer = await ask(method, path, options);
    assert.strictEqual(answer.status, status, `${method} ${path}: ${answer.status} ${answer.text}`);
    hold(method, path, answer);
    return answer.text && answer.headers['content-type'].includes('json')
        ? Object.assign(JSON.parse(answer.text), { etag: answer.headers.etag })
        : answer;
}

// A fact with a deadline: asks again until it holds.
async function until(what, ms) {
    const end = Date.now() + ms;
    for (;;) {
        const got = await what().catch(() => null);
        if (got) return got;
        assert.ok(Date.now() < end, `waited in vain for ${what}`);
        await new Promise((go) => setTimeout(go, 50));
    }
}

const { TOKEN_ADMIN, TOKEN_STAFF, TOKEN_AUDITOR, TOKEN_A, TOKEN_B, TOKEN_REVOKED } = process.env;
const act = (token, ticket, body, headers = {}) => ({ token, headers, body: JSON.stringify(body) });

async function reads() {
    const list = await until(async () => {
        const answer = await ask('GET', '/api/v1/tickets', { token: TOKEN_STAFF });
        return answer.status === 200 && JSON.parse(answer.text).tickets.length === 2 && JSON.parse(answer.text);
    }, 30000);
    hold('GET', '/api/v1/tickets', { status: 200, headers: { 'content-type': 'application/json' }, text: JSON.stringify(list) });
    const first = await expect(200, 'GET', '/api/v1/tickets?state=all&limit=1', { token: TOKEN_AUDITOR });
    assert.strictEqual(first.tickets.length, 1);
    const second = await expect(200, 'GET', `/api/v1/tickets?state=all&limit=1&before=${first.next}`, { token: TOKEN_ADMIN });
    assert.strictEqual(second.next, null);
    assert.notStrictEqual(second.tickets[0].ticket, first.tickets[0].ticket);
    await expect(200, 'GET', '/api/v1/tickets?site=33.14.01.2001', { basic: TOKEN_STAFF });
    await expect(404, 'GET', '/api/v1/tickets?site=nowhere', { token: TOKEN_STAFF });
    await expect(422, 'GET', '/api/v1/tickets?state=lost', { token: TOKEN_STAFF });
    for (const wrong of ['limit=0', 'limit=501', 'limit=x', 'before=-1', 'state=open&state=all', 'state=%ff'])
        await expect(400, 'GET', `/api/v1/tickets?${wrong}`, { token: TOKEN_STAFF });
    const sites = await expect(200, 'GET', '/api/v1/sites', { token: TOKEN_STAFF });
    assert.strictEqual(sites.length, 3);
    await expect(200, 'GET', '/api/v1/sites/33.14', { token: TOKEN_STAFF });
    await expect(404, 'GET', '/api/v1/sites/33.15', { token: TOKEN_STAFF });
    return Object.fromEntries(list.tickets.map((ticket) => [ticket.party, ticket.ticket]));
}

async function parties(tickets) {
    const own = await expect(200, 'GET', '/api/v1/tickets', { token: TOKEN_A });
    assert.deepStrictEqual(own.tickets.map((ticket) => ticket.ticket), [tickets['mitra-a']]);
    assert.strictEqual((await expect(200, 'GET', '/api/v1/sites', { token: TOKEN_A })).length, 1);
    await expect(404, 'GET', '/api/v1/sites/33.14.02.2001', { token: TOKEN_A });
    const foreign = await expect(404, 'GET', `/api/v1/tickets/${tickets['mitra-b']}`, { token: TOKEN_A });
    const none = await expect(404, 'GET', '/api/v1/tickets/KT-2026-999999', { token: TOKEN_A });
    assert.deepStrictEqual(foreign, none, "what is another's looks like what is nobody's");
    const refused = await expect(404, 'POST', `/api/v1/tickets/${tickets['mitra-b']}/acts`, act(TOKEN_A, 0, { action: 'accept' }));
    assert.deepStrictEqual(refused, none, 'to act on it too');
    for (const body of [{ action: 'accept' }, { action: 'cancel' }, { action: 'accept', seq: 9 }, { action: 'note' }, { action: 'claim', cause: 'gremlins' }])
        for (const number of [tickets['mitra-b'], 'KT-2026-999999', '3000', 'soon'])
            assert.deepStrictEqual(await expect(404, 'POST', `/api/v1/tickets/${number}/acts`, act(TOKEN_A, 0, body)), none, `${number}: whatever it is`);
    const [others, nobodys] = [await expect(200, 'GET', '/api/v1/tickets?site=33.14.02.2001', { token: TOKEN_A }),
        await expect(200, 'GET', '/api/v1/tickets?site=nowhere', { token: TOKEN_A })];
    assert.deepStrictEqual(others, nobodys, "another's site is like none");
}

// What is kept is made here: a real day takes a day.
async function history() {
    const at = '/api/v1/sites/33.14.01.2001/history';
    const { TOKEN_STAFF: token } = process.env;
    sql(`insert into kentongan.rollup_inbox select id, date_bin('5 minutes', now(), 'epoch') - i * interval '5 minutes', 10, 1, 1000, 2000, 3000, 4000
           from kentongan.device, generate_series(1, 30) i where site = '33.14.01.2001';
         select kentongan.rollup_take(now() - interval '1 day', now());
         insert into kentongan.reading_inbox select id, date_bin('5 minutes', now(), 'epoch') - i * interval '5 minutes', m, '', k, 'V', true, 0, 2, 24.5, 24, 23, 25
           from kentongan.device, generate_series(1, 3) i, (values ('voltage', 'gauge'), ('state', 'enum')) v(m, k) where site = '33.14.01.2001';
         select kentongan.reading_rollup_take(now() - interval '1 day', now(), 16)`);
    const day = await expect(200, 'GET', at, { token });
    assert.ok(day.link.sent.length >= 288 && day.link.sent.length <= 289);
    assert.ok(day.link.sent.reduce((sum, n) => sum + n) >= 300);
    assert.deepStrictEqual(day.readings.map((one) => [one.metric, one.kind, one.mean && one.mean.filter((n) => n !== null)]),
        [['state', 'enum', null], ['voltage', 'gauge', [24, 24, 24]]]);
    const hours = await expect(200, 'GET', `${at}?from=${new Date(Date.now() - 86400000).toISOString()}&step=3600`, { token });
    assert.ok(hours.step_s === 3600 && hours.link.lost.length <= 25);
    // Of the past alone the answer stays as it is, and a browser may keep it for a minute.
    const past = `${at}?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z`;
    const one = await ask('GET', past, { token });
    assert.strictEqual(one.headers['cache-control'], 'private, max-age=60');
    const same = await expect(304, 'GET', past, { token, headers: { 'If-None-Match': one.headers.etag } });
    assert.strictEqual(same.headers.etag, one.headers.etag);
    assert.deepStrictEqual(JSON.parse(one.text).readings, []);
    assert.strictEqual((await expect(200, 'GET', '/api/v1/sites/33.14/history', { token })).link, null, 'a site without a gateway');
    for (const wrong of ['from=yesterday', 'to=x', 'step=0', 'step=301', 'step=5m', 'from=2026-01-01T00:00:00Z&step=300', 'from=2999-01-01T00:00:00Z',
        'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'step=300&step=600', 'from=%ff', 'form=2026-01-01T00:00:00Z',
        'from=2020-01-01T00:00:00Z&step=86400'])
        assert.ok((await expect(400, 'GET', `${at}?${wrong}`, { token })).detail.length > 10, wrong);
    await expect(200, 'GET', at, { token: TOKEN_A });
    await expect(200, 'GET', at, { token: TOKEN_AUDITOR });
    const foreign = await expect(404, 'GET', at, { token: TOKEN_B });
    assert.deepStrictEqual(await expect(404, 'GET', '/api/v1/sites/nowhere/history', { token: TOKEN_B }), foreign, "another's site is like none");
    await expect(401, 'GET', at);
    // A contractor's program that asks for a hundred at once keeps nobody waiting: some are told to come again.
    const many = await Promise.all(Array.from({ length: 24 }, () => ask('GET', at, { token: TOKEN_A })));
    assert.ok(many.every((answer) => answer.status === 200 || (answer.status === 429 && answer.headers['retry-after'] === '1')));
    assert.ok(many.some((answer) => answer.status === 200));
    await expect(200, 'GET', at, { token: TOKEN_A });
}

async function acts(tickets) {
    const at = `/api/v1/tickets/${tickets['mitra-a']}`;
    const before = await expect(200, 'GET', at, { token: TOKEN_A });
    assert.ok(before.actions.includes('accept'));
    for (const seen of [before.etag, `W/${before.etag}`, `"0-0-x", ${before.etag}`, '*'])
        await expect(304, 'GET', at, { token: TOKEN_A, headers: { 'If-None-Match': seen } });
    // The engine adds what moves no seq: the ticket that is shown is another one, the one that is acted on is not.
    const one = (await ask('GET', at, { token: TOKEN_STAFF })).headers.etag;
    sql(`update kentongan.ticket set notified_at = now() where id = ${before.id}`);
    const two = await expect(200, 'GET', at, { token: TOKEN_STAFF, headers: { 'If-None-Match': one } });
    sql(`select kentongan.event_append(t, 'link.back', t.state, 'engine', null, null, '{}', now()) from kentongan.ticket t where id = ${before.id}`);
    const three = await expect(200, 'GET', at, { token: TOKEN_STAFF, headers: { 'If-None-Match': two.etag } });
    assert.strictEqual(three.seq, before.seq);
    assert.strictEqual(three.timeline.at(-1).action, 'link.back');
    const accepted = await expect(200, 'POST', at + '/acts',
        act(TOKEN_A, at, { action: 'accept' }, { 'Idempotency-Key': 'k-1', 'If-Match': before.etag }));
    assert.strictEqual(accepted.state, 'accepted');
    const again = await expect(200, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'accept' }, { 'Idempotency-Key': 'k-1' }));
    assert.strictEqual(again.seq, accepted.seq, 'the same key does it once');
    const other = await expect(422, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'accept', note: 'x' }, { 'Idempotency-Key': 'k-1' }));
    assert.match(other.detail, /sent with other words already/, 'it is not taken for the same act');
    await expect(409, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'accept' }));
    await expect(412, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'onsite' }, { 'If-Match': before.etag }));
    await expect(412, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'onsite', seq: 1 }));
    for (const match of ['what', '"1"', '"1-"', '"-1"', '"1-x"', '"1-1', '1-1', '""', '"1-99999999999"'])
        await expect(400, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'onsite' }, { 'If-Match': match }));
    await expect(400, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'onsite' }, { 'Idempotency-Key': 'x'.repeat(65) }));
    await expect(422, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'claim', cause: 'gremlins', action_code: 'none' }));
    await expect(422, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'explode' }));
    for (const body of [['accept'], null, 'accept', 7])
        assert.match((await expect(422, 'POST', at + '/acts', act(TOKEN_A, at, body))).detail, /an object/);
    // What is of another kind than described is named, and nothing is done: a seq that is passed over checks nothing.
    const kinds = { action: [7, null, ['note']], cause: [1, null, {}], action_code: [true, ['none']], note: [1, null, ['x'], {}],
        seq: ['1', 1.5, 0, -1, null, true, [1]] };
    for (const [member, values] of Object.entries(kinds))
        for (const value of values) {
            const wrong = { ...(/^(cause|action_code)$/.test(member) ? { action: 'claim', cause: 'power', action_code: 'none' } : { action: 'note', note: 'x' }), [member]: value };
            const refused = await expect(422, 'POST', at + '/acts', act(TOKEN_A, at, wrong));
            assert.ok(refused.detail.includes('`' + member + '`'), `${member}: ${refused.detail}`);
        }
    const typo = await expect(422, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'note', note: 'x', 'if-match': '"1-1"' }));
    assert.ok(typo.detail.includes('`if-match`'));
    assert.strictEqual((await expect(200, 'GET', at, { token: TOKEN_A })).seq, accepted.seq, 'none of it was done');
    await expect(400, 'POST', at + '/acts', { token: TOKEN_A, body: '{"action":' });
    await expect(400, 'POST', at + '/acts', { token: TOKEN_A, body: '{"action":"note","action":"note"}' });
    await expect(415, 'POST', at + '/acts', { token: TOKEN_A, body: 'action=accept', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    await expect(403, 'POST', at + '/acts', act(TOKEN_AUDITOR, at, { action: 'note', note: 'x' }));
    await expect(403, 'POST', at + '/acts', act(TOKEN_A, at, { action: 'cancel' }));
    await expect(200, 'POST', at + '/acts', act(TOKEN_STAFF, at, { action: 'note', note: 'Kabel putus di tiang 3 <b>' }));
    const after = await expect(200, 'GET', at, { token: TOKEN_STAFF });
    assert.strictEqual(after.timeline.filter((event) => event.action === 'accept').length, 1);
    assert.ok(after.timeline.some((event) => event.note === 'Kabel putus di tiang 3 <b>'));
    await expect(404, 'POST', '/api/v1/tickets/KT-2026-999999/acts', act(TOKEN_STAFF, at, { action: 'accept' }));
}

async function strangers() {
    const unknown = 'kt_' + 'A'.repeat(43);
    for (const options of [{}, { token: 'nonsense' }, { token: unknown }, { token: TOKEN_REVOKED },
        { headers: { Authorization: 'Basic !!!' } }, { basic: unknown }]) {
        const answer = await expect(401, 'GET', '/api/v1/tickets', options);
        assert.ok(answer.title === 'Unauthorized');
    }
    // What the server itself says of a path under /api/ is a problem, too.
    for (const [status, method, path, body] of [[404, 'GET', '/api/v1/nothing'], [405, 'POST', '/api/v1/tickets', '{}'],
        [413, 'POST', '/api/v1/tickets/1/acts', 'x'.repeat(300000)], [404, 'GET', '/api/v1/a%2Fb']]) {
        const answer = await ask(method, path, { token: TOKEN_STAFF, body });
        assert.strictEqual(answer.status, status, `${method} ${path}: ${answer.status}`);
        assert.strictEqual(answer.headers['content-type'], 'application/problem+json', `${method} ${path}`);
        assert.strictEqual(JSON.parse(answer.text).status, status);
    }
    assert.strictEqual((await ask('DELETE', '/api/v1/tickets', { token: TOKEN_STAFF })).status >= 400, true);
    for (let i = 0; i < 30; i++) await expect(401, 'GET', '/api/v1/sites');
    let last;
    for (let i = 0; i < 30; i++) last = await ask('GET', '/api/v1/sites', { token: unknown });
    assert.strictEqual(last.status, 429, 'whoever keeps guessing is told to wait');
    hold('GET', '/api/v1/sites', last);
    await expect(200, 'GET', '/api/v1/sites', { token: TOKEN_STAFF }); // which is nobody else's concern
}

(async () => {
    await until(async () => (await ask('GET', '/readyz')).status === 200, 30000);
    const tickets = await reads();
    await parties(tickets);
    await history();
    await acts(tickets);
    await strangers();
    for (const [path, operations] of Object.entries(api.paths))
        for (const method of Object.keys(operations))
            assert.ok(seen.has(`${method.toUpperCase()} ${path}`), `${method} ${path} never succeeded`);
    console.log(`${checks} answers held against the description`);
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
