// People who sign in through an identity provider: invited with it, they have no password here and cannot get one, on any
// surface. CONTRACTS.md section 4; the "An identity provider is attached to an invited user".
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { address, assertFaults, includes, kPassword, kProviders, startPartner } from '../support/partner.mjs';
import { greet } from '../support/v1.mjs';

let world;
let company;
let provider;
let disabled;
before(async () => {
  world = await startPartner();
  company = await world.company('Partner');
  provider = await world.provider();
  disabled = await world.provider({ enabled: false });
});
after(async () => { await world?.stop(); });

// No surface lets the person in with the password that was tried.
async function assertNoPassword({ email }) {
  const v1 = await world.call('POST', '/api/v1/auth/tokens', { body: { account: email, password: kPassword } });
  assert.equal(v1.status, 401, `v1 lets ${email} in: ${v1.text}`);
  const d = await world.authenticate(email, kPassword);
  assert.equal(d.status, 401, `the identity manager lets ${email} in: ${d.text}`);
}

test('invited by the id of the provider or by its prefix', async () => {
  for (const by of [{ IdentityProviderId: provider.id }, { IdentityProviderPrefix: provider.prefix }, { IdentityProviderId: provider.id, IdentityProviderPrefix: provider.prefix }]) {
    const person = await world.offerOne(company.boss, [company], by);
    const shown = await world.shown(company.boss, person.email, company);
    includes(shown, { accountState: 'New', accessible: true, identityProvider: { id: provider.id, name: provider.name } });
    assert.equal((await world.activate(person.token)).status, 200);
    includes(await world.shown(company.boss, person.email, company), { accountState: 'Active', accessible: true, identityProvider: { id: provider.id, name: provider.name } });
    assert.deepEqual(await world.memberships(person.id), [company.orgId]);
    await assertNoPassword(person);
  }
});

test('without a provider: none', async () => {
  const person = await world.offerOne(company.boss, [company], { IdentityProviderId: null, IdentityProviderPrefix: null });
  assert.equal((await world.shown(company.boss, person.email, company)).identityProvider, null);
});

test('activation with a password is refused, and the invitation still stands', async () => {
  const person = await world.offerOne(company.boss, [company], { IdentityProviderId: provider.id });
  const answer = await world.activate(person.token, kPassword);
  assert.equal(answer.status, 400, answer.text);
  assert.ok(!answer.text.includes(kPassword));
  assert.deepEqual(await world.memberships(person.id), []);
  await assertNoPassword(person);
  assert.equal((await world.activate(person.token)).status, 200);
  await assertNoPassword(person);
});

test('the page of the invitation gives none either', async () => {
  const person = await world.offerOne(company.boss, [company], { IdentityProviderId: provider.id });
  const { status } = await world.call('POST', '/invitations/accept', { body: { token: person.token, password: kPassword }, check: false });
  assert.ok(status >= 400 && status < 500, `${status}`);
  await assertNoPassword(person);
});

test('an administrator cannot give one: the identity manager, the accounts of v1, the command line', async () => {
  const person = await world.offerOne(company.boss, [company], { IdentityProviderId: provider.id });
  const reset = () => world.call('PUT', '/api/Password', { as: world.admin, body: { userId: person.id, newPassword: kPassword } });
  assert.equal((await reset()).status, 409, 'before activation');
  await world.activate(person.token);
  assert.equal((await reset()).status, 409);
  assert.equal((await world.call('PUT', '/api/Password', { as: world.admin, body: { userName: person.email, newPassword: kPassword } })).status, 409);
  await world.call('PATCH', `/api/v1/users/${person.id}`, { as: world.admin, body: { password: kPassword }, check: false });
  const again = await world.call('POST', '/api/v1/users', { as: world.admin, body: { userName: `other.${person.email}`, email: person.email, password: kPassword } });
  assert.equal(again.status, 409, 'no second account with the address');
  await assertNoPassword(person);
  await world.server.stop();
  const file = join(freshFolder('password'), 'password');
  writeFileSync(file, kPassword);
  const command = await run(['admin', 'reset-password', person.email, '--password-file', file, '--data', world.server.data]);
  await world.server.start();
  await greet(world);
  await world.renew(company.boss);
  assert.notEqual(command.status, 0, 'the command line refuses it');
  await assertNoPassword(person);
});

test('an account that has a password keeps it, whatever provider an invitation names', async () => {
  const person = await world.joined(company.boss, [company]);
  const other = await world.company('Other');
  const answer = await world.sendInvite(other.boss, [world.entry(person.email, { IdentityProviderId: provider.id })], [other]);
  assert.ok([200, 400].includes(answer.status), answer.text);
  await world.signIn(person.email);
  assert.equal((await world.shown(world.admin, person.email)).identityProvider, null, 'nobody else chooses how they sign in');
});

test('unknown and disabled ones are faults, by id and by prefix', async () => {
  const good = () => world.entry(address());
  const users = [
    good(), { ...good(), IdentityProviderId: disabled.id }, { ...good(), IdentityProviderPrefix: disabled.prefix }, { ...good(), IdentityProviderId: world.group('Customer') },
    { ...good(), IdentityProviderPrefix: 'no-such-prefix' }, { ...good(), IdentityProviderId: 'x' }, { ...good(), IdentityProviderId: provider.id, IdentityProviderPrefix: disabled.prefix },
  ];
  await world.unchanged([company], async () => {
    const answer = await world.sendInvite(company.boss, users.filter((_, i) => i !== 5), [company]);
    assertFaults(answer, ['Users[1].IdentityProviderId', 'Users[2].IdentityProviderPrefix', 'Users[3].IdentityProviderId', 'Users[4].IdentityProviderPrefix', 'Users[5].IdentityProviderPrefix'], ['Users[5].IdentityProviderId']);
    assertFaults(await world.sendInvite(company.boss, [good(), users[5]], [company]), ['Users[1].IdentityProviderId']);
  });
});

test('one that is disabled after the invitation: the account still has no password', async () => {
  const own = await world.provider();
  const person = await world.offerOne(company.boss, [company], { IdentityProviderId: own.id });
  const { name, prefix, type, issuer, clientId, clientSecret } = own;
  const off = await world.partner('PUT', `${kProviders}/${own.id}`, { as: world.admin, body: { name, prefix, type, issuer, clientId, clientSecret, enabled: false } });
  assert.ok([200, 204].includes(off.status), off.text);
  assert.equal((await world.activate(person.token, kPassword)).status, 400);
  await assertNoPassword(person);
  assertFaults(await world.sendInvite(company.boss, [world.entry(address(), { IdentityProviderId: own.id })], [company]), ['Users[0].IdentityProviderId']);
});
