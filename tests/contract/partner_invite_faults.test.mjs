// POST /partner/v1/users/invite, what it refuses: every fault of a batch by its path and all at once, what is out of weight or
// reach, and in each case nothing is changed and no mail is sent. CONTRACTS.md section 4, the row Invite a User; section 1,
// Ceiling and Isolation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, assertFaults, kInvite, kNobody, startPartner, table, unique } from '../support/partner.mjs';

let world;
let home;
let room;      // below it
let stranger;
let adder;     // adds users in home
let viewer;    // sees home, what is below it, and their users
let provider;
let disabled;
before(async () => {
  world = await startPartner();
  [home, stranger] = [await world.company('Home'), await world.company('Stranger')];
  [adder, viewer] = [await world.hire(home, ['USER_ADD'], 'Adder'), await world.hire(home, ['viewer'], 'Viewer')];
  room = await world.organization({ as: home.boss, parent: home, name: unique('Room') });
  provider = await world.provider();
  disabled = await world.provider({ enabled: false });
});
after(async () => { await world?.stop(); });

const at = `POST ${kInvite}`;
const good = (more) => world.entry(address(), more);
const many = (count) => Array.from({ length: count }, () => good());
const nobodies = (count) => Array.from({ length: count }, (_, i) => `01920000-0000-7000-8000-${String(i).padStart(12, '0')}`);

// Runs the rows, and compares once what everybody sees before and after; and nobody of them got a mail.
async function refuse(t, rows) {
  const sent = [];
  const remember = ({ body }) => (body?.Users ?? []).forEach?.((user) => typeof user?.Email === 'string' && /@example\.org$/.test(user.Email) && sent.push(user.Email));
  rows.forEach(remember);
  await world.unchanged([home, stranger], () => table(t, world, rows));
  await world.mailsSettled();
  const mails = await world.mail.all();
  const known = new Set([home.boss, stranger.boss, adder, viewer].map(({ email }) => email));
  for (const email of new Set(sent)) {
    if (!known.has(email)) assert.ok(!mails.some(({ to }) => to.includes(email.toLowerCase())), `a mail to ${email}`);
  }
}

test('every fault of a batch at once, by its path', async (t) => {
  const twin = address();
  const Users = [
    good(), { ...good(), Email: 'no address' }, { ...good(), GroupId: kNobody }, { ...good(), IdentityProviderId: kNobody }, { ...good(), IdentityProviderId: disabled.id },
    { ...good(), IdentityProviderPrefix: 'unheard-of' }, { ...good(), IdentityProviderPrefix: disabled.prefix }, good({ organizations: [room, kNobody] }),
    world.entry(twin), good({ organizations: [stranger, home] }), world.entry(twin.toUpperCase()), { ...good(), Email: 'a@b@example.org', GroupId: room.orgId },
    { ...good(), IdentityProviderId: provider.id },
  ];
  await refuse(t, [{
    name: 'thirteen users', at, as: home.boss, expect: 400,
    body: { Users, OrganizationIds: [home.orgId, kNobody, stranger.orgId] },
    faults: [
      'Users[1].Email', 'Users[2].GroupId', 'Users[3].IdentityProviderId', 'Users[4].IdentityProviderId', 'Users[5].IdentityProviderPrefix', 'Users[6].IdentityProviderPrefix',
      'Users[7].OrganizationIds[1]', 'Users[10].Email', 'Users[11].Email', 'Users[11].GroupId', 'OrganizationIds[1]',
    ],
    optional: ['Users[8].Email'],
    hasNot: [stranger.name],
  }]);
});

test('one fault among good users', async (t) => {
  const batch = (user, more = {}) => ({ Users: [good(), good(), user, good()], OrganizationIds: [home.orgId], ...more });
  const row = (name, user, path, more) => ({ name, at, as: home.boss, body: batch(user, more), expect: 400, faults: [path] });
  const without = (key) => Object.fromEntries(Object.entries(good()).filter(([name]) => name !== key));
  await refuse(t, [
    row('no address', without('Email'), 'Users[2].Email'),
    row('an address that is none', { ...good(), Email: 'x@' }, 'Users[2].Email'),
    row('an address of 255 characters', { ...good(), Email: `${'a'.repeat(64)}@${'b'.repeat(62)}.${'c'.repeat(62)}.${'d'.repeat(60)}.org` }, 'Users[2].Email'),
    row('no group', without('GroupId'), 'Users[2].GroupId'),
    row('a group that is no GUID', { ...good(), GroupId: 'Customer' }, 'Users[2].GroupId'),
    row('a group that nobody knows', { ...good(), GroupId: kNobody }, 'Users[2].GroupId'),
    row('an organization as group', { ...good(), GroupId: home.orgId }, 'Users[2].GroupId'),
    row('an organization that nobody knows', good({ organizations: [kNobody] }), 'Users[2].OrganizationIds[0]'),
    row('an organization that is no GUID', { ...good(), OrganizationIds: [home.orgId, 'home'] }, 'Users[2].OrganizationIds[1]'),
    row('a user as organization', good({ organizations: [viewer.id] }), 'Users[2].OrganizationIds[0]'),
  ]);
  const forbidden = (name, organizations) => ({ name, at, as: home.boss, body: batch(good({ organizations })), expect: 403, hasNot: [stranger.name] });
  await refuse(t, [forbidden('the platform', [world.platform]), forbidden("a stranger's organization", [stranger])]);
});

