// Accounts: CONTRACTS.md section 3, the rows /users …, "Beyond the seed", and the common limits of e-mail and password.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, kPassword, kTime, kUuid, startWorld, table, unique } from '../support/v1.mjs';

const kNobody = '01920000-0000-7000-8000-000000000000';
let world;
before(async () => { world = await startWorld(); });
after(async () => { await world?.stop(); });

let serial = 0;
function account(more = {}) {
  serial += 1;
  const userName = `user.${serial}.${Math.random().toString(36).slice(2, 8)}`;
  return { userName, email: `${userName}@example.org`, password: kPassword, displayName: `User ${serial}`, ...more };
}
const without = (object, ...keys) => Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));

test('create: the answer is the account, never its password', async () => {
  const body = account();
  const answer = await world.call('POST', '/api/v1/users', { as: world.admin, body });
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual(Object.keys(answer.json).sort(), ['createdAt', 'displayName', 'email', 'status', 'userId', 'userName']);
  assert.match(answer.json.userId, kUuid);
  assert.match(answer.json.createdAt, kTime);
  assert.equal(answer.json.email, body.email);
  assert.match(answer.json.status, /^active$/i);
  assert.ok(!answer.text.includes(body.password));
  assert.equal(new URL(answer.headers.location, world.url).pathname, `/api/v1/users/${answer.json.userId}`);
  await world.signIn(body.userName);
  await world.signIn(body.email.toUpperCase());
});

test('create: without a password the account is new and cannot sign in', async () => {
  const body = without(account(), 'password');
  const created = await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body });
  assert.match(created.status, /^new$/i);
  for (const password of ['', kPassword, 'null']) {
    const answer = await world.call('POST', '/api/v1/auth/tokens', { body: { account: body.email, password } });
    assert.ok([400, 401].includes(answer.status), answer.text);
  }
});

