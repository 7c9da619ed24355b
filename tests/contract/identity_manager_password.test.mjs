// PUT Password: CONTRACTS.md section 5. A change by oneself proves the current one, a reset by an administrator does not; either
// way everything that the old one has opened is shut.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kNobody, kPassword, startDirectory, table } from '../support/identity_manager.mjs';

const at = 'PUT Password';
let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

let serial = 0;
const fresh = () => {
  serial += 1;
  return `nächtliches Gewitter ${serial}`;
};
const opens = async (user, password) => (await world.authenticate({ ...user, password })).status;
const live = async (session) => (await world.api('GET', 'Role', { as: session })).status === 200;
const refreshes = async ({ token, refreshToken }) => (await world.call('POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token, refreshToken } })).status;

// Sessions of the user, from here and from v1.
async function sessions(user) {
  return { here: await world.enter(user), there: await world.signIn(user.email, user.password), idle: await world.signIn(user.userName, user.password) };
}

async function assertShut({ here, there, idle }) {
  assert.deepEqual([await live(here), await live(there), await live(idle)], [false, false, false], 'the sessions are over');
  for (const path of ['/access', '/api/v1/auth/tokens/current', '/partner/v1/roles']) await world.must(401, 'GET', path, { as: there });
  assert.deepEqual([await refreshes(there), await refreshes(idle)], [401, 401], 'and cannot be refreshed');
}

test('a change by oneself: with the current password, and all other sessions end', async (t) => {
  for (const key of ['userId', 'userName']) {
    await t.test(`named by ${key}`, async () => {
      const [ann, bob] = [await world.clerk(), await world.clerk()];
      const others = await sessions(ann);
      const newPassword = fresh();
      await world.gives(204, 'PUT', 'Password', { as: ann, body: { [key]: ann[key === 'userId' ? 'id' : key], currentPassword: kPassword, newPassword } });
      assert.deepEqual([await opens(ann, kPassword), await opens(ann, newPassword)], [401, 200]);
      await world.must(401, 'POST', '/api/v1/auth/tokens', { body: { account: ann.email, password: kPassword } });
      await world.signIn(ann.email, newPassword);
      await assertShut(others);
      assert.ok(await live(bob), "others' sessions stay");
    });
  }
});

test('a reset by an administrator: without it, and all sessions end', async (t) => {
  for (const [name, as, key] of [['Super Admin', world.admin, 'userId'], ['Administrator', await world.administrator(), 'userName']]) {
    await t.test(`${name}, by ${key}`, async () => {
      const ann = await world.user();
      const all = await sessions(ann);
      const newPassword = fresh();
      await world.gives(204, 'PUT', 'Password', { as, body: { [key]: key === 'userId' ? ann.id : ann.userName.toUpperCase(), newPassword } });
      assert.deepEqual([await opens(ann, kPassword), await opens(ann, newPassword)], [401, 200]);
      await assertShut(all);
      assert.ok(await live(as), "the administrator's session stays");
    });
  }
});

test('what is refused changes nothing: not the password, no session', async (t) => {
  const ann = await world.clerk();
  const bob = await world.clerk();
  const all = await sessions(ann);
  const { id: userId } = ann;
  const self = (name, body, expect, ...fields) => ({ name: `by oneself: ${name}`, at, as: ann, body: { userId, currentPassword: kPassword, ...body }, expect, ...(expect === 400 && { fields }) });
  const reset = (name, body, expect, ...fields) => ({ name: `reset: ${name}`, at, as: world.admin, body: { userId, ...body }, expect, ...(expect === 400 && { fields }) });
  const bad = {
    'of 7': 'k9-Xq2!', 'of 129': `${'aB3$'.repeat(32)}!`, 'empty': '', 'that everybody has': 'iloveyou', 'that is the user name': ann.userName, 'that is the user name in other case': ann.userName.toUpperCase(), 'that is the e-mail': ann.email,
    'that is the old one': kPassword, 'of 7 letters that are more bytes': 'ééééééé', 'a number': 1234567890, 'a list': [fresh()], 'null': null,
  };
  await table(t, world, [
    ...Object.entries(bad).flatMap(([name, newPassword]) => [self(`a password ${name}`, { newPassword }, 400, 'NewPassword'), reset(`a password ${name}`, { newPassword }, 400, 'NewPassword')]),
    self('none at all', {}, 400, 'NewPassword'),
    reset('none at all', {}, 400, 'NewPassword'),
    self('a wrong current one', { currentPassword: 'not my password 1', newPassword: fresh() }, 403),
    self('the current one in other case', { currentPassword: kPassword.toUpperCase(), newPassword: fresh() }, 403),
    self("another's current one", { currentPassword: world.admin.password, newPassword: fresh() }, 403),
    self('no current one', { currentPassword: undefined, newPassword: fresh() }, 400, 'CurrentPassword'),
    self('a current one of null', { currentPassword: null, newPassword: fresh() }, 400, 'CurrentPassword'),
    self('a current one that is a number', { currentPassword: 1, newPassword: fresh() }, 400, 'CurrentPassword'),
    self('neither', { currentPassword: undefined }, 400, 'NewPassword'),
    { name: 'by somebody else, who knows it', at, as: bob, body: { userId, currentPassword: kPassword, newPassword: fresh() }, expect: 403 },
    { name: 'by somebody else, by name', at, as: bob, body: { userName: ann.userName, currentPassword: kPassword, newPassword: fresh() }, expect: 403 },
    { name: 'by somebody else, without it', at, as: bob, body: { userId, newPassword: fresh() }, expect: 403 },
    { name: "by somebody, an administrator's", at, as: bob, body: { userId: world.admin.id, newPassword: fresh() }, expect: 403 },
    { name: "by somebody, nobody's", at, as: bob, body: { userId: kNobody, newPassword: fresh() }, expect: 403 },
    { name: "by somebody, a name that nobody has", at, as: bob, body: { userName: 'nobody.of.this.name', newPassword: fresh() }, expect: 403 },
    { name: 'by nobody', at, as: null, body: { userId, currentPassword: kPassword, newPassword: fresh() }, expect: 401 },
    { name: 'reset: of nobody', at, as: world.admin, body: { userId: kNobody, newPassword: fresh() }, expect: 404 },
    { name: 'reset: of a name that nobody has', at, as: world.admin, body: { userName: 'nobody.of.this.name', newPassword: fresh() }, expect: 404 },
    { name: 'reset: of what is no id', at, as: world.admin, body: { userId: 'ann', newPassword: fresh() }, expect: 400, fields: ['UserId'] },
    { name: 'reset: of nobody named', at, as: world.admin, body: { newPassword: fresh() }, expect: 400 },
    { name: 'reset: of two at once', at, as: world.admin, body: { userId, userName: bob.userName, newPassword: fresh() }, expect: 400 },
  ]);
  assert.equal(await opens(ann, kPassword), 200);
  assert.deepEqual([await live(ann), await live(bob), await live(all.here), await live(all.there)], [true, true, true, true]);
  assert.equal(await refreshes(all.idle), 201);
});

test('members in any case, and both names of one user', async () => {
  const ann = await world.clerk();
  const newPassword = fresh();
  await world.gives(204, 'PUT', 'Password', { as: ann, body: { USERID: ann.id, Username: ann.userName, CURRENTPASSWORD: kPassword, newpassword: newPassword } });
  assert.equal(await opens(ann, newPassword), 200);
});

test('an administrator proves its own, too', async () => {
  const as = await world.administrator();
  const body = { userId: as.id, newPassword: fresh() };
  await world.gives(400, 'PUT', 'Password', { as, body });
  await world.gives(403, 'PUT', 'Password', { as, body: { ...body, currentPassword: 'not my password 1' } });
  await world.gives(204, 'PUT', 'Password', { as, body: { ...body, currentPassword: kPassword } });
  assert.equal(await opens(as, body.newPassword), 200);
});

test('a user who never had one gets one; one who is inactive stays so', async () => {
  const fred = await world.account('fred');
  const newPassword = fresh();
  await world.gives(204, 'PUT', 'Password', { as: world.admin, body: { userId: fred.id, newPassword } });
  assert.equal(await opens(fred, newPassword), 200);
  const ann = await world.user();
  await world.gives(200, 'PUT', 'UserStatus', { as: world.admin, body: { userId: ann.id, status: 'Inactive' } });
  await world.gives(204, 'PUT', 'Password', { as: world.admin, body: { userId: ann.id, newPassword } });
  assert.equal(await opens(ann, newPassword), 401);
  assert.equal((await world.shown(ann)).status, 'Inactive');
  await world.gives(200, 'PUT', 'UserStatus', { as: world.admin, body: { userId: ann.id, status: 'Active' } });
  assert.equal(await opens(ann, newPassword), 200);
});

test('of two changes at once that prove the same password, one wins', async () => {
  const ann = await world.clerk();
  const [one, two] = [await world.enter(ann), await world.enter(ann)];
  const wanted = [fresh(), fresh()];
  const answers = await Promise.all([one, two].map((as, i) => world.api('PUT', 'Password', { as, body: { userId: ann.id, currentPassword: kPassword, newPassword: wanted[i] } })));
  assert.equal(answers.filter(({ status }) => status === 204).length, 1, answers.map(({ status }) => status).join());
  assert.ok(answers.every(({ status }) => [204, 401, 403].includes(status)));
  const winner = answers.findIndex(({ status }) => status === 204);
  assert.deepEqual([await opens(ann, wanted[winner]), await opens(ann, wanted[1 - winner])], [200, 401]);
});
