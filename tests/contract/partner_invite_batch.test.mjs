// A hundred users into a hundred organizations is one request, one unit of work and a hundred mails; the same again invites
// nobody twice. CONTRACTS.md section 4, the row Invite a User; the "One batch of 100 users × 100 organizations".
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, assertFaults, kNobody, linksIn, sorted, startPartner, unique } from '../support/partner.mjs';

let world;
let company;
let rooms;   // a hundred organizations below it
before(async () => {
  world = await startPartner();
  company = await world.company('Big');
  rooms = [];
  for (let i = 0; i < 100; i += 1) rooms.push(await world.organization({ as: company.boss, parent: company, name: unique(`Room ${i}`) }));
});
after(async () => { await world?.stop(); });

const all = () => sorted(rooms.map(({ orgId }) => orgId));
const crowd = () => Array.from({ length: 100 }, () => world.entry(address('crowd')));

test('one answer, a hundred mails, and all of it by one activation each; the same batch again makes nobody twice', async () => {
  const users = crowd();
  const before = await world.accounts();
  const answered = await world.offer(company.boss, users, rooms);
  assert.equal(await world.accounts(), before + 100);
  assert.equal(new Set(answered.map(({ userId }) => userId)).size, 100);
  for (const user of answered) {
    assert.deepEqual([user.accountState, user.isNewUser, user.organizationIds.length], ['New', true, 100]);
    assert.deepEqual(sorted(user.organizationIds), all());
  }
  const first = [];
  for (const { email } of answered) first.push((await world.letter(email)).token);
  assert.equal(new Set(first).size, 100);

  // Once more, each with a list of its own this time: the same words at the other level.
  const again = await world.offer(company.boss, users.map((user) => ({ ...user, OrganizationIds: rooms.map(({ orgId }) => orgId).reverse() })));
  assert.equal(await world.accounts(), before + 100, 'nobody twice');
  assert.deepEqual(again.map(({ userId }) => userId), answered.map(({ userId }) => userId));
  assert.ok(again.every(({ isNewUser, accountState }) => !isNewUser && accountState === 'New'));
  const second = [];
  for (const { email } of again) second.push((await world.letter(email)).token);
  await world.mailsSettled();
  for (const { email } of answered) assert.equal((await world.mail.to(email)).filter(({ text }) => linksIn(text).length > 0).length, 2, email);
  assert.equal((await world.activate(first[0])).status, 400, 'the first secret is dead');

  for (let at = 0; at < 100; at += 10) {
    const answers = await Promise.all(second.slice(at, at + 10).map((token) => world.activate(token)));
    for (const { status, text } of answers) assert.equal(status, 200, text);
  }
  for (const i of [0, 49, 99]) assert.deepEqual(await world.memberships(answered[i].userId), all());
  for (const i of [0, 31, 99]) {
    const { items, total } = await world.users(company.boss, { customerId: rooms[i].orgId });
    assert.equal(total, 101, 'all of them and the boss');
    for (const user of items) assert.deepEqual([user.accountState, user.organizations.length], ['Active', user.id === company.boss.id ? 101 : 100]);
  }

  const third = await world.offer(company.boss, users, rooms);
  assert.ok(third.every(({ accountState, isNewUser, invitationExpiresAt }) => accountState === 'Active' && !isNewUser && invitationExpiresAt === null));
  assert.equal(await world.accounts(), before + 100);
  await world.mailsSettled();
  for (const { email } of answered) assert.equal((await world.mail.to(email)).filter(({ text }) => linksIn(text).length > 0).length, 2, `${email} is active and gets no secret`);
});

test('one fault in the last corner of it, and nothing has happened', async () => {
  const users = crowd();
  users[99].OrganizationIds = [...rooms.slice(0, 99).map(({ orgId }) => orgId), kNobody];
  await world.unchanged([company], async () => assertFaults(await world.sendInvite(company.boss, users, rooms), ['Users[99].OrganizationIds[99]']));
  await world.mailsSettled();
  for (const { Email } of users) assert.deepEqual(await world.mail.to(Email), []);
});

test('a hundred faults are all told', async () => {
  const users = crowd().map((user, i) => ({ ...user, ...(i % 2 === 0 ? { Email: `no address ${i}` } : { IdentityProviderPrefix: 'unheard-of' }) }));
  const faults = users.map((_, i) => `Users[${i}].${i % 2 === 0 ? 'Email' : 'IdentityProviderPrefix'}`);
  assertFaults(await world.sendInvite(company.boss, users, rooms), faults);
});

test('batches of several senders at once do not disturb each other', async () => {
  const [second, third] = [await world.hire(company, ['admin']), await world.hire(company, ['admin'])];
  const before = await world.accounts();
  const shared = crowd();
  const answers = await Promise.all([
    world.offer(company.boss, shared, rooms.slice(0, 50)), world.offer(second, [...shared].reverse(), rooms.slice(50)), world.offer(third, crowd(), rooms), world.users(company.boss, { customerId: company.orgId }),
  ]);
  assert.equal(await world.accounts(), before + 200);
  const byEmail = (users) => new Map(users.map(({ email, userId }) => [email, userId]));
  assert.deepEqual(sorted([...byEmail(answers[0]).values()]), sorted([...byEmail(answers[1]).values()]), 'the same accounts');
  assert.equal(answers[0].filter(({ isNewUser }) => isNewUser).length + answers[1].filter(({ isNewUser }) => isNewUser).length, 100);
});

test('one batch at a time of one sender: the others are told when to come again, and do nothing', async () => {
  const before = await world.accounts();
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.sendInvite(company.boss, crowd(), rooms)));
  const done = answers.filter(({ status }) => status === 200);
  assert.ok(done.length > 0 && done.length < 8, `${done.length} of 8`);
  for (const { status, headers } of answers) if (status !== 200) assert.deepEqual([status, headers['retry-after']], [429, '1']);
  assert.equal(await world.accounts(), before + 100 * done.length);
});
