// POST User: CONTRACTS.md section 5. Account, roles, companies and providers in one unit of work, or nothing of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codesOf, kNobody, kPassword, startDirectory, table, unique } from '../support/identity_manager.mjs';
import { includes } from '../support/v1.mjs';

const at = 'POST User';
let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

const without = (body, ...keys) => Object.fromEntries(Object.entries(body).filter(([key]) => !keys.includes(key)));
const names = (list) => list.map(({ name }) => name).sort();

test('with everything: all of it is there at once, on every surface', async () => {
  const [north, south] = [await world.company('North'), await world.company('South')];
  const [bank, mint] = [await world.provider(), await world.provider({ identificationNumber: '900123456' })];
  const body = world.profile({
    roleIds: [world.roles.viewer, world.roles.ORDERS_EDIT], companyIds: [north.orgId, south.orgId], providerIds: [bank.providerId, mint.providerId],
    firstName: 'María José', lastName: 'Ñáñez de la O', phone: '+57 (1) 555-0101',
  });
  const { headers, json, text } = await world.api('POST', 'User', { as: world.admin, body });
  const { password, roleIds, companyIds, providerIds, ...profile } = body;
  includes(json, { ...profile, status: 'Active' });
  assert.ok(!text.includes(password));
  assert.deepEqual([names(json.roles), names(json.companies), names(json.providers)], [['ORDERS_EDIT', 'viewer'], names([north, south]), names([bank, mint])]);
  const place = new URL(headers.location, world.url);
  assert.match(place.pathname, /^\/api\/User/);
  const found = await world.must(200, 'GET', place.pathname + place.search, { as: world.admin });
  assert.deepEqual([found].flat(), [json], 'Location leads to the user');
  const user = { ...body, id: json.userId };
  Object.assign(user, await world.enter(user));
  assert.deepEqual((await world.gives(200, 'GET', 'Company', { as: user })).map(({ companyId }) => companyId).sort(), [north.orgId, south.orgId].sort());
  assert.equal((await world.list('/access', north.boss)).find(({ id }) => id === user.id).email, user.email);
  assert.equal((await world.decide(world.admin, user, 'orders.edit', south)).decision, true, 'a role at the platform holds everywhere');
  await world.signIn(user.email, user.password);
});

test('with as little as possible, in any case of the members, by an Administrator too', async (t) => {
  const clerk = await world.administrator();
  const minimal = () => without(world.profile(), 'phone');
  const upper = (body) => Object.fromEntries(Object.entries(body).map(([key, value]) => [key.toUpperCase(), value]));
  const bare = { status: 'Active', roles: [], companies: [], providers: [] };
  await table(t, world, [
    { name: 'only what is required', as: world.admin, body: minimal(), has: bare },
    { name: 'by an Administrator', as: clerk, body: minimal(), has: bare },
    { name: 'members in upper case', as: world.admin, body: upper(world.profile({ roleIds: [world.roles.viewer] })), has: { roles: [{ name: 'viewer' }] } },
    { name: 'empty lists', as: world.admin, body: world.profile({ roleIds: [], companyIds: [], providerIds: [] }), has: bare },
    { name: 'an Administrator gives a role that it may give', as: clerk, body: world.profile({ roleIds: [world.roles.Administrator] }), has: { roles: [{ name: 'Administrator' }] } },
    { name: 'a status and an id of its own, which nobody asked for', as: world.admin, body: world.profile({ status: 'Inactive', userId: kNobody }), has: bare, hasNot: [kNobody] },
    { name: 'an international e-mail', as: world.admin, body: world.profile({ email: `jürgen.${unique('x').replaceAll(' ', '')}@müller.example` }), has: bare },
  ], { at, expect: 201 });
});

test('every fault is refused by its path, and nothing is made', async (t) => {
  const as = world.admin;
  const row = (name, more, ...fields) => ({ name, body: world.profile(more), fields });
  const { viewer } = world.roles;
  const { orgId } = await world.company('Kept');
  const { providerId } = await world.provider();
  const missing = ['userName', 'password', 'firstName', 'lastName', 'email', 'identificationTypeId', 'identificationNumber'];
  const pascal = (name) => name[0].toUpperCase() + name.slice(1);
  await world.untouched(() => table(t, world, [
    { name: 'nothing', body: {}, fields: missing.map(pascal) },
    ...missing.map((key) => ({ name: `${key} missing`, body: without(world.profile(), key), fields: [pascal(key)] })),
    ...missing.map((key) => row(`${key} null`, { [key]: null }, pascal(key))),
    ...missing.map((key) => row(`${key} empty`, { [key]: '' }, pascal(key))),
    ...[...missing, 'phone'].map((key) => row(`${key} a number`, { [key]: 12345678 }, pascal(key))),
    ...['firstName', 'lastName'].flatMap((key) => [row(`${key} blank`, { [key]: '   ' }, pascal(key)), row(`${key} endless`, { [key]: 'x'.repeat(10_000) }, pascal(key)), row(`${key} with a NUL`, { [key]: 'a\u0000b' }, pascal(key))]),
    row('an endless phone', { phone: '1'.repeat(10_000) }, 'Phone'),
    row('a phone with a line break', { phone: '1\r\n2' }, 'Phone'),
    ...['plain', '@example.org', 'a@', 'a@b@example.org', 'a b@example.org', 'a@example..org', 'a@example.org\r\nBcc: b@example.org', `${'l'.repeat(65)}@example.org`, `a@${'d'.repeat(250)}.org`].map((email) => row(`e-mail ${JSON.stringify(email.slice(0, 40))}`, { email }, 'Email')),
    row('password of 7', { password: 'k9-Xq2!' }, 'Password'),
    row('password of 129', { password: `${'aB3$'.repeat(32)}!` }, 'Password'),
    row('password that everybody has', { password: 'password' }, 'Password'),
    row('password that is the user name', { userName: 'mister.password.1', password: 'Mister.Password.1' }, 'Password'),
    row('password that is the e-mail', { email: 'me.myself.1@example.org', password: 'me.myself.1@example.org' }, 'Password'),
    row('an unknown type', { identificationTypeId: kNobody }, 'IdentificationTypeId'),
    row('a type that is no id', { identificationTypeId: 'CC' }, 'IdentificationTypeId'),
    row('an unknown role', { roleIds: [kNobody] }, 'RoleIds[0]'),
    row('a good role before an unknown one', { roleIds: [viewer, kNobody] }, 'RoleIds[1]'),
    row('a role by its name', { roleIds: ['viewer'] }, 'RoleIds[0]'),
    row('a role that is a null', { roleIds: [viewer, null] }, 'RoleIds[1]'),
    row('roles that are no list', { roleIds: viewer }, 'RoleIds'),
    row('an unknown company', { companyIds: [orgId, kNobody] }, 'CompanyIds[1]'),
    row('a company that is a role', { companyIds: [viewer] }, 'CompanyIds[0]'),
    row('an unknown provider', { providerIds: [providerId, kNobody] }, 'ProviderIds[1]'),
    row('a provider that is a company', { providerIds: [orgId] }, 'ProviderIds[0]'),
    row('one fault in each list', { roleIds: [kNobody], companyIds: [orgId, kNobody], providerIds: [kNobody] }, 'RoleIds[0]', 'CompanyIds[1]', 'ProviderIds[0]'),
  ], { at, as, expect: 400 }));
});

