// POST /access/delete: CONTRACTS.md section 2.2 and A3. Who may be removed, by whom, and what is gone with the membership.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertSameText, kNobody, startAccess, table } from '../support/access.mjs';

const at = 'POST /access/delete';
let world;
before(async () => { world = await startAccess(); });
after(async () => { await world?.stop(); });

const idsOf = async (as) => (await world.list('/access', as)).map(({ id }) => id);

test('by id or by e-mail, exactly one of them, and never oneself', async (t) => {
  const company = await world.company('Removes');
  const other = await world.company('Elsewhere');
  const as = company.boss;
  const [one, two, three] = [await world.account('one'), await world.account('two'), await world.account('three')];
  for (const user of [one, two, three]) await world.done('/access/add', as, { email: user.email });
  await world.unchanged([company, other], () => table(t, world, [
    { name: 'both', at, as, body: { user_id: one.id, email: one.email }, expect: 400 },
    { name: 'both, of different people', at, as, body: { user_id: one.id, email: two.email }, expect: 400 },
    { name: 'neither', at, as, body: {}, expect: 400 },
    { name: 'neither, but nulls', at, as, body: { user_id: null, email: null }, expect: 400 },
    { name: 'oneself by id', at, as, body: { user_id: as.id }, expect: 400 },
    { name: 'oneself by e-mail', at, as, body: { email: as.email }, expect: 400 },
    { name: 'an id that nobody has', at, as, body: { user_id: kNobody }, expect: 400 },
    { name: 'no id', at, as, body: { user_id: 'one' }, expect: 400 },
    { name: 'an e-mail that nobody has', at, as, body: { email: 'nobody.at.all@example.org' }, expect: 400 },
    { name: 'somebody of another organization', at, as, body: { user_id: other.boss.id }, expect: 400 },
    { name: 'the own organization', at, as, body: { user_id: company.orgId }, expect: 400 },
  ]));
  assertSameText(await world.refused(400, '/access/delete', as, { user_id: kNobody }), await world.refused(400, '/access/delete', as, { user_id: other.boss.id }), kNobody, other.boss.id);
  const nobody = 'nobody.at.all@example.org';
  assertSameText(await world.refused(400, '/access/delete', as, { email: nobody }), await world.refused(400, '/access/delete', as, { email: other.boss.email }), nobody, other.boss.email);
  await table(t, world, [
    { name: 'by id', at, as, body: { user_id: one.id }, expect: 200 },
    { name: 'by e-mail in other case', at, as, body: { email: two.email.toUpperCase() }, expect: 200 },
    { name: 'by id, beside an e-mail of null', at, as, body: { user_id: three.id, email: null }, expect: [200, 400] },
    { name: 'once more', at, as, body: { user_id: one.id }, expect: 400 },
  ]);
  const left = await idsOf(as);
  assert.ok(!left.includes(one.id) && !left.includes(two.id));
});

test('nobody removes whose roles it has no access to', async (t) => {
  const company = await world.company('Ranks');
  const as = await world.hire(company, ['USER_DELETE']);
  const member = async (...roles) => {
    const user = await world.account('target');
    await world.done('/access/add', company.boss, { email: user.email });
    if (roles.length > 0) await world.give(company, user, roles);
    return { user_id: user.id };
  };
  const token = async (roles) => ({ user_id: (await world.done('/access/add-api-token', company.boss, { roles })).id });
  const [admin, adder, orders, both] = [await member('admin'), await member('USER_ADD'), await member('ORDERS_VIEW'), await member('USER_VIEW', 'ORDERS_VIEW')];
  const strong = await token(['USER_ADD']);
  await world.unchanged([company], () => table(t, world, [
    { name: 'an admin', at, as, body: admin, expect: 403 },
    { name: 'the one who made the organization', at, as, body: { user_id: company.boss.id }, expect: 403 },
    { name: 'somebody with a role of equal weight but other permissions', at, as, body: adder, expect: 403 },
    { name: 'somebody with a light role of the application', at, as, body: orders, expect: 403 },
    { name: 'somebody with one role of many out of reach', at, as, body: both, expect: 403 },
    { name: 'an API token with a role out of reach', at, as, body: strong, expect: 403 },
  ]));
  await table(t, world, [
    { name: 'somebody without roles', at, as, body: await member(), expect: 200 },
    { name: 'somebody with an implied role', at, as, body: await member('USER_VIEW'), expect: 200 },
    { name: 'an equal', at, as, body: await member('USER_DELETE'), expect: 200 },
    { name: 'an API token with an implied role', at, as, body: await token(['USER_VIEW']), expect: 200 },
    { name: 'an admin, by an admin', at, as: company.boss, body: admin, expect: 200 },
  ]);
});

