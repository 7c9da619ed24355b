// The last administrator stays: not removed, not switched off, not demoted, not by one request and not by sixteen at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesOf, kPassword, startDirectory, table } from '../support/identity_manager.mjs';
import { admin } from '../support/gatehouse.mjs';

const kRounds = 5;

// What takes an administrator's power away.
const kinds = (world) => ({
  demote: (as, { id }) => world.api('DELETE', 'UserRole', { as, query: { userId: id, roleId: world.roles['Super Admin'] } }),
  'switch off': (as, { id }) => world.api('PUT', 'UserStatus', { as, body: { userId: id, status: 'Inactive' } }),
  remove: (as, { id }) => world.api('DELETE', 'User', { as, query: { userId: id } }),
});

// Signs in afresh and acts as an administrator only can; false when that is refused.
async function acts(world, { userName, password }) {
  const { status, json } = await world.authenticate({ userName, password });
  if (status === 401) return false;
  assert.equal(status, 200);
  const { token: as } = json;
  if (!json.roles.some(({ name }) => name === 'Super Admin')) return false;
  const { headers } = await world.api('GET', 'User', { as });
  assert.ok(Number(headers['x-total-count']) > 0);
  await world.gives(201, 'POST', 'User', { as, body: world.profile() });
  const probe = await world.user({}, as);
  await world.gives(201, 'POST', 'UserRole', { as, body: { userId: probe.id, roleId: world.roles['Super Admin'] } });
  await world.gives(204, 'DELETE', 'User', { as, query: { userId: probe.id } });
  return true;
}

test('one who is alone stays', async (t) => {
  const world = await startDirectory();
  t.after(() => world.stop());
  const as = world.admin;
  const { id: userId } = as;
  const superAdmin = world.roles['Super Admin'];
  const asleep = await world.user({ roleIds: [superAdmin] });
  const alone = (name) => [
    { name: `${name}: demoted`, at: 'DELETE UserRole', as, query: { userId, roleId: superAdmin }, expect: 409 },
    { name: `${name}: switched off`, at: 'PUT UserStatus', as, body: { userId, status: 'Inactive' }, expect: 409 },
    { name: `${name}: removed`, at: 'DELETE User', as, query: { userId }, expect: 409 },
  ];
  await world.gives(200, 'PUT', 'UserStatus', { as, body: { userId: asleep.id, status: 'Inactive' } });
  await world.untouched(() => table(t, world, alone('beside one who is inactive')));
  await world.gives(204, 'DELETE', 'User', { as, query: { userId: asleep.id } });
  await world.untouched(() => table(t, world, alone('beside nobody')));
  await world.administrator();
  await world.untouched(() => table(t, world, alone('beside an Administrator, who could make no Super Admin')));
  const v1 = (method, body) => world.call(method, `/api/v1/users/${userId}`, { as, body });
  assert.ok([403, 409].includes((await v1('DELETE')).status), 'nor by v1');
  assert.ok([400, 403, 409].includes((await v1('PATCH', { status: 'inactive' })).status));
  assert.ok(await acts(world, { userName: admin.email, password: admin.password }));
});

test('beside another, an administrator may be demoted, switched off or removed', async (t) => {
  const world = await startDirectory();
  t.after(() => world.stop());
  for (const [name, take] of Object.entries(kinds(world))) {
    const second = await world.administrator('Super Admin');
    const answer = await take(world.admin, second);
    assert.ok([200, 204].includes(answer.status), `${name}: ${answer.text}`);
    assert.ok(!(await acts(world, second)), name);
    assert.equal((await take(world.admin, world.admin)).status, 409, `${name}: and now the other is the last`);
  }
  const heir = await world.administrator('Super Admin');
  await world.gives(204, 'DELETE', 'UserRole', { as: world.admin, query: { userId: world.admin.id, roleId: world.roles['Super Admin'] } });
  assert.equal((await world.api('DELETE', 'UserRole', { as: heir, query: { userId: heir.id, roleId: world.roles['Super Admin'] } })).status, 409);
  assert.ok(await acts(world, heir));
});

test('two administrators, and sixteen requests of all kinds at once against both: one is left, and acts', async (t) => {
  const world = await startDirectory();
  t.after(() => world.stop());
  const ways = Object.values(kinds(world));
  let first = { ...world.admin, userName: admin.email, password: admin.password };
  for (let round = 0; round < kRounds; round += 1) {
    const second = await world.user({ roleIds: [world.roles['Super Admin']] }, first);
    Object.assign(second, await world.enter(second));
    const pair = [first, second];
    // Mostly each against the other, and some against themselves; every kind, and in another order each round.
    const requests = Array.from({ length: 16 }, (_, i) => {
      const who = (i + round) % 2;
      const whom = i % 5 === 4 ? who : 1 - who;
      return () => ways[(i + round) % ways.length](pair[who], pair[whom]);
    });
    const answers = await Promise.all(requests.map((send) => send()));
    const said = `round ${round}: ${codesOf(answers).join()}`;
    assert.ok(answers.every(({ status }) => [200, 204, 401, 403, 404, 409].includes(status)), said);
    assert.ok(answers.some(({ status }) => [200, 204].includes(status)), `somebody is the first: ${said}`);
    const left = [];
    for (const one of pair) if (await acts(world, one)) left.push(one);
    assert.equal(left.length, 1, said);
    [first] = left;
    Object.assign(first, await world.enter(first));
    world.admin = first;
  }
  const gone = await world.user({ password: kPassword });
  assert.equal((await world.authenticate(gone)).status, 200, 'and the house goes on');
});
