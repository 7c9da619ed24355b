// API tokens: shown once, within what their creator may give, good on every surface within their organization, and never for
// what takes a person. CONTRACTS.md section 2.2, the row add-api-token and "Beyond the seed"; A16, A17; section 7, 5.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertSameText, kNobody, kTime, kUserRoles, kUuid, rolesOf, sorted, startAccess, table } from '../support/access.mjs';
import { until } from '../support/mail.mjs';
import { includes } from '../support/v1.mjs';

const kAt = '/access/add-api-token';
const kBase62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
let world;
let company;
before(async () => {
  world = await startAccess({ fakeTime: '+0' });
  company = await world.company('Programs');
});
after(async () => { await world?.stop(); });

const create = (body = {}, as = company.boss) => world.done(kAt, as, body);
const listed = async (id, as = company.boss) => (await world.list('/access/api-tokens', as)).find((item) => item.id === id);
const status = async (token, path = '/access') => (await world.call('GET', path, { as: token })).status;

// The CRC-32 of zlib, PNG and Ethernet, in six digits of base 62.
function checksum(text) {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let digits = '';
  for (let i = 0; i < 6; i += 1) {
    digits = kBase62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

test('a token is shown once, with prefix and checksum, and no list ever shows it again', async () => {
  const made = await create({ name: 'nightly import' });
  assert.deepEqual(sorted(Object.keys(made)), ['created_at', 'expires_at', 'id', 'name', 'roles', 'token']);
  includes(made, { id: kUuid, name: 'nightly import', created_at: kTime, expires_at: null });
  assert.match(made.token, /^gth_api_[0-9A-Za-z]{49}$/);
  assert.equal(made.token.slice(-6), checksum(made.token.slice(0, -6)));
  const other = await create({ name: 'nightly import' });
  assert.notEqual(made.token, other.token);
  const answer = await world.ask('GET', '/access/api-tokens', { as: company.boss });
  assert.ok(!answer.text.includes(made.token.slice(8, 50)));
  const item = await listed(made.id);
  assert.deepEqual(item, { id: made.id, name: 'nightly import', roles: item.roles, created_by: company.boss.id, created_at: made.created_at, last_used_at: null, expires_at: null });
  assert.deepEqual(sorted(item.roles), sorted(made.roles));
  const { text } = await world.call('GET', `/api/v1/orgs/${company.orgId}/changes`, { as: company.boss });
  assert.ok(text.includes(made.id) && !text.includes(made.token.slice(8, 50)), 'the log tells of the token and does not show it');
});

test('roles: every role that the creator may give, or narrower ones, and never more', async (t) => {
  const creator = await world.hire(company, ['USER_ADD', 'USER_EDIT', 'ORDERS_VIEW']);
  for (const as of [company.boss, creator]) {
    const offered = Object.values(rolesOf(await world.list('/access/roles', as))).flat();
    for (const body of [{}, { roles: null }, { name: null, roles: null, expires_at: null }]) assert.deepEqual(sorted((await create(body, as)).roles), sorted(offered));
  }
  assert.deepEqual((await create({ roles: ['ORDERS_VIEW'] }, creator)).roles, ['ORDERS_VIEW']);
  assert.deepEqual(sorted((await create({ roles: ['ORDERS_EDIT', 'USER_VIEW'] })).roles), ['ORDERS_EDIT', 'USER_VIEW']);
  const row = (name, expect, roles, as = creator) => ({ name, at: `POST ${kAt}`, as, body: { roles }, expect });
  await world.unchanged([company], () => table(t, world, [
    row('a role that the creator does not hold', 403, ['USER_DELETE']),
    row('a heavier one', 403, ['admin']),
    row('one that implies more than is held', 403, ['ORDERS_EDIT']),
    row('a good one beside one out of reach', 403, ['ORDERS_VIEW', 'REPORTS_VIEW']),
    row('an admin reaches above itself', 403, ['Super Admin'], company.boss),
    row('an empty list, which is no default', 400, []),
    row('an unknown role', 400, ['NO_SUCH_ROLE']),
    row('a good one beside an unknown one', 400, ['ORDERS_VIEW', 'NO_SUCH_ROLE']),
  ]));
});

test('who may make and revoke: USER_ADD and USER_EDIT together', async () => {
  const { id } = await create({ roles: ['USER_VIEW'] });
  for (const roles of [['USER_ADD'], ['USER_EDIT'], ['USER_DELETE'], ['USER_VIEW'], ['operator'], []]) {
    const as = await world.hire(company, roles);
    await world.refused(403, kAt, as, { roles: ['USER_VIEW'] });
    await world.refused(403, `/access/api-tokens/${id}/revoke`, as);
  }
  const both = await world.hire(company, ['USER_ADD', 'USER_EDIT']);
  const strong = await create();
  await world.refused(403, `/access/api-tokens/${strong.id}/revoke`, both);
  assert.equal(await status(strong.token), 200, 'what outranks the caller stands');
  assert.deepEqual(await world.done(`/access/api-tokens/${id}/revoke`, both), { id });
});

test('a token is a bearer on every surface, within its organization, with its roles', async () => {
  const other = await world.company('Elsewhere');
  const full = await create();
  const narrow = await create({ roles: ['ORDERS_VIEW'] });
  const list = await world.list('/access', full.token);
  assert.ok(list.some(({ id }) => id === company.boss.id) && list.every(({ you, id }) => !you && id !== full.id));
  const ann = await world.account('ann');
  await world.done('/access/add', full.token, { email: ann.email });
  await world.done('/access/edit', full.token, { user_id: ann.id, add: ['USER_VIEW'] });
  await world.done('/access/delete', full.token, { user_id: ann.id });
  const own = `/api/v1/orgs/${company.orgId}`;
  assert.deepEqual([await status(full.token, own), await status(full.token, `${own}/users`), await status(full.token, `/api/v1/orgs/${other.orgId}`)], [200, 200, 404]);
  const { items } = await world.must(200, 'GET', '/api/v1/orgs', { as: full.token });
  assert.deepEqual(items.map(({ orgId }) => orgId), [company.orgId]);
  assert.equal((await world.decide(full.token, company.boss, 'users.edit', company)).decision, true);
  assert.equal((await world.decide(full.token, full, 'orders.edit', company, 'token')).decision, true);
  const { decision, context } = await world.decide(company.boss, narrow, 'orders.view', company, 'token');
  assert.equal(decision, true);
  includes(context.reason, { role: 'ORDERS_VIEW', via: 'token' });
  assert.equal((await world.decide(company.boss, narrow, 'orders.edit', company, 'token')).decision, false);
  assert.equal((await world.decide(other.boss, full, 'users.view', other, 'token')).decision, false);
  assert.equal(await status(narrow.token), 403);
  await world.refused(403, '/access/edit', narrow.token, { user_id: company.boss.id, add: ['USER_VIEW'] });
});

test('a token gives no more than it carries', async () => {
  const { token } = await create({ roles: ['USER_EDIT', 'USER_ADD'] });
  const member = await world.hire(company);
  await world.refused(403, '/access/edit', token, { user_id: member.id, add: ['USER_DELETE'] });
  await world.refused(403, '/access/edit', token, { user_id: company.boss.id, remove: ['admin'] });
  await world.done('/access/edit', token, { user_id: member.id, add: ['USER_ADD'] });
  assert.deepEqual(rolesOf(await world.list('/access/roles', token)), { USER: ['USER_ADD', 'USER_EDIT', 'USER_VIEW'] });
});

test('a token never makes tokens, never switches, and opens no client or session', async () => {
  const { token } = await create();
  await world.unchanged([company], async () => {
    await world.refused(403, kAt, token, {});
    await world.refused(403, kAt, token, { roles: ['USER_VIEW'] });
    await world.refused(403, '/access/switch-company', token, { company: company.name });
    assert.equal((await world.call('POST', '/api/v1/oauth2/client-credentials', { as: token, body: { name: 'x', scopes: ['orders.read'] } })).status, 403);
    assert.equal((await world.call('POST', '/api/v1/orgs', { as: token, body: { name: 'Of a token' } })).status, 403);
  });
  const client = await world.client(company.boss, ['users.write', 'api_tokens.write']);
  await world.refused(403, kAt, client, {});
});

test('a token stays with its organization: where its creator goes does not move it, nor end it', async () => {
  const home = await world.company('Home', { below: true });
  const second = await world.organization({ as: home.boss });
  const creator = await world.hire(home, ['admin']);
  const made = await create({}, creator);
  await world.switchTo(home.boss, second);
  await world.done('/access/switch-company', home.boss, { company: home.name });
  assert.ok((await world.list('/access', made.token)).some(({ id }) => id === creator.id));
  await world.done('/access/delete', home.boss, { user_id: creator.id });
  assert.deepEqual((await world.list('/access', made.token)).map(({ id }) => id), [home.boss.id]);
  const own = await create({}, home.boss);
  await world.must(204, 'DELETE', `/api/v1/orgs/${home.orgId}`, { as: home.boss });
  for (const { token } of [made, own]) assert.equal(await status(token), 401, 'with the organization it ends');
});

test('revoked, a token is nothing at once and everywhere', async () => {
  const { id, token } = await create();
  const other = await world.company('Others');
  const foreign = await create({}, other.boss);
  const path = (which) => `/access/api-tokens/${which}/revoke`;
  assertSameText(await world.refused(400, path(foreign.id), company.boss), await world.refused(400, path(kNobody), company.boss), foreign.id, kNobody);
  assert.equal(await status(foreign.token), 200);
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.ask('POST', path(id), { as: company.boss })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(7).fill(400)]);
  assert.deepEqual(answers.find((answer) => answer.status === 200).json.data, { id });
  assert.deepEqual([await status(token), await status(token, `/api/v1/orgs/${company.orgId}`)], [401, 401]);
  const asked = await world.call('POST', '/access/v1/evaluation', { as: token, body: { subject: { type: 'token', id }, action: { name: 'users.view' }, resource: { type: 'organization', id: company.orgId } } });
  assert.equal(asked.status, 401);
  assert.equal((await world.decide(company.boss, { id }, 'users.view', company, 'token')).decision, false);
  assert.equal(await listed(id), undefined);
});

