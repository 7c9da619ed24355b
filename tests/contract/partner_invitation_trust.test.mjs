// What an invitation to join is worth: what its sender may still give when it is used, where it still exists; its secret is in
// one mail and nowhere else; and two who invite the same person learn nothing of each other. CONTRACTS.md section 1
// (Ceiling, Secrets, Isolation) and section 4.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { address, kPassword, linksIn, sorted, startPartner, unique } from '../support/partner.mjs';
import { storedText } from '../support/store.mjs';

let world;
before(async () => { world = await startPartner(); });
after(async () => { await world?.stop(); });

const ids = (...organizations) => sorted(organizations.map(({ orgId }) => orgId));
async function assertWorthless({ id, email, token }, ...companies) {
  await world.unchanged(companies, async () => {
    const answer = await world.activate(token, kPassword);
    assert.equal(answer.status, 400, answer.text);
  });
  assert.deepEqual(await world.memberships(id), []);
  assert.equal((await world.call('POST', '/api/v1/auth/tokens', { body: { account: email, password: kPassword } })).status, 401);
}

const kLost = {
  'was demoted': (company, sender) => world.give(company, sender, ['USER_VIEW'], ['USER_ADD']),
  'was removed': (company, sender) => world.done('/access/delete', company.boss, { user_id: sender.id }),
  'was deactivated': (_, sender) => world.setStatus(sender, 'inactive'),
  'was deleted': (_, sender) => world.must(204, 'DELETE', `/api/v1/users/${sender.id}`, { as: world.admin }),
};
for (const [name, lose] of Object.entries(kLost)) {
  test(`it gives nothing when who sent it ${name}`, async () => {
    const company = await world.company('Host');
    const sender = await world.hire(company, ['USER_ADD'], 'Sender');
    const person = await world.offerOne(sender, [company], { group: 'USER_VIEW' });
    await lose(company, sender);
    await assertWorthless(person, company);
    const again = await world.joined(company.boss, [company], { email: person.email });
    assert.equal(again.id, person.id, 'somebody who may, invites anew');
    assert.deepEqual(await world.memberships(again.id), ids(company));
  });
}

test('it gives no group that its sender can no longer give, while the right to add users is kept', async () => {
  const company = await world.company('Host');
  const sender = await world.hire(company, ['USER_ADD', 'ORDERS_EDIT'], 'Sender');
  const person = await world.offerOne(sender, [company], { group: 'ORDERS_EDIT' });
  await world.give(company, sender, [], ['ORDERS_EDIT']);
  await assertWorthless(person, company);
});

test('of several organizations, none where its sender has lost the right', async () => {
  const [one, two] = [await world.company('One'), await world.company('Two')];
  const sender = await world.hire(one, ['USER_ADD'], 'Sender');
  await world.done('/access/add', two.boss, { email: sender.email });
  await world.give(two, sender, ['USER_ADD']);
  const person = await world.offerOne(sender, [one, two], { group: 'USER_VIEW' });
  await world.done('/access/delete', two.boss, { user_id: sender.id });
  const { status } = await world.activate(person.token, kPassword);
  assert.ok([200, 400].includes(status), `${status}`);
  assert.deepEqual(await world.memberships(person.id), status === 200 ? ids(one) : []);
});

test('an organization that was deleted meanwhile: the others still', async () => {
  const company = await world.company('Host');
  const rooms = [];
  for (const stem of ['Stays', 'Goes', 'Stays too']) rooms.push(await world.organization({ as: company.boss, parent: company, name: unique(stem) }));
  const [person, alone] = [await world.offerOne(company.boss, rooms), await world.offerOne(company.boss, [rooms[1]])];
  await world.must(204, 'DELETE', `/api/v1/orgs/${rooms[1].orgId}`, { as: company.boss });
  const shown = await world.shown(company.boss, person.email, company);
  assert.deepEqual(sorted(shown.organizations.map(({ id }) => id)), ids(rooms[0], rooms[2]));
  const answer = await world.activate(person.token, kPassword);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(await world.memberships(person.id), ids(rooms[0], rooms[2]));
  await assertWorthless(alone, company);
});

test('an account that was deactivated or deleted meanwhile is not activated', async () => {
  const company = await world.company('Host');
  const [blocked, deleted] = [await world.offerOne(company.boss, [company]), await world.offerOne(company.boss, [company])];
  await world.setStatus(blocked, 'inactive');
  assert.equal((await world.shown(world.admin, blocked.email)).accountState, 'Blocked');
  await assertWorthless(blocked, company);
  await world.must(204, 'DELETE', `/api/v1/users/${deleted.id}`, { as: world.admin });
  await world.unchanged([company], async () => assert.equal((await world.activate(deleted.token, kPassword)).status, 400));
  const anew = await world.joined(company.boss, [company], { email: deleted.email });
  assert.notEqual(anew.id, deleted.id);
});

