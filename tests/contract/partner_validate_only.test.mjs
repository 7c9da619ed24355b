// POST /partner/v1/users/invite?validateOnly=true: the answer or the faults that the same request would get, and nothing is
// done. The "answers what would happen".
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, assertFaults, includes, kInvite, kNobody, sorted, startPartner, table, unique } from '../support/partner.mjs';

let world;
let home;
let room;
before(async () => {
  world = await startPartner();
  home = await world.company('Home');
  room = await world.organization({ as: home.boss, parent: home, name: unique('Room') });
});
after(async () => { await world?.stop(); });

const kOnly = { validateOnly: true };
const good = (more) => world.entry(address(), more);

test('new, known, invited and blocked people: what would be answered, no id of whom one sees nothing, and nothing is done', async () => {
  const [active, blocked] = [await world.person('Active', { signIn: false }), await world.person('Blocked', { signIn: false })];
  const pending = await world.offerOne(home.boss, [home]);
  await world.setStatus(blocked, 'inactive');
  const member = await world.hire(home, ['viewer']);
  const users = [good(), world.entry(active.email), world.entry(pending.email), world.entry(blocked.email.toUpperCase()), good({ organizations: [room] }), world.entry(member.email)];
  const preview = await world.unchanged([home], () => world.offer(home.boss, users, [home, room], kOnly));
  includes(preview, [
    { userId: null, accountState: 'New', isNewUser: true }, { userId: null, accountState: 'Active', isNewUser: false }, { userId: pending.id, accountState: 'New', isNewUser: false },
    { userId: null, accountState: 'Blocked', isNewUser: false }, { userId: null, accountState: 'New', isNewUser: true, organizationIds: [room.orgId] }, { userId: member.id, accountState: 'Active', isNewUser: false },
  ]);
  assert.deepEqual(await world.memberships(active.id), []);
  await world.mailsSettled();
  for (const { Email } of users) assert.equal((await world.mail.to(Email)).length, Email === pending.email ? 1 : 0, Email);
  assert.equal(await world.shown(world.admin, users[0].Email), undefined, 'there is no account');

  const done = await world.offer(home.boss, users, [home, room]);
  const comparable = (list) => list.map(({ userId, invitationExpiresAt, organizationIds, ...rest }) => ({ ...rest, organizationIds: sorted(organizationIds), expires: invitationExpiresAt !== null }));
  assert.deepEqual(comparable(done), comparable(preview), 'it was right');
  assert.ok(done.every(({ userId }) => userId !== null));
});

test('the secret of somebody who is invited already stays good', async () => {
  const pending = await world.offerOne(home.boss, [home]);
  await world.offer(home.boss, [world.entry(pending.email)], [home, room], kOnly);
  assert.equal((await world.activate(pending.token)).status, 200);
  assert.deepEqual(await world.memberships(pending.id), [home.orgId]);
});

test('the same faults and refusals', async () => {
  const stranger = await world.company('Stranger');
  const viewer = await world.hire(home, ['viewer']);
  const twin = address();
  const requests = [
    [home.boss, { Users: [good(), { ...good(), Email: 'x' }, { ...good(), GroupId: kNobody }, world.entry(twin), world.entry(twin)], OrganizationIds: [home.orgId, kNobody] }, 400],
    [home.boss, { Users: [good()], OrganizationIds: [stranger.orgId] }, 403],
    [home.boss, { Users: [good()] }, 400],
    [home.boss, { Users: [], OrganizationIds: [home.orgId] }, 400],
    [home.boss, { Users: [{ ...good(), IdentityProviderPrefix: 'unheard-of' }], OrganizationIds: [home.orgId] }, 400],
    [home.boss, { Users: [good({ group: 'Super Admin' })], OrganizationIds: [home.orgId] }, 403],
    [viewer, { Users: [good()], OrganizationIds: [home.orgId] }, 403],
    [null, { Users: [good()], OrganizationIds: [home.orgId] }, 401],
  ];
  await world.unchanged([home, stranger], async () => {
    for (const [as, body, expect] of requests) {
      const [only, real] = [await world.partner('POST', kInvite, { as, body, query: kOnly }), await world.partner('POST', kInvite, { as, body })];
      assert.equal(only.status, expect, only.text);
      assert.equal(real.status, expect, real.text);
      const comparable = ({ json: { traceId, instance, ...rest } }) => rest;
      assert.deepEqual(comparable(only), comparable(real));
    }
  });
  assertFaults(await world.sendInvite(home.boss, [good(), { ...good(), Email: '' }], [home], kOnly), ['Users[1].Email']);
});

test('a hundred into one, and the real batch afterwards', async () => {
  const users = Array.from({ length: 100 }, () => good());
  const before = await world.accounts();
  const preview = await world.offer(home.boss, users, [home], kOnly);
  assert.ok(preview.every(({ userId, isNewUser }) => userId === null && isNewUser));
  assert.equal(await world.accounts(), before);
  await world.offer(home.boss, users, [home]);
  assert.equal(await world.accounts(), before + 100);
});

test('it is asked once at a time by one person, and others are not kept from it', async () => {
  const other = await world.company('Other');
  const many = Array.from({ length: 100 }, () => good());
  const answers = await Promise.all(Array.from({ length: 16 }, () => world.sendInvite(home.boss, many, [home], kOnly)).concat([world.sendInvite(other.boss, many, [other], kOnly)]));
  assert.equal(answers.at(-1).status, 200, answers.at(-1).text);
  const refused = answers.filter(({ status }) => status !== 200);
  assert.ok(refused.length > 0 && refused.length < 16);
  for (const { status, headers } of refused) assert.deepEqual([status, headers['retry-after']], [429, '1']);
});

test('what validateOnly may be', async (t) => {
  const row = (value, expect, more) => ({ name: `validateOnly=${value}`, at: `POST ${kInvite}`, as: home.boss, query: { validateOnly: value }, body: { Users: [good()], OrganizationIds: [home.orgId] }, expect, ...more });
  const made = (is) => ({ then: ({ json }) => assert.equal(json.users[0].userId !== null, is) });
  const refused = { faults: ['validateOnly'] };
  await table(t, world, [row('true', 200, made(false)), row('false', 200, made(true)), row('yes', 400, refused), row('2', 400, refused), row('null', 400, refused)]);
  const other = await world.partner('POST', kInvite, { as: home.boss, query: { ValidateOnly: 'true' }, body: { Users: [good()], OrganizationIds: [home.orgId] } });
  assert.equal(other.status, 200);
  assert.equal(other.json.users[0].userId, null, 'names of parameters in any case');
});
