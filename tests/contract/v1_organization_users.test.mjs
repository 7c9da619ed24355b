// The users of an organization: CONTRACTS.md section 3, the rows /orgs/{orgId}/users …, and the rules behind them:
// grants flow down, the ceiling, isolation, the last admin.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kTime, startWorld, table } from '../support/v1.mjs';

const kNobody = '01920000-0000-7000-8000-000000000000';
let world;
before(async () => { world = await startWorld(); });
after(async () => { await world?.stop(); });

const users = (organization, user) => `/api/v1/orgs/${organization.orgId ?? organization}/users${user ? `/${user.id ?? user}` : ''}`;

test('add: one object or an array, all or nothing, every refusal', async (t) => {
  const ann = await world.person('Ann');
  const viewer = await world.person('Viewer');
  const operator = await world.person('Operator');
  const eve = await world.person('Eve');
  const people = await Promise.all(Array.from({ length: 9 }, (_, i) => world.person(`New${i}`, { signIn: false })));
  const organization = await world.organization({ as: ann });
  const below = await world.organization({ as: ann, parent: organization });
  await world.member(organization, viewer, 'viewer', ann);
  await world.member(organization, operator, 'operator', ann);
  const at = `POST ${users(organization)}`;
  const entry = (i, orgRole) => ({ userId: people[i].id, orgRole });
  const shown = (i, orgRole) => ({ orgId: organization.orgId, userId: people[i].id, userName: people[i].userName, email: people[i].email, orgRole, createdAt: kTime });
  await table(t, world, [
    { name: 'a viewer', at, as: ann, body: entry(0, 'viewer'), expect: 201, has: shown(0, 'viewer'), then: (answer) => assert.ok(!Array.isArray(answer.json)) },
    { name: 'an operator', at, as: ann, body: entry(1, 'operator'), expect: 201, has: shown(1, 'operator') },
    { name: 'an admin', at, as: ann, body: entry(2, 'admin'), expect: 201, has: shown(2, 'admin') },
    { name: 'the member may be called role', at, as: ann, body: { userId: people[3].id, role: 'viewer' }, expect: 201, has: shown(3, 'viewer') },
    { name: 'an array, answered in its order', at, as: ann, body: [entry(5, 'viewer'), entry(4, 'admin')], expect: 201, has: [shown(5, 'viewer'), shown(4, 'admin')] },
    { name: 'an array of one stays an array', at, as: ann, body: [entry(6, 'viewer')], expect: 201, has: [shown(6, 'viewer')] },
    { name: 'already a member', at, as: ann, body: entry(0, 'admin'), expect: 409 },
    { name: 'a batch with one member already in', at, as: ann, body: [entry(7, 'viewer'), entry(0, 'viewer')], expect: 409 },
    { name: 'a batch with one unknown', at, as: ann, body: [entry(7, 'viewer'), { userId: kNobody, orgRole: 'viewer' }], expect: 404 },
    { name: 'a batch with one bad role', at, as: ann, body: [entry(7, 'viewer'), entry(8, 'emperor')], expect: 400, then: (answer) => assert.match(answer.text, /\[1\]\.(orgRole|role)/) },
    { name: 'a batch that names one twice', at, as: ann, body: [entry(7, 'viewer'), entry(7, 'viewer')], expect: [400, 409] },
    { name: 'nobody of the rejected batches is in', at: `GET ${users(organization, people[7])}`, as: ann, expect: 404 },
    { name: 'an empty array', at, as: ann, body: [], expect: 400 },
    { name: '101 entries', at, as: ann, body: Array.from({ length: 101 }, () => ({ userId: kNobody, orgRole: 'viewer' })), expect: 400 },
    { name: 'user missing', at, as: ann, body: { orgRole: 'viewer' }, expect: 400, fields: ['userId'] },
    { name: 'user no GUID', at, as: ann, body: { userId: 'ann', orgRole: 'viewer' }, expect: 400, fields: ['userId'] },
    { name: 'role unknown', at, as: ann, body: entry(7, 'Emperor'), expect: 400, fields: ['orgRole'] },
    { name: 'role empty', at, as: ann, body: entry(7, ''), expect: 400, fields: ['orgRole'] },
    { name: 'role a number', at, as: ann, body: entry(7, 3), expect: 400, fields: ['orgRole'] },
    { name: "a role of the catalogue that is none of the organization's three", at, as: ann, body: entry(7, 'Super Admin'), expect: 400 },
    { name: 'a string', at, as: ann, body: 'viewer', expect: 400 },
    { name: 'an array of strings', at, as: ann, body: [people[7].id], expect: 400 },
    { name: 'user unknown', at, as: ann, body: { userId: kNobody, orgRole: 'viewer' }, expect: 404 },
    { name: 'organization unknown', at: `POST ${users(kNobody)}`, as: ann, body: entry(7, 'viewer'), expect: 404, code: 'Org.NotFound' },
    { name: 'a viewer adds', at, as: viewer, body: entry(7, 'viewer'), expect: 403 },
    { name: 'an operator adds', at, as: operator, body: entry(7, 'viewer'), expect: 403 },
    { name: 'a stranger adds', at, as: eve, body: entry(7, 'viewer'), expect: 404, code: 'Org.NotFound' },
    { name: 'nobody adds', at, body: entry(7, 'viewer'), expect: 401 },
    { name: 'below: an admin who is not admin of the parent', at: `POST ${users(below)}`, as: ann, body: entry(7, 'admin'), expect: 403 },
    { name: 'below: a batch with such an admin', at: `POST ${users(below)}`, as: ann, body: [entry(8, 'viewer'), entry(7, 'admin')], expect: 403 },
    { name: 'below: nobody of that batch is in', at: `GET ${users(below, people[8])}`, as: ann, expect: 404 },
    { name: 'below: an admin of the parent', at: `POST ${users(below)}`, as: ann, body: entry(2, 'admin'), expect: 201, has: { orgRole: 'admin' } },
    { name: 'below: a viewer needs nothing above', at: `POST ${users(below)}`, as: ann, body: entry(8, 'viewer'), expect: 201, has: { orgRole: 'viewer' } },
  ]);
});

