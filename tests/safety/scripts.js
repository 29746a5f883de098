// SPDX-License-Identifier: ISC
// scripts.js: attacks in every name of the inventory, in notes, reasons and claims, from the page and from the API: none
// ever runs, and each is readable as what somebody wrote.
'use strict';
const assert = require('node:assert');
const http = require('node:http');
const { execFileSync } = require('node:child_process');
const attacks = require('./attacks');
const { launch, watched, isOurs } = require('./browser');
const world = require('./world');
const { base, ask, post, does, fleet, link, ticket, until, sql } = world;
const { TOKEN_STAFF, SNMP_PORT, BIN } = process.env;

const { list, at, village, party } = attacks;
const RELAY = '33.14.02';
const month = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Jakarta', year: 'numeric', month: '2-digit' }).format(new Date());
const flat = (text) => text.replace(/\s+/g, ' ').trim();
let pages = 0;

// First that the traps close: each attack on a page that lets it run, and on one that has our policy only.
async function trapsClose(browser) {
    const server = http.createServer((request, response) => {
        const [, kind, i] = request.url.split('/');
        const policy = kind === 'strict' ? { 'Content-Security-Policy': "default-src 'none'" } : {};
        response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...policy });
        response.end(`<!doctype html><title>trap</title><body><div>${list[i] ?? ''}</div><input value="${list[i] ?? ''}">`);
    }).listen(0, '127.0.0.1');
    await new Promise((go) => server.once('listening', go));
    const here = `http://127.0.0.1:${server.address().port}`;
    const { context, page, told } = await watched(browser, here);
    const caught = { open: new Set(), strict: new Set() };
    for (const kind of ['open', 'strict'])
        for (const i of list.keys()) {
            told.length = 0;
            await page.goto(`${here}/${kind}/${i}`).catch(() => {}); // some lead away
            await page.goto('about:blank').catch(() => {});
            if (told.some((words) => /^(run|request http:\/\/evil)/.test(words))) caught[kind].add(i);
            else if (told.some((words) => /^policy/.test(words))) caught.stopped = (caught.stopped ?? 0) + 1;
        }
    await context.close();
    server.close();
    assert.ok(caught.open.size >= 20, `only ${caught.open.size} attacks work where they may`);
    assert.ok(caught.stopped >= 10, `only ${caught.stopped} break the policy`);
    return caught.open.size;
}

function api(number, act) {
    return ask('POST', `/api/v1/tickets/${number}/acts`, { token: TOKEN_STAFF, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(act) });
}

// Every second contractor declines in bad words, and the own team takes over; the others claim what is not true.
async function work(i) {
    const root = village(i);
    let here = await link(root);
    await does(here, { action: 'note', note: list[i] });
    assert.strictEqual((await api(ticket(root).number, { action: 'note', note: at(i + 4, 2000) })).status, 200);
    if (i % 2 === 0) {
        await does(here, { action: 'decline', note: at(i + 5, 2000) });
        assert.strictEqual((await api(ticket(root).number, { action: 'accept' })).status, 200);
        here = await link(root, 'ticket.accepted');
    } else {
        await does(here, { action: 'accept' });
        await does(here, { action: 'claim', cause: 'cable', action_code: 'recabled', note: at(i + 5, 2000) });
    }
    return here;
}

async function look(page, told, address, status, words) {
    const answer = await page.goto(base + address);
    const what = `${address.replace(/\/t\/[\w-]{50,}/, '/t/…')}`;
    assert.strictEqual(answer.status(), status, what);
    assert.deepStrictEqual(told, [], what);
    const text = flat(await page.evaluate(() => document.documentElement.textContent));
    for (const word of words) assert.ok(text.includes(flat(word)), `${what} does not show: ${word}`);
    if (/html/.test(answer.headers()['content-type'])) await isOurs(page, what);
    pages++;
}

// An act that is refused gives back what was typed.
async function refusals(page, told, here) {
    for (const attack of list) {
        await page.goto(base + here);
        await page.evaluate((text) => {
            const form = document.querySelector('button[value=note]').form;
            form.elements.note.value = text;
            form.elements.seq.value = '1';
            form.elements.key.value = '';
            for (let fold = form; fold; fold = fold.parentElement) if (fold.tagName === 'DETAILS') fold.open = true;
        }, attack);
        const [answer] = await Promise.all([page.waitForNavigation(), page.click('button[value=note]')]);
        assert.strictEqual(answer.status(), 409);
        assert.strictEqual(await page.locator('form:has(button[value=note]) textarea').inputValue(), attack);
        assert.deepStrictEqual(told, [], `what was typed: ${attack}`);
        await isOurs(page, attack);
        pages++;
    }
}

// In the address itself. 400: the server takes no such address.
async function addresses(page, told) {
    for (const attack of list) {
        const word = encodeURIComponent(attack);
        for (const address of [`/t/${word}`, `/${word}`, `/reports/${word}`, `/api/v1/sites/${word}`, `/reports/${month}?by=${word}`,
            `/reports/${month}?lang=${word}`, `/api/v1/tickets?state=${word}&limit=${word}`]) {
            const answer = await page.goto(base + address);
            assert.ok(answer.status() < 500, address);
            assert.deepStrictEqual(told, [], address);
            pages++;
        }
    }
}