test('create: every limit and every fault', async (t) => {
  const ann = await world.person('Ann');
  const taken = await world.person('Taken', { signIn: false });
  const at = 'POST /api/v1/users';
  const as = world.admin;
  const password = (text, more = {}) => account({ password: text, ...more });
  const email = (text) => account({ email: text });
  const local = (n) => 'l'.repeat(n);
  const domain = (n) => `${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.${'g'.repeat(n - 183 - 4)}.org`;
  const key = Math.random().toString(36).slice(2, 8);
  const refused = (name, text) => ({ name: `e-mail ${name}`, at, as, body: email(text), expect: 400, fields: ['email'] });
  const accepted = (name, text) => ({ name: `e-mail ${name}`, at, as, body: email(text), expect: 201 });
  const named = 'mister.password.1';
  await table(t, world, [
    { name: 'nothing', at, as, body: {}, expect: 400, fields: ['userName', 'email'] },
    { name: 'every fault at once', at, as, body: { userName: '', email: 'x', password: 'short', displayName: 9 }, expect: 400, fields: ['userName', 'email', 'password', 'displayName'] },
    { name: 'user name missing', at, as, body: without(account(), 'userName'), expect: 400, fields: ['userName'] },
    { name: 'user name a number', at, as, body: account({ userName: 12345 }), expect: 400, fields: ['userName'] },
    { name: 'user name blank', at, as, body: account({ userName: '    ' }), expect: 400, fields: ['userName'] },
    { name: 'user name endless', at, as, body: account({ userName: 'u'.repeat(1000) }), expect: 400, fields: ['userName'] },
    { name: 'e-mail missing', at, as, body: without(account(), 'email'), expect: 400, fields: ['email'] },
    refused('without @', 'plain'), refused('without local part', '@example.org'), refused('without domain', 'a@'),
    refused('with two @', 'a@b@example.org'), refused('with a blank', 'a b@example.org'), refused('with two dots', 'a@example..org'),
    refused('with a line break', 'a@example.org\r\nBcc: b@example.org'), refused('with a NUL', 'a\u0000@example.org'), refused('with a leading dot in the domain', 'a@.example.org'),
    refused('with angle brackets', 'Ann <a@example.org>'), refused('two of them', 'a@example.org,b@example.org'),
    refused('with 65 letters before @', `${local(65)}@example.org`), refused('of 255', `${local(10)}@${domain(244)}`),
    accepted('of 254', `${local(10)}@${domain(243)}`), accepted('with 64 letters before @', `${local(58)}${key}@example.org`),
    accepted('with a plus', `a+b.${key}@example.org`), accepted('in German', `jürgen.${key}@müller.example`),
    { name: 'e-mail taken, in German and in other case', at, as, body: email(`JÜRGEN.${key.toUpperCase()}@MÜLLER.EXAMPLE`), expect: 409 },
    accepted('in Chinese', `用户${key}@例子.广告`), accepted('in Russian', `почта${key}@пример.рф`), accepted("with an apostrophe", `o'neil.${key}@example.org`),
    { name: 'e-mail taken', at, as, body: account({ email: taken.email }), expect: 409 },
    { name: 'e-mail taken in other case', at, as, body: account({ email: taken.email.toUpperCase() }), expect: 409 },
    { name: 'user name taken', at, as, body: account({ userName: taken.userName }), expect: 409 },
    { name: 'user name taken in other case', at, as, body: account({ userName: taken.userName.toUpperCase() }), expect: 409 },
    { name: 'password of 7', at, as, body: password('k9-Xq2!'), expect: 400, fields: ['password'] },
    { name: 'password of 8', at, as, body: password('k9-Xq2!z'), expect: 201 },
    { name: 'password of 7 letters that are more bytes', at, as, body: password('ééééééé'), expect: 400, fields: ['password'] },
    { name: 'password of 8 letters of four bytes', at, as, body: password('🦉🐝🌲🗻🧂🪁🛶🧭'), expect: 201 },
    { name: 'password of 128', at, as, body: password('aB3$'.repeat(32)), expect: 201 },
    { name: 'password of 128 letters of four bytes', at, as, body: password('🦉🐝🌲🗻'.repeat(32)), expect: 201 },
    { name: 'password of 129', at, as, body: password(`${'aB3$'.repeat(32)}!`), expect: 400, fields: ['password'] },
    { name: 'password that everybody has', at, as, body: password('password'), expect: 400, fields: ['password'] },
    { name: 'password that everybody has: 12345678', at, as, body: password('12345678'), expect: 400, fields: ['password'] },
    { name: 'password that everybody has: iloveyou', at, as, body: password('iloveyou'), expect: 400, fields: ['password'] },
    { name: 'password that is the user name', at, as, body: password(named, { userName: named }), expect: 400, fields: ['password'] },
    { name: 'password that is the user name in other case', at, as, body: password(named.toUpperCase(), { userName: named }), expect: 400, fields: ['password'] },
    { name: 'password that is the e-mail', at, as, body: password('me.myself@example.org', { email: 'me.myself@example.org' }), expect: 400, fields: ['password'] },
    { name: 'password a number', at, as, body: account({ password: 1234567890 }), expect: 400, fields: ['password'] },
    { name: 'a status of its own', at, as, body: account({ status: 'inactive' }), expect: 201, has: { status: /^active$/i } },
    { name: 'a person who may not', at, as: ann, body: account(), expect: 403 },
    { name: 'nobody', at, body: account(), expect: 401 },
  ]);
  const answer = await world.call('POST', '/api/v1/users', { as, body: password('Tr0ub4') });
  assert.ok(!answer.text.includes('Tr0ub4'), 'a refusal never repeats a password');
});

test('create: of many at once with one e-mail exactly one wins', async () => {
  const { email } = account();
  const answers = await Promise.all(Array.from({ length: 6 }, () => world.call('POST', '/api/v1/users', { as: world.admin, body: without(account({ email }), 'password') })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409, 409, 409]);
});

