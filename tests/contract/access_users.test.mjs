// The users of an organization and their roles: CONTRACTS.md section 2.2, the rows GET /access, /access/add, /access/roles and
// /access/edit; A1, A2, A4 to A7, A19, A20; the ceiling, the last editor, and effect at once on every surface.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertSameText, kNobody, kUserRoles, rolesOf, sorted, startAccess, table } from '../support/access.mjs';

let world;
before(async () => { world = await startAccess(); });
after(async () => { await world?.stop(); });

const kApplication = ['ORDERS_VIEW', 'ORDERS_EDIT', 'REPORTS_VIEW'];
const kHeavy = ['Super Admin', 'Distributor Admin', 'Seller Admin', 'Administrator'];
const row = async (as, user) => (await world.list('/access', as)).find(({ id }) => id === user.id);
const rolesAt = async (as, user) => sorted((await row(as, user)).roles);

test('the list shows the caller first, then everybody by e-mail, each with roles and nothing else', async () => {
  const company = await world.company('Ordered');
  const people = [];
  for (const stem of ['Zed', 'Abe', 'Mia']) people.push(await world.hire(company, ['USER_VIEW', 'ORDERS_VIEW'], stem));
  for (const as of [company.boss, ...people]) {
    const list = await world.list('/access', as);
    assert.ok(Array.isArray(list), 'a bare array');
    const others = [company.boss, ...people].filter(({ id }) => id !== as.id).map(({ email }) => email).sort();
    assert.deepEqual(list.map(({ email }) => email), [as.email, ...others]);
    assert.deepEqual(list.map(({ you }) => you), [true, false, false, false]);
    for (const item of list) assert.deepEqual(sorted(Object.keys(item)), ['can_edit', 'email', 'id', 'roles', 'you']);
  }
  assert.deepEqual(await rolesAt(company.boss, people[0]), ['ORDERS_VIEW', 'USER_VIEW']);
  assert.deepEqual(await rolesAt(company.boss, company.boss), ['admin']);
});

test('the list leaves internal administrators and API tokens out, even for themselves, and nobody may edit them', async () => {
  const { orgId, name } = await world.organization();
  const boss = await world.person('Boss', { signIn: false });
  await world.member({ orgId }, boss, 'admin');
  await world.renew(boss);
  const { id } = await world.done('/access/add-api-token', boss, { name: 'a program' });
  assert.deepEqual((await world.list('/access', boss)).map((user) => user.id), [boss.id]);
  await world.switchTo(world.admin, { name });
  const seen = await world.list('/access', world.admin);
  assert.deepEqual(seen.map((user) => [user.id, user.you]), [[boss.id, false]]);
  const company = { orgId, name, boss };
  await world.unchanged([company], async () => {
    await world.refused([400, 403], '/access/edit', boss, { user_id: world.admin.id, remove: ['admin'] });
    await world.refused([400, 403], '/access/edit', boss, { user_id: world.admin.id, add: ['USER_VIEW'] });
    await world.refused([400, 403], '/access/delete', boss, { user_id: world.admin.id });
    await world.refused([400, 403], '/access/edit', boss, { user_id: id, add: ['USER_VIEW'] });
  });
});

