// Store: postgres
// Two nodes on one database behave as one: what is done on the one is so on the other, what works once works once, whichever
// of them is asked, and what is taken away is taken away on both within the stated bound.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { AccessWorld, sorted } from '../support/access.mjs';
import { until } from '../support/mail.mjs';
import { startNodes } from '../support/nodes.mjs';
import { address, emptied, opened, sending } from '../support/outbox.mjs';
import { SmtpServer } from '../support/smtp.mjs';
import { assertProblem, greet, unique, World } from '../support/v1.mjs';

const kTokens = '/api/v1/auth/tokens';
const kCurrent = '/api/v1/auth/tokens/current';
const kBound_ms = 1000;  // staleness_bound_ms
let smtp;
let one;
let other;
before(async () => {
  smtp = await SmtpServer.start();
  [one, other] = (await startNodes(2, { env: sending(smtp) })).map((server) => new AccessWorld(server));
  await greet(one);
  await greet(other);
});
after(async () => {
  await other?.stop();
  await one?.stop();
  await smtp?.stop();
});

const refresh = (world, { token, refreshToken }) => world.call('POST', `${kTokens}?grant_type=refresh_token`, { body: { token, refreshToken } });
const statuses = (answers) => answers.map(({ status }) => status).sort();
const revisionOf = ({ headers }) => Number(headers['gatehouse-revision']);

// The same on both nodes at once, so many times on each.
const onBoth = (times, ask) => Promise.all(Array.from({ length: 2 * times }, (_, i) => ask(i % 2 === 0 ? one : other)));

test('what is made, changed and removed on one node is so on the other, from the next request on', async () => {
  for (const [here, there] of [[one, other], [other, one]]) {
    const organization = await here.organization({ name: unique('Here') });
    const path = `/api/v1/orgs/${organization.orgId}`;
    assert.equal((await there.must(200, 'GET', path, { as: there.admin })).name, organization.name);
    const renamed = unique('There');
    await there.must(200, 'PATCH', path, { as: there.admin, body: { name: renamed } });
    assert.equal((await here.must(200, 'GET', path, { as: here.admin })).name, renamed);
    await here.must(204, 'DELETE', path, { as: here.admin });
    assertProblem(await there.call('GET', path, { as: there.admin }), { status: 404 });
  }
});

test('a hundred changes on alternating nodes, each building on the one before', async () => {
  let parent = await one.organization({ name: unique('Chain') });
  for (let i = 0; i < 100; ++i) {
    const world = i % 2 === 0 ? other : one;
    const made = await world.must(201, 'POST', '/api/v1/orgs', { as: one.admin, body: { name: unique('Link'), ...(i % 8 === 0 ? {} : { parentOrgId: parent.orgId }) } });
    parent = made;
  }
});

test('whoever signs in on one node is known on the other at once, and signed out there as well', async () => {
  for (const [here, there] of [[one, other], [other, one]]) {
    for (let i = 0; i < 10; ++i) {
      const person = await here.person('Traveller');
      assert.equal((await there.must(200, 'GET', kCurrent, { as: person })).userId, person.id);
      await there.must(204, 'DELETE', kCurrent, { as: person });
      const gone = await here.call('GET', kCurrent, { as: person, headers: { 'Gatehouse-At-Least-Revision': String(await headOf(there)) } });
      assert.equal(gone.status, 401, gone.text);
    }
  }
});

// A revision at or after everything that this node has answered.
async function headOf(world) {
  const revision = revisionOf(await world.call('POST', '/access/v1/evaluation', { as: world.admin, body: question(world.admin, 'organizations.view', { orgId: randomUUID() }) }));
  assert.ok(Number.isSafeInteger(revision) && revision > 0, 'every decision says its revision');
  return revision;
}

const question = (user, permission, organization) => ({
  subject: { type: 'user', id: user.id }, action: { name: permission }, resource: { type: 'organization', id: organization.orgId },
});
async function decide(world, as, user, permission, organization, headers = {}) {
  const answer = await world.call('POST', '/access/v1/evaluation', { as, body: question(user, permission, organization), headers });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.decision;
}

test('a refresh token that is used on both nodes at once has one heir, whoever asked last', async () => {
  for (let round = 0; round < 5; ++round) {
    const person = await one.person('Refresher');
    const answers = await onBoth(2, (world) => refresh(world, person));
    assert.ok(answers.every(({ status }) => [201, 401].includes(status)), statuses(answers).join());
    // Until one of them is used, a retry gets a fresh one and voids the one before.
    const pairs = answers.filter(({ status }) => status === 201).map(({ json }) => ({ token: json.accessToken, refreshToken: json.refreshToken }));
    assert.equal(new Set(pairs.map(({ refreshToken }) => refreshToken)).size, pairs.length, 'no two get the same token');
    const heirs = await Promise.all(pairs.map((pair, i) => refresh(i % 2 === 0 ? other : one, pair)));
    assert.ok(heirs.filter(({ status }) => status === 201).length <= 1, statuses(heirs).join());
  }
});

