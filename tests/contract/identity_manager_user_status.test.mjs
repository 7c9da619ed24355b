// PUT UserStatus: CONTRACTS.md section 5. Inactive shuts out at once, on every surface and however somebody came in; nobody
// does it to the own account, nor to the last administrator (that is in a file of its own).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kNobody, kPassword, startDirectory, table } from '../support/identity_manager.mjs';

const at = 'PUT UserStatus';
let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

const set = (user, status, as = world.admin) => world.gives(200, 'PUT', 'UserStatus', { as, body: { userId: user.id, status } });

test('Inactive: every way in is shut on the next request, and Active opens the door again', async () => {
  const company = await world.company('Doors');
  const ann = await world.user({ roleIds: [world.roles.viewer], companyIds: [company.orgId] });
  await world.give(company, ann, ['USER_VIEW']);
  const ways = { 'a session from here': await world.enter(ann), 'a session of v1': await world.signIn(ann.email) };
  ways['a machine client of its own'] = await world.client(ways['a session of v1'], ['organizations.read']);
  const paths = ['/access', '/saas/access/roles', '/api/v1/orgs', '/api/v1/auth/tokens/current', `/api/v1/orgs/${company.orgId}`, '/partner/v1/roles', '/partner/v1/identity-providers', '/api/User', '/api/Role'];
  for (const [way, as] of Object.entries(ways).slice(0, 2)) {
    for (const path of paths) assert.equal((await world.call('GET', path, { as })).status, 200, `${path} by ${way}`);
  }
  await world.must(200, 'GET', '/api/v1/orgs', { as: ways['a machine client of its own'] });
  const changed = await set(ann, 'Inactive');
  assert.deepEqual([changed.userId, changed.status], [ann.id, 'Inactive']);
  assert.deepEqual([changed.roles, changed.companies], [ann.made.roles, ann.made.companies], 'nothing else is changed');
  for (const [way, as] of Object.entries(ways)) {
    for (const path of paths) assert.equal((await world.call('GET', path, { as })).status, 401, `${path} by ${way}`);
  }
  const { token, refreshToken } = ways['a session of v1'];
  await world.must(401, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token, refreshToken } });
  await world.must(401, 'POST', '/api/v1/auth/tokens', { body: { account: ann.email, password: kPassword } });
  await world.gives(401, 'POST', 'Authentication', { body: { userName: ann.userName, password: kPassword } });
  const { clientId, clientSecret } = ways['a machine client of its own'];
  await world.must(401, 'POST', '/api/v1/auth/tokens?grant_type=client_credentials', { body: { clientId, clientSecret } });
  assert.equal((await world.decide(company.boss, ann, 'users.view', company)).decision, false, 'nobody decides in its favour');
  assert.equal((await world.shown(ann)).status, 'Inactive');
  assert.equal((await set(ann, 'Active')).status, 'Active');
  const again = await world.enter(ann);
  for (const path of paths) assert.equal((await world.call('GET', path, { as: again })).status, 200, path);
  assert.equal((await world.decide(company.boss, ann, 'users.view', company)).decision, true);
});

test('the same state again is no fault, and an account without a password is Active', async (t) => {
  const [ann, fred] = [await world.user(), await world.account('fred')];
  const row = (name, user, status) => ({ name, at, as: world.admin, body: { userId: user.id, status }, expect: 200, has: { userId: user.id, status } });
  await table(t, world, [
    row('Active as it is', ann, 'Active'), row('Inactive', ann, 'Inactive'), row('Inactive again', ann, 'Inactive'), row('Active', ann, 'Active'),
    row('without a password', fred, 'Active'), row('without a password, Inactive', fred, 'Inactive'), row('and back', fred, 'Active'),
    { name: 'members in any case', at, as: world.admin, body: { USERID: ann.id, STATUS: 'Active' }, expect: 200 },
  ]);
});

test('refusals change nothing', async (t) => {
  const company = await world.company('Kept');
  const { boss } = company;
  const ann = await world.clerk();
  const clerk = await world.administrator();
  const row = (name, as, body, expect, ...fields) => ({ name, as, body, expect, ...(expect === 400 && { fields }) });
  const { id: userId } = ann;
  await world.untouched(() => table(t, world, [
    row('nothing', world.admin, {}, 400, 'UserId', 'Status'),
    row('no status', world.admin, { userId }, 400, 'Status'),
    row('no user', world.admin, { status: 'Active' }, 400, 'UserId'),
    row('a status that there is not', world.admin, { userId, status: 'Asleep' }, 400, 'Status'),
    row('an empty status', world.admin, { userId, status: '' }, 400, 'Status'),
    row('a number', world.admin, { userId, status: 1 }, 400, 'Status'),
    row('true', world.admin, { userId, status: true }, 400, 'Status'),
    row('null', world.admin, { userId, status: null }, 400, 'Status'),
    row('an id that is none', world.admin, { userId: 'ann', status: 'Inactive' }, 400, 'UserId'),
    row('nobody', world.admin, { userId: kNobody, status: 'Inactive' }, 404),
    row('the own account', world.admin, { userId: world.admin.id, status: 'Inactive' }, 409),
    row('the own account of an Administrator', clerk, { userId: clerk.id, status: 'Inactive' }, 409),
    row('an Administrator switches a Super Admin off', clerk, { userId: world.admin.id, status: 'Inactive' }, 403),
    row('by oneself', ann, { userId, status: 'Inactive' }, 403),
    row('by somebody else', ann, { userId: boss.id, status: 'Inactive' }, 403),
    row('by the admin of an organization', boss, { userId, status: 'Inactive' }, 403),
    row('of nobody, by somebody', ann, { userId: kNobody, status: 'Inactive' }, 403),
    row('by nobody', null, { userId, status: 'Inactive' }, 401),
  ], { at }));
  for (const as of [ann, clerk, boss, world.admin]) await world.gives(200, 'GET', 'Role', { as });
});

test('whoever founded an organization is switched off like anybody else', async () => {
  const company = await world.company('Shield');
  const room = await world.must(201, 'POST', '/api/v1/orgs', { as: company.boss, body: { name: `Shield ${company.boss.id}` } });
  await set(company.boss, 'Inactive', await world.administrator());
  assert.equal((await world.call('GET', '/api/v1/orgs', { as: company.boss })).status, 401);
  assert.equal((await world.must(200, 'GET', `/api/v1/orgs/${room.orgId}`, { as: world.admin })).orgId, room.orgId, 'the platform administers it still');
  await set(company.boss, 'Active');
});

test('many at once to and fro end in one of the two states, and every surface agrees', async () => {
  const ann = await world.clerk();
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => world.api('PUT', 'UserStatus', { as: world.admin, body: { userId: ann.id, status: i % 2 ? 'Active' : 'Inactive' } })));
  assert.ok(answers.every(({ status }) => status === 200));
  const { status } = await world.shown(ann);
  assert.equal((await world.must(200, 'GET', `/api/v1/users/${ann.id}`, { as: world.admin })).status, status.toLowerCase());
  assert.equal((await world.authenticate(ann)).status, status === 'Active' ? 200 : 401);
});