test('can_edit: USER_EDIT and access to every role of the target, implied ones included; an edit agrees with it', async (t) => {
  const company = await world.company('Editors');
  const targets = {};
  for (const roles of [[], ['USER_VIEW'], ['USER_EDIT'], ['USER_ADD'], ['USER_EDIT', 'USER_ADD'], ['ORDERS_VIEW'], ['ORDERS_EDIT'], ['viewer'], ['Customer Admin'], ['admin']]) {
    const user = await world.account('target');
    await world.done('/access/add', company.boss, { email: user.email });
    if (roles.length > 0) await world.give(company, user, roles);
    targets[roles.join('+') || 'no roles'] = user;
  }
  const all = Object.keys(targets);
  const editable = {
    'USER_EDIT': ['no roles', 'USER_VIEW', 'USER_EDIT'],
    'USER_EDIT+ORDERS_EDIT': ['no roles', 'USER_VIEW', 'USER_EDIT', 'ORDERS_VIEW', 'ORDERS_EDIT'],
    'USER_EDIT+USER_ADD': ['no roles', 'USER_VIEW', 'USER_EDIT', 'USER_ADD', 'USER_EDIT+USER_ADD'],
    'Customer Admin': ['no roles', 'USER_VIEW', 'USER_EDIT', 'USER_ADD', 'USER_EDIT+USER_ADD', 'Customer Admin'],
    'admin': all,
    'USER_VIEW': [],
    'USER_ADD': [],
    'USER_DELETE': [],
    'viewer': [],
  };
  for (const [roles, may] of Object.entries(editable)) {
    await t.test(roles, async () => {
      const as = await world.hire(company, roles.split('+'));
      const list = await world.list('/access', as);
      const shown = all.filter((name) => list.find(({ id }) => id === targets[name].id).can_edit);
      assert.deepEqual(shown, may);
      assert.equal(list[0].can_edit, may.length > 0, 'the own row follows the same test');
      if (may.length === 0) return;
      // Removing a role that nobody holds: the edit itself changes nothing.
      for (const name of all.filter((other) => other !== 'USER_VIEW')) {
        const answer = await world.ask('POST', '/access/edit', { as, body: { user_id: targets[name].id, remove: ['USER_VIEW'] } });
        assert.equal(answer.status, may.includes(name) ? 200 : 403, `${name}: ${answer.text}`);
      }
    });
  }
});

test('roles are grouped by category, and only those that the caller has access to', async (t) => {
  const company = await world.company('Roles');
  const expected = {
    'USER_VIEW': { USER: ['USER_VIEW'] },
    'USER_EDIT': { USER: ['USER_EDIT', 'USER_VIEW'] },
    'USER_DELETE': { USER: ['USER_DELETE', 'USER_VIEW'] },
    'USER_ADD+USER_EDIT+ORDERS_VIEW': { USER: ['USER_ADD', 'USER_EDIT', 'USER_VIEW'], ORDERS: ['ORDERS_VIEW'] },
    'USER_VIEW+ORDERS_EDIT+REPORTS_VIEW': { USER: ['USER_VIEW'], ORDERS: ['ORDERS_EDIT', 'ORDERS_VIEW'], REPORTS: ['REPORTS_VIEW'] },
  };
  for (const [roles, want] of Object.entries(expected)) {
    await t.test(roles, async () => {
      const shown = await world.list('/access/roles', await world.hire(company, roles.split('+')));
      assert.deepEqual(rolesOf(shown), want);
      for (const entry of Object.values(shown)) {
        assert.deepEqual(sorted(Object.keys(entry)), ['description', 'roles']);
        assert.equal(typeof entry.description, 'string');
        for (const role of entry.roles) {
          assert.deepEqual(sorted(Object.keys(role)), ['description', 'name']);
          assert.equal(typeof role.description, 'string');
        }
      }
    });
  }
  const { PLATFORM, ...rest } = rolesOf(await world.list('/access/roles', company.boss));
  assert.deepEqual(rest, { USER: sorted(kUserRoles), ORDERS: ['ORDERS_EDIT', 'ORDERS_VIEW'], REPORTS: ['REPORTS_VIEW'], ORGANIZATION: ['admin', 'operator', 'viewer'] });
  assert.ok(PLATFORM.includes('Customer Admin'));
  for (const name of kHeavy) assert.ok(!PLATFORM.includes(name), `an admin has no access to ${name}`);
});

test('what /access/roles offers can be given, and nothing else can', async (t) => {
  const company = await world.company('Offers');
  const everything = [...kUserRoles, ...kApplication, 'viewer', 'operator', 'admin', 'Customer Admin', 'Customer', 'Support Agent', 'Account Manager', ...kHeavy];
  for (const roles of [['USER_EDIT'], ['Customer Admin'], ['USER_EDIT', 'ORDERS_VIEW'], ['admin']]) {
    await t.test(roles.join('+'), async () => {
      const as = await world.hire(company, roles);
      const offered = Object.values(rolesOf(await world.list('/access/roles', as))).flat();
      for (const name of everything) {
        const target = await world.account('target');
        await world.done('/access/add', company.boss, { email: target.email });
        const answer = await world.ask('POST', '/access/edit', { as, body: { user_id: target.id, add: [name] } });
        assert.equal(answer.status, offered.includes(name) ? 200 : 403, `${name}: ${answer.text}`);
        assert.deepEqual(await rolesAt(company.boss, target), answer.status === 200 ? [name] : []);
      }
    });
  }
});