// A spreadsheet takes a cell that begins with one of these for a formula, behind quotes too.
function cells(csv) {
    return [...csv.matchAll(/("(?:[^"]|"")*"|[^,\n]*)(,|\n)/g)].map(([, cell]) =>
        (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}

async function reports(page, told) {
    const cli = (by) => require('node:child_process').execFileSync(`${world.BIN}/kentongan`, ['report', month, '--by', by, '--format', 'csv'], { encoding: 'utf8' });
    for (const [by, shown] of [['site', list], ['party', list.map((_, i) => at(i + 3, 120))],
        ['kecamatan', list.map((_, i) => at(i + 1, 80))], ['cause', []]]) {
        for (const lang of ['id', 'en']) await look(page, told, `/reports/${month}?by=${by}&lang=${lang}`, 200, shown);
        const answer = await ask('GET', `/reports/${month}.csv?by=${by}`, { token: TOKEN_STAFF });
        assert.match(answer.headers['content-disposition'], /^attachment/);
        for (const csv of [answer.text, cli(by)]) {
            const all = cells(csv);
            assert.ok(all.length >= 20 * 2, 'the cells are found');
            for (const cell of all) assert.doesNotMatch(cell, /^[=+\-@\t\r]/, `${by}: a formula`);
            for (const attack of shown) assert.ok(all.some((cell) => cell.replace(/^'/, '') === attack.replace(/^'/, '')), `${by}: ${attack} is kept`);
        }
        const json = JSON.parse((await ask('GET', `/reports/${month}.json?by=${by}`, { token: TOKEN_STAFF })).text);
        for (const attack of shown) assert.ok(json.rows.some((row) => row.name === attack), `${by}: ${attack} in JSON`);
    }
}

async function manyAtOnce(page, told) {
    fleet('cut', RELAY);
    const here = await link(RELAY);
    const behind = list.map((attack, i) => [attack, village(i)]).filter(([, code]) => code.startsWith(RELAY));
    await until('all behind the relay', () => Number(sql(`select count(*) from kentongan.ticket_site s join kentongan.ticket t on t.id = s.ticket
        where t.root = '${RELAY}' and s.site <> t.root`)) === behind.length);
    for (const lang of ['id', 'en']) await look(page, told, `${here}?lang=${lang}`, 200, behind.map(([attack]) => attack));
    fleet('restore', RELAY);
    await until('all of them again', () => sql("select count(*) from kentongan.site_state where state <> 'up'") === '0');
}

// What an agent says of itself: read by the daemon, shown to who asks by hand and by the API; no byte of it rules a terminal.
async function agents(page, told) {
    const ask = (i, ...more) => execFileSync(`${BIN}/kentongan`, ['probe', `127.77.1.${i + 3}`, '--port', SNMP_PORT, '--credential', 'demo', ...more],
        { encoding: 'utf8', maxBuffer: 1 << 24 });
    for (const i of list.keys()) {
        const said = ask(i);
        assert.match(said, /^ {2}sysName +\S/m);
        assert.doesNotMatch(said, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/, `probe of ${i}`);
        const facts = JSON.parse(ask(i, '--json'));
        const payload = at(i + 6, 63).replace(/[^\x20-\x7e]/g, ''); // a DisplayString is ASCII [RFC 2579]
        assert.strictEqual(facts.sys_name, `${payload}-${village(i)}`);
        assert.ok(facts.sys_descr.endsWith(payload), facts.sys_descr);
    }
    await until('every agent is read', () => Number(sql('select count(distinct device) from kentongan.device_reading')) >= list.length);
    for (const i of list.keys()) await look(page, told, `/api/v1/sites/${village(i)}`, 200, []);
}

world.run(async () => {
    const browser = await launch();
    const runs = await trapsClose(browser);
    const { page, told } = await watched(browser, base, { httpCredentials: { username: 'x', password: TOKEN_STAFF } });
    await manyAtOnce(page, told);
    await agents(page, told);

    fleet('cut', ...list.map((_, i) => village(i)));
    const links = [];
    await world.inTurns(list.map((_, i) => i), async (i) => (links[i] = await work(i)));
    await until('every verdict', () => sql("select count(*) from kentongan.ticket where state = 'claimed'") === '0');
    for (const [i, here] of links.entries()) {
        const words = [list[i], at(i + 1, 80), list[i], at(i + 4, 2000), at(i + 5, 2000)];
        if (i % 2 !== 0) words.push(at(i + 3, 120)); // the contractor is still who is next
        for (const lang of ['id', 'en']) await look(page, told, `${here}?lang=${lang}`, 200, words);
        await look(page, told, `/api/v1/tickets/${ticket(village(i)).number}`, 200, []);
    }
    await refusals(page, told, links[1]);
    await look(page, told, '/api/v1/tickets?state=all', 200, []);
    await look(page, told, '/api/v1/sites', 200, []);
    await addresses(page, told);
    await reports(page, told);
    assert.deepStrictEqual(told, []);
    await browser.close();
    console.log(`${list.length} attacks, ${runs} of which run where they may; ${pages} pages of ours looked at: 0 runs, 0 violations`);
});
