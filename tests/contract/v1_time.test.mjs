// What time does: "All time rules follow the system clock, so that running the server under a shifted clock tests them."
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { assertProblem, startWorld, unique } from '../support/v1.mjs';

const kTokens = '/api/v1/auth/tokens';
const kCurrent = '/api/v1/auth/tokens/current';
let world;
before(async () => { world = await startWorld({ fakeTime: '+0' }); });
after(async () => { await world?.stop(); });
// Housekeeping in the far future may have taken the administrator's session with it.
beforeEach(async () => {
  world.server.setTime('+0');
  Object.assign(world.admin, await world.signIn(world.admin.email, world.admin.password));
});

const refresh = (pair) => world.call('POST', `${kTokens}?grant_type=refresh_token`, { body: { token: pair.token, refreshToken: pair.refreshToken } });
const pairOf = (answer) => ({ token: answer.json.accessToken, refreshToken: answer.json.refreshToken });

test('an access token lasts 15 minutes; its expiry does not hinder a refresh', async () => {
  const ann = await world.person('Ann');
  world.server.setTime('+14m');
  assert.equal((await world.call('GET', kCurrent, { as: ann })).status, 200);
  world.server.setTime('+16m');
  const expired = await world.call('GET', kCurrent, { as: ann });
  assertProblem(expired, { status: 401 });
  assert.match(expired.headers['www-authenticate'], /^Bearer/);
  const answer = await refresh(ann);
  assert.equal(answer.status, 201, answer.text);
  assert.equal((await world.call('GET', kCurrent, { as: pairOf(answer).token })).status, 200);
});

test('a refresh token used again after the moment of grace ends the session, its successor unused', async () => {
  const ann = await world.person('Ann');
  const next = pairOf(await refresh(ann));
  world.server.setTime('+2m');
  assertProblem(await refresh(ann), { status: 401 });
  assert.equal((await world.call('GET', kCurrent, { as: next })).status, 401);
  assert.equal((await refresh(next)).status, 401);
});

test('a refresh token that nobody uses dies in the end', async () => {
  const ann = await world.person('Ann');
  world.server.setTime('+400d');
  assertProblem(await refresh(ann), { status: 401 });
});

test('a client ends when it said it would, with its tokens', async () => {
  const ann = await world.person('Ann');
  await world.organization({ as: ann });
  const owner = await world.signIn(ann.email);
  const expiredAt = new Date(Date.now() + 5 * 60_000).toISOString();
  const client = await world.client(owner, ['organizations.read'], { expiredAt });
  world.server.setTime('+4m');
  assert.equal((await world.call('GET', kCurrent, { as: client })).status, 200);
  world.server.setTime('+6m');
  assertProblem(await world.call('GET', kCurrent, { as: client }), { status: 401 });
  const { clientId, clientSecret } = client;
  assert.equal((await world.call('POST', `${kTokens}?grant_type=client_credentials`, { body: { clientId, clientSecret } })).status, 401);
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const oauth = await world.call('POST', '/connect/token', { form });
  assert.equal(oauth.status, 401);
  assert.equal(oauth.json.error, 'invalid_client');
});

test('a client without an end ends in a year', async () => {
  const ann = await world.person('Ann');
  const before = Date.now();
  const client = await world.must(201, 'POST', '/api/v1/oauth2/client-credentials', { as: ann, body: { name: unique('c'), scopes: ['orders.read'] } });
  const days = (Date.parse(client.expiredAt) - before) / 86_400_000;
  assert.ok(Math.abs(days - 365) < 0.1, `${days} days`);
});

test('an answer to an Idempotency-Key is kept for 24 hours', async () => {
  let ann = await world.person('Ann');
  const key = unique('key').replaceAll(' ', '-');
  const create = (name) => world.call('POST', '/api/v1/orgs', { as: ann, headers: { 'Idempotency-Key': key }, body: { name } });
  const name = unique('Kept');
  const first = await create(name);
  assert.equal(first.status, 201);
  world.server.setTime('+23h');
  ann = { ...ann, ...(await world.signIn(ann.email)) };
  const replayed = await create(name);
  assert.equal(replayed.status, 201);
  assert.deepEqual(replayed.json, first.json);
  world.server.setTime('+25h');
  ann = { ...ann, ...(await world.signIn(ann.email)) };
  assert.equal((await create(unique('Later'))).status, 201, 'the key is free again');
});

test('keys rotate with overlap: tokens signed before stay good, all verify with what is published', async () => {
  const ann = await world.person('Ann');
  const kid = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid;
  for (const day of [1, 10, 40, 100]) {
    world.server.setTime(`+${day}d`);
    const { token } = await world.signIn(ann.email);
    const { keys } = await world.must(200, 'GET', '/.well-known/jwks.json');
    assert.ok(keys.some((key) => key.kid === kid(token)), `day ${day}: the key of a fresh token is published`);
    assert.equal((await world.call('GET', kCurrent, { as: token })).status, 200);
  }
});
