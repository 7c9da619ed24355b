// Idempotency-Key on POST: the replayed answer, 422 on another body, 409 while the first runs, kept for each principal apart;
// on the access surface, where both read 400, for each active organization apart as well. (That it is kept for 24 hours is in v1_time.test.mjs.)
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { startAccess } from '../support/access.mjs';
import { assertProblem, greet, unique } from '../support/v1.mjs';

let world;
let ann;
before(async () => {
  world = await startAccess();
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

describe('on the access surface', () => {
  const ask = (path, body, key, as) => world.ask('POST', path, { as, body, headers: { 'Idempotency-Key': key } });
  const isReplay = ({ headers }) => headers['idempotency-replayed'] === 'true';
  // One person who is admin of two organizations, active in the first.
  async function scene() {
    const one = await world.company('One');
    const two = { name: unique('Two'), boss: one.boss };
    Object.assign(two, await world.organization({ as: one.boss, name: two.name }));
    await world.renew(one.boss);
    await world.switchTo(one.boss, one);
    return { one, two, boss: one.boss };
  }
  function assertAnother(answer) {
    assert.equal(answer.status, 400, answer.text);
    assert.ok(!isReplay(answer), answer.text);
  }

  test('in another active organization the same words are another request, and tell nothing of the first', async () => {
    const { one, two, boss } = await scene();
    const person = await world.account();
    const email = `${unique('invited').replaceAll(' ', '.')}@example.org`;
    const requests = [
      ['/access/add-api-token', { roles: ['USER_VIEW'] }],
      ['/access/add', { email: person.email }],
      ['/access/invite', { email, company_name: unique('New'), relation_type: 'agency' }],
    ].map(([path, body]) => ({ path, body, key: randomUUID() }));
    for (const request of requests) {
      const { path, body, key } = request;
      request.first = await ask(path, body, key, boss);
      assert.equal(request.first.status, 200, request.first.text);
    }
    const secret = requests[0].first.json.data.token;
    assert.ok(secret.length >= 20);
    await world.switchTo(boss, two);
    const elsewhere = { ...boss, ...(await world.signIn(boss.email)) };
    await world.switchTo(elsewhere, two);
    await world.unchanged([{ ...two, boss }], async () => {
      for (const as of [boss, elsewhere]) {
        for (const { path, body, key, first } of requests) {
          const answer = await ask(path, body, key, as);
          assertAnother(answer);
          assert.ok(!answer.text.includes(secret) && answer.text !== first.text, answer.text);
        }
      }
    });
    await world.switchTo(boss, one);
    for (const { path, body, key, first } of requests) {
      const again = await ask(path, body, key, boss);
      assert.deepEqual([again.status, again.text, isReplay(again)], [200, first.text, true], 'in the organization where it was done it is the same');
      assertAnother(await ask(path, { ...body, more: 1 }, key, boss));
    }
    assert.equal((await world.list('/access/api-tokens', boss)).length, 1);
    // With a key of its own it is done in the other one.
    await world.switchTo(boss, two);
    const other = await ask('/access/add-api-token', requests[0].body, randomUUID(), boss);
    assert.equal(other.status, 200);
    assert.notEqual(other.json.data.token, secret);
  });

  test('a machine client belongs to the organization it is made in: in another one it is another request', async () => {
    const { one, two, boss } = await scene();
    const [body, key] = [{ name: unique('robot'), scopes: ['users.read'] }, randomUUID()];
    await world.switchTo(boss, one);
    const first = await post('/api/v1/oauth2/client-credentials', body, key, boss);
    assert.equal(first.status, 201, first.text);
    assert.equal((await post('/api/v1/oauth2/client-credentials', body, key, boss)).text, first.text);
    await world.switchTo(boss, two);
    const other = await post('/api/v1/oauth2/client-credentials', body, key, boss);
    assert.equal(other.status, 422, other.text);
    assert.ok(!isReplay(other));
  });

  test('where the active organization is not part of what is asked, it makes no difference', async () => {
    const { two, boss } = await scene();
    const [body, made, moved] = [{ name: unique('Anywhere') }, randomUUID(), randomUUID()];
    const first = await post('/api/v1/orgs', body, made, boss);
    assert.equal(first.status, 201);
    for (let i = 0; i < 2; ++i) {
      const answer = await ask('/access/switch-company', { company: two.name }, moved, boss);
      assert.deepEqual([answer.status, isReplay(answer)], [200, false], 'doing it again changes nothing: it is done, and not replayed');
    }
    const again = await post('/api/v1/orgs', body, made, boss);
    assert.deepEqual([again.status, again.text, isReplay(again)], [201, first.text, true]);
  });
});
