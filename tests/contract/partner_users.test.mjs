// GET /partner/v1/users: whose users are listed to whom, and what the list says of each. CONTRACTS.md section 4, the row
// List All Users; section 1, Isolation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { includes, kNobody, kTime, kUsers, sorted, startPartner, table, unique } from '../support/partner.mjs';

let world;
let home;      // an organization with its boss
let below;     // one below it
let clerk;     // a viewer of home
let narrow;    // sees the users of home, and no organization below
let idle;      // a member of home without a role
let deep;      // a viewer of what is below, who never signed in
let stranger;  // another organization
before(async () => {
  world = await startPartner();
  [home, stranger] = [await world.company('Home'), await world.company('Stranger')];
  clerk = await world.hire(home, ['viewer'], 'Clerk');
  narrow = await world.hire(home, ['USER_VIEW'], 'Narrow');
  idle = await world.hire(home, [], 'Idle');
  below = await world.organization({ as: home.boss, parent: home, name: unique('Below') });
  deep = await world.person('Deep', { signIn: false });
  await world.member(below, deep, 'viewer', home.boss);
});
after(async () => { await world?.stop(); });

const ids = (...people) => (answer) => assert.deepEqual(answer.json.map(({ id }) => id).sort(), people.map(({ id }) => id).sort(), answer.text);
const of = (organization) => ({ customerId: organization.orgId ?? organization });
const byName = (organizations) => [...organizations].sort((a, b) => (a.name < b.name ? -1 : 1));

test('what the list says of somebody', async () => {
  const { items, total } = await world.users(home.boss, of(home));
  assert.deepEqual([items.length, total], [5, 5]);
  const one = ({ id }) => items.find((user) => user.id === id);
  const account = await world.must(200, 'GET', `/api/v1/users/${home.boss.id}`, { as: world.admin });
  includes(one(home.boss), { email: home.boss.email, creationDate: account.createdAt, accessible: true, accountState: 'Active', identityProvider: null, lastLoginDate: kTime });
  assert.deepEqual(byName(one(home.boss).organizations), byName([
    { id: home.orgId, name: home.name, groupIds: [world.group('admin')] },
    { id: below.orgId, name: below.name, groupIds: [world.group('admin')] },
  ]));
  assert.deepEqual(one(clerk).organizations, [{ id: home.orgId, name: home.name, groupIds: [world.group('viewer')] }]);
  assert.deepEqual(one(idle).organizations, [{ id: home.orgId, name: home.name, groupIds: [] }]);
  assert.deepEqual(one(deep).organizations, [{ id: below.orgId, name: below.name, groupIds: [world.group('viewer')] }]);
  assert.equal(one(deep).lastLoginDate, null, 'nobody has signed in');
  for (const user of items) assert.equal(user.identityProvider, null);
});

test('several groups in one organization', async () => {
  const person = await world.hire(home, ['USER_VIEW', 'ORDERS_VIEW', 'USER_DELETE'], 'Several');
  const { organizations } = await world.shown(home.boss, person.email, home);
  assert.deepEqual(sorted(organizations[0].groupIds), sorted(['USER_VIEW', 'ORDERS_VIEW', 'USER_DELETE'].map((name) => world.group(name))));
  await world.done('/access/delete', home.boss, { user_id: person.id });
  assert.equal(await world.shown(home.boss, person.email, home), undefined, 'who was removed is not listed');
});