test('refresh tokens go on from node to node', async () => {
  let pair = await one.person('Wanderer');
  for (let i = 0; i < 10; ++i) {
    const answer = await refresh(i % 2 === 0 ? other : one, pair);
    assert.ok([200, 201].includes(answer.status), answer.text);
    pair = { token: answer.json.accessToken, refreshToken: answer.json.refreshToken };
  }
});

test('an invitation that is accepted on both nodes at once is accepted once', async () => {
  for (let round = 0; round < 5; ++round) {
    const host = await one.company('Host');
    const email = address('twice');
    await one.done('/access/invite', host.boss, { email, company_name: unique('Newcomer'), relation_type: 'agency' });
    const { token } = opened(await smtp.mailTo(email));
    const answers = await onBoth(2, (world) => world.ask('POST', '/access/invite/accept', { as: null, body: { token } }));
    assert.deepEqual(statuses(answers), [200, 400, 400, 400], answers.map(({ text }) => text).join('\n'));
    assert.equal((await other.list('/access/connections', host.boss)).length, 1);
  }
});

test('a mail is sent once, whichever node made it', async () => {
  const host = await other.company('Sender');
  const emails = [];
  for (let i = 0; i < 20; ++i) {
    const email = address('once');
    emails.push(email);
    await (i % 2 === 0 ? one : other).done('/access/invite', host.boss, { email, company_name: unique('Once'), relation_type: 'agency' });
  }
  await until('all mails', async () => emails.every((email) => smtp.to(email).length > 0));
  await emptied(one.server);
  await emptied(other.server);
  for (const email of emails) assert.equal(smtp.to(email).length, 1, email);
});

test('the throttle of sign-ins counts over both nodes', async () => {
  const person = await one.person('Guessed', { signIn: false });
  const guess = (world) => world.call('POST', kTokens, { body: { account: person.email, password: 'surely wrong' } });
  for (let i = 0; i < 10; ++i) assert.equal((await guess(i % 2 === 0 ? one : other)).status, 401);
  assert.equal((await guess(one)).status, 429);
  assert.equal((await guess(other)).status, 429);
});

test('many guesses on both nodes at once do not slip by', async () => {
  const person = await one.person('Hurried', { signIn: false });
  const answers = await onBoth(15, (world) => world.call('POST', kTokens, { body: { account: person.email, password: 'surely wrong' } }));
  assert.equal(answers.filter(({ status }) => status === 401).length, 10, statuses(answers).join());
  assert.ok(answers.every(({ status }) => status === 401 || status === 429));
});

test('an Idempotency-Key that comes again on the other node is answered the same', async () => {
  const headers = { 'Idempotency-Key': randomUUID() };
  const body = { name: unique('Once') };
  const first = await one.must(201, 'POST', '/api/v1/orgs', { as: one.admin, body, headers });
  const again = await other.must(201, 'POST', '/api/v1/orgs', { as: one.admin, body, headers });
  assert.deepEqual(again, first);
  assertProblem(await other.call('POST', '/api/v1/orgs', { as: one.admin, body: { name: unique('Other') }, headers }), { status: 422 });
});

test('an Idempotency-Key on both nodes at once does it once', async () => {
  for (let round = 0; round < 5; ++round) {
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = { name: unique('Race') };
    const answers = await onBoth(2, (world) => world.call('POST', '/api/v1/orgs', { as: one.admin, body, headers }));
    const made = new Set(answers.filter(({ status }) => status === 201).map(({ json }) => json.orgId));
    assert.equal(made.size, 1, answers.map(({ status, text }) => `${status} ${text}`).join('\n'));
    assert.ok(answers.every(({ status }) => status === 201 || status === 409), statuses(answers).join());
    const found = await one.must(200, 'GET', '/api/v1/orgs', { as: one.admin, query: { name: body.name } });
    assert.equal(found.totalCount, 1);
  }
});

test('the same name, taken on both nodes at once, is one organization’s', async () => {
  for (let round = 0; round < 5; ++round) {
    const body = { name: unique('Wanted') };
    const answers = await onBoth(2, (world) => world.call('POST', '/api/v1/orgs', { as: one.admin, body }));
    assert.deepEqual(statuses(answers), [201, 409, 409, 409], answers.map(({ text }) => text).join('\n'));
  }
});

test('of two administrators who take the role from each other at once, on two nodes, one is left', async () => {
  for (let round = 0; round < 5; ++round) {
    const [ann, bob] = [await one.person('Ann'), await other.person('Bob')];
    const organization = await one.organization({ as: ann });
    await one.member(organization, bob, 'admin', ann);
    const leave = (world, user, as) => world.call('DELETE', `/api/v1/orgs/${organization.orgId}/users/${user.id}`, { as });
    await Promise.all([leave(one, bob, ann), leave(other, ann, bob)]);
    const { items } = await one.must(200, 'GET', `/api/v1/orgs/${organization.orgId}/users`, { as: one.admin });
    assert.equal(items.filter(({ orgRole }) => orgRole === 'admin').length, 1, JSON.stringify(items));
  }
});

