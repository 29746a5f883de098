// SPDX-License-Identifier: ISC
// previews.js: chat programs, mail filters and crawlers fetch every address that they are shown. Whatever they ask for by
// GET, HEAD or OPTIONS, no row of the database changes.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const world = require('./world');
const { ask, does, link, stateIs, ticket, SOURCE } = world;
const { TOKEN_STAFF, TOKEN_LAWU } = process.env;

const ROUNDS = 3;
const AGENTS = [
    'TelegramBot (like TwitterBot)',
    'WhatsApp/2.23.20.0 A',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) SafeLinks/1.0',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) BingPreview/1.0b',
    'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
    'Twitterbot/1.0',
    'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
    'SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 Teams',
    'Viber/13.3.0.5 CFNetwork',
    'Line/13.0 (poker/1.0; +https://line.me)',
    'Signal-Android/6.40 (like WhatsApp/2)',
    'Mozilla/5.0 (Macintosh) Applebot/0.1 iMessageLinkExtension (facebookexternalhit/1.1 Facebot Twitterbot/1.0)',
    'GoogleImageProxy (via ggpht.com)',
    'Barracuda Sentinel (EE)',
    'Mozilla/5.0 (compatible; Proofpoint URL Defense)',
    'MimecastLinkScanner/1.0',
    'Mattermost-Bot/1.1',
    'curl/7.88.1',
    'Wget/1.21.3',
    'python-requests/2.31.0',
];
// What browsers and filters say when they fetch ahead of the person.
const EXTRAS = [
    {},
    { Purpose: 'prefetch', 'Sec-Purpose': 'prefetch;prerender', 'X-Moz': 'prefetch' },
    { 'X-HTTP-Method-Override': 'POST', 'X-Method-Override': 'POST', 'X-HTTP-Method': 'POST' },
];
const ASK = 'action=accept&note=x&cause=cable&action_code=recabled&key=preview&_method=POST';
const month = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Jakarta', year: 'numeric', month: '2-digit' }).format(new Date());
const repair = { cause: 'cable', action_code: 'recabled' };
const village = (n) => `33.14.01.${2000 + n}`;

// One ticket in each state that a link can show; the links that go with them.
async function tickets() {
    const links = {};
    world.fleet('cut', ...[1, 2, 3, 4, 5, 6, 7].map(village));
    for (const [n, state] of ['offered', 'accepted', 'onsite', 'restored', 'closed', 'declined', 'claimed'].entries())
        links[state] = await link(village(n + 1));
    for (const state of ['accepted', 'onsite', 'restored', 'closed', 'claimed']) await does(links[state], { action: 'accept' });
    await does(links.onsite, { action: 'onsite' });
    await does(links.declined, { action: 'decline', note: 'Jalan putus' });
    world.fleet('restore', village(4), village(5), village(7));
    for (const state of ['restored', 'closed']) await does(links[state], { action: 'claim', ...repair });
    await stateIs(village(4), 'restored');
    await stateIs(village(5), 'restored');
    await does(links.closed, { action: 'close' });
    // The last one stays on trial for as long as this takes.
    await world.reconfigure('window = 10s', 'window = 1h');
    await does(links.claimed, { action: 'claim', ...repair });
    await world.quiet();
    for (const [n, state] of ['offered', 'accepted', 'onsite', 'restored', 'closed', 'new', 'claimed'].entries())
        assert.strictEqual(ticket(village(n + 1)).state, state);
    return links;
}