test('the last association is as good as the first: a fault there leaves no user, no membership, no name taken', async () => {
  const { orgId, boss } = await world.company('Clean');
  const { providerId } = await world.provider();
  const body = world.profile({ roleIds: [world.roles.viewer], companyIds: [orgId], providerIds: [providerId, kNobody] });
  await world.gives(400, 'POST', 'User', { as: world.admin, body });
  await world.gives(404, 'GET', 'UserByName', { as: world.admin, query: { userName: body.userName } });
  assert.deepEqual((await world.list('/access', boss)).map(({ id }) => id), [boss.id]);
  await world.must(401, 'POST', '/api/v1/auth/tokens', { body: { account: body.userName, password: body.password } });
  await world.gives(204, 'DELETE', 'Provider', { as: world.admin, query: { providerId } });
  await world.gives(201, 'POST', 'User', { as: world.admin, body: { ...body, providerIds: [] } });
});

test('what is taken: name, e-mail, and number of a type', async (t) => {
  const ann = await world.user();
  const bob = await world.person('Bob');
  const passport = world.types.PAS;
  await world.untouched(() => table(t, world, [
    { name: 'a name', body: world.profile({ userName: ann.userName }) },
    { name: 'a name in other case', body: world.profile({ userName: ann.userName.toUpperCase() }) },
    { name: 'a name of v1', body: world.profile({ userName: bob.userName }) },
    { name: 'an e-mail', body: world.profile({ email: ann.email }) },
    { name: 'an e-mail in other case', body: world.profile({ email: ann.email.toUpperCase() }) },
    { name: 'an e-mail of v1', body: world.profile({ email: bob.email }) },
    { name: 'a number of the type', body: world.profile({ identificationNumber: ann.identificationNumber }) },
    { name: 'all of them', body: world.profile({ userName: ann.userName, email: ann.email, identificationNumber: ann.identificationNumber }) },
    { name: "the administrator's", body: world.profile({ userName: world.admin.email, email: world.admin.email }) },
  ], { at, as: world.admin, expect: 409 }));
  await table(t, world, [
    { name: 'the number of another type', at, as: world.admin, body: world.profile({ identificationTypeId: passport, identificationNumber: ann.identificationNumber }), expect: 201 },
  ]);
});

test('of many at once with one name, one e-mail or one number exactly one wins', async () => {
  for (const shared of ['userName', 'email', 'identificationNumber']) {
    const value = world.profile()[shared];
    const answers = await Promise.all(Array.from({ length: 6 }, () => world.api('POST', 'User', { as: world.admin, body: world.profile({ [shared]: value }) })));
    assert.deepEqual(codesOf(answers), [201, 409, 409, 409, 409, 409], shared);
    const { headers } = await world.api('GET', 'User', { as: world.admin, query: { [shared]: value } });
    assert.equal(headers['x-total-count'], '1', shared);
  }
});

test('a role above the ceiling is refused, and with it the user', async (t) => {
  const clerk = await world.administrator();
  const row = (name, ...roles) => ({ name, body: world.profile({ roleIds: roles.map((role) => world.roles[role]) }) });
  await world.untouched(() => table(t, world, [
    row('a heavier role', 'Super Admin'), row('a good one before one out of reach', 'viewer', 'Super Admin'),
  ], { at, as: clerk, expect: 403 }));
});

test('only administrators make users', async (t) => {
  const boss = (await world.company('Bosses')).boss;
  const body = () => world.profile();
  await world.untouched(() => table(t, world, [
    { name: 'somebody', as: boss, body: body(), expect: 403 },
    { name: 'nobody', as: null, body: body(), expect: 401 },
  ], { at }));
  const again = { ...body(), password: kPassword };
  await world.gives(201, 'POST', 'User', { as: world.admin, body: again });
});