test('whose users: the selectors, and who may ask', async (t) => {
  const at = `GET ${kUsers}`;
  const all = [home.boss, clerk, narrow, idle, deep];
  const bystander = await world.bystander(stranger, stranger.boss);
  await world.renew(deep);
  const row = (name, as, query, expect, more) => ({ name, at, as, query, expect, ...more });
  await table(t, world, [
    row('an organization and what is below it', home.boss, of(home), 200, { then: ids(...all) }),
    row('the same to a viewer', clerk, of(home), 200, { then: ids(...all) }),
    row('to one who may only see users', narrow, of(home), 200, { then: ({ json }) => assert.ok([home.boss, clerk, narrow, idle].every(({ id }) => json.some((user) => user.id === id))), hasNot: [below.name] }),
    row('the same to the platform', world.admin, of(home), 200, { then: ids(...all) }),
    row('only what is below', home.boss, of(below), 200, { then: ids(home.boss, deep) }),
    row('what is below, to a viewer above', clerk, of(below), 200, { then: ids(home.boss, deep) }),
    row('what is below, to a viewer there', deep, of(below), 200, { then: ids(home.boss, deep) }),
    row('names of parameters in any case', home.boss, { CUSTOMERID: below.orgId, Take: 1 }, 200, { then: ({ json }) => assert.equal(json.length, 1) }),
    row('what is above is out of reach', deep, of(home), 404),
    row('a member without a role', idle, of(home), 403),
    row('a member without a role, what is below', idle, of(below), [403, 404]),
    row("a stranger's organization", home.boss, of(stranger), 404, { hasNot: [stranger.name] }),
    row('by a stranger', stranger.boss, of(home), 404, { hasNot: [home.name] }),
    row('by a client without the scope', bystander, of(stranger), 403),
    row('by nobody', null, of(home), 401),
    row('no selector, by an administrator of the platform', world.admin, {}, 200, { then: ({ json }) => assert.ok(all.every(({ id }) => json.some((user) => user.id === id))) }),
    row('no selector, by an administrator of an organization: the platform is not theirs', home.boss, {}, 403, { hasNot: [stranger.boss.email] }),
    row('no selector, by a viewer', clerk, {}, 403),
    row('no selector, by a member without a role', idle, {}, 403),
    row('no selector, by nobody', null, {}, 401),
    row('the platform by its id', world.admin, { platformId: world.platform }, 200, { then: ({ json }) => assert.ok([...all, stranger.boss, world.admin].every(({ id }) => json.some((user) => user.id === id))) }),
    row('the platform by its id, by others', home.boss, { platformId: world.platform }, [403, 404]),
    row('both selectors', world.admin, { platformId: world.platform, customerId: home.orgId }, 400),
    row('both selectors, both unknown', world.admin, { platformId: kNobody, customerId: kNobody }, 400),
    row('an unknown organization', world.admin, of(kNobody), 404),
    row('an unknown organization, by others', home.boss, of(kNobody), 404),
    row('an unknown platform', world.admin, { platformId: kNobody }, 404),
    row('an organization is no platform', world.admin, { platformId: home.orgId }, 404),
    row('a user is no organization', world.admin, of(deep.id), 404),
    row('no GUID', world.admin, of('home'), 400, { faults: ['customerId'] }),
    row('no GUID of a platform', world.admin, { platformId: '{}' }, 400, { faults: ['platformId'] }),
  ]);
});

test('out of reach reads as unknown', async () => {
  const ask = (id) => world.partner('GET', kUsers, { as: home.boss, query: of(id) });
  const text = ({ json: { traceId, instance, ...rest } }, id) => JSON.stringify(rest).replaceAll(id, '…');
  assert.equal(text(await ask(stranger.orgId), stranger.orgId), text(await ask(kNobody), kNobody));
});

test('of the organizations of a user, only those that the caller may see', async () => {
  const other = await world.company('Other');
  const person = await world.person('Shared', { signIn: false });
  await world.member(home, person, 'viewer', home.boss);
  await world.member(other, person, 'operator', other.boss);
  const seen = async (as, organization) => (await world.shown(as, person.email, organization)).organizations.map(({ id }) => id).sort();
  assert.deepEqual(await seen(home.boss, home), [home.orgId]);
  assert.deepEqual(await seen(other.boss, other), [other.orgId]);
  assert.deepEqual(await seen(world.admin), sorted([home.orgId, other.orgId]));
  assert.deepEqual(await seen(world.admin, home), sorted([home.orgId, other.orgId]), 'the selector says whose users, not what is seen of them');
  await world.must(204, 'DELETE', `/api/v1/orgs/${home.orgId}/users/${person.id}`, { as: home.boss });
});

test('a blocked user is still listed, and is not accessible', async () => {
  const person = await world.hire(home, ['USER_VIEW'], 'Blocked');
  await world.setStatus(person, 'inactive');
  const shown = await world.shown(home.boss, person.email, home);
  includes(shown, { id: person.id, accountState: 'Blocked', accessible: false, organizations: [{ id: home.orgId }] });
  await world.setStatus(person, 'active');
  includes(await world.shown(home.boss, person.email, home), { accountState: 'Active', accessible: true });
  await world.done('/access/delete', home.boss, { user_id: person.id });
  const gone = await world.shown(world.admin, person.email);
  if (gone) includes(gone, { accessible: false, organizations: [] });
});

test('an account without a password was never accepted: New', async () => {
  const account = await world.account('fresh');
  await world.done('/access/add', home.boss, { email: account.email });
  includes(await world.shown(home.boss, account.email, home), { id: account.id, accountState: 'New', lastLoginDate: null, organizations: [{ id: home.orgId, groupIds: [] }] });
});

test('what is deleted is listed no longer', async () => {
  const person = await world.person('Deleted', { signIn: false });
  await world.member(below, person, 'viewer', home.boss);
  assert.ok(await world.shown(home.boss, person.email, below));
  await world.must(204, 'DELETE', `/api/v1/users/${person.id}`, { as: world.admin });
  for (const organization of [below, home]) assert.equal(await world.shown(home.boss, person.email, organization), undefined);
  const gone = await world.organization({ as: home.boss, parent: home, name: unique('Gone') });
  await world.must(204, 'DELETE', `/api/v1/orgs/${gone.orgId}`, { as: home.boss });
  assert.equal((await world.partner('GET', kUsers, { as: home.boss, query: of(gone) })).status, 404);
  assert.ok(!(await world.shown(home.boss, home.boss.email, home)).organizations.some(({ id }) => id === gone.orgId));
});
