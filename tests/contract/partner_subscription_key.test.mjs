// Ocp-Apim-Subscription-Key: asked of every request of the partner surface when one is configured, of no other, and never
// when none is. CONTRACTS.md section 4, Conventions.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startAccess } from '../support/access.mjs';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { address, assertDialect, kActivate, kInvite, kNobody, kPassword, kProviders, kReject, kRoles, kUsers, linksIn, startPartner } from '../support/partner.mjs';
import { kJobs } from '../support/partner_jobs.mjs';

const kHeader = 'Ocp-Apim-Subscription-Key';
const kKey = 'Qz7-the-key-of-the-partner-0815';
const kCalls = [
  ['GET', kUsers], ['GET', kRoles], ['GET', kProviders], ['POST', kInvite], ['POST', kActivate], ['POST', kReject], ['POST', kProviders], ['PUT', `${kProviders}/${kNobody}`], ['DELETE', `${kProviders}/${kNobody}`],
  ['POST', kJobs], ['GET', kJobs], ['GET', `${kJobs}/${kNobody}`], ['GET', `${kJobs}/${kNobody}/rows`], ['POST', `${kJobs}/${kNobody}/cancel`],
];
let world;
let company;
before(async () => {
  world = await startAccess({ env: { GATEHOUSE_PARTNER_SUBSCRIPTION_KEY: kKey, GATEHOUSE_LOG_REQUESTS: 'all' } });
  company = await world.company('Keyed');
});
after(async () => { await world?.stop(); });

async function ask(method, path, { key, ...options } = {}) {
  const body = method === 'POST' || method === 'PUT' ? { body: {} } : {};
  const answer = await world.call(method, path, { as: world.admin, ...body, ...options, headers: key === undefined ? {} : { [kHeader]: key } });
  assertDialect(answer);
  return answer;
}

for (const [name, key] of Object.entries({ 'without a key': undefined, 'with a wrong key': 'another key', 'with an empty key': '', 'with the key in other case': kKey.toLowerCase(), 'with more than the key': `${kKey}0`, 'with a part of the key': kKey.slice(0, -1), 'with two keys': `${kKey},${kKey}` })) {
  test(`${name} everything is refused, whoever asks`, async () => {
    for (const [method, path] of kCalls) {
      for (const as of [world.admin, null]) {
        const { status, text } = await ask(method, path, { as, key });
        assert.equal(status, 401, `${method} ${path}: ${text}`);
        assert.ok(!text.includes(kKey), text);
      }
    }
  });
}

test('with the key the bearer decides, as it does without one', async () => {
  assert.equal((await ask('GET', kRoles, { key: kKey })).status, 200);
  assert.equal((await ask('GET', kUsers, { key: kKey })).status, 200);
  assert.equal((await ask('GET', kUsers, { key: kKey, as: company.boss })).status, 403);
  assert.equal((await ask('GET', kUsers, { key: kKey, as: null })).status, 401, 'the key is no bearer');
  assert.equal((await ask('GET', kUsers, { key: kKey, as: kKey })).status, 401);
  const named = await world.call('GET', kRoles, { as: world.admin, headers: { 'ocp-apim-SUBSCRIPTION-key': kKey } });
  assert.equal(named.status, 200, 'names of headers have no case');
  const inQuery = await world.call('GET', kRoles, { as: world.admin, query: { 'subscription-key': kKey, [kHeader]: kKey } });
  assert.equal(inQuery.status, 401, 'addresses are logged; a key is not taken from there');
});

test('an invitation from end to end: the person needs the key as well', async () => {
  const { json: roles } = await ask('GET', kRoles, { key: kKey });
  const GroupId = roles.find((role) => role.name === 'Customer').id;
  const email = address();
  const sent = await ask('POST', kInvite, { key: kKey, as: company.boss, body: { Users: [{ Email: email, GroupId }], OrganizationIds: [company.orgId] } });
  assert.equal(sent.status, 200, sent.text);
  const mail = await world.mail.newest(email);
  const [{ token }] = linksIn(mail.text);
  assert.ok(!mail.raw.includes(kKey));
  const body = { token, password: kPassword };
  assert.equal((await ask('POST', kActivate, { as: null, body })).status, 401);
  assert.equal((await ask('POST', kActivate, { as: null, body, key: kKey })).status, 200);
  await world.signIn(email);
});

test('the other surfaces ask for none', async () => {
  await world.must(200, 'GET', '/api/v1/orgs', { as: company.boss });
  await world.must(200, 'GET', '/api/v1/orgs', { as: company.boss, headers: { [kHeader]: 'wrong' } });
  await world.list('/access', company.boss);
  await world.must(200, 'GET', '/api/Role', { as: company.boss });
  await world.must(200, 'GET', '/.well-known/jwks.json');
  await world.must(200, 'GET', '/openapi.json');
});

test('the key is shown nowhere', async () => {
  await ask('GET', kUsers, { key: kKey });
  assert.ok(world.server.stderr().includes(kUsers), 'requests are logged');
  assert.ok(!world.server.stderr().includes(kKey), 'and the key is not');
  const shown = await run(['config', 'show'], { env: { GATEHOUSE_PARTNER_SUBSCRIPTION_KEY: kKey } });
  assert.equal(shown.status, 0, shown.stderr);
  assert.match(shown.stdout, /partner_subscription_key/);
  assert.ok(!`${shown.stdout}${shown.stderr}`.includes(kKey), 'it is masked');
});

test('the key may stand in a file', async (t) => {
  const file = join(freshFolder('key'), 'key');
  writeFileSync(file, `${kKey}\n`);
  const own = await startAccess({ t, env: { GATEHOUSE_PARTNER_SUBSCRIPTION_KEY_FILE: file } });
  const status = async (headers) => (await own.call('GET', kRoles, { as: own.admin, headers })).status;
  assert.deepEqual([await status({}), await status({ [kHeader]: 'x' }), await status({ [kHeader]: kKey })], [401, 401, 200]);
});

test('where none is configured, none is looked at', async (t) => {
  const own = await startPartner({ t });
  for (const headers of [{}, { [kHeader]: '' }, { [kHeader]: 'whatever' }]) await own.must(200, 'GET', kRoles, { as: own.admin, headers });
});
