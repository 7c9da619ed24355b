// Role, POST UserRole and DELETE UserRole: CONTRACTS.md section 5 and the catalogue of section 1. A role is given at the platform
// and so holds everywhere, at once, until it is taken, at once; nobody gives or takes what is above the own ceiling.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codesOf, kNobody, sorted, startDirectory, table, unique } from '../support/identity_manager.mjs';

const kCatalogue = [
  'USER_VIEW', 'USER_EDIT', 'USER_ADD', 'USER_DELETE', 'ORDERS_VIEW', 'ORDERS_EDIT', 'REPORTS_VIEW', 'viewer', 'operator', 'admin', 'Super Admin', 'Distributor Admin', 'Distributor ReadOnly', 'Seller Admin', 'Account Manager',
  'Seller Agent Admin', 'Product Manager', 'Subscription Manager', 'Seller Billing Admin', 'Support Agent', 'Reseller Report', '360 Report Viewer', 'Customer Admin', 'Customer Billing Admin', 'Customer', 'Administrator',
];
let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

const give = (as, user, role) => world.api('POST', 'UserRole', { as, body: { userId: user.id, roleId: world.roles[role] ?? role } });
const take = (as, user, role) => world.api('DELETE', 'UserRole', { as, query: { userId: user.id, roleId: world.roles[role] ?? role } });
const rolesOf = async (user) => sorted((await world.shown(user)).roles.map(({ name }) => name));

test('the catalogue is shown to whoever is signed in, as the other surfaces show it', async (t) => {
  const ann = await world.clerk();
  const list = await world.gives(200, 'GET', 'Role', { as: ann });
  assert.deepEqual(sorted(list.map(({ name }) => name)), sorted(kCatalogue));
  assert.equal(new Set(list.map(({ roleId }) => roleId)).size, kCatalogue.length);
  const partner = await world.must(200, 'GET', '/partner/v1/roles', { as: world.admin });
  for (const { id, name } of partner) assert.equal(world.roles[name], id, name);
  await table(t, world, [
    { name: 'a page', query: { page: 2, pageSize: 10 }, total: 26, then: ({ json }) => assert.deepEqual(json, list.slice(10, 20)) },
    { name: 'beyond', query: { page: 9, pageSize: 10 }, total: 26, then: ({ json }) => assert.deepEqual(json, []) },
    { name: 'page 0', query: { page: 0 }, expect: 400, fields: ['Page'] },
  ], { at: 'GET Role', as: ann, expect: 200 });
});

test('a role of the platform holds in every organization, from the next request until it is taken', async () => {
  const [north, south] = [await world.company('North'), await world.company('South', { below: true })];
  const ann = await world.clerk();
  const session = await world.signIn(ann.email);
  const sees = async ({ orgId }, as) => [(await world.call('GET', `/api/v1/orgs/${orgId}`, { as })).status, (await world.call('GET', `/api/v1/orgs/${orgId}/users`, { as })).status];
  const decides = async (permission) => Promise.all([north, south].map(async (company) => (await world.decide(world.admin, ann, permission, company)).decision));
  for (let round = 0; round < 2; round += 1) {
    for (const as of [ann, session]) assert.deepEqual(await sees(north, as), [404, 404]);
    assert.deepEqual([await decides('users.view'), await decides('orders.edit')], [[false, false], [false, false]]);
    const made = await give(world.admin, ann, 'viewer');
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.json, { userId: ann.id, roleId: world.roles.viewer });
    assert.equal((await give(world.admin, ann, 'ORDERS_EDIT')).status, 201);
    for (const as of [ann, session]) assert.deepEqual([await sees(north, as), await sees(south, as)], [[200, 200], [200, 200]]);
    assert.deepEqual([await decides('users.view'), await decides('orders.edit'), await decides('orders.view')], [[true, true], [true, true], [true, true]]);
    assert.deepEqual(await rolesOf(ann), ['ORDERS_EDIT', 'viewer']);
    assert.deepEqual((await world.shown(ann)).companies, [], 'it is a member of none');
    assert.equal((await take(world.admin, ann, 'viewer')).status, 204);
    for (const as of [ann, session]) assert.deepEqual(await sees(south, as), [404, 404]);
    assert.deepEqual([await decides('users.view'), await decides('orders.edit')], [[false, false], [true, true]], 'the other role stays');
    assert.equal((await take(world.admin, ann, 'ORDERS_EDIT')).status, 204);
  }
  const { orgId } = await world.organization({ as: north.boss });
  assert.equal((await give(world.admin, ann, 'viewer')).status, 201);
  assert.deepEqual(await sees({ orgId }, ann), [200, 200], 'in those that were made since, too');
});

test('whoever becomes an administrator is one on the next request, and no longer than that', async () => {
  for (const role of ['Administrator', 'Super Admin']) {
    const ann = await world.clerk();
    const may = async () => [
      (await world.api('POST', 'Provider', { as: ann, body: { name: unique('Provider') } })).status,
      (await world.api('GET', 'UserByName', { as: ann, query: { userName: world.admin.email } })).status,
      Number((await world.api('GET', 'User', { as: ann })).headers['x-total-count']) > 1,
    ];
    assert.deepEqual(await may(), [403, 404, false]);
    await give(world.admin, ann, role);
    assert.deepEqual(await may(), [201, 200, true], role);
    assert.deepEqual((await world.authenticate(ann)).json.roles.map(({ name }) => name), [role]);
    await take(world.admin, ann, role);
    assert.deepEqual(await may(), [403, 404, false], role);
  }
});