test('list and get: administrators see all, others whom they reach and themselves', async (t) => {
  const ann = await world.person('Ann Listed');
  const bob = await world.person('Bob Listed');
  const member = await world.person('Member Listed');
  const bystander = await world.bystander(await world.organization({ as: world.admin }));
  const eve = await world.person('Eve Listed');
  const top = await world.organization({ as: ann });
  const below = await world.organization({ as: ann, parent: top });
  await world.member(below, bob, 'viewer', ann);
  await world.member(top, member, 'operator', ann);
  const at = 'GET /api/v1/users';
  const ids = (...list) => (answer) => {
    assert.deepEqual(answer.json.items.map((item) => item.userId).sort(), list.map((user) => user.id).sort());
    assert.equal(answer.json.totalCount, list.length);
  };
  await table(t, world, [
    { name: 'an admin: everybody of the branch', at, as: ann, expect: 200, then: ids(ann, bob, member) },
    { name: 'a viewer below: the users there', at, as: bob, expect: 200, then: ids(ann, bob) },
    { name: 'a client without the scope: nobody', at, as: bystander, expect: 200, then: (answer) => assert.ok(answer.json.totalCount <= 1) },
    { name: 'a stranger: itself', at, as: eve, expect: 200, then: ids(eve) },
    { name: 'a platform administrator: all', at, as: world.admin, query: { search: 'listed' }, expect: 200, then: ids(ann, bob, member, eve) },
    { name: 'search stays in reach', at, as: ann, query: { search: 'listed' }, expect: 200, then: ids(ann, bob, member) },
    { name: 'search by e-mail', at, as: ann, query: { search: bob.email.toUpperCase() }, expect: 200, then: ids(bob) },
    { name: 'search for no pattern', at, as: world.admin, query: { search: '%_%' }, expect: 200, then: ids() },
    { name: 'sorted', at, as: ann, query: { sorting: 'displayName desc' }, expect: 200, has: { items: [{ userId: member.id }, { userId: bob.id }, { userId: ann.id }] } },
    { name: 'sorted by user name', at, as: ann, query: { sorting: 'userName' }, expect: 200, has: { items: [{ userId: ann.id }, { userId: bob.id }, { userId: member.id }] } },
    { name: 'sorted by nothing known', at, as: ann, query: { sorting: 'password' }, expect: 400, fields: ['sorting'] },
    { name: 'a page', at, as: ann, query: { sorting: 'userName', skipCount: 1, maxResultCount: 1 }, expect: 200, has: { totalCount: 3, items: [{ userId: bob.id }] } },
    { name: 'too long a page', at, as: ann, query: { maxResultCount: 1001 }, expect: 400, fields: ['maxResultCount'] },
    { name: 'nobody', at, expect: 401 },
    { name: 'get: oneself', at: `GET /api/v1/users/${eve.id}`, as: eve, expect: 200, has: { userId: eve.id, userName: eve.userName, email: eve.email, displayName: 'Eve Listed', status: /^active$/i, createdAt: kTime } },
    { name: 'get: somebody of the branch', at: `GET /api/v1/users/${bob.id}`, as: ann, expect: 200, has: { userId: bob.id } },
    { name: 'get: a client without the scope sees nobody', at: `GET /api/v1/users/${ann.id}`, as: bystander, expect: 404 },
    { name: "get: another tenant's", at: `GET /api/v1/users/${bob.id}`, as: eve, expect: 404, hasNot: [bob.email] },
    { name: 'get: unknown', at: `GET /api/v1/users/${kNobody}`, as: ann, expect: 404 },
    { name: 'get: no GUID', at: 'GET /api/v1/users/me!', as: ann, expect: [400, 404] },
    { name: 'get: a platform administrator', at: `GET /api/v1/users/${eve.id}`, as: world.admin, expect: 200 },
    { name: 'get: nobody', at: `GET /api/v1/users/${eve.id}`, expect: 401 },
  ]);
});

