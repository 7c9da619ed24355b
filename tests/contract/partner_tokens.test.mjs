// One bearer format for all surfaces: the partner surface takes the tokens of users from v1 and from the identity manager,
// those of machine clients and of organizations, each with what it may and no more. CONTRACTS.md section 1, Tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, includes, kInvite, kPassword, kRoles, kUsers, sorted, startPartner, table, unique } from '../support/partner.mjs';
import { look, kJobs, submit } from '../support/partner_jobs.mjs';

let world;
let home;
let room;      // below it
let stranger;
before(async () => {
  world = await startPartner();
  [home, stranger] = [await world.company('Home'), await world.company('Stranger')];
  room = await world.organization({ as: home.boss, parent: home, name: unique('Room') });
});
after(async () => { await world?.stop(); });

const of = (organization) => ({ customerId: organization.orgId });
const row = (name, as, at, expect, options) => ({ name, at, as, expect, ...options });
const invitation = (group, ...organizations) => ({ body: { Users: [world.entry(address(), { group })], OrganizationIds: organizations.map(({ orgId }) => orgId) } });
const byD = async ({ email, userName }, password = kPassword) => {
  const answer = await world.authenticate(userName ?? email, password);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.token;
};

test("a user's token, from v1 or from the identity manager", async (t) => {
  const d = await byD(home.boss);
  await table(t, world, [home.boss, d].flatMap((as, i) => [
    row(`lists (${i})`, as, `GET ${kUsers}`, 200, { query: of(home) }),
    row(`not the platform (${i})`, as, `GET ${kUsers}`, 403),
    row(`not a stranger's (${i})`, as, `GET ${kUsers}`, 404, { query: of(stranger) }),
    row(`roles (${i})`, as, `GET ${kRoles}`, 200),
    row(`invites (${i})`, as, `POST ${kInvite}`, 200, invitation('Customer', home, room)),
  ]));
  assert.deepEqual((await world.users(d, of(home))).items, (await world.users(home.boss, of(home))).items);
});

test('of an administrator, from the identity manager', async () => {
  const d = await byD({ email: world.admin.email }, world.admin.password);
  assert.ok((await world.users(d)).total > 0);
  const made = await world.partner('POST', '/partner/v1/identity-providers', { as: d, body: { name: unique('Provider'), prefix: unique('p').replaceAll(' ', '-'), enabled: true, type: 'oidc', issuer: 'https://login.example.org', clientId: 'c', clientSecret: 'a secret of this provider' } });
  assert.equal(made.status, 201, made.text);
});

test("an organization's API token: its own organization, its own roles", async (t) => {
  const full = (await world.done('/access/add-api-token', home.boss, {})).token;
  const adder = (await world.done('/access/add-api-token', home.boss, { roles: ['USER_ADD'] })).token;
  const orders = (await world.done('/access/add-api-token', home.boss, { roles: ['ORDERS_VIEW'] })).token;
  await table(t, world, [
    row('lists its organization', full, `GET ${kUsers}`, 200, { query: of(home) }),
    row('with one role', adder, `GET ${kUsers}`, 200, { query: of(home) }),
    row('without the role', orders, `GET ${kUsers}`, 403, { query: of(home) }),
    row('not the platform', full, `GET ${kUsers}`, 403),
    row("not a stranger's", full, `GET ${kUsers}`, 404, { query: of(stranger) }),
    row('reads roles', orders, `GET ${kRoles}`, 200),
    row('invites', full, `POST ${kInvite}`, 200, invitation('Customer', home)),
    row('invites with what it carries', adder, `POST ${kInvite}`, 200, invitation('USER_VIEW', home)),
    row('no more than it carries', adder, `POST ${kInvite}`, 403, invitation('USER_EDIT', home)),
    row('without the role', orders, `POST ${kInvite}`, 403, invitation('ORDERS_VIEW', home)),
    row("not into a stranger's", full, `POST ${kInvite}`, 403, invitation('Customer', stranger)),
  ]);
  const items = (await world.users(full, of(home))).items;
  assert.ok(items.every(({ email }) => email.includes('@')), 'tokens are no users');
});

test('a machine client: what its owner may, within its scopes and its organization', async (t) => {
  const reader = await world.client(home.boss, ['users.read']);
  const onboarding = await world.client(home.boss, ['users.write', 'invitations.write', 'organizations.read', 'roles.read']);
  const orders = await world.client(home.boss, ['orders.read']);
  await table(t, world, [
    row('lists', reader, `GET ${kUsers}`, 200, { query: of(home) }),
    row('without the scope', orders, `GET ${kUsers}`, 403, { query: of(home) }),
    row('not the platform', reader, `GET ${kUsers}`, 403),
    row("not a stranger's", reader, `GET ${kUsers}`, 404, { query: of(stranger) }),
    row('a reader invites nobody', reader, `POST ${kInvite}`, 403, invitation('Customer', home)),
    row('invites', onboarding, `POST ${kInvite}`, 200, invitation('Customer', home)),
    row('no more than its scopes carry', onboarding, `POST ${kInvite}`, 403, invitation('ORDERS_VIEW', home)),
  ]);
  const email = address();
  await world.offer(onboarding, [world.entry(email)], [home]);
  const { token } = await world.letter(email);
  await world.must(204, 'DELETE', `/api/v1/oauth2/client-credentials/${onboarding.clientCredentialId}`, { as: home.boss });
  assert.equal((await world.activate(token)).status, 400, 'a client that is gone gives nothing');
});

test('jobs belong to who made them: a user whichever the token, a token and a client each for itself', async () => {
  const d = await byD(home.boss);
  const { token } = await world.done('/access/add-api-token', home.boss, {});
  const client = await world.client(home.boss, ['users.write', 'invitations.write', 'organizations.read', 'roles.read']);
  const query = { organizationIds: home.orgId, groupId: world.group('Customer') };
  const file = () => `Email\n${address()}\n`;
  const made = { user: await submit(world, home.boss, file(), { query }), token: await submit(world, token, file(), { query }), client: await submit(world, client, file(), { query }) };
  includes(await look(world, d, made.user), { id: made.user.id });
  const own = { user: [home.boss, d], token: [token], client: [client] };
  for (const [who, callers] of Object.entries(own)) {
    for (const as of callers) {
      const { json } = await world.partner('GET', kJobs, { as });
      assert.deepEqual(sorted(json.map(({ id }) => id)), [made[who].id], who);
      for (const other of Object.keys(made).filter((name) => name !== who)) assert.equal((await world.partner('GET', `${kJobs}/${made[other].id}`, { as })).status, 404, `${who} sees the job of ${other}`);
    }
  }
});

test('what ends, ends here at once', async () => {
  const session = await world.signIn(home.boss.email);
  await world.users(session, of(home));
  await world.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: session });
  assert.equal((await world.partner('GET', kUsers, { as: session, query: of(home) })).status, 401);
  const person = await world.hire(home, ['viewer']);
  await world.users(person, of(home));
  await world.give(home, person, [], ['viewer']);
  assert.equal((await world.partner('GET', kUsers, { as: person, query: of(home) })).status, 403, 'demoted');
  await world.setStatus(person, 'inactive');
  assert.equal((await world.partner('GET', kUsers, { as: person, query: of(home) })).status, 401, 'deactivated');
});
