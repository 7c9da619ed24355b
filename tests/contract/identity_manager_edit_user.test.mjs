// PUT User and DELETE User: CONTRACTS.md section 5. A profile is changed by its owner or an administrator; what is not of the
// profile is not changed here. Whoever is removed is gone from every surface at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kNobody, kPassword, startDirectory, table, unique } from '../support/identity_manager.mjs';

const put = 'PUT User';
const remove = 'DELETE User';
let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

const address = () => `${unique('new').replaceAll(' ', '.')}@example.org`;

test('each member alone; what is absent stays', async (t) => {
  const ann = await world.clerk();
  let expected = ann.made;
  const row = (name, as, change) => ({
    name, at: put, as, body: { userId: ann.id, ...change }, expect: 200,
    then: async ({ json }) => {
      const { updatedAt, ...rest } = json;
      const { updatedAt: before, ...kept } = { ...expected, ...change };
      assert.deepEqual(rest, kept);
      assert.ok(Date.parse(updatedAt) >= Date.parse(before), `${updatedAt} after ${before}`);
      assert.deepEqual(await world.shown(ann), json, 'it was kept');
      expected = json;
    },
  });
  await table(t, world, [
    row('a first name', world.admin, { firstName: 'Anne-Marie' }),
    row('a last name of odd letters', world.admin, { lastName: "O'Neil \"&\" <Łukasz> 👩‍🚀" }),
    row('an e-mail', world.admin, { email: address() }),
    row('a phone', world.admin, { phone: '0800 1234' }),
    row('type and number', world.admin, { identificationTypeId: world.types.PAS, identificationNumber: 'ZZ998877' }),
    row('several', world.admin, { firstName: 'A', lastName: 'B', phone: '1' }),
    row('nothing', world.admin, {}),
    row('by oneself', ann, { firstName: 'Ann', lastName: 'Herself', phone: '2' }),
    row('the own e-mail', ann, { email: address() }),
    row('by an Administrator', await world.administrator(), { firstName: 'Anna' }),
  ]);
  await table(t, world, [
    { name: 'members in any case', at: put, as: ann, body: { USERID: ann.id, FirstName: 'Cased', lastname: 'Too' }, expect: 200, has: { firstName: 'Cased', lastName: 'Too', phone: '2' } },
  ]);
});

test('name, password, status, roles and associations are not changed here', async () => {
  const { orgId } = await world.company('Untied');
  const { providerId } = await world.provider();
  const ann = await world.clerk();
  const more = { userName: 'somebody.else', password: 'another password 9', status: 'Inactive', roleIds: [world.roles['Super Admin']], companyIds: [orgId], providerIds: [providerId], roles: [{ roleId: world.roles.Administrator }], createdAt: '2001-01-01T00:00:00Z' };
  for (const as of [ann, world.admin]) {
    const { updatedAt, ...seen } = await world.gives(200, 'PUT', 'User', { as, body: { userId: ann.id, firstName: 'Same', ...more } });
    const { updatedAt: _, ...made } = ann.made;
    assert.deepEqual(seen, { ...made, firstName: 'Same' });
  }
  await world.gives(200, 'GET', 'Role', { as: ann });
  assert.equal((await world.authenticate(ann)).status, 200, 'the name and the password are as they were');
});

test('every fault is refused by its path, and changes nothing', async (t) => {
  const [ann, bob] = [await world.user(), await world.person('Bob')];
  const { id: userId } = ann;
  const row = (name, change, ...fields) => ({ name, body: { userId, ...change }, expect: 400, fields });
  await world.untouched(() => table(t, world, [
    { name: 'nothing', body: {}, expect: 400, fields: ['UserId'] },
    { name: 'an id that is none', body: { userId: 'ann', firstName: 'x' }, expect: 400, fields: ['UserId'] },
    { name: 'an id that is a number', body: { userId: 7, firstName: 'x' }, expect: 400, fields: ['UserId'] },
    ...['firstName', 'lastName', 'email', 'phone', 'identificationTypeId', 'identificationNumber'].map((key) => row(`${key} a number`, { [key]: 12345678 }, key[0].toUpperCase() + key.slice(1))),
    row('an empty first name', { firstName: '' }, 'FirstName'),
    row('a blank last name', { lastName: '  ' }, 'LastName'),
    row('an endless first name', { firstName: 'x'.repeat(10_000) }, 'FirstName'),
    row('a NUL', { lastName: 'a\u0000b' }, 'LastName'),
    row('no e-mail at all', { email: 'ann' }, 'Email'),
    row('an e-mail with a line break', { email: 'a@example.org\r\nBcc: b@example.org' }, 'Email'),
    row('an endless phone', { phone: '1'.repeat(10_000) }, 'Phone'),
    row('a good member beside a bad one', { firstName: 'Good', email: 'bad' }, 'Email'),
    row('several', { firstName: 1, email: 'bad', phone: {} }, 'FirstName', 'Email', 'Phone'),
    { name: 'nobody', body: { userId: kNobody, firstName: 'x' }, expect: 404 },
    { name: 'a company', body: { userId: world.roles.viewer, firstName: 'x' }, expect: 404 },
    { name: "another's e-mail", body: { userId, firstName: 'x', email: bob.email.toUpperCase() }, expect: 409 },
  ], { at: put, as: world.admin }));
});