test('memberships of a user: all for oneself, the shared ones for others', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const eve = await world.person('Eve');
  const stranger = await world.person('Stranger');
  const top = await world.organization({ as: ann });
  const below = await world.organization({ as: ann, parent: top });
  const hers = await world.organization({ as: eve });
  await world.member(below, bob, 'operator', ann);
  await world.member(hers, bob, 'viewer', eve);
  const at = `GET /api/v1/users/${bob.id}/orgs`;
  const here = { orgId: below.orgId, orgName: below.name, orgRole: 'operator' };
  const there = { orgId: hers.orgId, orgName: hers.name, parentOrgId: null, orgRole: 'viewer' };
  const sorted = (answer) => answer.json.items.map((item) => [item.orgId, item.orgRole]).sort();
  await table(t, world, [
    { name: 'oneself', at, as: bob, expect: 200, has: { totalCount: 2 }, then: (answer) => assert.deepEqual(sorted(answer), [[below.orgId, 'operator'], [hers.orgId, 'viewer']].sort()) },
    { name: "one's admin: only what is shared", at, as: ann, expect: 200, has: { totalCount: 1, items: [{ ...here, parentOrgId: top.orgId }] }, hasNot: [hers.name] },
    { name: "the other's admin", at, as: eve, expect: 200, has: { totalCount: 1, items: [there] }, hasNot: [below.name] },
    { name: 'a stranger', at, as: stranger, expect: 404 },
    { name: 'a platform administrator', at, as: world.admin, expect: 200, has: { totalCount: 2 } },
    { name: 'a page', at, as: bob, query: { skipCount: 1, maxResultCount: 5 }, expect: 200, then: (answer) => assert.equal(answer.json.items.length, 1) },
    { name: 'a bad page', at, as: bob, query: { skipCount: 'x' }, expect: 400, fields: ['skipCount'] },
    { name: 'unknown', at: `GET /api/v1/users/${kNobody}/orgs`, as: ann, expect: 404 },
    { name: 'nobody', at, expect: 401 },
  ]);
});

test('change: oneself or a platform administrator', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const organization = await world.organization({ as: ann });
  await world.member(organization, bob, 'viewer', ann);
  const at = `PATCH /api/v1/users/${bob.id}`;
  await table(t, world, [
    { name: 'the own display name', at, as: bob, body: { displayName: 'Bob Ⅱ' }, expect: 200, has: { userId: bob.id, displayName: 'Bob Ⅱ', email: bob.email } },
    { name: 'by a platform administrator', at, as: world.admin, body: { displayName: 'Bob III' }, expect: 200, has: { displayName: 'Bob III' } },
    { name: 'nothing', at, as: bob, body: {}, expect: 200, has: { displayName: 'Bob III' } },
    { name: 'by an admin of the organization', at, as: ann, body: { displayName: 'Bob IV' }, expect: [403, 404] },
    { name: 'by a stranger', at: `PATCH /api/v1/users/${ann.id}`, as: await world.person('Eve'), body: { displayName: 'x' }, expect: 404 },
    { name: 'too long', at, as: bob, body: { displayName: 'x'.repeat(2000) }, expect: 400, fields: ['displayName'] },
    { name: 'no text', at, as: bob, body: { displayName: {} }, expect: 400, fields: ['displayName'] },
    { name: 'a bad e-mail', at, as: world.admin, body: { email: 'bob' }, expect: 400, fields: ['email'] },
    { name: "another's e-mail", at, as: world.admin, body: { email: ann.email.toUpperCase() }, expect: 409 },
    { name: 'a state there is not', at, as: world.admin, body: { status: 'asleep' }, expect: 400, fields: ['status'] },
    { name: 'unknown', at: `PATCH /api/v1/users/${kNobody}`, as: world.admin, body: { displayName: 'x' }, expect: 404 },
    { name: 'nobody', at, body: { displayName: 'x' }, expect: 401 },
  ]);
  const self = await world.call('PATCH', `/api/v1/users/${bob.id}`, { as: bob, body: { status: 'inactive' } });
  assert.ok(self.status === 403 || self.status === 400 || self.status === 409, `nobody switches oneself off: ${self.status}`);
});