test('no organization at all, and how many of everything', async (t) => {
  const row = (name, body, faults, optional) => ({ name, at, as: home.boss, body, expect: 400, faults, optional });
  const named = (name, body, pattern) => ({ name, at, as: home.boss, body, expect: 400, then: ({ json, text }) => assert.ok(Object.keys(json.errors).length > 0 && Object.keys(json.errors).every((path) => pattern.test(path)), text) });
  const nowhere = /^(Users\[1\]\.)?OrganizationIds$/;
  await refuse(t, [
    named('one user without, no common list', { Users: [good({ organizations: [home] }), good()] }, nowhere),
    named('one user without, an empty common list', { Users: [good({ organizations: [home] }), good()], OrganizationIds: [] }, nowhere),
    row('no users', { Users: [], OrganizationIds: [home.orgId] }, ['Users']),
    row('users left out', { OrganizationIds: [home.orgId] }, ['Users']),
    row('101 users', { Users: many(101), OrganizationIds: [home.orgId] }, ['Users']),
    named('101 organizations', { Users: [good()], OrganizationIds: nobodies(101) }, /^OrganizationIds$/),
    named('101 organizations of one user', { Users: [good(), { ...good(), OrganizationIds: nobodies(101) }], OrganizationIds: [home.orgId] }, /^Users\[1\]\.OrganizationIds$/),
    row('the same address thrice', { Users: ['same@example.com', 'SAME@example.com', 'Same@Example.COM'].map((email) => world.entry(email)), OrganizationIds: [home.orgId] }, ['Users[1].Email', 'Users[2].Email'], ['Users[0].Email']),
  ]);
});

test('weight: nobody offers a group that outweighs or exceeds what they hold there', async (t) => {
  const row = (name, as, group, organizations, more) => ({ name, at, as, body: { Users: [good(), good({ group, organizations })].slice(as === adder ? 1 : 0), OrganizationIds: [home.orgId] }, expect: 403, ...more });
  await refuse(t, [
    row('everything', home.boss, 'Super Admin', [home]),
    row('a heavier one that carries no more', home.boss, 'Seller Admin', [home]),
    row('a heavier one that carries less', home.boss, 'Distributor ReadOnly', [home]),
    row('a lighter one that carries what is not held', home.boss, 'Customer Billing Admin', [home]),
    row('by one who may add users only: the admin', adder, 'admin', [home]),
    row('by one who may add users only: another right', adder, 'USER_EDIT', [home]),
    row('by one who may add users only: what a viewer sees', adder, 'Customer', [home]),
  ]);
  const before = await world.accounts();
  await world.offer(adder, [good({ group: 'USER_ADD' }), good({ group: 'USER_VIEW' })], [home]);
  assert.equal(await world.accounts(), before + 2, 'what is held may be offered');
});

test('reach: who sees the organization and may not add users there', async (t) => {
  const both = await world.person('Both');
  await world.member(home, both, 'admin', home.boss);
  await world.member(stranger, both, 'viewer', stranger.boss);
  await world.renew(both);
  const bystander = await world.bystander(home, home.boss);
  const row = (name, as, organizations, expect, more) => ({ name, at, as, body: { Users: [good({ group: 'USER_VIEW' }), good({ group: 'USER_VIEW' })], OrganizationIds: organizations.map(({ orgId }) => orgId) }, expect, ...more });
  await refuse(t, [
    row('one who only sees users', viewer, [home], 403),
    row('one who only sees users, below', viewer, [room], 403),
    row('one who adds users, and does not see what is below', adder, [room], 403),
    row('a client without the scope', bystander, [home], 403),
    row('admin of one and viewer of another, both', both, [home, stranger], 403),
    row('admin of one and viewer of another, the other', both, [stranger], 403),
    row('a stranger', stranger.boss, [home], 403, { hasNot: [home.name] }),
    row('nobody', null, [home], 401),
    { name: "one user's own list is out of right", at, as: both, body: { Users: [good(), good({ organizations: [home, stranger] })], OrganizationIds: [home.orgId] }, expect: 403 },
  ]);
  await world.offer(both, [good({ group: 'USER_VIEW' })], [home, room]);
});

test('a faulty batch does not touch those who have an account either', async () => {
  const [known, pending] = [await world.person('Known', { signIn: false }), await world.offerOne(home.boss, [home])];
  const Users = [world.entry(known.email), world.entry(pending.email), { ...good(), GroupId: kNobody }];
  await world.unchanged([home, stranger], async () => assertFaults(await world.sendInvite(home.boss, Users, [home, room]), ['Users[2].GroupId']));
  assert.deepEqual(await world.memberships(known.id), []);
  assert.equal((await world.activate(pending.token)).status, 200, 'the first mail is still good');
  assert.deepEqual(await world.memberships(pending.id), [home.orgId], 'for what it offered');
});
