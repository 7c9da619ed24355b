// What an invitation is worth: its secret is shown in one mail and nowhere else and works once; it gives nothing when who
// sent it has lost the right, when its organization is gone, or when it would let a stranger into what exists. CONTRACTS.md
// sections 1 (Ceiling, Secrets) and 2.2, section 7, 4.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startAccess, unique } from '../support/access.mjs';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { storedText } from '../support/store.mjs';

let world;
before(async () => { world = await startAccess(); });
after(async () => { await world?.stop(); });

const address = () => `${unique('invited').replaceAll(' ', '.')}@example.org`;
const accept = (token) => world.ask('POST', '/access/invite/accept', { body: { token } });
async function refusedWithoutEffect(companies, token, expect = [400]) {
  await world.unchanged(companies, async () => {
    const answer = await accept(token);
    assert.ok(expect.includes(answer.status), `${answer.status}: ${answer.text}`);
  });
}
async function setStatus(user, word) {
  const { status } = await world.must(200, 'GET', `/api/v1/users/${user.id}`, { as: world.admin });
  await world.must(200, 'PATCH', `/api/v1/users/${user.id}`, { as: world.admin, body: { status: /^[A-Z]/.test(status) ? word[0].toUpperCase() + word.slice(1) : word } });
}

test('of 32 acceptances at once, exactly one is told that it worked, and one connection is there', async () => {
  const [company, other] = [await world.company('Host'), await world.company('Guest')];
  for (const [email, name] of [[other.boss.email, other.name], [address(), unique('New')]]) {
    const { token } = await world.invite(company.boss, email, name);
    const before = (await world.list('/access/connections', company.boss)).length;
    const answers = await Promise.all(Array.from({ length: 32 }, () => accept(token)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(31).fill(400)]);
    const { connection_id } = answers.find(({ status }) => status === 200).json.data;
    const connections = await world.list('/access/connections', company.boss);
    assert.equal(connections.length, before + 1);
    assert.equal(connections.filter((item) => item.connection_id === connection_id).length, 1);
  }
  assert.equal((await world.list('/access/clients', other.boss)).length, 1);
});

test('of an acceptance and a rejection at once, exactly one happens', async () => {
  const company = await world.company('Race');
  for (let round = 0; round < 8; round += 1) {
    const { token, invitation_id } = await world.invite(company.boss, address(), unique('New'));
    const answers = await Promise.all([accept(token), world.ask('POST', `/access/invite/${invitation_id}/reject`, { as: company.boss })]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
    const { status, connection_id } = (await world.list('/access/invite', company.boss)).find(({ id }) => id === invitation_id);
    assert.equal(status, answers[0].status === 200 ? 'accepted' : 'rejected');
    assert.equal(connection_id !== null, status === 'accepted');
  }
});

test('two that invite each other are connected once', async () => {
  const [one, two] = [await world.company('One'), await world.company('Two')];
  const first = await world.invite(one.boss, two.boss.email, two.name, 'agency');
  const crossed = await world.ask('POST', '/access/invite', { as: two.boss, body: { email: one.boss.email, company_name: one.name, relation_type: 'customer' } });
  assert.ok([200, 400].includes(crossed.status));
  await world.accept(first.token);
  if (crossed.status === 200) await refusedWithoutEffect([one, two], (await world.mail.invitation(one.boss.email)).token);
  assert.equal((await world.list('/access/connections', one.boss)).length, 1);
});

const kLost = {
  'was demoted': { by: (company, host) => world.give(company, host, ['USER_VIEW'], ['USER_ADD']), back: (company, host) => world.give(company, host, ['USER_ADD']) },
  'was removed': { by: (company, host) => world.done('/access/delete', company.boss, { user_id: host.id }) },
  'was deactivated': { by: (_, host) => setStatus(host, 'inactive'), back: (_, host) => setStatus(host, 'active') },
};
for (const [name, { by, back }] of Object.entries(kLost)) {
  test(`an invitation gives nothing when who sent it ${name}`, async () => {
    const [company, other] = [await world.company('Host'), await world.company('Other')];
    const host = await world.hire(company, ['USER_ADD'], 'Sender');
    const known = await world.invite(host, other.boss.email, other.name);
    const unknown = await world.invite(host, address(), unique('New'));
    await by(company, host);
    for (const { token } of [known, unknown]) await refusedWithoutEffect([company, other], token);
    if (!back) return;
    await back(company, host);
    await world.accept(known.token);
  });
}

test('an invitation of an API token is worth what the token is', async () => {
  const [company, other] = [await world.company('Host'), await world.company('Other')];
  const { id, token } = await world.done('/access/add-api-token', company.boss, { roles: ['USER_ADD'] });
  const first = await world.invite(token, address(), unique('New'));
  const second = await world.invite(token, other.boss.email, other.name);
  await world.accept(first.token);
  await world.done(`/access/api-tokens/${id}/revoke`, company.boss);
  await refusedWithoutEffect([company, other], second.token);
});

test('an invitation gives nothing when an organization of it is gone', async () => {
  const [company, other] = [await world.company('Host', { below: true }), await world.company('Other')];
  const drop = ({ orgId, boss }) => world.must(204, 'DELETE', `/api/v1/orgs/${orgId}`, { as: boss });
  const sent = await world.invite(company.boss, other.boss.email, other.name);
  const unknown = await world.invite(company.boss, address(), unique('New'));
  const received = await world.invite(other.boss, company.boss.email, company.name);
  await drop(company);
  for (const { token } of [sent, unknown, received]) await refusedWithoutEffect([other], token, [400, 401]);
  assert.deepEqual(await world.list('/access/connections', other.boss), []);
});

test('an invitation to somebody of an organization gives nothing when that person has left it', async () => {
  const [company, other] = [await world.company('Host'), await world.company('Other')];
  const guest = await world.hire(other, [], 'Guest');
  const { token } = await world.invite(company.boss, guest.email, other.name);
  await world.done('/access/delete', other.boss, { user_id: guest.id });
  await refusedWithoutEffect([company, other], token);
});

test('an invitation gives nothing to an account that is deactivated, until it is active again', async () => {
  const [company, other] = [await world.company('Host'), await world.company('Other')];
  const guest = await world.hire(other, [], 'Guest');
  const known = await world.invite(company.boss, guest.email, other.name);
  const unknown = await world.invite(company.boss, address(), unique('New'));
  const registered = await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: { userName: unique('late').replaceAll(' ', '.'), email: unknown.email } });
  const people = [guest, { id: registered.userId }];
  for (const person of people) await setStatus(person, 'inactive');
  for (const { token } of [known, unknown]) await refusedWithoutEffect([company, other], token);
  for (const { token } of [known, unknown]) {
    const { status } = await world.call('POST', '/invitations/accept', { body: { token, password: 'correct horse battery staple 7' } });
    assert.ok([400, 403, 409].includes(status), `on the page: ${status}`);
  }
  assert.deepEqual(await world.list('/access/connections', company.boss), []);
  for (const person of people) await setStatus(person, 'active');
  for (const { token } of [known, unknown]) await world.accept(token);
});