test('add: a hundred at once; the list is flat in pages of a hundred', async () => {
  const ann = await world.person('Ann');
  const organization = await world.organization({ as: ann });
  const people = await Promise.all(Array.from({ length: 100 }, (_, i) => {
    const userName = `crowd.${i}.${organization.orgId.slice(-12)}`;
    return world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: { userName, email: `${userName}@example.org` } });
  }));
  const added = await world.must(201, 'POST', users(organization), { as: ann, body: people.map(({ userId }) => ({ userId, orgRole: 'viewer' })) });
  assert.deepEqual(added.map((item) => item.userId), people.map((item) => item.userId));
  const first = await world.must(200, 'GET', users(organization), { as: ann });
  assert.deepEqual([first.totalCount, first.items.length], [101, 100]);
  const seen = new Set();
  for (let skipCount = 0; skipCount < 101; skipCount += 17) {
    const page = await world.must(200, 'GET', users(organization), { as: ann, query: { skipCount, maxResultCount: 17 } });
    for (const item of page.items) seen.add(item.userId);
  }
  assert.equal(seen.size, 101);
});

test('add: exactly one of many at once makes the membership', async () => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob', { signIn: false });
  const organization = await world.organization({ as: ann });
  const answers = await Promise.all(Array.from({ length: 10 }, () =>
    world.call('POST', users(organization), { as: ann, body: { userId: bob.id, orgRole: 'viewer' } })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, ...Array(9).fill(409)]);
  const { totalCount } = await world.must(200, 'GET', users(organization), { as: ann });
  assert.equal(totalCount, 2);
});

