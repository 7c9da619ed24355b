// Store: postgres
// A node whose database is gone: within the stated bound it decides nothing and changes nothing, says so with 503, and goes on
// by itself when the database is back, with everything that it had acknowledged.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { start } from '../support/gatehouse.mjs';
import { until } from '../support/mail.mjs';
import { PrivatePostgres } from '../support/postgres.mjs';
import { greet, unique, World } from '../support/v1.mjs';

const kBound_ms = 1000;
const kSlack_ms = 1500;  // of a machine that runs other tests as well
let postgres;
let world;
before(async () => {
  postgres = await PrivatePostgres.start({ durable: true });
  const url = postgres.url(await postgres.freshDatabase());
  world = new World(await start({ env: { GATEHOUSE_DATABASE_URL: url, GATEHOUSE_STALENESS_BOUND_MS: String(kBound_ms) } }));
  await greet(world);
});
after(async () => {
  await world?.stop();
  await postgres?.stop();
});

const decide = () => world.call('POST', '/access/v1/evaluation', {
  as: world.admin,
  body: { subject: { type: 'user', id: world.admin.id }, action: { name: 'accounts.edit' }, resource: { type: 'organization', id: world.admin.id } },
});
const ready = async () => (await world.server.request('GET', `${world.management}/readyz`)).status;
const create = (name) => world.call('POST', '/api/v1/orgs', { as: world.admin, body: { name } });
const found = async (name) => (await world.must(200, 'GET', '/api/v1/orgs', { as: world.admin, query: { name } })).totalCount;

// Until nothing is decided any more; how long that took.
async function refusing(from = Date.now()) {
  await until('no decisions', async () => (await decide()).status === 503);
  return Date.now() - from;
}
const serving = () => until('decisions', async () => (await decide()).status === 200 && (await create(unique('Again'))).status === 201);

async function outage(begin, end) {
  const [kept, refused] = [unique('Kept'), unique('Refused')];
  assert.equal((await create(kept)).status, 201);
  assert.equal((await decide()).status, 200);
  const from = Date.now();
  await begin();
  assert.ok((await refusing(from)) <= kBound_ms + kSlack_ms, 'within the bound');
  for (let i = 0; i < 3; ++i) assert.equal((await decide()).status, 503, 'and it stays so');
  const answer = await create(refused);
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.headers['retry-after'], /^\d+$/);
  assert.equal((await world.call('POST', '/api/v1/auth/tokens', { body: { account: world.admin.email, password: world.admin.password } })).status, 503);
  assert.equal(await ready(), 503);
  assert.equal((await world.server.request('GET', `${world.management}/livez`)).status, 200, 'it lives');
  assert.equal((await world.server.request('GET', `${world.management}/metrics`)).status, 200);
  await end();
  await serving();
  assert.equal(await ready(), 200);
  assert.deepEqual([await found(kept), await found(refused)], [1, 0]);
}

test('a database that stops answering', () => outage(() => postgres.pause(), () => postgres.resume()));

test('a database that is killed and started again', () => outage(() => postgres.kill9(), () => postgres.start()));

test('a database that ends every connection is not gone: nothing but a retry is seen of it', async () => {
  for (let round = 0; round < 5; ++round) {
    await postgres.endConnections();
    const name = unique('Through');
    await until('a change', async () => [201, 409].includes((await create(name)).status));
    assert.equal(await found(name), 1);
  }
});

test('it starts again while the database is away, refuses, and then serves', async () => {
  await world.stop();
  await postgres.kill9();
  await assert.rejects(() => world.server.start(), /ended at once/);
  await postgres.start();
  await world.server.start();
  await greet(world);
  await serving();
});
