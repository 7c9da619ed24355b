// What somebody loses with a membership, through the real wiring: the session's organization, and what its clients reach.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from '../support/gatehouse.mjs';
import { startWorld } from '../support/v1.mjs';

let world;
before(async () => {
  world = await startWorld();
});
after(() => world.stop());

test('a removed member loses the active organization, and its clients the organization, at once', async () => {
  const organization = await world.organization();
  const bob = await world.person('bob', { signIn: false });
  await world.member(organization, bob, 'viewer');
  const { token: as } = await world.signIn(bob.userName);
  const client = await world.must(201, 'POST', '/api/v1/oauth2/client-credentials', { as, body: { name: 'probe', scopes: ['telemetry.read'] } });
  const machine = await world.clientToken(client);
  const path = `/api/v1/orgs/${organization.orgId}`;
  assert.equal((await world.call('GET', path, { as: machine })).status, 200);
  await world.must(204, 'DELETE', `${path}/users/${bob.id}`, { as: world.admin });
  assert.equal((await world.call('GET', path, { as: machine })).status, 404);
  const current = await world.call('GET', '/api/v1/auth/tokens/current', { as });
  assert.notEqual(current.json.activeOrgId, organization.orgId);
});

test('the attributes of a membership are bounded together', async () => {
  const organization = await world.organization();
  const bob = await world.person('bob');
  await world.member(organization, bob, 'viewer');
  const path = `/api/v1/orgs/${organization.orgId}/users/${bob.id}`;
  const attributes = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, 'x'.repeat(1000)]));
  await world.must(200, 'PATCH', path, { as: world.admin, body: { attributes: attributes(8) } });
  await world.must(400, 'PATCH', path, { as: world.admin, body: { attributes: attributes(9) } });
});

test('user name and e-mail of one account count as one target of guessing', async () => {
  const bob = await world.person('bob', { signIn: false });
  const guess = (account) => world.call('POST', '/api/v1/auth/tokens', { body: { account, password: 'not this one at all' } });
  for (let i = 0; i < 5; ++i) {
    assert.equal((await guess(bob.userName)).status, 401);
    assert.equal((await guess(bob.email)).status, 401);
  }
  assert.equal((await guess(bob.userName)).status, 429);
});

test('a forged line of X-Forwarded-For does not hide the address that the proxy added', async (t) => {
  const server = await start({ t, args: ['--trusted-proxies', '127.0.0.1'] });
  const guess = (i) =>
    server.request('POST', '/api/v1/auth/tokens', {
      json: { account: 'nobody', password: 'not this one at all' },
      headers: { 'X-Forwarded-For': [`198.51.100.${i}`, '203.0.113.7'] },
    });
  for (let i = 0; i < 10; ++i) assert.equal((await guess(i)).status, 401);
  assert.equal((await guess(11)).status, 429);
});