test('nobody joins an existing organization by knowing its name', async () => {
  const [company, target] = [await world.company('Host'), await world.company('Target')];
  for (const name of [target.name, ` ${target.name.toUpperCase()} `]) {
    for (const relation of ['agency', 'customer']) {
      const { token } = await world.invite(company.boss, address(), name, relation);
      await refusedWithoutEffect([company, target], token);
    }
  }
  const name = unique('Later');
  const { token } = await world.invite(company.boss, address(), name);
  const later = await world.company('Later', { name });
  await refusedWithoutEffect([company, later], token);
});

test('who registered meanwhile gets the organization, and keeps the account', async () => {
  const company = await world.company('Host');
  const [email, name] = [address().toLowerCase(), unique('Meanwhile')];
  const { token } = await world.invite(company.boss, email, name);
  const user = await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: { userName: email.split('@')[0], email, password: 'correct horse battery staple 7' } });
  const { users } = await world.state();
  await world.accept(token);
  assert.equal((await world.state()).users, users, 'no second account');
  const person = await world.signIn(email);
  assert.deepEqual((await world.list('/access', person)).map(({ id, roles }) => [id, roles]), [[user.userId, ['admin']]]);
});

test('the secret is in one mail and nowhere else: no answer, list, log, export, metric or file shows it', async () => {
  const [company, other] = [await world.company('Quiet'), await world.company('Silent')];
  const sent = [];
  for (const relation of ['agency', 'customer']) sent.push(await world.invite(company.boss, other.boss.email, other.name, relation));
  sent.push(await world.invite(company.boss, address(), unique('New')), await world.invite(company.boss, address(), unique('Refused')));
  await world.done(`/access/invite/${sent[1].invitation_id}/reject`, other.boss);
  await world.accept(sent[0].token);
  await world.accept(sent[2].token);
  await accept(sent[0].token);
  await accept(`${sent[3].token.slice(0, -1)}${sent[3].token.endsWith('x') ? 'y' : 'x'}`);
  const api = await world.done('/access/add-api-token', company.boss, { name: 'kept quiet' });
  await world.list('/access', api.token);
  const folder = join(freshFolder('export'), 'out');
  assert.equal((await run(['export', folder, '--data', world.server.data])).status, 0);
  const places = {
    'the lists and the log of the one side': JSON.stringify(await world.state(company)),
    'the lists and the log of the other side': JSON.stringify(await world.state(other)),
    "the server's log": world.server.stderr(),
    'the metrics': (await world.server.request('GET', `${world.management}/metrics`)).text,
    'the export': readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1')).join(),
    'the store': await storedText(world.server, { recursive: false }),
  };
  const secrets = { ...Object.fromEntries(sent.map(({ token }, i) => [`invitation ${i}`, token])), 'API token': api.token };
  for (const [place, text] of Object.entries(places)) {
    for (const [name, secret] of Object.entries(secrets)) {
      assert.ok(!text.includes(secret), `${place} shows the secret of ${name}`);
      assert.ok(!text.includes(secret.slice(11, 48)), `${place} shows a part of the secret of ${name}`);
    }
  }
  for (const { email, token } of sent) {
    const mails = (await world.mail.all()).filter(({ raw, text }) => raw.includes(token) || text.includes(token));
    assert.deepEqual(mails.map(({ to }) => to), [[email.toLowerCase()]], 'one mail shows it, to the invited address');
  }
});