test('last use appears in the list', async () => {
  const [used, idle] = [await create({ roles: ['USER_VIEW'] }), await create({ roles: ['USER_VIEW'] })];
  await world.list('/access', used.token);
  const { last_used_at } = await until('the last use', async () => {
    const item = await listed(used.id);
    return item.last_used_at ? item : null;
  }, 90_000);
  assert.match(last_used_at, kTime);
  assert.ok(Math.abs(Date.parse(last_used_at) - Date.now()) < 300_000);
  assert.equal((await listed(idle.id)).last_used_at, null);
});

test('expiry: a moment in the future, and nothing works after it', async (t) => {
  const at = (ms) => new Date(Date.now() + ms).toISOString();
  const soon = at(600_000);
  const made = await create({ expires_at: soon });
  assert.equal(Date.parse(made.expires_at), Date.parse(soon));
  assert.equal(Date.parse((await listed(made.id)).expires_at), Date.parse(soon));
  const zoned = await create({ expires_at: '2099-01-01T02:00:00+02:00' });
  assert.equal(Date.parse(zoned.expires_at), Date.parse('2099-01-01T00:00:00Z'));
  assert.match(zoned.expires_at, kTime);
  const bad = {
    'a moment ago': at(-1000), 'long ago': '1999-01-01T00:00:00Z', 'a day': '2099-01-01', 'no zone': '2099-01-01T00:00:00',
    'a day that is none': '2099-02-30T00:00:00Z', 'a month that is none': '2099-13-01T00:00:00Z', words: 'tomorrow',
    'a number': 4102444800, nothing: '', 'a list': [soon],
  };
  await world.unchanged([company], () => table(t, world, Object.entries(bad).map(([name, expires_at]) => ({ name, at: `POST ${kAt}`, as: company.boss, body: { expires_at }, expect: 400 }))));
  await world.travel('+9m', company.boss);
  assert.equal(await status(made.token), 200);
  await world.travel('+11m', company.boss);
  assert.deepEqual([await status(made.token), await status(made.token, `/api/v1/orgs/${company.orgId}`), await status(zoned.token)], [401, 401, 200]);
  assert.equal((await world.decide(company.boss, made, 'users.view', company, 'token')).decision, false);
});

test('the list is for USER_VIEW, and each organization has its own', async () => {
  const home = await world.company('Lists');
  const viewer = await world.hire(home, ['USER_VIEW']);
  const ids = [];
  for (let i = 0; i < 3; i += 1) ids.push((await create({ name: `token ${i}`, roles: kUserRoles }, home.boss)).id);
  assert.deepEqual(sorted((await world.list('/access/api-tokens', viewer)).map(({ id }) => id)), sorted(ids));
  const other = await world.company('None');
  assert.deepEqual(await world.list('/access/api-tokens', other.boss), []);
});
