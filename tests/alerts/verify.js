// SPDX-License-Identifier: ISC
// Reads the samples of sign_samples from standard input and has the npm package standardwebhooks judge them:
// each is accepted as it is, with each of its secrets, and refused with any part changed.
"use strict";
const fs = require("node:fs");
const { Webhook } = require("standardwebhooks");

const samples = fs.readFileSync(0, "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
const failures = [];
let accepted = 0;
let refused = 0;

function accepts(secret, body, headers) {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch (error) {
    if (error.constructor.name !== "WebhookVerificationError") throw error;
    return false;
  }
}

function expect(want, what, secret, body, headers) {
  if (accepts(secret, body, headers) !== want) failures.push(`${headers["webhook-id"]}: ${what}`);
  else if (want) accepted++;
  else refused++;
}

function changed(headers, name, value) {
  return { ...headers, [name]: value };
}

for (const { headers, body, secrets } of samples) {
  const time = Number(headers["webhook-timestamp"]);
  for (const secret of secrets) {
    expect(true, "as it is", secret, body, headers);
    expect(false, "a byte of the body", secret, body.replace("ticket", "tickeT"), headers);
    expect(false, "a blank behind the body", secret, body + " ", headers);
    expect(false, "another id", secret, body, changed(headers, "webhook-id", headers["webhook-id"] + "x"));
    expect(false, "another second", secret, body, changed(headers, "webhook-timestamp", String(time + 1)));
    expect(false, "an old second", secret, body, changed(headers, "webhook-timestamp", String(time - 3600)));
    expect(false, "no signature", secret, body, changed(headers, "webhook-signature", ""));
    expect(false, "a cut signature", secret, body,
      changed(headers, "webhook-signature", headers["webhook-signature"].slice(0, 40)));
  }
  expect(false, "a foreign secret", "whsec_" + Buffer.alloc(32, 7).toString("base64"), body, headers);
  const signatures = headers["webhook-signature"].split(" ");
  if (signatures.length !== secrets.length) failures.push(`${headers["webhook-id"]}: ${signatures.length} signatures`);
}

for (const failure of failures) console.log(`not as expected: ${failure}`);
console.log(`${samples.length} samples, ${accepted} accepted, ${refused} refused, ${failures.length} not as expected`);
process.exit(failures.length === 0 && samples.length > 0 ? 0 : 1);
