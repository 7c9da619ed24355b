// GET /partner/v1/roles and GET /partner/v1/identity-providers: what a partner reads before it invites. CONTRACTS.md
// section 4, the rows List All Roles and List Identity Providers; section 1, the role catalogue.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshFolder } from '../support/gatehouse.mjs';
import { kNobody, kProviders, kRoles, kUuid, listOf, sorted, startPartner, table } from '../support/partner.mjs';
import { greet } from '../support/v1.mjs';

const kWeights = {
  'Super Admin': 100, 'Administrator': 95, 'Distributor Admin': 90, 'Distributor ReadOnly': 80, 'Seller Admin': 70, 'Account Manager': 60, 'Seller Agent Admin': 55,
  'Product Manager': 50, 'Subscription Manager': 45, 'Seller Billing Admin': 40, 'Support Agent': 35, 'Reseller Report': 30, 'admin': 30, '360 Report Viewer': 25,
  'Customer Admin': 20, 'operator': 20, 'Customer Billing Admin': 15, 'USER_ADD': 15, 'USER_DELETE': 15, 'USER_EDIT': 15, 'Customer': 10, 'USER_VIEW': 10, 'viewer': 10,
  'ORDERS_EDIT': 5, 'ORDERS_VIEW': 5, 'REPORTS_VIEW': 5,
};
let world;
let company;
let loner;   // an account of no organization
before(async () => {
  world = await startPartner();
  company = await world.company('Reads');
  loner = await world.person('Loner');
});
after(async () => { await world?.stop(); });

const roles = async (as, query) => listOf(await world.partner('GET', kRoles, { as, query }));
const providers = async (as, query) => listOf(await world.partner('GET', kProviders, { as, query }));

test('roles: exactly id, name and weight of every role, the heaviest first, then by name', async () => {
  const { items, total } = await roles(world.admin);
  assert.equal(total, items.length);
  for (const role of items) {
    assert.deepEqual(sorted(Object.keys(role)), ['id', 'name', 'weight']);
    assert.match(role.id, kUuid);
    assert.ok(Number.isInteger(role.weight));
  }
  assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
  assert.deepEqual(Object.fromEntries(items.map(({ name, weight }) => [name, weight])), kWeights);
  for (const [i, { name, weight }] of items.entries()) {
    if (i === 0) continue;
    const above = items[i - 1];
    const byName = above.name.toLowerCase() < name.toLowerCase() || above.name < name;
    assert.ok(above.weight > weight || (above.weight === weight && byName), `${above.name} ${above.weight} before ${name} ${weight}`);
  }
});

test('roles: the same to everybody who is signed in, and after a restart', async () => {
  const { items } = await roles(world.admin);
  for (const as of [company.boss, loner]) assert.deepEqual((await roles(as)).items, items);
  assert.deepEqual((await roles(world.admin, { platformId: world.platform })).items, items);
  await world.server.restart();
  await greet(world);
  await world.renew(company.boss, loner);
  assert.deepEqual((await roles(company.boss)).items, items, 'ids are kept');
});

test("roles: the operator's own are among them", async (t) => {
  const file = join(freshFolder('config'), 'gatehouse.toml');
  writeFileSync(file, '[[roles]]\nname = "Warehouse Clerk"\ncategory = "WAREHOUSE"\nweight = 33\npermissions = ["shipments.pack"]\n');
  const own = await startPartner({ t, args: ['--config', file] });
  const { items } = listOf(await own.partner('GET', kRoles, { as: own.admin }));
  const i = items.findIndex(({ name }) => name === 'Warehouse Clerk');
  assert.deepEqual([items[i].weight, items[i - 1].name], [33, 'Support Agent'], 'in its place');
});

test('identity providers: exactly id, name, prefix and enabled of all, the disabled ones too', async () => {
  assert.deepEqual(await providers(company.boss), { items: [], total: 0 });
  const made = [await world.provider(), await world.provider({ enabled: false }), await world.provider()];
  const shown = (list) => list.map(({ id, name, prefix, enabled }) => ({ id, name, prefix, enabled })).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const as of [world.admin, company.boss, loner]) {
    const { items, total } = await providers(as);
    assert.equal(total, 3);
    for (const item of items) assert.deepEqual(sorted(Object.keys(item)), ['enabled', 'id', 'name', 'prefix']);
    assert.deepEqual(shown(items), shown(made));
  }
  assert.deepEqual(shown((await providers(company.boss, { enabled: true })).items), shown([made[0], made[2]]));
  assert.deepEqual(shown((await providers(company.boss, { enabled: false })).items), shown([made[1]]));
  assert.equal((await providers(company.boss, { enabled: false })).total, 1);
  assert.equal((await providers(world.admin, { platformId: world.platform, enabled: true })).total, 2);
});

test('who may read, and faulty questions', async (t) => {
  const row = (path, name, as, query, expect, more) => ({ name: `${path}: ${name}`, at: `GET ${path}`, as, query, expect, ...more });
  await table(t, world, [kRoles, kProviders].flatMap((path) => [
    row(path, 'nobody', null, {}, 401),
    row(path, 'a bearer that is none', 'garbage', {}, 401),
    row(path, 'an unknown platform', world.admin, { platformId: kNobody }, 404),
    row(path, 'an organization is no platform', world.admin, { platformId: company.orgId }, 404),
    row(path, 'no GUID', world.admin, { platformId: 'x' }, 400, { faults: ['platformId'] }),
    row(path, 'names of parameters in any case', world.admin, { PlatformID: world.platform }, 200),
    row(path, 'an unknown parameter', company.boss, { more: 'x' }, 200),
  ]));
  await table(t, world, ['yes', '2', 'null', "'"].map((enabled) => row(kProviders, `enabled=${enabled}`, company.boss, { enabled }, 400, { faults: ['enabled'] })));
});
