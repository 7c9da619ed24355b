// A long list is told in parts: GET /access to readers who stop reading in the middle of it. Every part asks again for the
// right to it, and a list that ends before its end is seen to be broken; CONTRACTS.md section 2.2, the row GET /access.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAccess } from '../support/access.mjs';
import { freshFolder, run } from '../support/gatehouse.mjs';

// A list of many members, too long for what lies between the service and a reader who has stopped reading.
async function crowd(t, count) {
  const own = await startAccess({ t });
  const company = await own.company('Crowd');
  const readers = [];
  for (const stem of ['Stays', 'Demoted', 'Removed', 'Leaves']) readers.push(await own.hire(company, ['USER_VIEW'], stem));
  await own.server.stop();
  const folder = freshFolder('crowd');
  const write = (name, header, row) => {
    const lines = Array.from({ length: count }, (_, i) => row(`m${i}`));
    writeFileSync(join(folder, name), [header, ...lines, ''].join('\n'));
    return join(folder, name);
  };
  const domain = `${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.example`;
  const users = write('users.csv', 'external_key,email', (key) => `${key},${key}@${domain}`);
  const memberships = write('memberships.csv', 'user_key,organization_key,roles', (key) => `${key},id:${company.orgId},ORDERS_VIEW;ORDERS_EDIT;REPORTS_VIEW;USER_VIEW`);
  const { status, stderr } = await run(['import', users, memberships, '--data', own.server.data], { timeout_ms: 300_000 });
  assert.equal(status, 0, stderr);
  await own.server.start();
  await own.renew(company.boss, ...readers);
  return { own, company, readers, size: count + readers.length + 1 };
}

// GET /access by a reader who stops after the first bytes, until `act` is through: { status, complete, text }.
function readHalting(own, as, act) {
  return new Promise((done, failed) => {
    const request = http.get(`${own.url}/access`, { agent: false, headers: { Authorization: `Bearer ${as.token}` } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.once('data', () => {
        answer.pause();
        act().then(() => answer.resume(), failed);
      });
      answer.on('error', () => {});   // it breaks off
      answer.on('close', () => done({ status: answer.statusCode, complete: answer.complete, text: Buffer.concat(chunks).toString('utf8') }));
    });
    request.on('error', failed);
  });
}

test('a list that is still being told ends with the right to it, and is seen to be broken', async (t) => {
  const { own, company, readers: [stays, demoted, removed, leaves], size } = await crowd(t, 30_000);
  const acts = [
    [stays, async () => { await own.list('/access/roles', company.boss); }, true],
    [demoted, () => own.give(company, demoted, [], ['USER_VIEW']), false],
    [removed, () => own.done('/access/delete', company.boss, { user_id: removed.id }), false],
    [leaves, () => own.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: leaves }), false],
  ];
  for (const [reader, act, whole] of acts) {
    const { status, complete, text } = await readHalting(own, reader, act);
    assert.deepEqual([status, complete, text.endsWith(']')], [200, whole, whole], `${reader.displayName}: ${text.length} bytes, ${text.slice(-80)}`);
    if (whole) assert.equal(JSON.parse(text).length, size);
    else assert.throws(() => JSON.parse(text), 'a part is not taken for the whole');
  }
});
