// GET User and GET UserByName: CONTRACTS.md section 5. Filters that all must hold, pages, who sees whom, and what an account
// made on another surface looks like here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kNobody, kPassword, sorted, startDirectory, table, unique } from '../support/identity_manager.mjs';

const kSurname = 'O’Neil "&" <Söhne> 😀';
let world;
let north;  // companies
let south;
let provider;
let ann;    // in the north, with the provider, a viewer of the platform
let bob;    // in both
let cid;    // in the south, with the provider, inactive
let dan;    // a viewer who sees orders, with a passport of the number of bob's card
let eve;    // made on v1
before(async () => {
  world = await startDirectory();
  const { roles, types } = world;
  [north, south, provider] = [await world.company('North'), await world.company('South'), await world.provider()];
  const [providerIds, at] = [[provider.providerId], (...companies) => companies.map(({ orgId }) => orgId)];
  ann = await world.clerk({ companyIds: at(north), providerIds, roleIds: [roles.viewer], lastName: kSurname });
  bob = await world.clerk({ companyIds: at(north, south), identificationNumber: '12345678' });
  cid = await world.user({ companyIds: at(south), providerIds });
  dan = await world.user({ roleIds: [roles.viewer, roles.ORDERS_VIEW], identificationTypeId: types.PAS, identificationNumber: '12345678' });
  eve = await world.person('Eve');
  await world.gives(200, 'PUT', 'UserStatus', { as: world.admin, body: { userId: cid.id, status: 'Inactive' } });
});
after(async () => { await world?.stop(); });

const list = async (query, as = world.admin) => (await world.api('GET', 'User', { as, query })).json;

test('filters: each alone, and all of several', async (t) => {
  const { roles } = world;
  const row = (name, query, ...ids) => ({ name, query, ids, total: ids.length });
  await table(t, world, [
    row('by id', { userId: ann.id }, ann),
    row('by name', { userName: bob.userName }, bob),
    row('by name in other case', { userName: bob.userName.toUpperCase() }, bob),
    row('by e-mail', { email: cid.email }, cid),
    row('by e-mail in other case', { email: cid.email.toUpperCase() }, cid),
    row('by number: of whatever type', { identificationNumber: '12345678' }, bob, dan),
    row('by role', { roleId: roles.viewer }, ann, dan),
    row('by another role', { roleId: roles.ORDERS_VIEW }, dan),
    row('by a role that is held at organizations only', { roleId: roles.admin }),
    row('by company', { companyId: north.orgId }, north.boss, ann, bob),
    row('by provider', { providerId: provider.providerId }, ann, cid),
    row('by status', { status: 'Inactive' }, cid),
    row('company and provider', { companyId: north.orgId, providerId: provider.providerId }, ann),
    row('company and status', { companyId: south.orgId, status: 'Active' }, south.boss, bob),
    row('role and number', { roleId: roles.viewer, identificationNumber: '12345678' }, dan),
    row('all of one user', { userId: ann.id, userName: ann.userName, email: ann.email, identificationNumber: ann.identificationNumber, roleId: roles.viewer, companyId: north.orgId, providerId: provider.providerId, status: 'Active' }, ann),
    row('all of one user but the status', { userId: ann.id, email: ann.email, status: 'Inactive' }),
    row('of two users', { userId: ann.id, userName: bob.userName }),
    row('an unknown user', { userId: kNobody }),
    row('an unknown name', { userName: 'nobody.of.this.name' }),
    row('an unknown role', { roleId: kNobody }),
    row('an unknown company', { companyId: kNobody }),
    row('an unknown provider', { providerId: kNobody }),
    row('a wildcard', { userName: '%' }),
    row('a wildcard as e-mail', { email: '_%@example.org' }),
    row('a quote', { identificationNumber: "' OR 1=1 --" }),
    row('beside a member that nobody knows', { userId: ann.id, colour: 'red' }, ann),
  ], { at: 'GET User', as: world.admin, expect: 200 });
  const everybody = await list({ status: 'Active', pageSize: 1000 });
  for (const { id } of [ann, bob, dan, eve, world.admin]) assert.ok(everybody.some(({ userId }) => userId === id));
  assert.ok(!everybody.some(({ userId }) => userId === cid.id));
});