test('list and get: who may see, filters, pages', async (t) => {
  const ann = await world.person('Ann Example');
  const viewer = await world.person('Viewer');
  const operator = await world.person('Operator');
  const eve = await world.person('Eve');
  const organization = await world.organization({ as: ann });
  const below = await world.organization({ as: ann, parent: organization });
  await world.member(organization, viewer, 'viewer', ann);
  await world.member(organization, operator, 'operator', ann);
  const member = await world.bystander(organization, ann);
  const at = `GET ${users(organization)}`;
  const one = `GET ${users(organization, viewer)}`;
  const ids = (...list) => (answer) => assert.deepEqual(answer.json.items.map((item) => item.userId).sort(), list.map((user) => user.id).sort());
  await table(t, world, [
    { name: 'an admin sees all', at, as: ann, expect: 200, has: { totalCount: 4 }, then: (answer) => assert.ok([ann, viewer, operator].every((user) => answer.json.items.some((item) => item.userId === user.id))) },
    { name: 'an operator', at, as: operator, expect: 200, has: { totalCount: 4 } },
    { name: 'a viewer', at, as: viewer, expect: 200, has: { totalCount: 4 } },
    { name: 'one who merely reaches it is told no', at, as: member, expect: 403 },
    { name: 'a stranger is told nothing', at, as: eve, expect: 404, code: 'Org.NotFound', hasNot: [viewer.email] },
    { name: 'a platform administrator', at, as: world.admin, expect: 200, has: { totalCount: 4 } },
    { name: 'nobody', at, expect: 401 },
    { name: 'a viewer sees below what flows down', at: `GET ${users(below)}`, as: viewer, expect: 200, has: { totalCount: 1 }, then: ids(ann) },
    { name: 'of one role', at, as: ann, query: { orgRole: 'viewer' }, expect: 200, has: { totalCount: 2, items: [{ orgRole: 'viewer' }, { orgRole: 'viewer' }] } },
    { name: 'of an unknown role', at, as: ann, query: { orgRole: 'emperor' }, expect: 400, fields: ['orgRole'] },
    { name: 'by a part of the e-mail in any case', at, as: ann, query: { search: operator.email.slice(2, 14).toUpperCase() }, expect: 200, then: (answer) => assert.ok(answer.json.items.some((item) => item.userId === operator.id)) },
    { name: 'by the display name', at, as: ann, query: { search: 'ann exam' }, expect: 200, has: { totalCount: 1, items: [{ userId: ann.id }] } },
    { name: 'by what nobody is called', at, as: ann, query: { search: '%' }, expect: 200, has: { totalCount: 0, items: [] } },
    { name: 'a page', at, as: ann, query: { skipCount: 3, maxResultCount: 2 }, expect: 200, has: { totalCount: 4, items: [{ orgId: organization.orgId }] } },
    { name: 'too many', at, as: ann, query: { maxResultCount: 1001 }, expect: 400, fields: ['maxResultCount'] },
    { name: 'one, by a viewer', at: one, as: viewer, expect: 200, has: { orgId: organization.orgId, userId: viewer.id, userName: viewer.userName, email: viewer.email, displayName: 'Viewer', orgRole: 'viewer', createdAt: kTime } },
    { name: 'one, by one who merely reaches it', at: one, as: member, expect: 403 },
    { name: 'one, by a stranger', at: one, as: eve, expect: 404, code: 'Org.NotFound' },
    { name: 'no member', at: `GET ${users(organization, eve)}`, as: ann, expect: 404 },
    { name: 'from above, but no member here', at: `GET ${users(below, viewer)}`, as: ann, expect: 404 },
    { name: 'unknown', at: `GET ${users(organization, kNobody)}`, as: ann, expect: 404 },
    { name: 'no GUID', at: `GET ${users(organization, 'x')}`, as: ann, expect: [400, 404] },
    { name: 'one, nobody', at: one, expect: 401 },
  ]);
  const { items } = await world.must(200, 'GET', users(organization), { as: ann });
  assert.ok(items.every((item) => !('password' in item) && !JSON.stringify(item).includes('argon2')));
});

test('change: the role by an admin, the own name by oneself, and effect at once', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const viewer = await world.person('Viewer');
  const eve = await world.person('Eve');
  const organization = await world.organization({ as: ann });
  await world.member(organization, bob, 'viewer', ann);
  await world.member(organization, viewer, 'viewer', ann);
  const at = `PATCH ${users(organization, bob)}`;
  const write = `PATCH /api/v1/orgs/${organization.orgId}`;
  await table(t, world, [
    { name: 'a viewer may not write', at: write, as: bob, body: { description: 'x' }, expect: 403 },
    { name: 'to admin', at, as: ann, body: { orgRole: 'admin' }, expect: 200, has: { orgId: organization.orgId, userId: bob.id, orgRole: 'admin' } },
    { name: 'now it may write, with the token it had', at: write, as: bob, body: { description: 'x' }, expect: 200 },
    { name: 'to operator', at, as: ann, body: { orgRole: 'operator' }, expect: 200, has: { orgRole: 'operator' } },
    { name: 'and may no longer', at: write, as: bob, body: { description: 'y' }, expect: 403 },
    { name: 'PUT is the same', at: at.replace('PATCH', 'PUT'), as: ann, body: { orgRole: 'viewer' }, expect: 200, has: { orgRole: 'viewer' } },
    { name: 'the profile', at, as: ann, body: { displayName: 'Robert', attributes: { desk: '4', 'клавиша': 'да' } }, expect: 200, has: { displayName: 'Robert', attributes: { desk: '4', 'клавиша': 'да' }, orgRole: 'viewer' } },
    { name: 'it is kept', at: `GET ${users(organization, bob)}`, as: ann, expect: 200, has: { displayName: 'Robert', attributes: { desk: '4' } } },
    { name: 'nothing', at, as: ann, body: {}, expect: 200, has: { displayName: 'Robert', orgRole: 'viewer' } },
    { name: 'a role there is not', at, as: ann, body: { orgRole: 'owner' }, expect: 400, fields: ['orgRole'] },
    { name: 'a role that is a list', at, as: ann, body: { orgRole: ['admin'] }, expect: 400, fields: ['orgRole'] },
    { name: 'attributes that are no texts', at, as: ann, body: { attributes: { desk: 4 } }, expect: 400 },
    { name: 'attributes that are a list', at, as: ann, body: { attributes: ['x'] }, expect: 400 },
    { name: 'the own display name', at, as: bob, body: { displayName: 'Bobby' }, expect: 200, has: { displayName: 'Bobby' } },
    { name: 'the own role', at, as: bob, body: { orgRole: 'admin' }, expect: 403 },
    { name: 'the own role beside the name', at, as: bob, body: { displayName: 'Boss', orgRole: 'admin' }, expect: 403 },
    { name: 'the own attributes', at, as: bob, body: { attributes: { clearance: 'top' } }, expect: 403 },
    { name: "another's display name", at, as: viewer, body: { displayName: 'Hacked' }, expect: 403 },
    { name: 'nothing of it happened', at: `GET ${users(organization, bob)}`, as: ann, expect: 200, has: { displayName: 'Bobby', orgRole: 'viewer' }, hasNot: ['clearance', 'Hacked', 'Boss'] },
    { name: 'a stranger', at, as: eve, body: { orgRole: 'admin' }, expect: 404, code: 'Org.NotFound' },
    { name: 'no member', at: `PATCH ${users(organization, eve)}`, as: ann, body: { orgRole: 'admin' }, expect: 404 },
    { name: 'unknown', at: `PATCH ${users(organization, kNobody)}`, as: ann, body: { orgRole: 'admin' }, expect: 404 },
    { name: 'nobody', at, body: { orgRole: 'admin' }, expect: 401 },
  ]);
});

