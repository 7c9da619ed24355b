// kill -9 under load, again and again: what was acknowledged is there afterwards, what was not is either there or not, never in
// part, and `gatehouse verify` finds store, log and graph of one mind.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { run, start } from '../support/gatehouse.mjs';
import { World, greet, unique } from '../support/v1.mjs';

const kRounds = Number(process.env.GATEHOUSE_TEST_ROUNDS ?? 10);
const kWriters = 12;

test(`nothing acknowledged is missing after ${kRounds} power cuts`, async () => {
  const server = await start();
  const world = new World(server);
  await greet(world);
  const top = await world.organization();
  const acknowledged = new Map();   // orgId → the last description acknowledged
  const open = new Map();           // orgId → a description under way when the power went
  const removed = new Set();
  const keys = [];                  // [Idempotency-Key, body, orgId]

  for (let round = 0; round < kRounds; round += 1) {
    let on = true;
    const work = async () => {
      while (on) {
        const key = randomUUID();
        const body = { name: unique(`round ${round}`), parentOrgId: top.orgId, description: 'made' };
        try {
          const made = await world.call('POST', '/api/v1/orgs', { as: world.admin, body, headers: { 'Idempotency-Key': key } });
          if (made.status !== 201) throw new Error(`${made.status} ${made.text}`);
          const { orgId } = made.json;
          acknowledged.set(orgId, 'made');
          if (keys.length < 200) keys.push([key, body, orgId]);
          const path = `/api/v1/orgs/${orgId}`;
          const description = `edited ${key}`;
          open.set(orgId, description);
          const edited = await world.call('PATCH', path, { as: world.admin, body: { description } });
          assert.equal(edited.status, 200);
          acknowledged.set(orgId, description);
          open.delete(orgId);
          if (key < '4') {
            open.set(orgId, null);
            const gone = await world.call('DELETE', path, { as: world.admin });
            assert.equal(gone.status, 204);
            acknowledged.delete(orgId);
            open.delete(orgId);
            removed.add(orgId);
          }
        } catch (error) {
          if (on) throw error;   // the server was up: a fault of its own
        }
      }
    };
    const writers = Array.from({ length: kWriters }, work);
    await new Promise((done) => setTimeout(done, 150 + Math.random() * 250));
    on = false;
    await server.kill9();
    await Promise.all(writers);

    const verified = await run(['verify', '--data', server.data]);
    assert.equal(verified.status, 0, `round ${round}: ${verified.stdout}${verified.stderr}`);
    await server.start();
    await greet(world);
    await check(world, top, acknowledged, open, removed, `round ${round}`);
  }
  assert.ok(acknowledged.size > kRounds, 'the load was one');
  for (const [key, body, orgId] of keys.filter(([, , id]) => acknowledged.has(id)).slice(-20)) {
    const again = await world.call('POST', '/api/v1/orgs', { as: world.admin, body, headers: { 'Idempotency-Key': key } });
    assert.ok([201, 409].includes(again.status), again.text);
    if (again.status === 201) assert.equal(again.json.orgId, orgId, 'a retry across the power cut makes no second one');
  }
  await server.stop();
});

async function check(world, top, acknowledged, open, removed, round) {
  const found = new Map();
  for (let skipCount = 0; ; skipCount += 1000) {
    const page = await world.must(200, 'GET', `/api/v1/orgs/${top.orgId}/children`, { as: world.admin, query: { skipCount, maxResultCount: 1000 } });
    for (const item of page.items) found.set(item.orgId, item);
    if (page.items.length < 1000) {
      assert.equal(found.size, page.totalCount, 'the total is the count');
      break;
    }
  }
  for (const [orgId, description] of acknowledged) {
    const there = found.get(orgId);
    const attempted = open.get(orgId);
    if (attempted === null) {
      if (!there) acknowledged.delete(orgId);
      else assert.equal(there.description, description, round);
    } else {
      assert.ok(there, `${round}: an acknowledged organization is gone`);
      assert.ok([description, attempted].includes(there.description), `${round}: an acknowledged change is gone: ${there.description}, not ${description}`);
      acknowledged.set(orgId, there.description);
    }
  }
  for (const orgId of removed) assert.ok(!found.has(orgId), `${round}: what was removed is back`);
  open.clear();
}

test('sign-outs and rotations that were acknowledged outlive a power cut', async () => {
  const server = await start();
  const world = new World(server);
  await greet(world);
  const ann = await world.person('Ann');
  const out = await world.signIn(ann.email);
  const rotated = await world.must(201, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token: ann.token, refreshToken: ann.refreshToken } });
  const again = await world.must(201, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token: rotated.accessToken, refreshToken: rotated.refreshToken } });
  await world.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: out });
  await server.kill9();
  await server.start();
  assert.equal((await world.call('GET', '/api/v1/auth/tokens/current', { as: out })).status, 401);
  assert.equal((await world.call('GET', '/api/v1/auth/tokens/current', { as: again.accessToken })).status, 200);
  assert.equal((await world.call('POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token: ann.token, refreshToken: ann.refreshToken } })).status, 401);
  assert.equal((await world.call('GET', '/api/v1/auth/tokens/current', { as: again.accessToken })).status, 401, 'the family ends');
  await server.stop();
});
