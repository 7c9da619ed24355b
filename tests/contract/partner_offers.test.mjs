// What becomes of invitations to join that were sent: who sees them, who takes them back, and where an account signs in
// afterwards. CONTRACTS.md section 4 (life cycle, beyond the seed) and section 1 (Ceiling, Isolation).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, includes, kNobody, kPassword, kTime, kUsers, kUuid, listOf, sorted, startPartner } from '../support/partner.mjs';

let world;
before(async () => { world = await startPartner(); });
after(async () => { await world?.stop(); });

const offersOf = (as, { id }) => world.partner('GET', `${kUsers}/${id}/invitations`, { as });
const withdraw = (as, { id }) => world.partner('DELETE', `/partner/v1/invitations/${id}`, { as });
const providerOf = (method, as, { id }, body) => world.partner(method, `${kUsers}/${id}/identity-provider`, { as, body });
async function only(as, person) {
  const { items, total } = listOf(await offersOf(as, person));
  assert.equal(total, 1);
  return items[0];
}

test('an invitation is told of with all that is no secret', async () => {
  const company = await world.company('Host');
  const provider = await world.provider();
  const person = await world.offerOne(company.boss, [company], { group: 'USER_VIEW', IdentityProviderId: provider.id });
  const answer = await offersOf(company.boss, person);
  const [offer] = listOf(answer).items;
  assert.deepEqual(sorted(Object.keys(offer)), ['answerDate', 'creationDate', 'email', 'expiresAt', 'id', 'identityProvider', 'invitedBy', 'lastSentDate', 'organizations', 'status']);
  includes(offer, { id: kUuid, status: 'pending', email: person.email, creationDate: kTime, lastSentDate: kTime, expiresAt: person.invitationExpiresAt, answerDate: null, identityProvider: { id: provider.id, name: provider.name } });
  assert.deepEqual(offer.organizations, [{ id: company.orgId, name: company.name, groupIds: [world.group('USER_VIEW')] }]);
  assert.ok(!answer.text.includes(person.token));
  assert.equal((await world.activate(person.token)).status, 200);
  includes(await only(company.boss, person), { status: 'accepted', answerDate: kTime });
});

test('two that invite the same person see their own, the platform both', async () => {
  const [one, two] = [await world.company('One'), await world.company('Two')];
  const email = address();
  const person = await world.offerOne(one.boss, [one], { email });
  await world.offerOne(two.boss, [two], { email });
  for (const company of [one, two]) {
    const offer = await only(company.boss, person);
    assert.deepEqual(offer.organizations.map(({ id }) => id), [company.orgId]);
  }
  assert.equal(listOf(await offersOf(world.admin, person)).total, 2);
  const stranger = await world.company('Stranger');
  const refused = await offersOf(stranger.boss, person);
  assert.equal(refused.status, 404, refused.text);
  assert.equal(refused.json.detail, (await offersOf(stranger.boss, { id: kNobody })).json.detail, 'as of an account that is not there');
});

test('what was withdrawn gives nothing, and can be offered anew', async () => {
  const company = await world.company('Host');
  const person = await world.offerOne(company.boss, [company]);
  const offer = await only(company.boss, person);
  assert.equal((await withdraw(company.boss, offer)).status, 204);
  await world.unchanged([company], async () => {
    assert.equal((await world.activate(person.token, kPassword)).status, 400);
    assert.equal((await world.reject(person.token)).status, 400);
    assert.equal((await withdraw(company.boss, offer)).status, 409);
  });
  includes(await only(company.boss, person), { status: 'withdrawn', answerDate: kTime });
  assert.deepEqual(await world.memberships(person.id), []);
  const again = await world.joined(company.boss, [company], { email: person.email });
  assert.equal(again.id, person.id);
});

test('of one into two organizations, each administrator withdraws the own part', async () => {
  const [one, two] = [await world.company('One'), await world.company('Two')];
  const person = await world.offerOne(world.admin, [one, two], { group: 'USER_VIEW' });
  assert.equal((await withdraw(one.boss, await only(one.boss, person))).status, 204);
  assert.equal((await offersOf(one.boss, person)).status, 404);
  assert.deepEqual((await only(two.boss, person)).organizations.map(({ id }) => id), [two.orgId]);
  assert.equal((await world.activate(person.token, kPassword)).status, 200);
  assert.deepEqual(await world.memberships(person.id), [two.orgId]);
});

test('nobody withdraws what he could not offer, nor what he does not see', async () => {
  const company = await world.company('Host');
  const person = await world.offerOne(company.boss, [company], { group: 'USER_EDIT' });
  const offer = await only(company.boss, person);
  const looker = await world.hire(company, ['USER_VIEW'], 'Looker');
  const adder = await world.hire(company, ['USER_VIEW', 'USER_ADD'], 'Adder');
  const stranger = await world.company('Stranger');
  await world.unchanged([company], async () => {
    for (const [who, status] of [[looker, 403], [adder, 403], [stranger.boss, 404], [undefined, 401]]) {
      const answer = await withdraw(who, offer);
      assert.equal(answer.status, status, answer.text);
    }
    for (const id of [kNobody, 'no-id', company.orgId, person.id]) assert.equal((await withdraw(company.boss, { id })).status, 404);
  });
  assert.equal((await world.activate(person.token, kPassword)).status, 200);
});