test('the last admin stays: no demotion, no removal, also in an organization below', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const top = await world.organization({ as: ann });
  const demote = (user, organization = top) => `PATCH ${users(organization, user)}`;
  const remove = (user, organization = top) => `DELETE ${users(organization, user)}`;
  await table(t, world, [
    { name: 'the only admin demotes herself', at: demote(ann), as: ann, body: { orgRole: 'viewer' }, expect: 409, code: 'OrgUser.LastAdmin' },
    { name: 'a platform administrator demotes the only admin', at: demote(ann), as: world.admin, body: { orgRole: 'viewer' }, expect: 409, code: 'OrgUser.LastAdmin' },
    { name: 'a platform administrator removes the only admin', at: remove(ann), as: world.admin, expect: 409, code: 'OrgUser.LastAdmin' },
    { name: 'she is still there', at: `GET ${users(top, ann)}`, as: ann, expect: 200, has: { orgRole: 'admin' } },
  ]);
  await world.member(top, bob, 'admin', ann);
  const below = await world.organization({ as: bob, parent: top });
  await table(t, world, [
    { name: 'one of two removes herself', at: remove(ann), as: ann, expect: 403 },
    { name: 'a removal from above that would leave the organization below without an admin', at: remove(bob), as: ann, expect: 409, code: 'OrgUser.LastAdmin' },
    { name: 'nothing happened above', at: `GET ${users(top, bob)}`, as: ann, expect: 200, has: { orgRole: 'admin' } },
    { name: 'nothing happened below', at: `GET ${users(below, bob)}`, as: ann, expect: 200, has: { orgRole: 'admin' } },
  ]);
  await world.member(below, ann, 'admin', ann);
  await table(t, world, [
    { name: 'with another admin below it goes', at: remove(bob), as: ann, expect: 204 },
    { name: 'gone above', at: `GET ${users(top, bob)}`, as: ann, expect: 404 },
    { name: 'gone below', at: `GET ${users(below, bob)}`, as: ann, expect: 404 },
    { name: 'and sees nothing any more', at: `GET /api/v1/orgs/${below.orgId}`, as: bob, expect: 404 },
  ]);
});

test('the last admin stays when two admins demote each other at once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const ann = await world.person('Ann');
    const bob = await world.person('Bob');
    const organization = await world.organization({ as: ann });
    await world.member(organization, bob, 'admin', ann);
    const answers = await Promise.all([[ann, bob], [bob, ann]].map(([who, whom]) =>
      world.call('PATCH', users(organization, whom), { as: who, body: { orgRole: 'viewer' } })));
    assert.equal(answers.filter((answer) => answer.status === 200).length, 1, answers.map((answer) => answer.status).join());
    const { totalCount } = await world.must(200, 'GET', users(organization), { as: world.admin, query: { orgRole: 'admin' } });
    assert.equal(totalCount, 1);
  }
});