test('ETag and If-Match on accounts', async () => {
  const bob = await world.person('Bob');
  const path = `/api/v1/users/${bob.id}`;
  const { headers: { etag } } = await world.call('GET', path, { as: bob });
  assert.match(etag, /^"[^"]*"$/);
  const changed = await world.call('PATCH', path, { as: bob, headers: { 'If-Match': etag }, body: { displayName: 'one' } });
  assert.equal(changed.status, 200);
  assert.notEqual(changed.headers.etag, etag);
  const stale = await world.call('PATCH', path, { as: bob, headers: { 'If-Match': etag }, body: { displayName: 'two' } });
  assertProblem(stale, { status: 412 });
  const removal = await world.call('DELETE', path, { as: world.admin, headers: { 'If-Match': etag } });
  assertProblem(removal, { status: 412 });
  const { json, headers } = await world.call('GET', path, { as: bob });
  assert.equal(json.displayName, 'one');
  assert.equal(headers.etag, changed.headers.etag);
});

test('delete: by a platform administrator, unless an organization would lose its last admin', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const organization = await world.organization({ as: ann });
  await world.member(organization, bob, 'viewer', ann);
  const at = (user) => `DELETE /api/v1/users/${user.id}`;
  await table(t, world, [
    { name: 'the last admin of an organization', at: at(ann), as: world.admin, expect: 409 },
    { name: 'by an admin of the organization', at: at(bob), as: ann, expect: [403, 404] },
    { name: 'oneself', at: at(bob), as: bob, expect: 403 },
    { name: 'by nobody', at: at(bob), expect: 401 },
    { name: 'by a platform administrator', at: at(bob), as: world.admin, expect: 204 },
    { name: 'a second time', at: at(bob), as: world.admin, expect: 404 },
    { name: 'gone', at: `GET /api/v1/users/${bob.id}`, as: world.admin, expect: 404 },
    { name: 'gone from the organization', at: `GET /api/v1/orgs/${organization.orgId}/users`, as: ann, expect: 200, has: { totalCount: 1 } },
    { name: 'its token is dead', at: 'GET /api/v1/users', as: bob, expect: 401 },
    { name: 'its refresh token too', at: 'POST /api/v1/auth/tokens?grant_type=refresh_token', body: { token: bob.token, refreshToken: bob.refreshToken }, expect: 401 },
    { name: 'it cannot sign in', at: 'POST /api/v1/auth/tokens', body: { account: bob.email, password: bob.password }, expect: 401 },
    { name: 'name and e-mail are free again', at: 'POST /api/v1/users', as: world.admin, body: { userName: bob.userName, email: bob.email, password: kPassword }, expect: 201 },
    { name: 'the last platform administrator', at: at(world.admin), as: world.admin, expect: [403, 409] },
    { name: 'unknown', at: `DELETE /api/v1/users/${kNobody}`, as: world.admin, expect: 404 },
  ]);
});

test('people may be called anything', async () => {
  for (const displayName of ['Łukasz Żółć', "Robert'); DROP TABLE users;--", '<script>alert(1)</script>', '名字', '👩‍🚀', 'שלום', 'a\\b"c/d', unique('x')]) {
    const created = await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: without(account({ displayName }), 'password') });
    assert.equal(created.displayName, displayName);
    assert.equal((await world.must(200, 'GET', `/api/v1/users/${created.userId}`, { as: world.admin })).displayName, displayName);
  }
});
