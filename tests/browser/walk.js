// SPDX-License-Identifier: ISC
// walk.js URL FLEET SOCKET PICTURES: what a contractor does on his phone, without JavaScript, and what district IT reads
// at a desk. Anything on the console, a failed request, or a page that asks for a second resource fails the walk.
'use strict';
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { chromium } = require('playwright-core');

const [url, fleetProgram, control, pictures] = process.argv.slice(2);
const { LINK, TOKEN_STAFF } = process.env;
const complaints = [];

function fleet(...words) {
    execFileSync(fleetProgram, ['ctl', '--control', control, ...words]);
}

async function open(browser, options) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.requests = 0;
    page.on('console', (message) => complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error}`));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url().replace(/\/t\/.*/, '/t/…')}`));
    page.on('request', () => page.requests++);
    return page;
}

async function state(page) {
    return (await page.locator('.state').first().innerText()).replace(/\s+/g, ' ');
}

// The page as it is after the wanted words are on it; looked at again until then, as a person would.
async function until(page, words, ms) {
    const end = Date.now() + ms;
    for (;;) {
        const text = await page.locator('body').innerText();
        if (words.test(text)) return text;
        assert.ok(Date.now() < end, `waited in vain for ${words}; the page says:\n${text}`);
        await page.waitForTimeout(500);
        await page.goto(LINK);
    }
}

async function picture(page, name) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth).catch(() => 0);
    await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
    return wide;
}

// Nothing sticks out of a phone, and what is to be tapped is large enough for a thumb in a glove.
async function fits(page, name) {
    await picture(page, name);
    const width = page.viewportSize().width;
    for (const box of await page.locator('body *:visible').evaluateAll((all) =>
        all.map((one) => ({ tag: one.tagName, right: one.getBoundingClientRect().right }))))
        assert.ok(box.right <= width + 1, `${name}: a ${box.tag} sticks out to ${box.right}`);
    for (const box of await page.locator('button:visible, select:visible, summary:visible').evaluateAll((all) =>
        all.map((one) => ({ tag: one.tagName, height: one.getBoundingClientRect().height }))))
        assert.ok(box.height >= 47.5, `${name}: a ${box.tag} is ${box.height} px high`);
}

// The button of an action, after its fold has been opened by a tap where it is in one.
async function unfold(page, action) {
    const button = page.locator(`button[name=action][value=${action}]`);
    if (!(await button.isVisible()))
        await page.locator(`details:has(button[name=action][value=${action}]) > summary`).click();
    return button;
}

async function claim(page, cause, action, note) {
    const button = await unfold(page, 'claim');
    const form = page.locator('form:has(button[name=action][value=claim])');
    await form.locator('select[name=cause]').selectOption(cause);
    await form.locator('select[name=action_code]').selectOption(action);
    await form.locator('textarea[name=note]').fill(note);
    await button.click();
}

async function press(page, action) {
    await (await unfold(page, action)).click();
}

async function phone(browser) {
    const page = await open(browser, { viewport: { width: 360, height: 740 }, javaScriptEnabled: false, locale: 'id-ID' });
    const response = await page.goto(LINK);
    assert.strictEqual(response.status(), 200);
    assert.strictEqual(page.requests, 1, 'one request is the whole page');
    assert.match(await page.locator('h1').innerText(), /Kalimacan/);
    assert.match(await page.locator('body').innerText(), /Kalijambe/);
    await fits(page, '1-offered');

    await press(page, 'accept');
    assert.strictEqual(page.url(), LINK, 'back on the same page');
    await fits(page, '2-accepted');
    await press(page, 'onsite');
    await fits(page, '3-onsite');

    await claim(page, 'cable', 'recabled', 'Konektor RJ45 berkarat <b>diganti</b>');
    await fits(page, '4-claimed');
    await until(page, /Perbaikan belum terbukti/, 60000);
    await fits(page, '5-unproven');

    fleet('restore', '33.14.01.2003');
    await page.goto(LINK);
    await claim(page, 'cable', 'recabled', 'Kabel diganti seluruhnya');
    await until(page, /Tutup tiket ini/, 60000);
    await fits(page, '6-restored');
    assert.ok((await page.locator('body').innerText()).includes('<b>diganti</b>'), 'a note is text');
    await press(page, 'close');
    assert.match(await state(page), /[Tt]utup/);
    await fits(page, '7-closed');
    const english = await page.goto(LINK + '?lang=en');
    assert.strictEqual(english.status(), 200);
    assert.match(await state(page), /[Cc]losed/);
    await fits(page, '8-closed-english');
    await page.context().close();
}

async function desk(browser) {
    const month = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Jakarta', year: 'numeric', month: '2-digit' }).format(new Date());
    const page = await open(browser, {
        viewport: { width: 1280, height: 900 },
        javaScriptEnabled: false,
        httpCredentials: { username: 'staff', password: TOKEN_STAFF },
    });
    const response = await page.goto(`${url}/reports/${month}`);
    assert.strictEqual(response.status(), 200);
    assert.match(await page.locator('body').innerText(), /Kalijambe/);
    await picture(page, '9-report');
    await page.setViewportSize({ width: 360, height: 740 });
    await picture(page, '10-report-phone');
    await page.context().close();
}

(async () => {
    const browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync'],
    });
    await phone(browser);
    await desk(browser);
    await browser.close();
    const real = complaints.filter((line) => !/401 \(Unauthorized\)/.test(line));
    assert.deepStrictEqual(real, [], 'the browser complained');
    console.log('the browser has nothing to complain about');
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
