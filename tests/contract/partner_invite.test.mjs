// POST /partner/v1/users/invite, what it does: new people are offered organizations and groups, and are nowhere until they
// accept; who has an account gets them at once. CONTRACTS.md section 4, the row Invite a User; section 7, 9.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, includes, kInvite, kPassword, kTime, kUuid, kWeek_ms, linksIn, sorted, startPartner, unique } from '../support/partner.mjs';

let world;
let home;
let rooms;   // three organizations below it
before(async () => {
  world = await startPartner();
  home = await world.company('Home');
  rooms = [];
  for (const stem of ['North', 'South', 'West']) rooms.push(await world.organization({ as: home.boss, parent: home, name: unique(stem) }));
});
after(async () => { await world?.stop(); });

const ids = (...organizations) => sorted(organizations.map(({ orgId }) => orgId));
const groupsAt = (shown) => Object.fromEntries(shown.organizations.map(({ id, groupIds }) => [id, sorted(groupIds)]));
const groups = (...names) => sorted(names.map((name) => world.group(name)));
async function assertNowhere({ id, email }) {
  assert.deepEqual(await world.memberships(id), []);
  for (const room of [home, ...rooms]) {
    const { items } = await world.must(200, 'GET', `/api/v1/orgs/${room.orgId}/users`, { as: home.boss });
    assert.ok(!items.some(({ userId }) => userId === id), `${email} is a member of ${room.name}`);
    assert.equal((await world.decide(world.admin, { id }, 'users.view', room)).decision, false);
  }
  assert.ok(!(await world.list('/access', home.boss)).some((user) => user.id === id));
}

test('somebody new: an account that is New, offered in the list, a member nowhere; then active with a password, on all surfaces', async () => {
  const email = address();
  const before = Date.now();
  const [user] = await world.offer(home.boss, [world.entry(email, { FirstName: 'Zoë', LastName: 'Öst' })], [home, rooms[0]]);
  includes(user, { userId: kUuid, email, accountState: 'New', invitationExpiresAt: kTime, isNewUser: true });
  assert.deepEqual(sorted(user.organizationIds), ids(home, rooms[0]));
  const lifetime_ms = Date.parse(user.invitationExpiresAt) - before;
  assert.ok(Math.abs(lifetime_ms - kWeek_ms) < 60_000, `${lifetime_ms} ms`);
  const person = { id: user.userId, email };
  includes(await world.must(200, 'GET', `/api/v1/users/${person.id}`, { as: world.admin }), { email, status: /^new$/i });
  await assertNowhere(person);
  for (const [as, organization] of [[home.boss, home], [home.boss, rooms[0]], [world.admin, undefined]]) {
    const shown = await world.shown(as, email, organization);
    includes(shown, { id: person.id, firstName: 'Zoë', lastName: 'Öst', accountState: 'New', accessible: true, identityProvider: null, lastLoginDate: null });
    assert.deepEqual(groupsAt(shown), { [home.orgId]: groups('Customer'), [rooms[0].orgId]: groups('Customer') });
  }
  assert.equal(await world.shown(home.boss, email, rooms[1]), undefined, 'not where nothing was offered');
  for (const password of [kPassword, '']) assert.ok([400, 401].includes((await world.call('POST', '/api/v1/auth/tokens', { body: { account: email, password } })).status));

  const { token } = await world.letter(email);
  const answer = await world.activate(token, kPassword);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(!answer.text.includes(token) && !answer.text.includes(kPassword));
  assert.deepEqual(await world.memberships(person.id), ids(home, rooms[0]));
  const session = await world.signIn(email);
  const { items } = await world.must(200, 'GET', '/api/v1/orgs', { as: session });
  assert.ok(items.some(({ orgId }) => orgId === home.orgId));
  const d = await world.authenticate(email, kPassword);
  assert.equal(d.status, 200, d.text);
  await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: d.json.token });
  const shown = await world.shown(home.boss, email, home);
  includes(shown, { accountState: 'Active', accessible: true, lastLoginDate: kTime });
  assert.deepEqual(groupsAt(shown), { [home.orgId]: groups('Customer'), [rooms[0].orgId]: groups('Customer') });
  assert.ok((await world.list('/access', home.boss)).some(({ id, roles }) => id === person.id && roles.join() === 'Customer'));
});

test('activation without a password: a member, Active, who has none', async () => {
  const person = await world.offerOne(home.boss, [home]);
  assert.equal((await world.activate(person.token)).status, 200);
  assert.deepEqual(await world.memberships(person.id), ids(home));
  includes(await world.shown(home.boss, person.email, home), { accountState: 'Active', accessible: true });
  assert.equal((await world.call('POST', '/api/v1/auth/tokens', { body: { account: person.email, password: kPassword } })).status, 401);
});

test("OrganizationIds at both levels: a user's own list replaces the common one", async () => {
  const users = [world.entry(), world.entry(address(), { organizations: [rooms[1], rooms[2]] }), world.entry(address(), { organizations: [rooms[0]] }), world.entry()];
  const answered = await world.offer(home.boss, users, [home]);
  assert.deepEqual(answered.map(({ organizationIds }) => sorted(organizationIds)), [ids(home), ids(rooms[1], rooms[2]), ids(rooms[0]), ids(home)]);
  for (const [i, { userId, email }] of answered.entries()) {
    await world.activate((await world.letter(email)).token);
    assert.deepEqual(await world.memberships(userId), sorted(answered[i].organizationIds));
  }
  const own = await world.offer(home.boss, [world.entry(address(), { organizations: [rooms[1]] })]);
  assert.deepEqual(own[0].organizationIds, ids(rooms[1]), 'without a common list');
});

