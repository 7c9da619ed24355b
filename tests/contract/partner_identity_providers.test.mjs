// The administration of identity providers: POST, PUT and DELETE /partner/v1/identity-providers, by administrators of the
// platform only, and a secret that nobody sees again. CONTRACTS.md section 4, Beyond the seed.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { address, includes, kNobody, kProviders, kUuid, listOf, sorted, startPartner, table, unique } from '../support/partner.mjs';
import { storedText } from '../support/store.mjs';

let world;
let company;
before(async () => {
  world = await startPartner();
  company = await world.company('Partner');
});
after(async () => { await world?.stop(); });

const short = () => unique('idp').replaceAll(' ', '-');
const body = (more = {}) => ({ name: unique('Provider'), prefix: short(), enabled: true, type: 'oidc', issuer: 'https://login.example.org/tenant', clientId: 'gatehouse', clientSecret: 'a secret that nobody guesses', ...more });
const listed = async (id) => listOf(await world.partner('GET', kProviders, { as: world.admin })).items.find((item) => item.id === id);
const put = (id, sent, as = world.admin) => world.partner('PUT', `${kProviders}/${id}`, { as, body: sent });
const remove = (id, as = world.admin) => world.partner('DELETE', `${kProviders}/${id}`, { as });
const without = (object, key) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));

test('made, changed and removed, and the secret is in no answer', async () => {
  const sent = body({ scopes: ['openid', 'profile', 'email'] });
  const made = await world.partner('POST', kProviders, { as: world.admin, body: sent });
  assert.equal(made.status, 201, made.text);
  includes(made.json, { id: kUuid, name: sent.name, prefix: sent.prefix, enabled: true });
  const { id } = made.json;
  assert.equal(new URL(made.headers.location, world.url).pathname, `${kProviders}/${id}`);
  assert.deepEqual(await listed(id), { id, name: sent.name, prefix: sent.prefix, enabled: true });
  const next = body({ enabled: false, issuer: 'https://other.example.org', clientSecret: 'another one that nobody guesses' });
  const changed = await put(id, next);
  assert.ok([200, 204].includes(changed.status), changed.text);
  assert.deepEqual(await listed(id), { id, name: next.name, prefix: next.prefix, enabled: false });
  const same = await put(id, { ...next, enabled: true });
  assert.ok([200, 204].includes(same.status), `its own prefix is not taken: ${same.text}`);
  for (const { text } of [made, changed, same]) assert.ok(!/nobody guesses/i.test(text) && !/clientSecret/i.test(text), text);
  assert.equal((await remove(id)).status, 204);
  assert.equal(await listed(id), undefined);
  assert.equal((await remove(id)).status, 404);
  assert.equal((await put(id, next)).status, 404);
  assert.equal((await world.partner('POST', kProviders, { as: world.admin, body: next })).status, 201, 'the prefix is free again');
});

test('members in any case', async () => {
  const sent = Object.fromEntries(Object.entries(body()).map(([name, value]) => [name[0].toUpperCase() + name.slice(1), value]));
  const made = await world.partner('POST', kProviders, { as: world.admin, body: { ...sent, More: 'unknown' } });
  assert.equal(made.status, 201, made.text);
  includes(await listed(made.json.id), { name: sent.Name, prefix: sent.Prefix });
});

test('administrators of the platform only', async (t) => {
  const { id } = await world.provider();
  const clerk = await world.hire(company, ['USER_ADD', 'USER_EDIT']);
  const token = await world.done('/access/add-api-token', company.boss, {});
  const people = { 'an admin of an organization': [company.boss, 403], 'one who adds users': [clerk, 403], 'an API token of an organization': [token.token, 403], 'a person of no organization': [await world.person('Loner'), 403], 'nobody': [null, 401], 'garbage': ['garbage', 401] };
  const before = listOf(await world.partner('GET', kProviders, { as: world.admin })).items;
  await table(t, world, Object.entries(people).flatMap(([who, [as, expect]]) => [
    { name: `POST by ${who}`, at: `POST ${kProviders}`, as, body: body(), expect },
    { name: `PUT by ${who}`, at: `PUT ${kProviders}/${id}`, as, body: body(), expect },
    { name: `DELETE by ${who}`, at: `DELETE ${kProviders}/${id}`, as, expect },
    { name: `PUT of an unknown one by ${who}`, at: `PUT ${kProviders}/${kNobody}`, as, body: body(), expect },
  ]));
  assert.deepEqual(listOf(await world.partner('GET', kProviders, { as: world.admin })).items, before);
});

test('a prefix is unique', async () => {
  const [one, two] = [await world.provider(), await world.provider()];
  const again = await world.partner('POST', kProviders, { as: world.admin, body: body({ prefix: one.prefix }) });
  assert.equal(again.status, 409, again.text);
  assert.equal((await put(two.id, body({ prefix: one.prefix }))).status, 409);
  assert.equal((await listed(two.id)).prefix, two.prefix);
  const prefix = short();
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.partner('POST', kProviders, { as: world.admin, body: body({ prefix }) })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(409)]);
});

