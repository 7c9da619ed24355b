// The life of an invitation to join: seven days, sent again, activated once, rejected, expired, and for nothing but its
// purpose. CONTRACTS.md section 4, Lifecycle beyond the seed; the row Invite a User.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { address, includes, kActivate, kPassword, kReject, kWeek_ms, sorted, startPartner, unique } from '../support/partner.mjs';

let world;
let home;
let room;   // below it
before(async () => {
  world = await startPartner({ fakeTime: '+0' });
  home = await world.company('Home');
  room = await world.organization({ as: home.boss, parent: home, name: unique('Room') });
});
after(async () => { await world?.stop(); });
beforeEach(() => world.travel('+0', home.boss));

const ids = (...organizations) => sorted(organizations.map(({ orgId }) => orgId));
const shown = (email, organization = home) => world.shown(home.boss, email, organization);
// The answer is a 400, and nothing is changed by it.
async function assertDead(token, how = (dead) => world.activate(dead, kPassword)) {
  await world.unchanged([home], async () => {
    const answer = await how(token);
    assert.equal(answer.status, 400, `${answer.request}: ${answer.text}`);
    assert.ok(!answer.text.includes(token));
  });
}

test('it works once', async () => {
  const person = await world.offerOne(home.boss, [home]);
  assert.equal((await world.activate(person.token, kPassword)).status, 200);
  await assertDead(person.token);
  await assertDead(person.token, (token) => world.activate(token, 'another password of theirs 8'));
  await assertDead(person.token, (token) => world.activate(token));
  await assertDead(person.token, (token) => world.reject(token));
  await world.signIn(person.email);
  assert.deepEqual(await world.memberships(person.id), ids(home));
});

test('a bearer is not needed, and gives nothing', async () => {
  const person = await world.offerOne(home.boss, [home]);
  const stranger = await world.company('Stranger');
  const answer = await world.partner('POST', kActivate, { as: stranger.boss, body: { token: person.token } });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(await world.memberships(person.id), ids(home));
  assert.deepEqual(await world.memberships(stranger.boss.id), [stranger.orgId]);
});

test('members of the answer to it in any case', async () => {
  const [one, two] = [await world.offerOne(home.boss, [home]), await world.offerOne(home.boss, [home])];
  assert.equal((await world.partner('POST', kActivate, { body: { Token: one.token, PASSWORD: kPassword, more: 1 } })).status, 200);
  await world.signIn(one.email);
  assert.equal((await world.partner('POST', kReject, { body: { TOKEN: two.token } })).status, 200);
});

test('rejected: no membership, no way in, and nothing to activate; it may be offered again', async () => {
  const person = await world.offerOne(home.boss, [home, room]);
  const answer = await world.reject(person.token);
  assert.equal(answer.status, 200, answer.text);
  for (const how of [undefined, (token) => world.reject(token)]) await assertDead(person.token, how);
  const [inHome, everywhere] = [await shown(person.email), await world.shown(world.admin, person.email)];
  for (const one of [inHome, everywhere]) if (one) includes(one, { accessible: false, organizations: [] });
  if (everywhere) assert.deepEqual(await world.memberships(person.id), []);
  const again = await world.joined(home.boss, [room], { email: person.email });
  assert.deepEqual(await world.memberships(again.id), ids(room), 'only what was offered now');
});

test('the same again to somebody who is New: success, a new mail and secret, the old one is dead; one account', async () => {
  const email = address();
  const first = await world.offerOne(home.boss, [home], { email });
  const before = await world.accounts();
  const [second] = await world.offer(home.boss, [world.entry(email.toUpperCase())], [home]);
  includes(second, { userId: first.id, accountState: 'New', isNewUser: false, organizationIds: [home.orgId] });
  const { token } = await world.letter(email);
  assert.notEqual(token, first.token);
  assert.equal(await world.accounts(), before);
  assert.equal((await world.users(home.boss, { customerId: home.orgId, search: email })).total, 1);
  await assertDead(first.token);
  await assertDead(first.token, (old) => world.reject(old));
  assert.equal((await world.activate(token, kPassword)).status, 200);
  assert.deepEqual(await world.memberships(first.id), ids(home));
});

test('the same again to somebody who has accepted: success, and nothing changes', async () => {
  const person = await world.joined(home.boss, [home]);
  const before = await world.shown(home.boss, person.email, home);
  const [user] = await world.offer(home.boss, [world.entry(person.email)], [home]);
  includes(user, { userId: person.id, accountState: 'Active', isNewUser: false, invitationExpiresAt: null });
  assert.deepEqual(await world.shown(home.boss, person.email, home), before);
  await world.mailsSettled();
  const mails = await world.mail.to(person.email);
  assert.equal(mails.filter(({ text }) => text.includes('#token=')).length, 1, 'no second secret');
});