test('a value of another type is refused by its name', async (t) => {
  const bad = {
    userId: ['x', '1', `{${kNobody}}`, kNobody.slice(1)], roleId: ['viewer', '0'], companyId: [north.name, '-1'], providerId: ['x', 'null'], status: ['Asleep', '1', 'Active,Inactive'],
    page: ['0', '-1', 'x', '1.5', '1e3'], pageSize: ['0', '-1', '1001', 'x', '10.0', '99999999999999999999'],
  };
  const pascal = (name) => name[0].toUpperCase() + name.slice(1);
  for (const as of [world.admin, ann]) {
    await table(t, world, Object.entries(bad).flatMap(([key, values]) => values.map((value) => ({ name: `${key}: “${value}”`, at: 'GET User', as, query: { [key]: value }, expect: 400, fields: [pascal(key)] }))));
  }
});

test('pages: a hundred unless asked, a thousand at most, the total always', async () => {
  const members = [];
  for (let i = 0; i < 130; i += 1) members.push(await world.account('member'));
  const { orgId, boss } = await world.company('Crowd');
  for (let i = 0; i < 130; i += 65) {
    await world.must(201, 'POST', `/api/v1/orgs/${orgId}/users`, { as: boss, body: members.slice(i, i + 65).map(({ id }) => ({ userId: id, orgRole: 'viewer' })) });
  }
  const all = sorted([boss, ...members].map(({ id }) => id));
  const page = async (query) => {
    const { json, headers } = await world.api('GET', 'User', { as: world.admin, query: { companyId: orgId, ...query } });
    assert.equal(headers['x-total-count'], '131');
    return json.map(({ userId }) => userId);
  };
  const [first, second] = [await page({}), await page({ page: 2 })];
  assert.deepEqual([first.length, second.length], [100, 31]);
  assert.deepEqual(sorted([...first, ...second]), all);
  const whole = await page({ pageSize: 1000 });
  assert.deepEqual(whole, [...first, ...second], 'the order does not depend on the page');
  for (const pageSize of [1, 7, 131]) {
    const pages = [];
    for (let at = 1; at <= Math.ceil(131 / pageSize) && at <= 20; at += 1) pages.push(...(await page({ page: at, pageSize })));
    assert.deepEqual(pages, whole.slice(0, pages.length), `pages of ${pageSize}`);
  }
  for (const beyond of [3, 1_000_000]) assert.deepEqual(await page({ page: beyond }), []);
});

test('who does not administrate finds itself, whatever it asks for', async (t) => {
  const common = { at: 'GET User', expect: 200 };
  for (const as of [ann, bob, eve, north.boss]) {
    await table(t, world, [
      { name: `${as.userName}: everybody`, as, ids: [as], total: 1 },
      { name: `${as.userName}: itself by id`, as, query: { userId: as.id }, ids: [as], total: 1 },
      { name: `${as.userName}: itself by name and status`, as, query: { userName: as.userName.toUpperCase(), status: 'Active' }, ids: [as], total: 1 },
      { name: `${as.userName}: somebody else`, as, query: { userId: cid.id }, ids: [], total: 0 },
      { name: `${as.userName}: nobody`, as, query: { userId: kNobody }, ids: [], total: 0 },
      { name: `${as.userName}: a company`, as, query: { companyId: south.orgId }, ids: as === bob ? [bob] : [], total: as === bob ? 1 : 0 },
      { name: `${as.userName}: a page behind itself`, as, query: { page: 2 }, ids: [], total: 1 },
    ], common);
  }
});