test('every fault of both, and nothing is changed', async (t) => {
  const ann = await world.user({ roleIds: [world.roles.viewer] });
  const { boss } = await world.company('Elsewhere');
  const { viewer, operator } = world.roles;
  const both = (name, sent, expect, ...fields) => [
    { name: `POST: ${name}`, at: 'POST UserRole', body: sent, expect, ...(expect === 400 && { fields }) },
    { name: `DELETE: ${name}`, at: 'DELETE UserRole', query: sent, expect, ...(expect === 400 && { fields }) },
    { name: `DELETE, as JSON: ${name}`, at: 'DELETE UserRole', body: sent, expect, ...(expect === 400 && { fields }) },
  ];
  await world.untouched(() => table(t, world, [
    { name: 'POST: held already', at: 'POST UserRole', body: { userId: ann.id, roleId: viewer }, expect: 409 },
    { name: 'DELETE: not held', at: 'DELETE UserRole', query: { userId: ann.id, roleId: operator }, expect: 404 },
    { name: 'DELETE: held at an organization only', at: 'DELETE UserRole', query: { userId: boss.id, roleId: world.roles.admin }, expect: 404 },
    ...both('nobody', { userId: kNobody, roleId: viewer }, 404),
    ...both('an unknown role', { userId: ann.id, roleId: kNobody }, 404),
    ...both('each for the other', { userId: viewer, roleId: ann.id }, 404),
    ...both('no user', { roleId: viewer }, 400, 'UserId'),
    ...both('no role', { userId: ann.id }, 400, 'RoleId'),
    ...both('nothing', {}, 400, 'RoleId', 'UserId'),
    ...both('a name for an id', { userId: ann.userName, roleId: 'viewer' }, 400, 'RoleId', 'UserId'),
    { name: 'POST: a NUL behind', at: 'POST UserRole', body: { userId: `${ann.id}\u0000`, roleId: viewer }, expect: 400, fields: ['UserId'] },
    { name: 'POST: numbers', at: 'POST UserRole', body: { userId: 1, roleId: 2 }, expect: 400, fields: ['RoleId', 'UserId'] },
    { name: 'POST: a list of roles', at: 'POST UserRole', body: { userId: ann.id, roleId: [viewer] }, expect: 400, fields: ['RoleId'] },
  ], { as: world.admin }));
});

test('the ceiling: an Administrator gives and takes whatever is not heavier', async (t) => {
  const clerk = await world.administrator();
  const ann = await world.user();
  for (const role of kCatalogue.filter((name) => name !== 'Super Admin')) {
    assert.equal((await give(clerk, ann, role)).status, 201, role);
    assert.equal((await take(clerk, ann, role)).status, 204, role);
  }
  const chief = await world.administrator('Super Admin');
  const row = (name, at, user, role) => ({ name, at, ...(at.startsWith('POST') ? { body: { userId: user.id, roleId: world.roles[role] } } : { query: { userId: user.id, roleId: world.roles[role] } }), expect: 403 });
  await world.untouched(() => table(t, world, [
    row('gives Super Admin', 'POST UserRole', ann, 'Super Admin'),
    row('helps itself', 'POST UserRole', clerk, 'Super Admin'),
    row('demotes a Super Admin', 'DELETE UserRole', chief, 'Super Admin'),
    row('gives to whoever outranks it', 'POST UserRole', chief, 'viewer'),
  ], { as: clerk }));
  const shown = await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: chief });
  assert.equal(shown.userId, chief.id);
  for (const role of kCatalogue) {
    const user = await world.account('target');
    assert.equal((await give(chief, user, role)).status, 201, `a Super Admin gives ${role}`);
    assert.equal((await take(chief, user, role)).status, 204, `and takes ${role}`);
  }
});

test('of many at once one gives, and one takes', async () => {
  const ann = await world.user();
  for (let round = 0; round < 2; round += 1) {
    assert.deepEqual(codesOf(await Promise.all(Array.from({ length: 8 }, () => give(world.admin, ann, 'viewer')))), [201, ...Array(7).fill(409)]);
    assert.deepEqual(codesOf(await Promise.all(Array.from({ length: 8 }, () => take(world.admin, ann, 'viewer')))), [204, ...Array(7).fill(404)]);
  }
});

test('roles at organizations are none of the platform', async () => {
  const company = await world.company('Roles');
  const ann = await world.hire(company, ['USER_VIEW', 'ORDERS_EDIT']);
  assert.deepEqual(await rolesOf(ann), []);
  assert.equal((await give(world.admin, ann, 'USER_VIEW')).status, 201, 'held there, not here');
  assert.deepEqual(await rolesOf(ann), ['USER_VIEW']);
  assert.equal((await take(world.admin, ann, 'USER_VIEW')).status, 204);
  const row = (await world.list('/access', company.boss)).find(({ id }) => id === ann.id);
  assert.deepEqual(sorted(row.roles), ['ORDERS_EDIT', 'USER_VIEW'], 'and stays there');
});
