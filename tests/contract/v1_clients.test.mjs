// Machine clients: CONTRACTS.md section 3, the rows /oauth2/client-credentials, and what their tokens may do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, kTime, kUuid, startWorld, table, unique } from '../support/v1.mjs';

const kClients = '/api/v1/oauth2/client-credentials';
const kCurrent = '/api/v1/auth/tokens/current';
let world;
before(async () => { world = await startWorld(); });
after(async () => { await world?.stop(); });

// A person whose session is at work in an organization of her own.
async function owner(stem = 'Owner') {
  const person = await world.person(stem);
  const organization = await world.organization({ as: person });
  return { ...person, ...(await world.signIn(person.email)), organization };
}

test('create: the secret is shown once, the list never shows it', async () => {
  const ann = await owner();
  const name = unique('robot');
  const answer = await world.call('POST', kClients, { as: ann, body: { name, scopes: ['object.write', 'telemetry.write', 'dataobject.read'] } });
  assert.equal(answer.status, 201, answer.text);
  const { clientCredentialId, clientId, clientSecret, ...rest } = answer.json;
  assert.match(clientCredentialId, kUuid);
  assert.equal(typeof clientId, 'string');
  assert.match(clientSecret, /^gth_\w+_\w{40,}$/);
  assert.equal(rest.name, name);
  assert.deepEqual(rest.scopes, ['object.write', 'telemetry.write', 'dataobject.read']);
  assert.match(rest.expiredAt, kTime);
  assert.match(rest.createdAt, kTime);
  const list = await world.call('GET', kClients, { as: ann });
  assert.equal(list.status, 200);
  assert.deepEqual(list.json, [{ clientCredentialId, clientId, ...rest }]);
  assert.equal(list.headers['x-total-count'], '1');
  assert.ok(!list.text.includes(clientSecret));
});

test('create: every limit and every fault', async (t) => {
  const ann = await owner();
  const bob = await owner();
  const at = `POST ${kClients}`;
  const body = (more = {}) => ({ name: unique('c'), scopes: ['orders.read'], ...more });
  const in_ = (ms) => new Date(Date.now() + ms).toISOString();
  const taken = body();
  const robot = await world.client(ann, ['organizations.write']);
  await table(t, world, [
    { name: 'one', at, as: ann, body: taken, expect: 201 },
    { name: 'nothing', at, as: ann, body: {}, expect: 400, fields: ['name', 'scopes'] },
    { name: 'name empty', at, as: ann, body: body({ name: '' }), expect: 400, fields: ['name'] },
    { name: 'name blank', at, as: ann, body: body({ name: '  ' }), expect: 400, fields: ['name'] },
    { name: 'name of 100', at, as: ann, body: body({ name: unique('n').padEnd(100, 'é') }), expect: 201 },
    { name: 'name of 101', at, as: ann, body: body({ name: 'é'.repeat(101) }), expect: 400, fields: ['name'] },
    { name: 'name used', at, as: ann, body: body({ name: taken.name }), expect: 409 },
    { name: "another's name", at, as: bob, body: body({ name: taken.name }), expect: 201 },
    { name: 'scopes empty', at, as: ann, body: body({ scopes: [] }), expect: 400, fields: ['scopes'] },
    { name: 'scopes a text', at, as: ann, body: body({ scopes: 'orders.read' }), expect: 400, fields: ['scopes'] },
    { name: 'a scope without a verb', at, as: ann, body: body({ scopes: ['orders'] }), expect: 400, then: named('scopes[0]') },
    { name: 'a scope with another verb', at, as: ann, body: body({ scopes: ['orders.read', 'orders.delete'] }), expect: 400, then: named('scopes[1]') },
    { name: 'a scope of everything', at, as: ann, body: body({ scopes: ['*'] }), expect: 400, then: named('scopes[0]') },
    { name: 'a scope with a blank', at, as: ann, body: body({ scopes: ['orders.read reports.read'] }), expect: 400, then: named('scopes[0]') },
    { name: 'a scope that is a number', at, as: ann, body: body({ scopes: [1] }), expect: 400, then: named('scopes[0]') },
    { name: 'in an hour', at, as: ann, body: body({ expiredAt: in_(3_600_000) }), expect: 201, has: { expiredAt: kTime } },
    { name: 'with an offset', at, as: ann, body: body({ expiredAt: '2099-01-01T02:00:00+02:00' }), expect: 201, has: { expiredAt: /^2099-01-01T00:00:00(\.0+)?Z$/ } },
    { name: 'in the past', at, as: ann, body: body({ expiredAt: in_(-1000) }), expect: 400, fields: ['expiredAt'] },
    { name: 'no time', at, as: ann, body: body({ expiredAt: 'tomorrow' }), expect: 400, fields: ['expiredAt'] },
    { name: 'no day of the calendar', at, as: ann, body: body({ expiredAt: '2099-02-30T00:00:00Z' }), expect: 400, fields: ['expiredAt'] },
    { name: 'seconds since 1970', at, as: ann, body: body({ expiredAt: 4_000_000_000 }), expect: 400, fields: ['expiredAt'] },
    { name: 'every fault at once', at, as: ann, body: { name: 5, scopes: {}, expiredAt: 'x' }, expect: 400, fields: ['name', 'scopes', 'expiredAt'] },
    { name: 'by a client', at, as: robot, body: body(), expect: 403 },
    { name: 'by nobody', at, body: body(), expect: 401 },
  ]);
});

