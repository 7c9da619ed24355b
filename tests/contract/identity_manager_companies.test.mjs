// Company, POST UserCompany and DELETE UserCompany: CONTRACTS.md section 5. A company is the organization of the other surfaces,
// a tie to it is the membership, and who ties it sees the same everywhere.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codesOf, kNobody, sorted, startDirectory, table, unique } from '../support/identity_manager.mjs';

let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

const tie = (as, user, company) => world.api('POST', 'UserCompany', { as, body: { userId: user.id, companyId: company.orgId } });
const untie = (as, user, company) => world.api('DELETE', 'UserCompany', { as, query: { userId: user.id, companyId: company.orgId } });
const idsOf = (list) => list.map(({ companyId }) => companyId).sort();
const companies = async (as, query) => idsOf(await world.gives(200, 'GET', 'Company', { as, query }));
const members = async ({ orgId, boss }) => sorted((await world.must(200, 'GET', `/api/v1/orgs/${orgId}/users`, { as: boss })).items.map(({ userId }) => userId));
const there = async (user) => (await world.must(200, 'GET', `/api/v1/users/${user.id}/orgs`, { as: world.admin })).items.map(({ orgId, orgRole }) => [orgId, orgRole]);

test('a tie is a membership without roles on every surface, and its end is the end', async () => {
  const company = await world.company('Tied');
  const other = await world.company('Other');
  const ann = await world.clerk();
  const made = await tie(world.admin, ann, company);
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.json, { userId: ann.id, companyId: company.orgId });
  assert.deepEqual(await members(company), sorted([company.boss.id, ann.id]));
  assert.deepEqual(await there(ann), [[company.orgId, null]]);
  assert.deepEqual((await world.list('/access', company.boss)).find(({ id }) => id === ann.id).roles, []);
  assert.deepEqual([await companies(ann), idsOf((await world.shown(ann)).companies)], [[company.orgId], [company.orgId]]);
  await world.must(200, 'GET', `/api/v1/orgs/${company.orgId}`, { as: ann });
  await world.must(403, 'GET', `/api/v1/orgs/${company.orgId}/users`, { as: ann });
  await world.must(404, 'GET', `/api/v1/orgs/${other.orgId}`, { as: ann });
  await world.give(company, ann, ['USER_VIEW', 'ORDERS_VIEW']);
  assert.deepEqual((await world.shown(ann)).roles, [], 'what it may do there is nothing of the platform');
  assert.equal((await untie(world.admin, ann, company)).status, 204);
  assert.deepEqual(await members(company), [company.boss.id]);
  assert.deepEqual([await companies(ann), await there(ann), (await world.shown(ann)).companies], [[], [], []]);
  await world.must(404, 'GET', `/api/v1/orgs/${company.orgId}`, { as: ann });
  assert.equal((await world.decide(world.admin, ann, 'orders.view', company)).decision, false, 'its roles there went with it');
  assert.equal((await untie(world.admin, ann, company)).status, 404);
  assert.equal((await tie(world.admin, ann, company)).status, 201);
  assert.deepEqual(await there(ann), [[company.orgId, null]], 'and they do not come back');
});

test('a membership made and ended elsewhere is a tie here', async () => {
  const company = await world.company('Reverse');
  const [ann, bob] = [await world.clerk(), await world.clerk()];
  await world.member(company, ann, 'operator', company.boss);
  await world.done('/access/add', company.boss, { email: bob.email });
  for (const user of [ann, bob]) {
    assert.deepEqual(idsOf((await world.shown(user)).companies), [company.orgId]);
    assert.deepEqual(await companies(user), [company.orgId]);
    assert.equal((await tie(world.admin, user, company)).status, 409, 'it is one already');
  }
  assert.deepEqual(await there(ann), [[company.orgId, 'operator']], 'which changed nothing');
  await world.must(204, 'DELETE', `/api/v1/orgs/${company.orgId}/users/${ann.id}`, { as: company.boss });
  await world.done('/access/delete', company.boss, { user_id: bob.id });
  for (const user of [ann, bob]) {
    assert.deepEqual((await world.shown(user)).companies, []);
    assert.equal((await untie(world.admin, user, company)).status, 404);
  }
});

test('a company is named, renamed and removed on v1', async () => {
  const company = await world.company('Named', { below: true });
  const one = async () => (await world.gives(200, 'GET', 'Company', { as: company.boss })).find(({ companyId }) => companyId === company.orgId);
  assert.deepEqual(await one(), { companyId: company.orgId, name: company.name, identificationNumber: null, active: true });
  const name = unique('Renamed & “Söhne”');
  await world.must(200, 'PATCH', `/api/v1/orgs/${company.orgId}`, { as: company.boss, body: { name } });
  assert.equal((await one()).name, name);
  const ann = await world.clerk({ companyIds: [company.orgId] });
  assert.deepEqual(ann.made.companies, [await one()]);
  await untie(world.admin, ann, company);
  await world.must(204, 'DELETE', `/api/v1/orgs/${company.orgId}`, { as: company.boss });
  assert.equal(await one(), undefined);
  assert.equal((await tie(world.admin, ann, company)).status, 404);
});

