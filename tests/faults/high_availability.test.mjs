// Store: postgres
// Two Gatehouse nodes on three PostgreSQL nodes under Patroni, as docs/high_availability.md builds them, while machines are
// killed and cables are pulled. Clients of many kinds write down what they were told; what is there in the end must agree.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defaultBinary } from '../support/gatehouse.mjs';
import { all, muchHappened } from '../support/ha/checks.mjs';
import { runInside, whyNot } from '../support/ha/sandbox.mjs';
import { kinds } from '../support/ha/traffic.mjs';

const kLimit_ms = 8 * 60_000;
const scenario = fileURLToPath(new URL('../support/ha/scenario.mjs', import.meta.url));
const skip = whyNot() ?? false;
let history;
const said = [];

before(async () => {
  if (skip) return;
  const { status, signal, folder } = await runInside(scenario, [defaultBinary], { limit_ms: kLimit_ms, said: (line) => said.push(line) });
  assert.equal(status, 0, `the scenario ended with ${signal ?? status}:\n${said.join('\n')}`);
  history = JSON.parse(readFileSync(join(folder, 'history.json'), 'utf8'));
});

for (const [name, check] of Object.entries(all)) {
  test(name, { skip }, () => {
    const findings = check(history);
    assert.equal(findings.length, 0, `${findings.length} findings:\n${findings.slice(0, 20).join('\n')}`);
  });
}

test('every kind of operation was acknowledged, and something was under way at every fault', { skip }, (t) => {
  for (const line of said) t.diagnostic(line);
  assert.deepEqual(muchHappened(history, { kinds }), []);
});

test('only the node that was killed left mails that were sent twice', { skip }, () => {
  assert.ok(history.mails.copies <= 16, `${history.mails.copies} copies: those of one claim at most`);
});