test('remove: from the organization and all below it, by an admin, not oneself', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const viewer = await world.person('Viewer');
  const eve = await world.person('Eve');
  const top = await world.organization({ as: ann });
  const middle = await world.organization({ as: ann, parent: top });
  const leaf = await world.organization({ as: ann, parent: middle });
  const beside = await world.organization({ as: ann });
  for (const organization of [top, leaf, beside]) await world.member(organization, bob, 'viewer', ann);
  await world.member(top, viewer, 'viewer', ann);
  const at = `DELETE ${users(top, bob)}`;
  await table(t, world, [
    { name: 'a viewer', at, as: viewer, expect: 403 },
    { name: 'oneself', at, as: bob, expect: 403 },
    { name: 'a stranger', at, as: eve, expect: 404, code: 'Org.NotFound' },
    { name: 'no member', at: `DELETE ${users(top, eve)}`, as: ann, expect: 404 },
    { name: 'unknown user', at: `DELETE ${users(top, kNobody)}`, as: ann, expect: 404 },
    { name: 'unknown organization', at: `DELETE ${users(kNobody, bob)}`, as: ann, expect: 404, code: 'Org.NotFound' },
    { name: 'nobody', at, expect: 401 },
    { name: 'an admin', at, as: ann, expect: 204, then: (answer) => assert.equal(answer.text, '') },
    { name: 'a second time', at, as: ann, expect: 404 },
    { name: 'gone from the leaf', at: `GET ${users(leaf, bob)}`, as: ann, expect: 404 },
    { name: 'not from beside', at: `GET ${users(beside, bob)}`, as: ann, expect: 200 },
    { name: 'and at once', at: `GET /api/v1/orgs/${top.orgId}`, as: bob, expect: 404 },
    { name: 'the account lives on', at: `GET /api/v1/users/${bob.id}`, as: bob, expect: 200 },
    { name: 'an admin oneself, though there is another', at: `DELETE ${users(top, ann)}`, as: ann, expect: [403, 409] },
  ]);
});

test('grants flow down, never up or sideways', async (t) => {
  const ann = await world.person('Ann');
  const admin = await world.person('Middle');
  const operator = await world.person('Operator');
  const top = await world.organization({ as: ann });
  const middle = await world.organization({ as: ann, parent: top });
  const leaf = await world.organization({ as: ann, parent: middle });
  const beside = await world.organization({ as: ann, parent: top });
  await world.member(top, admin, 'admin', ann);
  await world.member(middle, admin, 'admin', ann);
  await world.must(200, 'PATCH', users(top, admin), { as: ann, body: { orgRole: 'viewer' } });
  await world.member(middle, operator, 'operator', ann);
  const write = (organization) => `PATCH /api/v1/orgs/${organization.orgId}`;
  const read = (organization) => `GET ${users(organization)}`;
  await table(t, world, [
    { name: 'an admin writes where it is held', at: write(middle), as: admin, body: { description: 'x' }, expect: 200 },
    { name: 'and below', at: write(leaf), as: admin, body: { description: 'x' }, expect: 200 },
    { name: 'not above, where it only views', at: write(top), as: admin, body: { description: 'x' }, expect: 403 },
    { name: 'not beside, where viewing flows', at: write(beside), as: admin, body: { description: 'x' }, expect: 403 },
    { name: 'which it may read', at: read(beside), as: admin, expect: 200 },
    { name: 'an operator reads below', at: read(leaf), as: operator, expect: 200 },
    { name: 'an operator does not write below', at: write(leaf), as: operator, body: { description: 'x' }, expect: 403 },
    { name: 'an operator does not see above', at: read(top), as: operator, expect: 404 },
    { name: 'nor beside', at: read(beside), as: operator, expect: 404 },
  ]);
});

test('the ceiling: nobody gives, edits or removes beyond what they hold', async (t) => {
  const root = world.admin;
  const ann = await world.person('Ann');
  const organization = await world.organization({ as: root });
  await world.member(organization, ann, 'admin', root);
  const below = await world.organization({ as: ann, parent: organization });
  await table(t, world, [
    { name: "a platform administrator outranks the organization's admin: no demotion", at: `PATCH ${users(organization, root)}`, as: ann, body: { orgRole: 'viewer' }, expect: 403 },
    { name: 'and no removal', at: `DELETE ${users(organization, root)}`, as: ann, expect: 403 },
    { name: 'an admin gives admin to an admin of the parent', at: `POST ${users(below)}`, as: ann, body: { userId: root.id, orgRole: 'admin' }, expect: [201, 403] },
  ]);
});