test('add: an existing account, without roles and without an account being made', async (t) => {
  const company = await world.company('Adders');
  const other = await world.company('Elsewhere');
  const [ann, bob] = [await world.account('ann'), await world.account('bob')];
  const at = 'POST /access/add';
  const as = company.boss;
  await table(t, world, [
    { name: 'by e-mail', at, as, body: { email: ann.email }, expect: 200, data: { id: ann.id, email: ann.email, roles: [] } },
    { name: 'by e-mail in other case, and a member nobody knows', at, as, body: { email: bob.email.toUpperCase(), roles: ['admin'] }, expect: 200, data: { id: bob.id, email: bob.email, roles: [] } },
    { name: 'the admin of another organization', at, as, body: { email: other.boss.email }, expect: 200, data: { id: other.boss.id, roles: [] } },
  ]);
  assert.deepEqual((await world.list('/access', as)).map(({ id }) => id).sort(), [ann, bob, other.boss, as].map(({ id }) => id).sort());
  assert.deepEqual([await rolesAt(as, ann), await rolesAt(as, bob), await rolesAt(as, other.boss)], [[], [], []]);
  await world.unchanged([company], () => table(t, world, [
    { name: 'already a member', at, as, body: { email: ann.email }, expect: 400 },
    { name: 'already a member, in other case', at, as, body: { email: ann.email.toUpperCase() }, expect: 400 },
    { name: 'oneself', at, as, body: { email: as.email }, expect: 400 },
    { name: 'an e-mail that nobody has', at, as, body: { email: 'nobody.at.all@example.org' }, expect: 400 },
    { name: 'a user name', at, as, body: { email: as.userName }, expect: 400 },
    { name: 'no e-mail at all', at, as, body: { email: 'ann' }, expect: 400 },
    { name: 'an id', at, as, body: { user_id: ann.id }, expect: 400 },
  ]));
});

test('add: exactly one of many at once makes the membership', async () => {
  const company = await world.company('Rush');
  const ann = await world.account('ann');
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask('POST', '/access/add', { as: company.boss, body: { email: ann.email } })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(9).fill(400)]);
  assert.equal((await world.list('/access', company.boss)).length, 2);
});