test('a decision that demands a revision is made from it, on the other node as well', async () => {
  const boss = await one.person('Boss');
  const viewer = await one.person('Viewer', { signIn: false });
  const organization = await one.organization({ as: boss });
  const path = `/api/v1/orgs/${organization.orgId}/users`;
  for (let round = 0; round < 20; ++round) {
    const given = await one.call('POST', path, { as: boss, body: { userId: viewer.id, orgRole: 'viewer' } });
    assert.equal(given.status, 201, given.text);
    assert.ok(revisionOf(given) > 0, 'a change says its revision');
    assert.equal(await decide(other, boss, viewer, 'users.view', organization, { 'Gatehouse-At-Least-Revision': String(revisionOf(given)) }), true);
    const taken = await one.call('DELETE', `${path}/${viewer.id}`, { as: boss });
    assert.ok(revisionOf(taken) > revisionOf(given));
    assert.equal(await decide(other, boss, viewer, 'users.view', organization, { 'Gatehouse-At-Least-Revision': String(revisionOf(taken)) }), false);
  }
});

test('a revision that nobody has made yet is a 503 within a second, and one that is none a bad request', async () => {
  const ahead = (await headOf(one)) + 1_000_000;
  const began = Date.now();
  const late = await other.call('GET', kCurrent, { as: one.admin, headers: { 'Gatehouse-At-Least-Revision': String(ahead) } });
  assertProblem(late, { status: 503 });
  assert.match(late.headers['retry-after'], /^\d+$/);
  assert.ok(Date.now() - began <= 2000, `it took ${Date.now() - began} ms`);
  for (const wrong of ['x', '-1', '1.5', '', '99999999999999999999', '1 2']) {
    assertProblem(await other.call('GET', kCurrent, { as: one.admin, headers: { 'Gatehouse-At-Least-Revision': wrong } }), { status: 400 });
  }
});

test('what is taken away on one node is refused on the other within the bound, without any header', async () => {
  const boss = await one.person('Boss');
  const organization = await one.organization({ as: boss });
  const path = `/api/v1/orgs/${organization.orgId}/users`;
  const slow = [];
  for (let round = 0; round < 20; ++round) {
    const viewer = await one.person('Viewer', { signIn: false });
    await one.member(organization, viewer, 'viewer', boss);
    await until('the decision', () => decide(other, boss, viewer, 'users.view', organization));
    await one.must(204, 'DELETE', `${path}/${viewer.id}`, { as: boss });
    const from = Date.now();
    while (await decide(other, boss, viewer, 'users.view', organization)) { /* each look takes its time */ }
    slow.push(Date.now() - from);
  }
  assert.ok(Math.max(...slow) <= kBound_ms, `${sorted(slow).join()} ms`);
});

test('sessions, clients and accounts that end on one node end on the other', async () => {
  const boss = await one.person('Owner');
  const organization = await one.organization({ as: boss });
  Object.assign(boss, await one.signIn(boss.email));
  const client = await one.client(boss, ['orders.read']);
  assert.equal((await other.call('GET', `/api/v1/orgs/${organization.orgId}`, { as: client })).status, 200);
  await one.must(204, 'DELETE', `/api/v1/oauth2/client-credentials/${client.clientId}`, { as: boss });
  await until('the client ends', async () => (await other.call('GET', `/api/v1/orgs/${organization.orgId}`, { as: client })).status === 401, kBound_ms);
  assert.equal((await other.call('POST', `${kTokens}?grant_type=client_credentials`, { body: { clientId: client.clientId, clientSecret: client.clientSecret } })).status, 401);
  const leaver = await other.person('Leaver');
  await one.must(200, 'PATCH', `/api/v1/users/${leaver.id}`, { as: one.admin, body: { status: 'inactive' } });
  await until('the session ends', async () => (await other.call('GET', kCurrent, { as: leaver })).status === 401, kBound_ms);
  assert.equal((await other.call('POST', kTokens, { body: { account: leaver.email, password: leaver.password } })).status, 401);
});

test('the log is one: no revision is missing or there twice, and both nodes tell the same', async () => {
  const boss = await one.person('Chronicler');
  const organization = await one.organization({ as: boss });
  await onBoth(10, (world) => world.must(201, 'POST', '/api/v1/orgs', { as: boss, body: { name: unique('Entry'), parentOrgId: organization.orgId } }));
  const [left, right] = await Promise.all([one, other].map((world) => world.must(200, 'GET', `/api/v1/orgs/${organization.orgId}/changes`, { as: boss })));
  assert.deepEqual(left, right);
});

test('a node that is killed takes nothing along: the other goes on, and it comes back', async () => {
  const person = await other.person('Survivor');
  await other.server.kill9();
  assert.equal((await one.must(200, 'GET', kCurrent, { as: person })).userId, person.id);
  const organization = await one.organization({ as: person });
  await other.server.start();
  const back = new World(other.server);
  assert.equal((await back.must(200, 'GET', `/api/v1/orgs/${organization.orgId}`, { as: person })).name, organization.name);
});