test("somebody else's is refused with 403, whether or not there is one", async (t) => {
  const ann = await world.clerk();
  const { boss } = await world.company('Chiefs');
  const row = (name, as, id) => ({ name, at: put, as, body: { userId: id, firstName: 'x' }, expect: 403 });
  await world.untouched(() => table(t, world, [
    row('somebody', ann, boss.id), row('an administrator', ann, world.admin.id), row('nobody', ann, kNobody), row('by the admin of an organization', boss, ann.id),
    { ...row('by nobody', null, ann.id), expect: 401 },
  ]));
});

test('a changed e-mail is the one to sign in with, on every surface', async () => {
  const ann = await world.user();
  const email = address();
  await world.gives(200, 'PUT', 'User', { as: world.admin, body: { userId: ann.id, email } });
  await world.signIn(email, kPassword);
  await world.must(401, 'POST', '/api/v1/auth/tokens', { body: { account: ann.email, password: kPassword } });
  assert.equal((await world.must(200, 'GET', `/api/v1/users/${ann.id}`, { as: world.admin })).email, email);
  await world.user({ email: ann.email });  // free again
});

test('of two who take one e-mail at once, one wins', async () => {
  const users = [await world.user(), await world.user(), await world.user()];
  const email = address();
  const answers = await Promise.all(users.map(({ id }) => world.api('PUT', 'User', { as: world.admin, body: { userId: id, email } })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
});

test('removal: by administrators, and everything of the user goes with it', async (t) => {
  const company = await world.company('Left');
  const { providerId } = await world.provider();
  const ann = await world.clerk({ companyIds: [company.orgId], providerIds: [providerId], roleIds: [world.roles.viewer] });
  const session = await world.signIn(ann.email);
  const bob = await world.clerk();
  const query = { userId: ann.id };
  await table(t, world, [
    { name: 'somebody else', as: bob, query, expect: 403 },
    { name: 'the admin of a company', as: company.boss, query, expect: 403 },
    { name: 'oneself', as: ann, query, expect: 403 },
    { name: 'nobody', as: null, query, expect: 401 },
    { name: 'no id', as: world.admin, expect: 400, fields: ['UserId'] },
    { name: 'what is no id', as: world.admin, query: { userId: 'ann' }, expect: 400, fields: ['UserId'] },
    { name: 'an unknown id', as: world.admin, query: { userId: kNobody }, expect: 404 },
    { name: 'the last admin of an organization', as: world.admin, query: { userId: company.boss.id }, expect: 409 },
    { name: 'somebody still works', at: 'GET User', as: ann, expect: 200, ids: [ann] },
    { name: 'by an administrator', as: world.admin, query, expect: 204 },
    { name: 'a second time', as: world.admin, query, expect: 404 },
    { name: 'gone from the list', at: 'GET User', as: world.admin, query, expect: 200, ids: [], total: 0 },
    { name: 'gone by name', at: 'GET UserByName', as: world.admin, query: { userName: ann.userName }, expect: 404 },
    { name: 'its token is dead', at: 'GET Role', as: ann, expect: 401 },
    { name: 'that of v1 too', at: 'GET Role', as: session, expect: 401 },
    { name: 'it does not sign in', at: 'POST Authentication', body: { userName: ann.userName, password: kPassword }, expect: 401 },
    { name: 'the provider is in use no longer', at: 'DELETE Provider', as: world.admin, query: { providerId }, expect: 204 },
    { name: 'name, e-mail and number are free', at: 'POST User', as: world.admin, body: world.profile({ userName: ann.userName, email: ann.email, identificationNumber: ann.identificationNumber }), expect: 201, has: { roles: [], companies: [] } },
  ], { at: remove });
  await world.must(404, 'GET', `/api/v1/users/${ann.id}`, { as: world.admin });
  assert.deepEqual((await world.list('/access', company.boss)).map(({ id }) => id), [company.boss.id]);
  await world.must(401, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token: session.token, refreshToken: session.refreshToken } });
});