// By the route that the server has for it; each gets an address that is there, and one with wishes in its query.
async function addresses(links) {
    const number = ticket(village(1)).number;
    const api = { token: TOKEN_STAFF };
    const plain = {
        '/healthz': [['/healthz']], '/readyz': [['/readyz']], '/metrics': [['/metrics']],
        '/t/*': [...Object.values(links).map((path) => [path]), [links.offered + '.'], ['/t/' + 'A'.repeat(56)]],
        '/api/v1/tickets': [['/api/v1/tickets', api], ['/api/v1/tickets?state=all', { token: TOKEN_LAWU }]],
        '/api/v1/tickets/*': [[`/api/v1/tickets/${number}`, api]],
        '/api/v1/tickets/*/acts': [[`/api/v1/tickets/${number}/acts`, api], [`/api/v1/tickets/${number}/acts`, { token: TOKEN_LAWU }]],
        '/api/v1/sites': [['/api/v1/sites', api]],
        '/api/v1/sites/*': [[`/api/v1/sites/${village(1)}`, api]],
        '/api/v1/sites/*/history': [[`/api/v1/sites/${village(1)}/history`, api], [`/api/v1/sites/${village(1)}/history?step=3600`, { token: TOKEN_LAWU }]],
        '/reports/*': [[`/reports/${month}`, api]],
        '/reports/*.csv': [[`/reports/${month}.csv`, api]],
        '/reports/*.json': [[`/reports/${month}.json?by=party`, api]],
        'none': [['/'], ['/favicon.ico'], ['/robots.txt']],
    };
    const folder = `${SOURCE}/daemon/web`;
    const routes = fs.readdirSync(folder).filter((file) => file.endsWith('.c')).flatMap((file) =>
        [...fs.readFileSync(`${folder}/${file}`, 'utf8').matchAll(/\{\s*WEB_[A-Z_ |]+,\s*"([^"]*)"/g)].map((found) => found[1]));
    assert.ok(routes.length >= 9, 'the routes are found in the source');
    for (const route of routes) {
        assert.ok(plain[route], `the route ${route} has no address here yet`);
        if (route.endsWith('/acts')) continue; // POST only
        const said = await ask('GET', ...plain[route][0]);
        assert.strictEqual(said.status, 200, `${route}: the first of its addresses shows something`);
    }
    const all = Object.values(plain).flat();
    return [...all, ...all.filter(([path]) => !path.includes('?')).map(([path, options]) => [`${path}?${ASK}`, options])];
}

async function fetch(method, [path, options], name, extra) {
    const wish = method === 'OPTIONS' ? { 'Access-Control-Request-Method': 'POST', Origin: 'http://evil.test' } : {};
    const answer = await ask(method, path, { ...options, headers: { 'User-Agent': name, Accept: '*/*', ...extra, ...wish } });
    const what = `${method} ${path} by ${name}`;

    assert.ok(answer.status < 500, `${what}: ${answer.status}`);
    assert.notStrictEqual(answer.status, 429, what);
    if (method === 'OPTIONS') assert.ok([404, 405].includes(answer.status), `${what}: ${answer.status}`);
    assert.ok(!Object.keys(answer.headers).some((header) => header.startsWith('access-control-')), `${what} lets other sites in`);
    assert.ok(!('set-cookie' in answer.headers), what);
    if (method === 'HEAD') assert.strictEqual(answer.text, '', what);
    return answer.status;
}

world.run(async () => {
    const links = await tickets();
    const all = await addresses(links);
    const rounds = Array.from({ length: ROUNDS }, (_, i) => EXTRAS[i]);
    const tries = rounds.flatMap((extra) => AGENTS.flatMap((name) => all.map((address) => [address, name, extra])));
    let requests = 0;
    const before = world.fingerprint();

    await world.inTurns(tries, async ([address, name, extra]) => {
        const got = await fetch('GET', address, name, extra);
        assert.strictEqual(await fetch('HEAD', address, name, extra), got, `HEAD says what GET says: ${address[0]}`);
        await fetch('OPTIONS', address, name, extra);
        requests += 3;
    });
    assert.deepStrictEqual(world.fingerprint(), before, 'a preview changed something');

    // The scales can move, and the links still work.
    assert.strictEqual((await ask('GET', links.declined)).status, 410);
    await does(links.offered, { action: 'accept' });
    const after = world.fingerprint();
    assert.notStrictEqual(after['kentongan.ticket'], before['kentongan.ticket']);
    assert.notStrictEqual(after['kentongan.ticket_event'], before['kentongan.ticket_event']);
    console.log(`${AGENTS.length} agents, ${all.length} addresses, ${requests} requests: ${Object.keys(before).length} tables and sequences unchanged`);
});