test('an offer between organizations is not withdrawn this way', async () => {
  const company = await world.company('Host');
  const id = await world.invite(company.boss, address(), 'Some Agency');
  const listed = (await world.must(200, 'GET', '/access/invite', { as: company.boss }));
  await world.unchanged([company], async () => {
    for (const one of [id?.id ?? id, ...(listed.items ?? listed).map((entry) => entry.invitation_id ?? entry.id)]) {
      assert.equal((await withdraw(company.boss, { id: one })).status, 404, `${one}`);
    }
  });
});

test('32 activations and withdrawals at once: one of the two, as a whole', async () => {
  const company = await world.company('Host');
  const person = await world.offerOne(company.boss, [company]);
  const offer = await only(company.boss, person);
  const answers = await Promise.all(Array.from({ length: 32 }, (_, i) => (i % 2 ? withdraw(company.boss, offer) : world.activate(person.token, kPassword))));
  const won = answers.filter(({ status }) => status < 300);
  assert.equal(won.length, 1, answers.map(({ status }) => status).join(' '));
  assert.deepEqual(await world.memberships(person.id), won[0].status === 204 ? [] : [company.orgId]);
});

test("the organization's log tells who offered what to whom, and who took it back", async () => {
  const company = await world.company('Host');
  const person = await world.offerOne(company.boss, [company]);
  await withdraw(company.boss, await only(company.boss, person));
  const { items } = await world.must(200, 'GET', `/api/v1/orgs/${company.orgId}/changes`, { as: company.boss });
  for (const action of ['invitation.offered', 'invitation.withdrawn']) {
    const entry = items.find((one) => one.action === action);
    assert.ok(entry, `${action} in ${JSON.stringify(items)}`);
    assert.ok(JSON.stringify(entry).includes(person.email) && JSON.stringify(entry).includes(company.boss.id), JSON.stringify(entry));
  }
});

test('the platform moves an account to an identity provider and back', async () => {
  const company = await world.company('Host');
  const provider = await world.provider();
  const person = await world.joined(company.boss, [company]);
  assert.equal((await providerOf('PUT', world.admin, person, { identityProviderId: provider.id })).status, 204);
  includes(await world.shown(company.boss, person.email, company), { accountState: 'Active', identityProvider: { id: provider.id } });
  assert.equal((await world.call('GET', '/api/v1/auth/tokens/current', { as: person })).status, 401, 'its sessions have ended');
  assert.equal((await world.authenticate(person.email, kPassword)).status, 401);
  const reset = { userId: person.id, newPassword: 'another horse battery 8' };
  assert.equal((await world.call('PUT', '/api/Password', { as: world.admin, body: reset })).status, 409);
  assert.equal((await world.partner('DELETE', `/partner/v1/identity-providers/${provider.id}`, { as: world.admin })).status, 409);

  assert.equal((await providerOf('DELETE', world.admin, person)).status, 204);
  assert.equal((await providerOf('DELETE', world.admin, person)).status, 204, 'the same again');
  assert.equal((await world.authenticate(person.email, kPassword)).status, 401, 'the old password is gone');
  assert.equal((await world.call('PUT', '/api/Password', { as: world.admin, body: reset })).status, 204);
  assert.equal((await world.authenticate(person.email, reset.newPassword)).status, 200);
  assert.equal((await world.partner('DELETE', `/partner/v1/identity-providers/${provider.id}`, { as: world.admin })).status, 204);
});

test('where an account signs in is for the platform alone to say', async () => {
  const company = await world.company('Host');
  const [provider, off] = [await world.provider(), await world.provider({ enabled: false })];
  const person = await world.joined(company.boss, [company]);
  await world.unchanged([company], async () => {
    for (const who of [company.boss, person]) {
      assert.equal((await providerOf('PUT', who, person, { identityProviderId: provider.id })).status, 403);
      assert.equal((await providerOf('DELETE', who, person)).status, 403);
    }
    assert.equal((await providerOf('PUT', world.admin, world.admin, { identityProviderId: provider.id })).status, 409, 'nor for oneself');
    assert.equal((await providerOf('PUT', world.admin, person, { identityProviderId: off.id })).status, 409);
    assert.equal((await providerOf('PUT', world.admin, person, { identityProviderId: kNobody })).status, 404);
    assert.equal((await providerOf('PUT', world.admin, person, {})).status, 400);
    assert.equal((await providerOf('PUT', world.admin, { id: kNobody }, { identityProviderId: provider.id })).status, 404);
  });
});
