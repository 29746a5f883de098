// SPDX-License-Identifier: ISC
// cross_site.js: pages of others, opened in the browser of somebody who is signed in and has an action link, try to act in
// his name. They even know the link, which only its holder does. Nothing changes.
'use strict';
const assert = require('node:assert');
const http = require('node:http');
const { launch } = require('./browser');
const world = require('./world');
const { base, ask, post, link, ticket, unchanged } = world;
const { TOKEN_STAFF, TOKEN_LAWU } = process.env;

const [MINE, OTHER] = ['33.14.01.2001', '33.14.02.2001'];
const FORM = 'application/x-www-form-urlencoded';
const month = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Jakarta', year: 'numeric', month: '2-digit' }).format(new Date());
let attempts = 0;

// A page of somebody else: another host name, and so another site. Its address is the HTML that it serves.
async function strangers() {
    const server = http.createServer((request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
        response.end('<!doctype html><title>menang undian</title>' + decodeURIComponent(request.url.slice(2)));
    }).listen(0, '127.0.0.1');
    await new Promise((go) => server.once('listening', go));
    return { server, page: (html) => `http://localhost:${server.address().port}/?${encodeURIComponent(html)}` };
}

const form = (action, type, fields) => `<form id=f method=post action="${action}" enctype="${type}">${Object.entries(fields)
    .map(([name, value]) => `<input name='${name}' value='${value}'>`).join('')}</form><script>f.submit()</script>`;

// What a browser does. arrives: the status of our answer to that request; null when it may not get out at all; 'kept'
// when the answer is kept from the page; 'framed' when it is refused and, being a page that no frame may show, not shown:
// the browser does not always tell of that one, so the server is asked how often it has refused.
function inBrowser(here, acts) {
    const act = { action: 'accept', key: 'evil' };
    const js = (code) => `<script>(async () => { ${code} })().catch(() => {})</script>`;
    const json = JSON.stringify({ action: 'accept' });
    return [
        ['a form of another site', form(base + here, FORM, act), 'POST', here, 403],
        ['the same as multipart', form(base + here, 'multipart/form-data', act), 'POST', here, 415],
        ['the same as plain text', form(base + here, 'text/plain', { 'action=accept&x': '' }), 'POST', here, 415],
        ['a form in a sandbox, whose origin is null', `<iframe sandbox="allow-scripts allow-forms" srcdoc="${form(base + here, FORM, act)
            .replaceAll('"', '&quot;')}"></iframe>`, 'POST', here, 'framed'],
        ['fetch of a form', js(`await fetch('${base + here}', {method: 'POST', mode: 'no-cors', credentials: 'include',
            headers: {'Content-Type': '${FORM}'}, body: 'action=accept'})`), 'POST', here, 403],
        ['a beacon', js(`navigator.sendBeacon('${base + here}', new Blob(['action=accept'], {type: '${FORM}'}))`), 'POST', here, 403],
        ['a form with JSON in it, to the API', form(base + acts, 'text/plain', { '{"action":"accept","x":"': '"}' }), 'POST', acts, 415],
        ['fetch of plain text with JSON in it', js(`await fetch('${base + acts}', {method: 'POST', mode: 'no-cors', credentials: 'include', body: '${json}'})`), 'POST', acts, [401, 415]], // with or without what the browser kept
        ['fetch of JSON, which asks first', js(`await fetch('${base + acts}', {method: 'POST', credentials: 'include',
            headers: {'Content-Type': 'application/json'}, body: '${json}'})`), 'POST', acts, null],
        ['a beacon of JSON, which asks first', js(`navigator.sendBeacon('${base + acts}', new Blob(['${json}'], {type: 'application/json'}))`), 'POST', acts, null],
        ['fetch by PUT, which asks first', js(`await fetch('${base + here}', {method: 'PUT', body: 'action=accept'})`), 'PUT', here, null],
        ['a picture that is an act', `<img src="${base + here}?action=accept&key=evil">`, 'GET', here, 'kept'], // a browser does not hand a page to a picture
        ['a way to an act', `<script>location = '${base + here}?action=accept&key=evil'</script>`, 'GET', here, 200],
        ['our page in a frame of theirs', `<iframe src="${base + here}"></iframe>`, 'GET', here, 200],
    ];
}

