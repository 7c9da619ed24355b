// Attacks every operation of the OpenAPI document: as nobody, with bad credentials, as another tenant's admin, as somebody
// who reaches the place but may do nothing there, and last as somebody who may. The list comes from the server; an
// operation that the table below does not know fails the test, so that nothing is served unattacked.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { greet, kPassword, startWorld, unique } from '../support/v1.mjs';
import { operations } from '../support/v1_openapi.mjs';

// Served to anyone, each for the reason that the server itself declares. This list only shrinks.
const kPublic = {
  'POST /api/v1/auth/tokens': 'the proof comes in the body',
  'POST /connect/token': "the client's credentials come in the request",
  'GET /.well-known/jwks.json': 'public keys are public',
  'GET /.well-known/authzen-configuration': 'discovery comes before credentials',
  'GET /openapi.json': 'The interface is public; what it guards is not.',
  'GET /docs': 'The interface is public; what it guards is not.',
  'GET /docs/{file}': 'The interface is public; what it guards is not.',
};

let world;
let boss;       // admin of `home`, and so of everything below it
let stranger;   // admin of an organization of another tenant
let home;
let signedOut;
const bad = {};
before(async () => {
  world = await startWorld({ fakeTime: '+0' });
  boss = await world.person('Boss');
  bad.expired = boss.token;
  signedOut = await world.signIn(boss.email);
  await world.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: signedOut });
  world.server.setTime('+20m');
  await greet(world);
  Object.assign(boss, await world.signIn(boss.email));
  home = await world.organization({ as: boss });
  Object.assign(boss, await world.signIn(boss.email));
  stranger = await world.person('Stranger');
  await world.organization({ as: stranger });
  bad['signed out'] = signedOut.token;
  bad.garbage = 'garbage';
  const [header, payload] = boss.token.split('.');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  bad['of a foreign signature'] = `${header}.${payload}.${sign('sha256', Buffer.from(`${header}.${payload}`), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
});
after(async () => { await world?.stop(); });

// A room of the boss's, with a guest who views it, and somebody who merely reaches it; fresh for each operation, because
// the last attack succeeds.
async function scene() {
  const room = await world.organization({ as: boss, parent: home });
  const guest = await world.person('Guest', { signIn: false });
  await world.member(room, guest, 'viewer', boss);
  const weak = await world.bystander(room, boss);
  return { room, guest, weak };
}

const kFine = [200, 201, 204];
const account = () => ({ userName: unique('u').replaceAll(' ', '.'), email: `${unique('u').replaceAll(' ', '.')}@example.org`, password: kPassword });
const org = ({ room }) => ({ path: { orgId: room.orgId } });
const orgUser = ({ room, guest }) => ({ path: { orgId: room.orgId, userId: guest.id } });

// What each operation needs to be called well. `stranger` and `weak` are the statuses where the document's x-access cannot
// tell them (the place is named in the body, or the rule depends on whose account it is).
const kSamples = {
  'GET /api/v1/auth/tokens/current': { with: () => ({}), stranger: kFine, weak: kFine },
  'DELETE /api/v1/auth/tokens/current': { with: () => ({}), stranger: kFine, weak: [400, 403], as: async () => world.signIn(boss.email), strangerAs: async () => world.signIn(stranger.email) },
  'GET /api/v1/orgs': { with: () => ({}), stranger: kFine, weak: kFine },
  'POST /api/v1/orgs': { with: ({ room }) => ({ body: { name: unique('Made'), parentOrgId: room.orgId } }), stranger: [404], weak: [403] },
  'GET /api/v1/orgs/{orgId}': { with: org, weak: kFine },
  'PUT /api/v1/orgs/{orgId}': { with: (s) => ({ ...org(s), body: { name: unique('Put') } }) },
  'PATCH /api/v1/orgs/{orgId}': { with: (s) => ({ ...org(s), body: { description: 'x' } }) },
  'DELETE /api/v1/orgs/{orgId}': { with: org, prepare: ({ room }) => empty(room) },
  'GET /api/v1/orgs/{orgId}/children': { with: org, weak: kFine },
  'GET /api/v1/orgs/{orgId}/parents': { with: org, weak: kFine },
  'POST /api/v1/orgs/{orgId}/parent': { with: (s) => ({ ...org(s), body: { parentOrgId: home.orgId } }) },
  'GET /api/v1/orgs/{orgId}/changes': { with: org },
  'GET /api/v1/orgs/{orgId}/users': { with: org },
  'POST /api/v1/orgs/{orgId}/users': { with: async (s) => ({ ...org(s), body: { userId: (await world.person('New', { signIn: false })).id, orgRole: 'viewer' } }) },
  'GET /api/v1/orgs/{orgId}/users/{userId}': { with: orgUser },
  'PUT /api/v1/orgs/{orgId}/users/{userId}': { with: (s) => ({ ...orgUser(s), body: { orgRole: 'operator' } }), stranger: [404], weak: [403] },
  'PATCH /api/v1/orgs/{orgId}/users/{userId}': { with: (s) => ({ ...orgUser(s), body: { orgRole: 'operator' } }), stranger: [404], weak: [403] },
  'DELETE /api/v1/orgs/{orgId}/users/{userId}': { with: orgUser },
  'GET /api/v1/users': { with: () => ({}), stranger: kFine, weak: kFine },
  'POST /api/v1/users': { with: () => ({ body: account() }) },
  'GET /api/v1/users/{userId}': { with: ({ guest }) => ({ path: { userId: guest.id } }), stranger: [404], weak: [404] },
  'PATCH /api/v1/users/{userId}': { with: ({ guest }) => ({ path: { userId: guest.id }, body: { displayName: 'x' } }), stranger: [403, 404], weak: [403, 404], as: () => world.admin },
  'DELETE /api/v1/users/{userId}': { with: ({ guest }) => ({ path: { userId: guest.id } }) },
  'GET /api/v1/users/{userId}/orgs': { with: ({ guest }) => ({ path: { userId: guest.id } }), stranger: [404], weak: [404] },
  'POST /api/v1/oauth2/client-credentials': { with: () => ({ body: { name: unique('c'), scopes: ['orders.read'] } }), stranger: kFine, weak: [403] },
  'GET /api/v1/oauth2/client-credentials': { with: () => ({}), stranger: kFine, weak: [200, 403] },
  'DELETE /api/v1/oauth2/client-credentials/{clientCredentialId}': { with: async () => ({ path: { clientCredentialId: (await world.client(boss, ['orders.read'])).clientCredentialId } }), stranger: [404], weak: [403, 404] },
  'POST /access/v1/evaluation': { with: (s) => ({ body: question(s) }), stranger: [403, 404], weak: [403] },
  'POST /access/v1/evaluations': { with: (s) => ({ body: question(s) }), stranger: [403, 404], weak: [403] },
};

function question({ room, guest }) {
  return { subject: { type: 'user', id: guest.id }, action: { name: 'users.view' }, resource: { type: 'organization', id: room.orgId } };
}
// So that nobody but the boss lives there; whoever was the weak one reaches it no longer.
async function empty(room) {
  const { items } = await world.must(200, 'GET', `/api/v1/orgs/${room.orgId}/users`, { as: boss });
  for (const { userId } of items) if (userId !== boss.id) await world.must(204, 'DELETE', `/api/v1/orgs/${room.orgId}/users/${userId}`, { as: boss });
}

test('every operation says who may call it, and the public ones are exactly those listed', async () => {
  const listed = operations(world.openapi.document);
  const open = [];
  for (const { method, path, operation } of listed) {
    const access = operation['x-access'];
    assert.ok(access, `${method} ${path} has no x-access`);
    assert.ok(['anyone', 'principal', 'person', 'organization', 'platform'].includes(access.kind), `${method} ${path}: ${access.kind}`);
    if (access.kind === 'anyone') {
      open.push(`${method} ${path}`);
      assert.deepEqual(operation.security, [], `${method} ${path}: an operation for anyone demands no scheme`);
      const because = kPublic[`${method} ${path}`];
      assert.ok(because !== undefined, `${method} ${path} is served to anyone (“${access.because}”), but not listed`);
      assert.equal(access.because, because, `${method} ${path}`);
    } else {
      assert.equal(operation.security, undefined, `${method} ${path}: the common scheme holds`);
      assert.match(access.action, /^[a-z_]+\.[a-z_]+$/);
      if (access.kind === 'organization') assert.ok(path.includes(`{${access.parameter}}`), `${method} ${path}: the parameter ${access.parameter}`);
      if (access.kind === 'platform') assert.match(access.permission, /^[a-z_]+\.[a-z_]+$/);
    }
  }
  const ids = listed.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length, 'operation ids are unique');
});

test('no row of the tables is left over', () => {
  const served = new Set(operations(world.openapi.document).map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual(Object.keys(kSamples).filter((name) => !served.has(name)), []);
});

test('attacks', async (t) => {
  for (const { method, path, operation } of operations(world.openapi.document)) {
    const access = operation['x-access'];
    if (access?.kind === 'anyone') continue;
    const name = `${method} ${path}`;
    await t.test(name, async (inner) => {
      const sample = kSamples[name];
      assert.ok(sample, `${name} has no sample: add it to kSamples, so that it is attacked too`);
      const here = await scene();
      const { path: values = {}, ...options } = await sample.with(here);
      const target = path.replace(/\{(\w+)\}/g, (_, key) => encodeURIComponent(values[key]));
      const attack = async (title, as, expected) => inner.test(title, async () => {
        const answer = await world.call(method, target, { as, ...options });
        const said = `${answer.request}: ${answer.status} ${answer.text.slice(0, 300)}`;
        assert.ok(expected.includes(answer.status), `${said}; expected ${expected.join(' or ')}`);
        if (answer.status === 401) assert.match(answer.headers['www-authenticate'], /^Bearer/);
        if ([401, 403, 404].includes(answer.status)) for (const secret of [here.room.name, here.guest.email]) assert.ok(!answer.text.includes(secret), `tells ${secret}: ${said}`);
      });
      await attack('nobody', null, [401]);
      for (const [title, token] of Object.entries(bad)) await attack(`a token ${title}`, token, [401]);
      const { kind, permission } = access;
      const foreign = sample.stranger ?? (kind === 'organization' ? [404] : [403]);
      await attack("another tenant's admin", sample.strangerAs ? await sample.strangerAs() : stranger, foreign);
      const weak = sample.weak ?? [403];
      if (kind === 'organization' && permission) assert.deepEqual(weak, [403], 'a permission at an organization is refused with 403 to whoever reaches it');
      await attack('whoever reaches it and holds nothing', here.weak, weak);
      await sample.prepare?.(here);
      await attack('permitted', sample.as ? await sample.as() : kind === 'platform' ? world.admin : boss, kFine);
    });
  }
});

test('the public ones answer without credentials', async () => {
  const client = await world.client(boss, ['orders.read']);
  const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret };
  await world.must(201, 'POST', '/api/v1/auth/tokens', { body: { account: boss.email, password: boss.password } });
  await world.must(200, 'POST', '/connect/token', { form });
  for (const path of ['/.well-known/jwks.json', '/.well-known/authzen-configuration', '/openapi.json', '/docs']) {
    const answer = await world.call('GET', path, { check: false });
    assert.ok([200, 301, 302, 307, 308].includes(answer.status), `${path}: ${answer.status}`);
  }
});
