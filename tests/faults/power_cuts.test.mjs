// Store: sqlite
// kill -9 under the load of clients of all kinds, a hundred times: what was acknowledged is there afterwards, what was refused
// is not, the log holds every change once, and `gatehouse verify` finds store, log and graph of one mind.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { admin, run, start } from '../support/gatehouse.mjs';
import { all } from '../support/ha/checks.mjs';
import { Mails } from '../support/ha/mails.mjs';
import { observe, readLog } from '../support/ha/observe.mjs';
import { until } from '../support/ha/part.mjs';
import { Traffic, kinds } from '../support/ha/traffic.mjs';

const kRounds = Number(process.env.GATEHOUSE_TEST_ROUNDS ?? 100);
const kVerifyEvery = 20;
const kAcknowledged = 16;  // changes in a round, before the power goes
const kLate = ['organization.move', 'organization.remove', 'account.remove'];  // which only a client comes to that is left alone for long
const kNowhere = 'http://127.0.0.1:1';

let history;

const verify = async (server) => {
  const { status, stdout, stderr } = await run(['verify', '--data', server.data]);
  return { status, said: stdout + stderr };
};

before(async () => {
  // Many sign in at the same time here, on few cores.
  const server = await start({ env: { GATEHOUSE_PASSWORD_MEMORY_KIB: '8192', GATEHOUSE_PASSWORD_PASSES: '1' } });
  let on = true;
  // Nobody is asked at a port that may be somebody else's by now.
  const node = { name: 'the node', get url() { return on ? server.url : kNowhere; } };
  const traffic = new Traffic([node], new Mails([join(server.data, 'mail')]));
  // Whatever was under way when the power went stays under way for its Idempotency-Key, and there is no other node to be asked.
  Object.assign(traffic, { repeatFor_ms: 250, probeFor_ms: 100 });
  await traffic.begin({ account: admin.email, password: admin.password });
  const { operations } = traffic.recorder.history;
  const acknowledged = () => operations.filter(({ outcome }) => outcome === 'acknowledged').length;

  for (let round = 1; round <= kRounds; round += 1) {
    const goal = acknowledged() + kAcknowledged;
    await Promise.race([until(`changes in round ${round}`, () => acknowledged() >= goal, { every_ms: 5 }), traffic.working]);
    await pause(Math.random() * 30);  // at any moment of the work
    on = false;
    await server.kill9();
    if (round % kVerifyEvery === 0) {
      const { status, said } = await verify(server);
      assert.equal(status, 0, `after round ${round}: ${said}`);
    }
    await server.start();
    on = true;
  }

  history = await traffic.end();
  history.bound_ms = 0;  // there is no other node that could be behind
  history.final = { [node.name]: await observe(node, traffic) };
  await until('every mail has left', async () => (await traffic.mails.account()).missing.length === 0).catch(() => {});
  history.mails = await traffic.mails.account();
  await server.stop();
  history.verify = await verify(server);
  const rows = async (select) => {
    const portable = select.replace(/encode\(([\w.]+), 'hex'\)/g, 'lower(hex($1))');
    return JSON.parse(execFileSync('sqlite3', ['-json', join(server.data, 'gatehouse.db'), portable], { encoding: 'utf8', maxBuffer: 1 << 28 }));
  };
  Object.assign(history, await readLog(rows));
});

for (const [name, check] of Object.entries(all)) {
  test(`after ${kRounds} power cuts: ${name}`, () => {
    const findings = check(history);
    assert.equal(findings.length, 0, `${findings.length} findings:\n${findings.slice(0, 20).join('\n')}`);
  });
}

test('every mail of an invitation that was acknowledged was sent', () => {
  assert.deepEqual(history.mails.missing, []);
  assert.ok(history.mails.copies <= kRounds, `${history.mails.copies} copies: at most the one in hand at each power cut`);
});

test('the load was one: of every kind, and cut off in the middle', () => {
  const { operations } = history;
  const count = (kind) => operations.filter((one) => one.kind === kind && one.outcome === 'acknowledged').length;
  const counts = Object.fromEntries(kinds.map((kind) => [kind, count(kind)]));
  const never = kinds.filter((kind) => counts[kind] === 0 && !kLate.includes(kind));
  assert.deepEqual(never, [], `never acknowledged: ${JSON.stringify(counts)}`);
  assert.ok(kLate.some((kind) => counts[kind] > 0), JSON.stringify(counts));
  const cut = operations.filter(({ tries }) => tries.some(({ outcome }) => outcome === 'unknown')).length;
  assert.ok(cut > kRounds, `${cut} changes were under way at ${kRounds} power cuts`);
});