test('an invitation of an API token is worth what the token is', async () => {
  const company = await world.company('Host');
  const api = await world.done('/access/add-api-token', company.boss, { name: 'onboarding', roles: ['USER_ADD'] });
  const [first, second] = [await world.offerOne(api.token, [company], { group: 'USER_VIEW' }), await world.offerOne(api.token, [company], { group: 'USER_VIEW' })];
  assert.equal((await world.activate(first.token)).status, 200);
  await world.done(`/access/api-tokens/${api.id}/revoke`, company.boss);
  await assertWorthless(second, company);
});

test('an agency invites within its connection, nobody who administers, and nothing of it is good after the end', async () => {
  const [customer, agency] = [await world.company('Customer'), await world.company('Agency')];
  const made = await world.connect(customer, agency, { roles: ['USER_ADD', 'ORDERS_VIEW'] });
  const person = await world.offerOne(agency.boss, [customer], { group: 'ORDERS_VIEW' });
  await world.unchanged([customer, agency], async () => {
    const answer = await world.sendInvite(agency.boss, [world.entry(address(), { group: 'USER_ADD' })], [customer]);
    assert.equal(answer.status, 403, answer.text);
  });
  await world.end(customer, made);
  await assertWorthless(person, customer);
});

test('two who invite the same person: one account, and neither learns of the other', async () => {
  const [one, two] = [await world.company('One'), await world.company('Two')];
  const email = address();
  const first = await world.offerOne(one.boss, [one], { email });
  const [answered] = await world.offer(two.boss, [world.entry(email, { FirstName: 'Other', LastName: 'Name' })], [two]);
  assert.deepEqual(answered.organizationIds, [two.orgId]);
  for (const [mine, other] of [[one, two], [two, one]]) {
    const text = JSON.stringify(await world.users(mine.boss, { customerId: mine.orgId }));
    assert.ok(!text.includes(other.orgId) && !text.includes(other.name) && !text.includes(other.boss.email), text);
    assert.deepEqual((await world.shown(mine.boss, email, mine)).organizations.map(({ id }) => id), [mine.orgId]);
  }
  assert.equal((await world.shown(one.boss, email, one)).lastName, 'Invited', 'the name is not for others to change');
  const second = await world.letter(email);
  assert.equal((await world.activate(second.token, kPassword)).status, 200);
  await world.activate(first.token);
  assert.deepEqual(await world.memberships(first.id), ids(one, two), 'what both offered');
});

test('one who rejects what the one offers keeps what the other has given', async () => {
  const [one, two] = [await world.company('One'), await world.company('Two')];
  const person = await world.joined(one.boss, [one]);
  const before = await world.memberships(person.id);
  const pending = await world.offerOne(two.boss, [two]);
  assert.equal((await world.reject(pending.token)).status, 200);
  assert.deepEqual(await world.memberships(person.id), before);
  await world.signIn(person.email);
});

test('the secret is in one mail and nowhere else: no answer, list, log, export, metric or file shows it', async () => {
  const company = await world.company('Quiet');
  const sent = [];
  for (let i = 0; i < 3; i += 1) sent.push(await world.offerOne(company.boss, [company]));
  await world.activate(sent[0].token, kPassword);
  await world.activate(sent[0].token, kPassword);
  await world.reject(sent[1].token);
  await world.activate(`${sent[2].token.slice(0, -1)}${sent[2].token.endsWith('x') ? 'y' : 'x'}`);
  const folder = join(freshFolder('export'), 'out');
  assert.equal((await run(['export', folder, '--data', world.server.data])).status, 0);
  const places = {
    'the lists and the log': JSON.stringify(await world.state(company)),
    "the server's log": world.server.stderr(),
    'the metrics': (await world.server.request('GET', `${world.management}/metrics`)).text,
    'the export': readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1')).join(),
    'the store': await storedText(world.server, { recursive: false }),
  };
  const core = (token) => token.slice(token.lastIndexOf('_') + 1, -6);
  for (const [place, text] of Object.entries(places)) {
    assert.ok(!text.includes(kPassword), `${place} shows the password`);
    for (const { token } of sent) assert.ok(!text.includes(core(token)), `${place} shows a secret`);
  }
  for (const { email, token } of sent) {
    const mails = (await world.mail.all()).filter(({ text }) => linksIn(text).some((link) => link.token === token));
    assert.deepEqual(mails.map(({ to }) => to), [[email.toLowerCase()]], 'one mail shows it, to the invited address');
  }
});
