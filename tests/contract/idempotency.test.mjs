// Idempotency-Key on POST: the replayed answer, 422 on another body, 409 while the first runs, kept for each principal apart.
// (That it is kept for 24 hours is in v1_time.test.mjs.)
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { assertProblem, greet, startWorld, unique } from '../support/v1.mjs';

let world;
let ann;
before(async () => {
  world = await startWorld();
  ann = await world.person('Ann');
});
after(async () => { await world?.stop(); });

const post = (path, body, key, as = ann) => world.call('POST', path, { as, body, headers: { 'Idempotency-Key': key } });
const count = async (name) => (await world.must(200, 'GET', '/api/v1/orgs', { as: world.admin, query: { name } })).totalCount;

test('the second time the same answer, and nothing done twice', async () => {
  const body = { name: unique('Once'), description: 'd' };
  const key = randomUUID();
  const first = await post('/api/v1/orgs', body, key);
  assert.equal(first.status, 201, first.text);
  for (let i = 0; i < 3; i += 1) {
    const again = await post('/api/v1/orgs', body, key);
    assert.equal(again.status, 201);
    assert.equal(again.text, first.text);
    assert.equal(again.headers.location, first.headers.location);
    assert.equal(again.headers.etag, first.headers.etag);
    assert.equal(again.headers['content-type'], first.headers['content-type']);
  }
  assert.equal(await count(body.name), 1);
});

test('another body, or another path, with the same key is refused', async () => {
  const body = { name: unique('Other') };
  const key = randomUUID();
  const made = await post('/api/v1/orgs', body, key);
  const other = unique('Other');
  assertProblem(await post('/api/v1/orgs', { name: other }, key), { status: 422 });
  assertProblem(await post('/api/v1/orgs', { ...body, description: 'x' }, key), { status: 422 });
  const moved = await post(`/api/v1/orgs/${made.json.orgId}/parent`, body, key);
  assertProblem(moved, { status: 422 });
  assert.equal(await count(other), 0);
  assert.equal((await post('/api/v1/orgs', body, key)).status, 201, 'the first answer is still there');
});

test('keys belong to a principal', async () => {
  const bob = await world.person('Bob');
  const key = randomUUID();
  const mine = await post('/api/v1/orgs', { name: unique('Mine') }, key);
  const his = await post('/api/v1/orgs', { name: unique('His') }, key, bob);
  assert.deepEqual([mine.status, his.status], [201, 201]);
  assert.notEqual(mine.json.orgId, his.json.orgId);
  const elsewhere = { ...ann, ...(await world.signIn(ann.email)) };
  assert.equal((await post('/api/v1/orgs', { name: mine.json.name }, key, elsewhere)).json.orgId, mine.json.orgId, 'another session of the same person');
});

test('of many at once, one is done; the others get its answer or are told to wait', async () => {
  for (let round = 0; round < 5; round += 1) {
    const body = { name: unique('Many') };
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 12 }, () => post('/api/v1/orgs', body, key)));
    const made = answers.filter((answer) => answer.status === 201);
    assert.ok(made.length >= 1);
    assert.equal(new Set(made.map((answer) => answer.text)).size, 1);
    for (const answer of answers) if (answer.status !== 201) assertProblem(answer, { status: 409 });
    assert.equal(await count(body.name), 1);
    assert.equal((await post('/api/v1/orgs', body, key)).text, made[0].text);
  }
});

test('a request that was refused did nothing; it may come again, and may come right', async () => {
  const key = randomUUID();
  const refused = await post('/api/v1/orgs', { name: '' }, key);
  assertProblem(refused, { status: 400 });
  const again = await post('/api/v1/orgs', { name: '' }, key);
  assertProblem(again, { status: 400 });
  const stranger = await post(`/api/v1/orgs/01920000-0000-7000-8000-000000000000/users`, { userId: ann.id, orgRole: 'viewer' }, randomUUID());
  assertProblem(stranger, { status: 404 });
});

test('a secret that is shown once is shown again to a retry, to nobody else', async () => {
  const body = { name: unique('robot'), scopes: ['orders.read'] };
  const key = randomUUID();
  const first = await post('/api/v1/oauth2/client-credentials', body, key);
  assert.equal(first.status, 201);
  const again = await post('/api/v1/oauth2/client-credentials', body, key);
  assert.equal(again.json.clientSecret, first.json.clientSecret);
  const bob = await world.person('Bob');
  const his = await post('/api/v1/oauth2/client-credentials', body, key, bob);
  assert.notEqual(his.json.clientSecret, first.json.clientSecret);
});

test('a replay asks again who is calling', async () => {
  const body = { name: unique('Gone') };
  const key = randomUUID();
  const elsewhere = { ...ann, ...(await world.signIn(ann.email)) };
  assert.equal((await post('/api/v1/orgs', body, key, elsewhere)).status, 201);
  await world.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: elsewhere });
  assertProblem(await post('/api/v1/orgs', body, key, elsewhere), { status: 401 });
  assertProblem(await post('/api/v1/orgs', body, key, null), { status: 401 });
});

test('a restart does not forget', async () => {
  const body = { name: unique('Restart') };
  const key = randomUUID();
  const first = await post('/api/v1/orgs', body, key);
  await world.server.restart();
  await greet(world);
  assert.equal((await post('/api/v1/orgs', body, key)).text, first.text);
  assertProblem(await post('/api/v1/orgs', { name: unique('x') }, key), { status: 422 });
});

test('what a key may be', async () => {
  for (const [key, want] of [['k'.repeat(255), 201], ['k'.repeat(256), 400], ['"quoted"', 201]]) {
    const answer = await post('/api/v1/orgs', { name: unique('Key') }, key === '"quoted"' ? `"${randomUUID()}"` : key);
    assert.equal(answer.status, want, `${key.length}: ${answer.text}`);
    if (want === 400) assertProblem(answer);
  }
});

test('on other methods it means nothing', async () => {
  const { orgId } = await world.organization({ as: ann });
  const headers = { 'Idempotency-Key': randomUUID() };
  const path = `/api/v1/orgs/${orgId}`;
  for (const description of ['one', 'two']) {
    assert.equal((await world.must(200, 'PATCH', path, { as: ann, headers, body: { description } })).description, description);
  }
  await world.must(200, 'GET', path, { as: ann, headers });
});