async function refusals() {
    const { text } = await ask('GET', '/metrics');
    return Number(/^kentongan_http_answers_total\{status="403"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

// Whether what was to come of the attempt has come.
function cameOf(arrives, answers, failed, before) {
    if (arrives === 'framed') return refusals().then((now) => now > before);
    return (arrives === null || arrives === 'kept' ? failed : answers).length > 0;
}

async function browse(browser, stranger, [what, html, method, path, arrives]) {
    const context = await browser.newContext({ httpCredentials: { username: 'x', password: TOKEN_STAFF } });
    const page = await context.newPage();
    const answers = [];
    const failed = [];
    const isIt = (request) => request.method() === method && request.url().split('?')[0] === base + path;
    context.on('response', (response) => isIt(response.request()) && answers.push(response.status()));
    context.on('requestfailed', (request) => isIt(request) && failed.push(request));
    await page.goto(`${base}/reports/${month}`); // signed in
    const before = await refusals();
    await unchanged(what, async () => {
        await page.goto(stranger.page(html), { waitUntil: 'commit' });
        await world.until(what, () => cameOf(arrives, answers, failed, before));
    });
    if (arrives === null) assert.deepStrictEqual(answers, [], `${what}: got through`);
    else if (arrives === 'framed') assert.ok(answers.every((status) => status === 403), `${what}: ${answers}`);
    else if (arrives !== 'kept') assert.ok([arrives].flat().includes(answers.at(-1)), `${what}: ${answers}`);
    if (what.includes('frame of theirs')) {
        const inside = page.frames().find((frame) => frame !== page.mainFrame());
        assert.doesNotMatch(await inside.content(), /<form/, 'a page that may not be framed shows nothing to press');
    }
    await context.close();
    attempts++;
}

// What no browser sends by itself today, but an old one, a proxy or a program might.
async function byHand(here, old, acts) {
    const text = { 'Content-Type': FORM };
    const body = 'action=accept&key=evil';
    const json = { token: TOKEN_STAFF, body: '{"action":"accept"}' };
    const tries = [
        ['another origin, without Sec-Fetch-Site', 403, () => post(here, { action: 'accept' }, { Origin: 'https://evil.test' })],
        ['an origin that begins like ours', 403, () => post(here, { action: 'accept' }, { Origin: base + '.evil.test' })],
        ['our host on another port', 403, () => post(here, { action: 'accept' }, { Origin: 'http://127.0.0.1:1' })],
        ['another site, without an origin', 403, () => post(here, { action: 'accept' }, { 'Sec-Fetch-Site': 'cross-site' })],
        ['a sister site', 403, () => post(here, { action: 'accept' }, { 'Sec-Fetch-Site': 'same-site', Origin: base })],
        ['no origin at all, from another site', 403, () => post(here, { action: 'accept' }, { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' })],
        ['a GET with a body', [200, 400], () => ask('GET', here, { headers: text, body, fresh: true })],
        ['an act in the query', 422, () => ask('POST', `${here}?${body}`, { headers: text, body: '' })],
        ['two acts in one form', 400, () => ask('POST', here, { headers: text, body: 'action=note&action=accept' })],
        ['a method in a header', 200, () => ask('GET', here, { headers: { 'X-HTTP-Method-Override': 'POST' } })],
        ['a link of before', [404, 410], () => post(old, { action: 'accept' })],
        ['another ticket in the form', 303, () => post(here, { action: 'note', note: 'Milik sendiri', ticket: String(ticket(OTHER).id), party: 'solo' })],
        ['JSON that says it is text', 415, () => ask('POST', acts, { ...json, headers: { 'Content-Type': 'text/plain' } })],
        ['JSON that says nothing', 415, () => ask('POST', acts, json)],
        ['a form for the API', 415, () => ask('POST', acts, { token: TOKEN_STAFF, body, headers: text })],
        ['something like JSON', 415, () => ask('POST', acts, { ...json, headers: { 'Content-Type': 'application/jsonp' } })],
        ['the API without a token', 401, () => ask('POST', acts, { body: json.body, headers: { 'Content-Type': 'application/json' } })],
        ['the API with a link for a token', 401, () => ask('POST', acts, { ...json, token: here.slice(3), headers: { 'Content-Type': 'application/json' } })],
        ['the API with the token of another party', 404, () => ask('POST', `/api/v1/tickets/${ticket(OTHER).number}/acts`,
            { ...json, token: TOKEN_LAWU, headers: { 'Content-Type': 'application/json' } })],
    ];
    for (const [what, status, deed] of tries) {
        const own = status === 303; // changes its own ticket, and only that
        const before = [ticket(OTHER), own || world.fingerprint()];
        const answer = await deed();
        assert.ok([status].flat().includes(answer.status), `${what}: ${answer.status} ${answer.text}`);
        assert.deepStrictEqual([ticket(OTHER), own || world.fingerprint()], before, `${what} changed something`);
        if (own) await world.quiet();
        attempts++;
    }
}

// And the same browser, on the page itself, may.
async function theHolderMay(browser, here) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(base + here);
    const [answer] = await Promise.all([page.waitForNavigation(), page.click('button[value=accept]')]);
    assert.strictEqual(answer.status(), 200);
    assert.strictEqual(ticket(MINE).state, 'accepted');
}

world.run(async () => {
    world.fleet('cut', MINE, OTHER, '33.14.01.2002');
    const here = await link(MINE);
    const old = await link('33.14.01.2002');
    await link(OTHER);
    await post(old, { action: 'decline' });
    await world.quiet();
    const acts = `/api/v1/tickets/${ticket(MINE).number}/acts`;
    const browser = await launch();
    const stranger = await strangers();

    for (const one of inBrowser(here, acts)) await browse(browser, stranger, one);
    await byHand(here, old, acts);
    assert.strictEqual(ticket(MINE).state, 'offered');
    await theHolderMay(browser, here);
    await browser.close();
    stranger.server.close();
    console.log(`${attempts} attempts from elsewhere changed nothing; one from here did`);
});