function named(field) {
  return (answer) => assert.ok(answer.json.validationItems?.some((item) => item.field === field || item.field === field.replace(/\[.*/, '')), answer.text);
}

test('list: one’s own, paged', async (t) => {
  const ann = await owner();
  const bob = await owner();
  for (let i = 0; i < 3; i += 1) await world.client(ann, ['orders.read'], { name: `list ${i}` });
  const at = `GET ${kClients}`;
  await table(t, world, [
    { name: 'all', at, as: ann, expect: 200, has: [{ name: /list/ }, { name: /list/ }, { name: /list/ }], hasNot: ['clientSecret', 'gth_'], then: (answer) => assert.equal(answer.headers['x-total-count'], '3') },
    { name: 'a page', at, as: ann, query: { skipCount: 2, maxResultCount: 5 }, expect: 200, then: (answer) => assert.deepEqual([answer.json.length, answer.headers['x-total-count']], [1, '3']) },
    { name: "another's is empty", at, as: bob, expect: 200, has: [], then: (answer) => assert.equal(answer.headers['x-total-count'], '0') },
    { name: 'a bad page', at, as: ann, query: { maxResultCount: 1001 }, expect: 400, fields: ['maxResultCount'] },
    { name: 'by nobody', at, expect: 401 },
  ]);
});

test('delete: by the owner or a platform administrator; its tokens stop at once', async (t) => {
  const ann = await owner();
  const bob = await owner();
  const first = await world.client(ann, ['organizations.read']);
  const second = await world.client(ann, ['organizations.read']);
  const at = (client) => `DELETE ${kClients}/${client.clientCredentialId}`;
  const sees = `GET /api/v1/orgs/${ann.organization.orgId}`;
  await table(t, world, [
    { name: 'it works', at: sees, as: first, expect: 200 },
    { name: 'by a stranger', at: at(first), as: bob, expect: 404 },
    { name: 'by itself', at: at(first), as: first, expect: [403, 404] },
    { name: 'by nobody', at: at(first), expect: 401 },
    { name: 'unknown', at: `DELETE ${kClients}/01920000-0000-7000-8000-000000000000`, as: ann, expect: 404 },
    { name: 'no GUID', at: `DELETE ${kClients}/x`, as: ann, expect: [400, 404] },
    { name: 'it still works', at: sees, as: first, expect: 200 },
    { name: 'by the owner', at: at(first), as: ann, expect: 204, then: (answer) => assert.equal(answer.text, '') },
    { name: 'its token is dead', at: sees, as: first, expect: 401 },
    { name: 'its secret is dead', at: 'POST /api/v1/auth/tokens?grant_type=client_credentials', body: { clientId: first.clientId, clientSecret: first.clientSecret }, expect: 401 },
    { name: 'a second time', at: at(first), as: ann, expect: 404 },
    { name: 'the other lives', at: sees, as: second, expect: 200 },
    { name: 'by a platform administrator', at: at(second), as: world.admin, expect: 204 },
    { name: 'dead as well', at: sees, as: second, expect: 401 },
    { name: 'the names are free', at: `POST ${kClients}`, as: ann, body: { name: first.name, scopes: ['orders.read'] }, expect: 201 },
  ]);
});

test('tokens: right and wrong secrets', async (t) => {
  const ann = await owner();
  const { clientId, clientSecret, ...client } = await world.client(ann, ['organizations.read', 'users.read']);
  const other = await world.client(ann, ['orders.read']);
  const at = 'POST /api/v1/auth/tokens?grant_type=client_credentials';
  await table(t, world, [
    { name: 'right', at, body: { clientId, clientSecret }, expect: 201, has: { accessToken: /\./, tokenType: 'Bearer', expiresIn: (n) => n > 0 && n <= 900 } },
    { name: 'wrong', at, body: { clientId, clientSecret: `${clientSecret}x` }, expect: 401 },
    { name: "another client's secret", at, body: { clientId, clientSecret: other.clientSecret }, expect: 401 },
    { name: 'unknown client', at, body: { clientId: '01920000-0000-7000-8000-000000000000', clientSecret }, expect: 401 },
    { name: 'client no GUID', at, body: { clientId: 'me', clientSecret }, expect: [400, 401] },
    { name: 'nothing', at, body: {}, expect: 400, fields: ['clientId', 'clientSecret'] },
    { name: 'the secret as a password', at: 'POST /api/v1/auth/tokens', body: { account: clientId, password: clientSecret }, expect: 401 },
    { name: 'the secret as a bearer', at: `GET ${kCurrent}`, as: clientSecret, expect: 401 },
    { name: 'the password of its owner', at, body: { clientId, clientSecret: ann.password }, expect: 401 },
    { name: 'current tells the client', at: `GET ${kCurrent}`, as: client, expect: 200, has: { clientId, scopes: ['organizations.read', 'users.read'], expiresAt: kTime }, then: (answer) => assert.ok(!answer.json.userId) },
  ]);
});

test('rights: the owner’s, narrowed by the scopes, within the organization it was made in', async (t) => {
  const ann = await owner();
  const { organization } = ann;
  const below = await world.organization({ as: ann, parent: organization });
  const beside = await world.organization({ as: ann });
  const reader = await world.client(ann, ['organizations.read', 'users.read']);
  const writer = await world.client(ann, ['organizations.write']);
  const seller = await world.client(ann, ['orders.write']);
  const org = (method, which) => `${method} /api/v1/orgs/${which.orgId}`;
  const body = { description: 'by a machine' };
  await table(t, world, [
    { name: 'reads its organization', at: org('GET', organization), as: reader, expect: 200 },
    { name: 'reads below', at: org('GET', below), as: reader, expect: 200 },
    { name: 'not beside, though the owner may', at: org('GET', beside), as: reader, expect: 404, code: 'Org.NotFound' },
    { name: 'lists what it reaches', at: 'GET /api/v1/orgs', as: reader, expect: 200, has: { totalCount: 2 } },
    { name: 'reads users', at: `GET /api/v1/orgs/${organization.orgId}/users`, as: reader, expect: 200 },
    { name: 'does not write', at: org('PATCH', organization), as: reader, body, expect: 403 },
    { name: 'writes with the scope', at: org('PATCH', below), as: writer, body, expect: 200 },
    { name: 'which is of organizations, not of users', at: `GET /api/v1/orgs/${organization.orgId}/users`, as: writer, expect: 403 },
    { name: 'another scope writes no organization', at: org('PATCH', organization), as: seller, body, expect: 403 },
    { name: 'and sees nothing below', at: org('GET', below), as: seller, expect: 404 },
    { name: 'makes no organization at the top', at: 'POST /api/v1/orgs', as: writer, body: { name: unique('top') }, expect: 403 },
    { name: 'creates below', at: 'POST /api/v1/orgs', as: writer, body: { name: unique('sub'), parentOrgId: organization.orgId }, expect: 201 },
    { name: 'does not change its owner', at: `PATCH /api/v1/users/${ann.id}`, as: writer, body: { displayName: 'x' }, expect: [403, 404] },
    { name: 'has no session to end', at: `DELETE ${kCurrent}`, as: writer, expect: [400, 403] },
    { name: 'does not refresh', at: 'POST /api/v1/auth/tokens?grant_type=refresh_token', body: { token: writer.token, refreshToken: writer.clientSecret }, expect: 401 },
  ]);
  const bob = await world.person('Bob');
  await world.member(organization, bob, 'admin', ann);
  await world.must(200, 'PATCH', `/api/v1/orgs/${organization.orgId}/users/${ann.id}`, { as: bob, body: { orgRole: 'viewer' } });
  const late = await world.call('PATCH', `/api/v1/orgs/${organization.orgId}`, { as: writer, body });
  assertProblem(late, { status: 403 });
});