test('a user by name: exactly, in any case and width', async (t) => {
  const at = 'GET UserByName';
  const as = world.admin;
  const wide = ann.userName.replace('clerk', 'ｃｌｅｒｋ');
  const found = { expect: 200, has: { userId: ann.id, lastName: kSurname } };
  await table(t, world, [
    { name: 'by an administrator', at, as, query: { userName: ann.userName }, ...found },
    { name: 'in other case', at, as, query: { userName: ann.userName.toUpperCase() }, ...found },
    { name: 'in full width', at, as, query: { userName: wide }, ...found },
    { name: 'by oneself', at, as: ann, query: { userName: ann.userName.toUpperCase() }, ...found },
    { name: 'an e-mail is no name', at, as, query: { userName: ann.email }, expect: 404 },
    { name: 'a part of a name', at, as, query: { userName: ann.userName.slice(0, -1) }, expect: 404 },
    { name: 'a wildcard', at, as, query: { userName: '%' }, expect: 404 },
    { name: 'a look-alike', at, as, query: { userName: ann.userName.replace('c', 'с') }, expect: 404 },
    { name: 'what no name can be', at, as, query: { userName: '♚' }, expect: [400, 404] },
    { name: 'no name', at, as, expect: 400, fields: ['UserName'] },
    { name: 'an empty name', at, as, query: { userName: '' }, expect: 400, fields: ['UserName'] },
    { name: 'no name, by somebody', at, as: ann, expect: 400, fields: ['UserName'] },
  ]);
  const ask = (userName) => world.api('GET', 'UserByName', { as: ann, query: { userName } });
  const text = (answer, name) => answer.text.replace(answer.json.traceId, '').replaceAll(name, '…');
  const [other, none] = [await ask(bob.userName), await ask('nobody.of.this.name')];
  assert.deepEqual([other.status, none.status], [404, 404]);
  assert.equal(text(other, bob.userName), text(none, 'nobody.of.this.name'));
});

test('what is shown: roles of the platform, memberships, providers; accounts of other surfaces are active', async () => {
  const seen = await world.shown(ann);
  assert.deepEqual(seen, ann.made, 'as it was made');
  assert.deepEqual(seen.roles.map(({ name }) => name), ['viewer']);
  assert.deepEqual(seen.companies.map(({ companyId, name, active }) => [companyId, name, active]), [[north.orgId, north.name, true]]);
  assert.deepEqual(seen.providers, [provider]);
  assert.deepEqual(await world.shown(ann, ann), seen, 'oneself sees the same');
  const boss = await world.shown(north.boss);
  assert.deepEqual([boss.roles, boss.companies.map(({ name }) => name), boss.status], [[], [north.name], 'Active']);
  assert.deepEqual((await world.shown(bob)).companies.map(({ name }) => name).sort(), sorted([north.name, south.name]));
  const fresh = await world.account('fresh');  // without a password
  const { userName, email, status, roles, companies, providers } = await world.shown(fresh);
  assert.deepEqual({ userName, email, status, roles, companies, providers }, { userName: fresh.userName, email: fresh.email, status: 'Active', roles: [], companies: [], providers: [] });
  const admin = await world.shown(world.admin);
  assert.deepEqual([admin.roles.map(({ name }) => name), admin.companies], [['Super Admin'], []], 'the platform is no company');
});

test('what v1 changes is seen here, and the reverse', async () => {
  const made = await world.user();
  const shown = await world.must(200, 'GET', `/api/v1/users/${made.id}`, { as: world.admin });
  assert.deepEqual([shown.userName, shown.email, shown.status], [made.userName, made.email, 'active']);
  const email = `${unique('other').replaceAll(' ', '.')}@example.org`;
  await world.must(200, 'PATCH', `/api/v1/users/${made.id}`, { as: world.admin, body: { email, status: 'inactive' } });
  const seen = await world.shown(made);
  assert.deepEqual([seen.email, seen.status], [email, 'Inactive']);
  await world.gives(200, 'PUT', 'UserStatus', { as: world.admin, body: { userId: made.id, status: 'Active' } });
  assert.equal((await world.must(200, 'GET', `/api/v1/users/${made.id}`, { as: world.admin })).status, 'active');
  await world.signIn(made.userName, kPassword);
  await world.must(204, 'DELETE', `/api/v1/users/${made.id}`, { as: world.admin });
  assert.deepEqual(await list({ userId: made.id }), []);
});