test('members of the request in any case, and unknown ones beside them', async () => {
  for (const write of [(name) => name.toLowerCase(), (name) => name.toUpperCase(), (name) => name[0].toLowerCase() + name.slice(1)]) {
    const emails = [address(), address()];
    const recase = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [write(name), value]));
    const body = recase({ Users: [recase(world.entry(emails[0])), recase({ ...world.entry(emails[1]), OrganizationIds: [rooms[0].orgId], Unknown: 1 })], OrganizationIds: [home.orgId], More: {} });
    const answer = await world.partner('POST', kInvite, { as: home.boss, body });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.users.map(({ email, organizationIds }) => [email, organizationIds]), [[emails[0], [home.orgId]], [emails[1], [rooms[0].orgId]]]);
    includes(await world.shown(home.boss, emails[0], home), { firstName: 'Vera', lastName: 'Invited' });
  }
});

test('names may be left out', async () => {
  const entry = world.entry();
  for (const key of ['FirstName', 'LastName']) delete entry[key];
  await world.offer(home.boss, [entry, { ...world.entry(), FirstName: null, LastName: null }, { ...world.entry(), FirstName: '', LastName: '' }], [home]);
});

test('groups: exactly what was offered where', async () => {
  const email = address();
  await world.offer(home.boss, [world.entry(email, { group: 'Customer Admin', organizations: [rooms[0]] })]);
  const first = await world.letter(email);
  await world.activate(first.token, kPassword);
  const person = await world.signIn(email);
  assert.deepEqual(groupsAt(await world.shown(home.boss, email, rooms[0])), { [rooms[0].orgId]: groups('Customer Admin') });
  const decide = async (permission, room) => (await world.decide(person, { id: (await world.shown(home.boss, email, rooms[0])).id }, permission, room)).decision;
  assert.deepEqual([await decide('users.add', rooms[0]), await decide('users.add', rooms[1]), await decide('organizations.edit', rooms[0])], [true, false, false]);
  const [added] = await world.offer(home.boss, [world.entry(email, { group: 'Customer' })], [rooms[0], rooms[1]]);
  includes(added, { accountState: 'Active', isNewUser: false, invitationExpiresAt: null });
  assert.deepEqual(groupsAt(await world.shown(home.boss, email, home)), { [rooms[0].orgId]: groups('Customer', 'Customer Admin'), [rooms[1].orgId]: groups('Customer') });
});

test('an account that is Active: organizations and group at once, in any writing of its address; no second account, no mail with a secret', async () => {
  const person = await world.person('Known');
  const { userId } = await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: person });
  const before = await world.accounts();
  for (const email of [person.email, person.email.toUpperCase()]) {
    const [user] = await world.offer(home.boss, [world.entry(email)], [home, rooms[2]]);
    includes(user, { userId, accountState: 'Active', invitationExpiresAt: null, isNewUser: false });
    assert.deepEqual(sorted(user.organizationIds), ids(home, rooms[2]));
    assert.deepEqual(await world.memberships(userId), ids(home, rooms[2]));
  }
  const shown = await world.shown(home.boss, person.email, home);
  assert.deepEqual(groupsAt(shown), { [home.orgId]: groups('Customer'), [rooms[2].orgId]: groups('Customer') });
  includes(shown, { accountState: 'Active', accessible: true });
  await world.must(200, 'GET', `/api/v1/orgs/${home.orgId}/users`, { as: person });
  assert.equal(await world.accounts(), before);
  await world.mailsSettled();
  for (const mail of await world.mail.to(person.email)) assert.deepEqual(linksIn(mail.text), [], mail.text);
});

test('a known account keeps its name and its state; one that is blocked stays so', async () => {
  const person = await world.person('Blocked Known');
  await world.setStatus(person, 'inactive');
  const [user] = await world.offer(home.boss, [world.entry(person.email, { FirstName: 'Somebody', LastName: 'Else' })], [home]);
  includes(user, { userId: person.id, accountState: 'Blocked', isNewUser: false });
  includes(await world.shown(home.boss, person.email, home), { accountState: 'Blocked', accessible: false });
  assert.equal((await world.call('POST', '/api/v1/auth/tokens', { body: { account: person.email, password: kPassword } })).status, 401);
  await world.setStatus(person, 'active');
  assert.deepEqual(await world.memberships(person.id), ids(home));
  assert.equal((await world.must(200, 'GET', `/api/v1/users/${person.id}`, { as: world.admin })).displayName, 'Blocked Known');
});

test('new and known people in one request', async () => {
  const [known, member] = [await world.person('Known'), await world.hire(home, ['USER_VIEW'])];
  const fresh = [address(), address()];
  const answered = await world.offer(home.boss, [fresh[0], known.email, fresh[1], member.email].map((email) => world.entry(email)), [home]);
  assert.deepEqual(answered.map(({ accountState, isNewUser }) => [accountState, isNewUser]), [['New', true], ['Active', false], ['New', true], ['Active', false]]);
  assert.deepEqual(groupsAt(await world.shown(home.boss, member.email, home))[home.orgId], groups('Customer', 'USER_VIEW'));
});

test('into the platform itself, by an administrator of it', async () => {
  const person = await world.joined(world.admin, [{ orgId: world.platform }], { group: 'Support Agent' });
  assert.deepEqual(await world.memberships(person.id), [world.platform]);
  assert.ok((await world.users(person)).items.length > 0, 'sees users everywhere');
});

test('addresses of the world', async () => {
  for (const email of [`josé.${address('ñandú')}`, address('plus').replace('@', '+tag@'), address('kim').replace('example.org', 'exämple.org'), address('MiXed').replace('mixed', 'MiXed')]) {
    const person = await world.offerOne(home.boss, [home], { email });
    assert.equal((await world.activate(person.token, kPassword)).status, 200);
    await world.signIn(email);
  }
});