test('edit: gives and takes at once, or not at all', async (t) => {
  const company = await world.company('Edits');
  const other = await world.company('Others');
  const as = company.boss;
  const [ann, editor] = [await world.hire(company), await world.hire(company, ['USER_EDIT'])];
  const at = 'POST /access/edit';
  const roles = (...names) => ({ expect: 200, data: { id: ann.id, roles: (list) => assert.deepEqual(sorted(list), sorted(names)) === undefined } });
  const edit = (add, remove) => ({ at, as, body: { user_id: ann.id, add, remove } });
  await table(t, world, [
    { name: 'gives', ...edit(['USER_VIEW', 'ORDERS_EDIT']), ...roles('ORDERS_EDIT', 'USER_VIEW') },
    { name: 'takes', ...edit(undefined, ['USER_VIEW']), ...roles('ORDERS_EDIT') },
    { name: 'both', ...edit(['USER_VIEW', 'REPORTS_VIEW'], ['ORDERS_EDIT']), ...roles('REPORTS_VIEW', 'USER_VIEW') },
    { name: 'an empty list beside a full one', ...edit([], ['REPORTS_VIEW']), ...roles('USER_VIEW') },
    { name: 'gives what is held', ...edit(['USER_VIEW']), ...roles('USER_VIEW') },
    { name: 'takes what is not held', ...edit([], ['USER_DELETE', 'ORDERS_EDIT']), ...roles('USER_VIEW') },
  ]);
  assert.deepEqual(await rolesAt(as, ann), ['USER_VIEW']);
  const many = Array.from({ length: 101 }, (_, i) => `NAME_${i}`);
  const asEditor = (body) => ({ at, as: editor, body: { user_id: ann.id, ...body } });
  await world.unchanged([company, other], () => table(t, world, [
    { name: 'an unknown role', ...edit(['NO_SUCH_ROLE']), expect: 400 },
    { name: 'an unknown role to take', ...edit([], ['NO_SUCH_ROLE']), expect: 400 },
    { name: 'a good one before an unknown one', ...edit(['USER_ADD', 'NO_SUCH_ROLE']), expect: 400 },
    { name: 'a good one to take beside an unknown one', ...edit(['NO_SUCH_ROLE'], ['USER_VIEW']), expect: 400 },
    { name: 'a good one before one out of reach', ...edit(['USER_ADD', 'Super Admin']), expect: 403 },
    { name: 'one in both lists', ...edit(['USER_ADD'], ['USER_ADD']), expect: 400 },
    { name: 'two empty lists', ...edit([], []), expect: 400 },
    { name: 'no list', ...edit(), expect: 400 },
    { name: '101 names', ...edit(many), expect: 400 },
    { name: '101 times the same name', ...edit(Array(101).fill('USER_ADD')), expect: 400 },
    { name: '101 names to take', ...edit([], many), expect: 400 },
    { name: 'no user', at, as, body: { add: ['USER_VIEW'] }, expect: 400 },
    { name: 'an editor gives what it does not hold', ...asEditor({ add: ['USER_ADD'] }), expect: 403 },
    { name: 'an editor gives a role of the application', ...asEditor({ add: ['ORDERS_VIEW'] }), expect: 403 },
    { name: 'an editor takes what it does not hold, and nobody has', ...asEditor({ remove: ['ORDERS_VIEW'] }), expect: 403 },
    { name: 'an editor gives one of its own with one that is not', ...asEditor({ add: ['USER_EDIT', 'admin'] }), expect: 403 },
    { name: 'an editor helps itself', at, as: editor, body: { user_id: editor.id, add: ['USER_ADD'] }, expect: 403 },
    { name: 'an editor touches its admin', at, as: editor, body: { user_id: as.id, add: ['USER_VIEW'] }, expect: 403 },
    { name: 'an editor demotes its admin', at, as: editor, body: { user_id: as.id, remove: ['admin'] }, expect: 403 },
  ]));
  const unknown = await world.refused(400, '/access/edit', as, { user_id: kNobody, add: ['USER_VIEW'] });
  const foreign = await world.refused(400, '/access/edit', as, { user_id: other.boss.id, add: ['USER_VIEW'] });
  assertSameText(unknown, foreign, kNobody, other.boss.id);
  await world.done('/access/edit', editor, { user_id: ann.id, add: ['USER_EDIT'], remove: ['USER_VIEW'] });
  assert.deepEqual(await rolesAt(as, ann), ['USER_EDIT']);
});

test('a role works on the very next request, and so does its loss: here, on v1 and in decisions', async () => {
  const company = await world.company('Now');
  const ann = await world.hire(company);
  const users = `/api/v1/orgs/${company.orgId}/users`;
  const may = async () => [
    (await world.ask('GET', '/access', { as: ann })).status,
    (await world.call('GET', users, { as: ann })).status,
    (await world.decide(ann, ann, 'users.view', company)).decision,
    (await world.decide(company.boss, ann, 'orders.edit', company)).decision,
  ];
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual(await may(), [403, 403, false, false]);
    await world.give(company, ann, ['USER_VIEW', 'ORDERS_EDIT']);
    assert.deepEqual(await may(), [200, 200, true, true]);
    await world.give(company, ann, [], ['USER_VIEW', 'ORDERS_EDIT']);
  }
});

test('an organization never loses its last user who can edit roles', async () => {
  const company = await world.company('Last');
  const { boss } = company;
  const off = await world.hire(company, ['USER_VIEW', 'USER_ADD', 'USER_DELETE']);
  await world.switchTo(world.admin, company);
  await world.unchanged([company], async () => {
    await world.refused(400, '/access/edit', boss, { user_id: boss.id, remove: ['admin'] });
    await world.refused(400, '/access/edit', boss, { user_id: boss.id, add: ['USER_VIEW'], remove: ['admin'] });
    await world.refused(400, '/access/edit', world.admin, { user_id: boss.id, remove: ['admin'] });
    await world.refused(400, '/access/delete', world.admin, { user_id: boss.id });
    await world.refused(403, '/access/delete', off, { user_id: boss.id });
  });
  const heir = await world.hire(company, ['admin']);
  const answers = await Promise.all([[heir, boss], [boss, heir]].map(([as, user]) => world.ask('POST', '/access/edit', { as, body: { user_id: user.id, remove: ['admin'] } })));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1, 'of two who demote each other at once, one succeeds');
  await world.refused(400, '/access/edit', world.admin, { user_id: answers[0].status === 200 ? heir.id : boss.id, remove: ['admin'] });
});
