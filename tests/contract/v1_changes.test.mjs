// GET /api/v1/orgs/{orgId}/changes: the organization's log, newest first, paged by revision, for its admins.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kTime, startWorld, table, unique } from '../support/v1.mjs';

let world;
before(async () => { world = await startWorld(); });
after(async () => { await world?.stop(); });

const path = (organization) => `/api/v1/orgs/${organization.orgId}/changes`;
const read = (organization, as, query) => world.must(200, 'GET', path(organization), { as, query });

test('every change leaves its entry: who, what, when, before and after', async () => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const organization = await world.organization({ as: ann, description: 'first' });
  await world.must(200, 'PATCH', `/api/v1/orgs/${organization.orgId}`, { as: ann, body: { description: 'second' } });
  await world.member(organization, bob, 'viewer', ann);
  await world.must(200, 'PATCH', `/api/v1/orgs/${organization.orgId}/users/${bob.id}`, { as: ann, body: { orgRole: 'operator' } });
  await world.must(204, 'DELETE', `/api/v1/orgs/${organization.orgId}/users/${bob.id}`, { as: ann });
  const { items } = await read(organization, ann);
  const revisions = items.map((item) => item.revision);
  assert.deepEqual(revisions, [...revisions].sort((a, b) => b - a), 'newest first');
  assert.equal(new Set(revisions).size, revisions.length);
  for (const item of items) {
    assert.ok(Number.isInteger(item.revision));
    assert.match(item.at ?? item.time ?? item.createdAt, kTime);
    assert.equal(typeof item.action, 'string');
  }
  const text = JSON.stringify(items);
  assert.ok(text.includes(ann.id), 'the actor');
  assert.ok(text.includes(bob.id), 'the target');
  assert.ok(text.includes('first') && text.includes('second'), 'before and after');
  assert.ok(items.length >= 5, text);
  for (const secret of [ann.password, ann.token, ann.refreshToken]) assert.ok(!text.includes(secret));
});

test('a refusal leaves none', async () => {
  const ann = await world.person('Ann');
  const organization = await world.organization({ as: ann });
  const before = await read(organization, ann);
  await world.must(400, 'PATCH', `/api/v1/orgs/${organization.orgId}`, { as: ann, body: { name: '' } });
  await world.must(404, 'POST', `/api/v1/orgs/${organization.orgId}/users`, { as: ann, body: { userId: '01920000-0000-7000-8000-000000000000', orgRole: 'viewer' } });
  await world.must(409, 'PATCH', `/api/v1/orgs/${organization.orgId}/users/${ann.id}`, { as: ann, body: { orgRole: 'viewer' } });
  assert.deepEqual((await read(organization, ann)).items, before.items);
});

test('pages by revision neither repeat nor lose, while the log grows', async () => {
  const ann = await world.person('Ann');
  const organization = await world.organization({ as: ann });
  const edit = (i) => world.must(200, 'PATCH', `/api/v1/orgs/${organization.orgId}`, { as: ann, body: { description: `edit ${i}` } });
  for (let i = 0; i < 25; i += 1) await edit(i);
  const all = (await read(organization, ann)).items.map((item) => item.revision);
  assert.ok(all.length >= 26);
  const operation = world.openapi.find('GET', path(organization)).operation;
  const names = operation.parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name);
  assert.ok(names.includes('before') && names.includes('maxResultCount'), `keyset paging: ${names}`);
  const seen = [];
  let before;
  for (let page = 0; page < 20; page += 1) {
    const { items } = await read(organization, ann, { maxResultCount: 4, ...(before === undefined ? {} : { before }) });
    seen.push(...items.map((item) => item.revision));
    if (items.length < 4) break;
    before = items.at(-1).revision;
    await edit(100 + page);
  }
  assert.deepEqual(seen, all);
});

test('who may read it, and faulty pages', async (t) => {
  const ann = await world.person('Ann');
  const viewer = await world.person('Viewer');
  const eve = await world.person('Eve');
  const organization = await world.organization({ as: ann });
  const below = await world.organization({ as: ann, parent: organization });
  await world.member(organization, viewer, 'viewer', ann);
  const at = `GET ${path(organization)}`;
  await table(t, world, [
    { name: 'an admin', at, as: ann, expect: 200 },
    { name: 'an admin from above', at: `GET ${path(below)}`, as: ann, expect: 200 },
    { name: 'a platform administrator', at, as: world.admin, expect: 200 },
    { name: 'a viewer', at, as: viewer, expect: 403 },
    { name: 'a stranger', at, as: eve, expect: 404, code: 'Org.NotFound' },
    { name: 'nobody', at, expect: 401 },
    { name: 'unknown', at: 'GET /api/v1/orgs/01920000-0000-7000-8000-000000000000/changes', as: ann, expect: 404 },
    { name: 'before nothing', at, as: ann, query: { before: 'x' }, expect: 400, fields: ['before'] },
    { name: 'before the beginning', at, as: ann, query: { before: 1 }, expect: 200, has: { items: [] } },
    { name: 'too many', at, as: ann, query: { maxResultCount: 1001 }, expect: 400, fields: ['maxResultCount'] },
  ]);
});

test('the log of one organization shows nothing of another', async () => {
  const ann = await world.person('Ann');
  const mine = await world.organization({ as: ann });
  const name = unique('Elsewhere');
  const other = await world.organization({ as: ann, name });
  await world.must(200, 'PATCH', `/api/v1/orgs/${other.orgId}`, { as: ann, body: { description: 'elsewhere' } });
  const text = JSON.stringify(await read(mine, ann));
  assert.ok(!text.includes(name) && !text.includes('elsewhere'));
});
