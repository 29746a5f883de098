// SPDX-License-Identifier: ISC
// browser.js: Debian's Chromium with JavaScript on, and everything that it could tell of an attack that worked: a call of
// pwned(), a dialog, a word on the console, a broken policy, a request to anybody but us.
'use strict';
const assert = require('node:assert');
const { chromium } = require('playwright-core');

async function launch() {
    return chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync'],
    });
}

// told: what happened, as words.
async function watched(browser, base, options = {}) {
    const context = await browser.newContext(options);
    const told = [];
    await context.exposeFunction('pwned', (n) => told.push(`run ${n}`));
    await context.exposeFunction('violated', (words) => told.push(`policy ${words}`));
    await context.addInitScript(() => {
        globalThis.alert = globalThis.confirm = globalThis.prompt = () => globalThis.pwned('dialog');
        document.addEventListener('securitypolicyviolation', (event) =>
            globalThis.violated(`${event.violatedDirective} ${event.blockedURI}`));
    });
    const page = await context.newPage();
    context.on('dialog', (dialog) => {
        told.push(`dialog ${dialog.message()}`);
        dialog.dismiss();
    });
    page.on('console', (message) => {
        // An answer that is no success is told of on the console; that is nobody's attack.
        if (!/^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text()))
            told.push(`console ${message.text()}`);
    });
    page.on('pageerror', (error) => told.push(`error ${error}`));
    context.on('request', (request) => {
        if (!request.url().startsWith(base + '/')) told.push(`request ${request.url()}`);
    });
    return { context, page, told };
}

// Nothing on the page is what our templates are not made of.
async function isOurs(page, what) {
    const foreign = await page.evaluate(() => {
        const tags = new Set(('HTML HEAD META TITLE STYLE BODY HEADER MAIN FOOTER NAV H1 H2 P B STRONG SMALL A DIV SPAN FORM INPUT BUTTON ' +
            'DETAILS SUMMARY LABEL TEXTAREA SELECT OPTION UL OL LI DL DT DD BR HR TABLE THEAD TBODY TR TH TD svg rect path').split(' '));
        const found = [];
        for (const one of document.querySelectorAll('*')) {
            if (!tags.has(one.tagName)) found.push(one.tagName);
            for (const { name, value } of one.attributes)
                if (/^on|^style$|^src|^http-equiv/.test(name) || (name === 'href' && !/^(geo:|https:\/\/www\.openstreetmap\.org\/|\?|\d{4}-\d\d)/.test(value)))
                    found.push(`${one.tagName} ${name}=${value}`);
        }
        return found;
    });
    assert.deepStrictEqual(foreign, [], what);
}

module.exports = { launch, watched, isOurs };