test('who sees which: administrators all, others their own', async (t) => {
  const [north, south, west] = [await world.company('North'), await world.company('South'), await world.company('West')];
  const ann = await world.clerk({ companyIds: [north.orgId, south.orgId] });
  const viewer = await world.clerk();
  const at = 'GET Company';
  const are = (...list) => ({ expect: 200, total: list.length, then: ({ json }) => assert.deepEqual(idsOf(json), sorted(list.map(({ orgId }) => orgId))) });
  const all = Number((await world.must(200, 'GET', '/api/v1/orgs', { as: world.admin })).totalCount);
  await table(t, world, [
    { name: 'its own', at, as: ann, ...are(north, south) },
    { name: 'by the own id', at, as: ann, query: { userId: ann.id }, ...are(north, south) },
    { name: 'the own id in any case of the member', at, as: ann, query: { USERID: ann.id }, ...are(north, south) },
    { name: 'a page', at, as: ann, query: { pageSize: 1, page: 2 }, expect: 200, total: 2, then: ({ json }) => assert.equal(json.length, 1) },
    { name: 'none', at, as: viewer, ...are() },
    { name: "somebody else's", at, as: ann, query: { userId: north.boss.id }, expect: 403 },
    { name: "nobody's", at, as: ann, query: { userId: kNobody }, expect: 403 },
    { name: 'an administrator: all', at, as: world.admin, query: { pageSize: 1000 }, expect: 200, total: all, then: ({ json }) => assert.equal(json.length, all) },
    { name: 'an administrator: of somebody', at, as: world.admin, query: { userId: ann.id }, ...are(north, south) },
    { name: 'an administrator: of somebody else', at, as: world.admin, query: { userId: west.boss.id }, ...are(west) },
    { name: 'an administrator: of somebody without any', at, as: world.admin, query: { userId: viewer.id }, ...are() },
    { name: 'an Administrator: all', at, as: await world.administrator(), query: { pageSize: 1 }, expect: 200, total: all },
    { name: 'a bad id', at, as: world.admin, query: { userId: 'ann' }, expect: 400, fields: ['UserId'] },
    { name: 'a bad page', at, as: ann, query: { page: 'x' }, expect: 400, fields: ['Page'] },
    { name: 'nobody', at, as: null, expect: 401 },
  ]);
  const unknown = await world.api('GET', 'Company', { as: world.admin, query: { userId: kNobody } });
  assert.ok(unknown.status === 404 || (unknown.status === 200 && unknown.json.length === 0), unknown.text);
});

test('an Administrator ties and unties, others do not', async () => {
  const company = await world.company('Clerks');
  const [clerk, ann] = [await world.administrator(), await world.clerk()];
  assert.deepEqual(codesOf([await tie(clerk, ann, company), await untie(clerk, ann, company)]), [201, 204]);
  await world.untouched(async () => {
    for (const as of [ann, company.boss]) assert.deepEqual(codesOf([await tie(as, ann, company), await untie(as, company.boss, company)]), [403, 403]);
    assert.equal((await tie(null, ann, company)).status, 401);
  });
});

test('every fault of both, and nothing is changed', async (t) => {
  const company = await world.company('Faults');
  const ann = await world.user();
  const { orgId } = company;
  const [{ orgId: platform }] = (await world.must(200, 'GET', `/api/v1/users/${world.admin.id}/orgs`, { as: world.admin })).items;
  const both = (name, sent, expect, ...fields) => [
    { name: `POST: ${name}`, at: 'POST UserCompany', body: sent, expect, ...(expect === 400 && { fields }) },
    { name: `DELETE: ${name}`, at: 'DELETE UserCompany', query: sent, expect, ...(expect === 400 && { fields }) },
  ];
  await world.untouched(() => table(t, world, [
    { name: 'POST: tied already', at: 'POST UserCompany', body: { userId: company.boss.id, companyId: orgId }, expect: 409 },
    { name: 'DELETE: not tied', at: 'DELETE UserCompany', query: { userId: ann.id, companyId: orgId }, expect: 404 },
    { name: 'DELETE: the last admin', at: 'DELETE UserCompany', query: { userId: company.boss.id, companyId: orgId }, expect: 409 },
    ...both('nobody', { userId: kNobody, companyId: orgId }, 404),
    ...both('an unknown company', { userId: ann.id, companyId: kNobody }, 404),
    ...both('the platform, which is no company', { userId: ann.id, companyId: platform }, 404),
    { name: 'DELETE: the administrator from the platform', at: 'DELETE UserCompany', query: { userId: world.admin.id, companyId: platform }, expect: 404 },
    { name: 'GET: nobody is tied to the platform', at: 'GET User', query: { companyId: platform }, expect: 200, ids: [] },
    { name: 'POST User: into the platform', at: 'POST User', body: world.profile({ companyIds: [platform] }), expect: 400, fields: ['CompanyIds[0]'] },
    ...both('each for the other', { userId: orgId, companyId: ann.id }, 404),
    ...both('no company', { userId: ann.id }, 400, 'CompanyId'),
    ...both('nothing', {}, 400, 'CompanyId', 'UserId'),
    ...both('a name for an id', { userId: ann.id, companyId: company.name }, 400, 'CompanyId'),
    { name: 'POST: numbers', at: 'POST UserCompany', body: { userId: 1, companyId: 2 }, expect: 400, fields: ['CompanyId', 'UserId'] },
  ], { as: world.admin }));
});

test('of many at once one ties, and one unties', async () => {
  const company = await world.company('Rush');
  const ann = await world.user();
  assert.deepEqual(codesOf(await Promise.all(Array.from({ length: 8 }, () => tie(world.admin, ann, company)))), [201, ...Array(7).fill(409)]);
  assert.deepEqual(codesOf(await Promise.all(Array.from({ length: 8 }, () => untie(world.admin, ann, company)))), [204, ...Array(7).fill(404)]);
});
