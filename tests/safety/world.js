// SPDX-License-Identifier: ISC
// world.js: what every part needs of the world that run.sh has built: ask it over HTTP, cut a village off, read what was
// sent, and tell whether a single row of the database has changed.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const { execFileSync, spawn } = require('node:child_process');

const { URL: base, PG, HOOKS, LOG, STATE, BIN, SOURCE, CONTROL } = process.env;
// Given up long before the daemon does, after 15 s: a request on a connection that it is just closing is lost.
const agent = new http.Agent({ keepAlive: true, maxSockets: 8, timeout: 5000 });
const PATIENCE_MS = 90000;

function fleet(...words) {
    execFileSync(`${BIN}/kentongan-fleet`, ['ctl', '--control', CONTROL, ...words]);
}

function sql(query) {
    return execFileSync('psql', ['-h', PG, '-U', 'postgres', '-d', 'kentongan', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', query],
        { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
}

// One answer: {status, headers, text}. The path goes out as it is, so that it may be wrong.
function ask(method, path, { headers = {}, body, token, fresh } = {}) {
    const { hostname, port, host } = new globalThis.URL(base);
    const all = { Host: host, ...headers };
    if (token) all.Authorization = `Bearer ${token}`;
    if (body !== undefined) all['Content-Length'] = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
        const request = http.request({ hostname, port, method, path, headers: all, agent: fresh ? false : agent }, (response) => {
            const parts = [];
            response.on('data', (part) => parts.push(part));
            response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }));
        });
        request.on('error', reject);
        request.end(body);
    });
}

// What a page's form sends.
function post(path, fields, headers = {}) {
    return ask('POST', path, {
        body: new URLSearchParams(fields).toString(),
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    });
}

async function does(path, fields) {
    const answer = await post(path, fields);
    assert.strictEqual(answer.status, 303, `${fields.action}: ${answer.status} ${answer.text}`);
    return answer;
}

// Until the fact is there; what it says, when it says something.
async function until(what, fact, ms = PATIENCE_MS) {
    const end = Date.now() + ms;
    for (;;) {
        const said = await fact();
        if (said) return said;
        assert.ok(Date.now() < end, `waited in vain: ${what}`);
        await new Promise((go) => setTimeout(go, 100));
    }
}

// The receiver may be writing while this reads: what follows the last line feed is a line only in part.
function hooks() {
    const text = fs.readFileSync(HOOKS, 'utf8');
    return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean).map((line) => {
        const hook = JSON.parse(line);
        return { to: hook.path, ...JSON.parse(hook.body) };
    });
}

// The path of the link in the message of that type that the root's party got.
function link(root, type = 'ticket.offered') {
    return until(`${type} of ${root}`, () => {
        const found = hooks().find((hook) => hook.type === type && hook.data.root.code === root && hook.data.action_url);
        return found && new globalThis.URL(found.data.action_url).pathname;
    });
}

function ticket(root) {
    return JSON.parse(sql(`select to_jsonb(t) from kentongan.ticket t where root = '${root}' order by id desc limit 1`));
}

function stateIs(root, state) {
    return until(`${root} ${state}`, () => ticket(root).state === state);
}

function events(root) {
    return sql(`select string_agg(e.action, ' ' order by n) from kentongan.ticket_event e
                  join kentongan.ticket t on t.id = e.ticket where t.root = '${root}'`);
}

// Every message has arrived, and what the engine believes of each site, which it tells every few seconds, is told: the
// engine writes nothing more of its own, but for what UNWATCHED names.
function quiet() {
    return until('an empty outbox and every state told', () =>
        sql(`select (select count(*) from kentongan.notification where settled_at is null)
                  + (select count(*) from kentongan.site_now s where s.device is not null
                      and (s.state = 'up') = exists (select from kentongan.outage o
                                                      where o.site = s.code and o.restored_at is null))`) === '0');
}

// What the engine writes all the time, whoever asks: a table, or columns of one.
const UNWATCHED = {
    'kentongan.watch_node': null, // a beat every few seconds says that the daemon watches
    'kentongan.watch_sight': null, // and another, that it is in touch
    'kentongan.device_learned': null, // what the prober learns of links, every two minutes
    'kentongan.site_state': ['at'], // when a state was last said again
    'kentongan.device_state': null, // whether devices beside the gateways answer
    'kentongan.device_reading': null, // what devices said when they were read, every few minutes
};
// What probes came to, five minutes at a time, in tables that are made and dropped by the day.
const HISTORY = /^kentongan\.(rollup|reading_|history_)/;

// A digest of every row of every table of our schemas, with the transaction that wrote it and its place, so that a row
// that was written with the values that it had differs too; and of every sequence.
function fingerprint() {
    const tables = sql(`select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                         where n.nspname in ('kentongan', 'report') and c.relkind in ('r', 'p', 'm') order by 1`).split('\n');
    assert.ok(tables.length > 20 && tables.includes('kentongan.ticket_event'), 'the tables are found');
    const parts = tables.filter((table) => UNWATCHED[table] !== null && !HISTORY.test(table)).map((table) => {
        const row = UNWATCHED[table] ? `to_jsonb(t) - '{${UNWATCHED[table]}}'::text[]` : `t.xmin || ' ' || t.ctid || ' ' || to_jsonb(t)`;
        return `select '${table}' as name, count(*) || ' ' || coalesce(md5(string_agg(r, chr(10) order by r)), '') as digest
                  from (select (${row})::text as r from ${table} t) x`;
    });
    parts.push(`select 'sequence ' || schemaname || '.' || sequencename, coalesce(last_value, 0)::text
                  from pg_sequences where schemaname in ('kentongan', 'report') and sequencename not like 'reading\\_%'`);
    return Object.fromEntries(sql(parts.join(' union all ')).split('\n').sort().map((line) => line.split('|')));
}

async function unchanged(what, deed) {
    const before = fingerprint();
    const said = await deed();
    assert.deepStrictEqual(fingerprint(), before, `${what} changed something`);
    return said;
}

// The configuration is read again, with one word of it changed.
async function reconfigure(from, to) {
    const file = process.env.KENTONGAN_CONFIG;
    const old = fs.readFileSync(file, 'utf8');
    assert.ok(old.includes(from));
    fs.writeFileSync(file, old.replace(from, to));
    const seen = fs.readFileSync(LOG, 'utf8').length;
    process.kill(Number(process.env.DAEMON), 'SIGHUP');
    await until('the new configuration', () => fs.readFileSync(LOG, 'utf8').slice(seen).includes('config.reloaded'));
}

// All at once would be more than the server lets one client have.
async function inTurns(list, deed) {
    const left = [...list];
    await Promise.all(Array.from({ length: 8 }, async () => {
        while (left.length > 0) await deed(left.shift());
    }));
}

function run(main) {
    main().then(() => agent.destroy(), (error) => {
        console.error(error);
        process.exit(1);
    });
}

module.exports = {
    base, PG, LOG, STATE, BIN, SOURCE, CONTROL, agent, fleet, sql, ask, post, does, until, hooks, link, ticket, stateIs, events,
    quiet, fingerprint, unchanged, reconfigure, inTurns, run, spawn,
};