test('one in use stays: the people who sign in there would have no way in', async () => {
  const provider = await world.provider();
  const person = await world.offerOne(company.boss, [company], { IdentityProviderId: provider.id });
  assert.equal((await remove(provider.id)).status, 409, 'by somebody who is only invited');
  assert.equal((await world.activate(person.token)).status, 200);
  assert.equal((await remove(provider.id)).status, 409);
  assert.ok(await listed(provider.id));
  const off = await put(provider.id, body({ prefix: provider.prefix, enabled: false }));
  assert.ok([200, 204].includes(off.status), 'it may be disabled');
  assert.equal((await listed(provider.id)).enabled, false);
  await world.must(204, 'DELETE', `/api/v1/users/${person.id}`, { as: world.admin });
  assert.equal((await remove(provider.id)).status, 204);
});

test('every fault, and nothing changed', async (t) => {
  const kept = await world.provider();
  const before = listOf(await world.partner('GET', kProviders, { as: world.admin })).items;
  const bad = {
    name: { 'nothing': '', 'blanks': '  ', 'a number': 5, 'a NUL': 'a\u0000b', 'an override': 'a\u202eb', 'endless': 'x'.repeat(10_000), 'null': null },
    prefix: { 'nothing': '', 'a blank within': 'a b', 'a number': 5, 'a NUL': 'a\u0000b', 'a line break': 'a\nb', 'a bar': 'a|b', 'endless': 'x'.repeat(10_000), 'null': null },
    type: { 'another': 'saml', 'nothing': '', 'a number': 1 },
    issuer: { 'nothing': '', 'a word': 'login', 'a script': 'javascript:alert(1)', 'a file': 'file:///etc/passwd', 'a number': 5, 'with a blank': 'https://login.example .org', 'null': null },
    clientId: { 'nothing': '', 'a number': 5, 'a NUL': 'a\u0000b', 'endless': 'x'.repeat(100_000), 'null': null },
    clientSecret: { 'nothing': '', 'a number': 5, 'endless': 'x'.repeat(100_000) },
    enabled: { 'a text': 'yes', 'a number': 1 },
    scopes: { 'a number': 1, 'an object': {}, 'numbers': [1], 'a quote within': ['openid"'] },
  };
  const row = (name, sent, member) => ({ name, at: `POST ${kProviders}`, as: world.admin, body: sent, expect: 400, then: (answer) => {
    const named = Object.keys(answer.json.errors ?? {}).map((path) => path.toLowerCase().replace(/\[.*/, ''));
    assert.deepEqual([...new Set(named)], [member.toLowerCase()], answer.text);
    assert.ok(!answer.text.includes('nobody guesses'), 'a refusal repeats no secret');
  } });
  await table(t, world, [
    ...['name', 'prefix', 'issuer', 'clientId', 'clientSecret'].map((member) => row(`${member}: missing`, without(body(), member), member)),
    ...Object.entries(bad).flatMap(([member, values]) => Object.entries(values).map(([name, value]) => row(`${member}: ${name}`, body({ [member]: value }), member))),
    { name: 'all at once', at: `POST ${kProviders}`, as: world.admin, body: { name: '', prefix: '', issuer: 'x', clientId: '', clientSecret: '', enabled: true }, expect: 400, then: ({ json }) =>
      assert.deepEqual(sorted(Object.keys(json.errors).map((path) => path.toLowerCase())), ['clientid', 'clientsecret', 'name', 'prefix']) },
    { name: 'a faulty change', at: `PUT ${kProviders}/${kept.id}`, as: world.admin, body: body({ issuer: 'x' }), expect: 400 },
    { name: 'no GUID', at: `PUT ${kProviders}/x`, as: world.admin, body: body(), expect: [400, 404] },
    { name: 'no GUID to remove', at: `DELETE ${kProviders}/x`, as: world.admin, expect: [400, 404] },
    { name: 'a role is no provider', at: `DELETE ${kProviders}/${world.group('Customer')}`, as: world.admin, expect: 404 },
  ]);
  assert.deepEqual(listOf(await world.partner('GET', kProviders, { as: world.admin })).items, before);
});

test('the secret is in no log, export, metric, mail or file', async () => {
  const provider = await world.provider({ clientSecret: 'Vq8-first-secret-of-the-provider' });
  const second = 'Zk3-second-secret-of-the-provider';
  await put(provider.id, body({ prefix: provider.prefix, clientSecret: second }));
  await world.partner('POST', kProviders, { as: world.admin, body: body({ prefix: provider.prefix, clientSecret: 'Xw5-secret-of-the-refused' }) });
  const email = address();
  await world.offerOne(company.boss, [company], { email, IdentityProviderId: provider.id });
  const folder = join(freshFolder('export'), 'out');
  assert.equal((await run(['export', folder, '--data', world.server.data])).status, 0);
  const places = {
    'the list': (await world.partner('GET', kProviders, { as: world.admin })).text,
    'the log of changes': JSON.stringify(await world.platformLog()),
    "the server's log": world.server.stderr(),
    'the metrics': (await world.server.request('GET', `${world.management}/metrics`)).text,
    'the export': readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1')).join(),
    'the data directory': await storedText(world.server),
  };
  for (const [place, text] of Object.entries(places)) assert.ok(!/secret-of-the/.test(text), `${place} shows a secret`);
  assert.ok(places['the log of changes'].includes(provider.id), 'the log tells of the provider');
});