test('more offered while it is open: what the mails hold gives all of it', async () => {
  const email = address();
  const first = await world.offerOne(home.boss, [home], { email });
  const second = await world.offerOne(home.boss, [room], { email, group: 'Customer Admin' });
  assert.equal(second.id, first.id);
  for (const organization of [home, room]) assert.ok(await shown(email, organization), `offered in ${organization.name}`);
  const answers = [await world.activate(second.token, kPassword), await world.activate(first.token)];
  assert.equal(answers[0].status, 200, answers[0].text);
  assert.ok([200, 400].includes(answers[1].status), 'the older one may have gone into the newer');
  assert.deepEqual(await world.memberships(first.id), ids(home, room));
});

test('of 16 activations at once exactly one wins; of activation and rejection, one', async () => {
  const person = await world.offerOne(home.boss, [home, room]);
  const passwords = Array.from({ length: 16 }, (_, i) => `one of sixteen passwords ${i}!`);
  const answers = await Promise.all(passwords.map((password) => world.activate(person.token, password)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(15).fill(400)]);
  await world.signIn(person.email, passwords[answers.findIndex(({ status }) => status === 200)]);
  assert.deepEqual(await world.memberships(person.id), ids(home, room));
  for (let round = 0; round < 6; round += 1) {
    const other = await world.offerOne(home.boss, [home]);
    const [activated, rejected] = await Promise.all([world.activate(other.token), world.reject(other.token)]);
    assert.deepEqual([activated.status, rejected.status].sort(), [200, 400]);
    const listed = await world.shown(home.boss, other.email, home);
    assert.equal(listed?.accountState === 'Active', activated.status === 200);
  }
});

test('of many invitations of one address at once: one account, and one secret that works', async () => {
  const email = address();
  const before = await world.accounts();
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.offer(home.boss, [world.entry(email)], [home])));
  assert.equal(new Set(answers.map(([{ userId }]) => userId)).size, 1);
  assert.equal(answers.filter(([{ isNewUser }]) => isNewUser).length, 1);
  assert.equal(await world.accounts(), before + 1);
  const tokens = [];
  for (let i = 0; i < 8; i += 1) tokens.push((await world.letter(email)).token);
  const statuses = [];
  for (const token of tokens) statuses.push((await world.activate(token)).status);
  assert.deepEqual(statuses.sort(), [200, ...Array(7).fill(400)]);
});

test('seven days', async () => {
  const [late, lapsed] = [await world.offerOne(home.boss, [home]), await world.offerOne(home.boss, [home, room])];
  await world.travel('+167h', home.boss);
  includes(await shown(lapsed.email), { accountState: 'New', accessible: true });
  assert.equal((await world.activate(late.token, kPassword)).status, 200);
  await world.travel('+8d', home.boss);
  await assertDead(lapsed.token);
  await assertDead(lapsed.token, (token) => world.reject(token));
  includes(await world.shown(world.admin, lapsed.email), { accountState: 'New', accessible: false });
  const inHome = await shown(lapsed.email);
  if (inHome) includes(inHome, { accountState: 'New', accessible: false });
  const before = await world.accounts();
  const again = await world.offerOne(home.boss, [home], { email: lapsed.email });
  assert.equal(again.id, lapsed.id);
  assert.equal(await world.accounts(), before);
  const lifetime_ms = Date.parse(again.invitationExpiresAt) - Date.now() - 8 * 24 * 3_600_000;
  assert.ok(Math.abs(lifetime_ms - kWeek_ms) < 120_000, `seven days from the new one: ${lifetime_ms} ms`);
  includes(await shown(lapsed.email), { accessible: true });
  await assertDead(lapsed.token);
  assert.equal((await world.activate(again.token, kPassword)).status, 200);
  assert.deepEqual(await world.memberships(lapsed.id), ids(home), 'what has lapsed is not revived');
  await world.signIn(lapsed.email);
});

test('time goes on while the service is down', async () => {
  const [soon, late] = [await world.offerOne(home.boss, [home]), await world.offerOne(home.boss, [home])];
  await world.server.restart({ fakeTime: '+6d' });
  await world.travel('+6d', home.boss);
  assert.equal((await world.activate(soon.token)).status, 200);
  await world.server.restart({ fakeTime: '+8d' });
  await world.travel('+8d', home.boss);
  await assertDead(late.token);
});

test('for its purpose only: not for a connection, nor the other way', async () => {
  const other = await world.company('Other');
  const connect = await world.invite(home.boss, other.boss.email, other.name);
  await assertDead(connect.token);
  await assertDead(connect.token, (token) => world.reject(token));
  const join = await world.offerOne(home.boss, [home]);
  await world.unchanged([home, other], () => world.refused([400, 401], '/access/invite/accept', null, { token: join.token }));
  const answer = await world.call('POST', '/saas/access/invite/accept', { body: { token: join.token } });
  assert.ok([400, 401].includes(answer.status));
  const asBearer = await world.call('GET', '/api/v1/auth/tokens/current', { as: join.token });
  assert.equal(asBearer.status, 401);
  const { token: api } = await world.done('/access/add-api-token', home.boss, {});
  await assertDead(api);
  await assertDead(home.boss.token);
  await world.accept(connect.token);
  assert.equal((await world.activate(join.token)).status, 200, 'both are still good for their own');
});