test('who is removed has lost everything there on the very next request, on every surface', async () => {
  const company = await world.company('Leaves');
  const ann = await world.hire(company, ['USER_VIEW', 'ORDERS_VIEW']);
  const path = `/api/v1/orgs/${company.orgId}`;
  const statuses = async () => [(await world.ask('GET', '/access', { as: ann })).status, (await world.call('GET', path, { as: ann })).status];
  assert.deepEqual(await statuses(), [200, 200]);
  assert.equal((await world.decide(ann, ann, 'orders.view', company)).decision, true);
  await world.done('/access/delete', company.boss, { user_id: ann.id });
  assert.deepEqual(await statuses(), [403, 404]);
  for (const as of [ann, company.boss]) assert.equal((await world.decide(as, ann, 'orders.view', company)).decision, false);
  const current = await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: ann });
  assert.notEqual(current.activeOrgId, company.orgId, 'the active context is reset');
  await world.refused(400, '/access/switch-company', ann, { company: company.name });
  await world.renew(ann);
  assert.equal((await world.must(200, 'GET', `/api/v1/users/${ann.id}`, { as: ann })).userId, ann.id, 'the account stays');
});

test('who is removed does not fall back into the organization with another one in reach', async () => {
  const [company, home] = [await world.company('First'), await world.company('Second')];
  const ann = await world.hire(company, ['USER_VIEW']);
  await world.done('/access/add', home.boss, { email: ann.email });
  await world.done('/access/delete', company.boss, { user_id: ann.id });
  const answer = await world.ask('GET', '/access', { as: ann });
  assert.equal(answer.status, 403, 'in the other organization it holds no role');
  await world.give(home, ann, ['USER_VIEW']);
  await world.switchTo(ann, home);
  assert.ok((await idsOf(ann)).includes(home.boss.id));
});

test('who comes back comes back without roles', async () => {
  const company = await world.company('Again');
  const ann = await world.hire(company, ['USER_EDIT', 'ORDERS_EDIT']);
  await world.done('/access/delete', company.boss, { email: ann.email });
  assert.deepEqual((await world.done('/access/add', company.boss, { email: ann.email })).roles, []);
  const found = (await world.list('/access', company.boss)).find(({ id }) => id === ann.id);
  assert.deepEqual(found.roles, []);
  await world.switchTo(ann, company);
  await world.refused(403, '/access/edit', ann, { user_id: company.boss.id, add: ['USER_VIEW'] });
});

test('the id of an API token revokes it', async () => {
  const company = await world.company('Tokens');
  const { id, token } = await world.done('/access/add-api-token', company.boss, {});
  await world.list('/access', token);
  await world.done('/access/delete', company.boss, { user_id: id });
  assert.equal((await world.ask('GET', '/access', { as: token })).status, 401);
  assert.deepEqual(await world.list('/access/api-tokens', company.boss), []);
  await world.refused(400, '/access/delete', company.boss, { user_id: id });
  const other = await world.company('Others');
  const foreign = await world.done('/access/add-api-token', other.boss, {});
  assertSameText(await world.refused(400, '/access/delete', company.boss, { user_id: foreign.id }), await world.refused(400, '/access/delete', company.boss, { user_id: kNobody }), foreign.id, kNobody);
  await world.list('/access', foreign.token);
});

test('of many removals of one member at once, one succeeds', async () => {
  const company = await world.company('Rush');
  const ann = await world.account('ann');
  await world.done('/access/add', company.boss, { email: ann.email });
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask('POST', '/access/delete', { as: company.boss, body: { user_id: ann.id } })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(9).fill(400)]);
});
