// Attacks every operation of the OpenAPI document: as nobody, with bad credentials, as another tenant's admin, as somebody
// who reaches the place but may do nothing there, through a connection from either side, and last as somebody who may. The
// list comes from the server; an operation without a sample fails the test, so that nothing is served unattacked.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startAccess } from '../support/access.mjs';
import { kFine, kPublic, kSamples } from '../support/matrix_samples.mjs';
import { unique } from '../support/v1.mjs';
import { operations } from '../support/v1_openapi.mjs';

let world;
let boss;       // admin of `home`, and so of everything below it
let stranger;   // admin of an organization of another tenant
let home;
let customer;   // each room is an agency of it
let oldRoom;    // has an invitation that is old enough to be sent again
const bad = {};
before(async () => {
  world = await startAccess({ fakeTime: '+0' });
  home = await world.company('Home');
  boss = home.boss;
  bad.expired = boss.token;
  const signedOut = await world.signIn(boss.email);
  await world.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: signedOut });
  oldRoom = await world.organization({ as: boss, parent: home, name: unique('Room') });
  await world.switchTo(boss, oldRoom);
  Object.assign(oldRoom, await world.done('/access/invite', boss, { email: 'invited.long.ago@example.org', company_name: unique('Invited'), relation_type: 'agency' }));
  await world.travel('+3d', boss);
  customer = await world.company('Customer');
  stranger = (await world.company('Stranger')).boss;
  bad['signed out'] = signedOut.token;
  bad.garbage = 'garbage';
  const [header, payload] = boss.token.split('.');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  bad['of a foreign signature'] = `${header}.${payload}.${sign('sha256', Buffer.from(`${header}.${payload}`), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
});
after(async () => { await world?.stop(); });

// A room of the boss's with a guest who views it, with all who attack it, each as far inside as it gets; fresh for each
// operation, because the last attack succeeds.
async function scene({ old }) {
  const room = old ? oldRoom : await world.organization({ as: boss, parent: home, name: unique('Room') });
  const guest = await world.person('Guest', { signIn: false });
  await world.member(room, guest, 'viewer', boss);
  const weak = await world.bystander(room, boss);
  await world.switchTo(boss, room);
  const place = { ...room, boss };
  const agency = await world.company('Agency');
  const made = await world.connect(place, agency);
  await world.connect(customer, place, { from: 'agency' });
  await world.switchTo(agency.boss, room);
  for (const as of [stranger, customer.boss]) await world.refused(400, '/access/switch-company', as, { company: room.name });
  await world.refused(403, '/access/switch-company', weak, { company: room.name });
  return { world, boss, home, room, place, guest, weak, agency, made };
}

// What the room's admin sees of it, but for what the sample says that its log tells of others.
async function trace(place, { logged }) {
  const seen = await world.state(place);
  const log = `${place.orgId} changes`;
  return { ...seen, [log]: seen[log].filter(({ action }) => action !== logged) };
}

const isAccess = (path) => /^\/access(?!\/v1\/)/.test(path);

// The statuses due to each attacker, from the sample, else from the document's own words.
function due({ kind, parameter }, sample) {
  const weak = sample.weak ?? [403];
  const foreign = sample.stranger ?? (kind === 'organization' && parameter ? [404] : [403]);
  return { stranger: foreign, customer: sample.customer ?? foreign, weak, agency: sample.agency ?? weak };
}

test('every operation says who may call it, and the public ones are exactly those listed', async () => {
  const listed = operations(world.openapi.document);
  for (const { method, path, operation } of listed) {
    const name = `${method} ${path}`;
    const access = operation['x-access'];
    assert.ok(access, `${name} has no x-access`);
    assert.ok(['anyone', 'principal', 'person', 'organization', 'platform'].includes(access.kind), `${name}: ${access.kind}`);
    if (access.kind === 'anyone') {
      assert.deepEqual(operation.security, [], `${name}: an operation for anyone demands no scheme`);
      assert.ok(kPublic[name] !== undefined, `${name} is served to anyone (“${access.because}”), but not listed`);
      assert.equal(access.because, kPublic[name], name);
      continue;
    }
    assert.equal(kPublic[name], undefined, `${name} is listed as public and is not`);
    assert.equal(operation.security, undefined, `${name}: the common scheme holds`);
    assert.match(access.action, /^[a-z_]+\.[a-z_]+$/);
    for (const permission of [access.permission, access.also]) if (permission !== undefined) assert.match(permission, /^[a-z_]+\.[a-z_]+$/);
    if (access.kind === 'platform') assert.ok(access.permission, name);
    if (access.kind !== 'organization') continue;
    assert.equal(access.at, isAccess(path) ? 'active_organization' : undefined, `${name}: A26, and nowhere else`);
    if (isAccess(path)) assert.ok(access.permission, `${name}: A24, A19`);
    else assert.ok(path.includes(`{${access.parameter}}`), `${name}: the parameter ${access.parameter}`);
  }
  const ids = listed.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length, 'operation ids are unique');
});

test('no row of the tables is left over', () => {
  const served = new Set(operations(world.openapi.document).map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual(Object.keys({ ...kSamples, ...kPublic }).filter((name) => !served.has(name)), []);
});

test('attacks', async (t) => {
  for (const { method, path, operation } of operations(world.openapi.document)) {
    const access = operation['x-access'];
    if (access?.kind === 'anyone') continue;
    const name = `${method} ${path}`;
    await t.test(name, async (inner) => {
      const sample = kSamples[name];
      assert.ok(sample, `${name} has no sample: add it to kSamples, so that it is attacked too`);
      const here = await scene(sample);
      const { path: values = {}, ...options } = await sample.with(here);
      const target = path.replace(/\{(\w+)\}/g, (_, key) => encodeURIComponent(values[key]));
      const session = async (person) => (sample.fresh ? world.signIn(person.email) : person);
      const sent = JSON.stringify(options);
      const attack = async (title, as, expected, knows = []) => inner.test(title, async () => {
        const answer = await (isAccess(path) ? world.ask(method, target, { as, ...options }) : world.call(method, target, { as, ...options }));
        const said = `${answer.request}: ${answer.status} ${answer.text.slice(0, 300)}`;
        assert.ok(expected.includes(answer.status), `${said}; expected ${expected.join(' or ')}`);
        if (answer.status === 401) assert.match(answer.headers['www-authenticate'], /^Bearer/);
        const untold = [here.room.name, here.guest.email, boss.email].filter((word) => !sent.includes(word));
        const refused = !kFine.includes(answer.status);
        for (const word of untold) assert.ok(!answer.text.includes(word) || (!refused && knows.includes(word)), `tells ${word}: ${said}`);
      });
      const { name: roomName } = here.room;
      const expected = due(access, sample);
      const needs = access.permission && ['organization', 'platform'].includes(access.kind);
      if (needs) for (const who of ['weak', 'agency']) assert.deepEqual(expected[who], [403], `${who}: a permission is refused with 403 to whoever reaches the place`);
      const before = await trace(here.place, sample);
      await attack('nobody', null, [401]);
      for (const [title, token] of Object.entries(bad)) await attack(`a token ${title}`, token, [401]);
      await attack("another tenant's admin", await session(stranger), expected.stranger);
      await attack('whoever reaches it and holds nothing', here.weak, expected.weak, [roomName]);
      await attack('an agency that holds nothing', await session(here.agency.boss), expected.agency, [roomName]);
      await attack('a customer, whose agency it is', await session(customer.boss), expected.customer, [roomName]);
      await inner.test('no attack has left a trace', async () => assert.deepEqual(await trace(here.place, sample), before));
      await sample.prepare?.(here);
      const permitted = access.kind === 'platform' || sample.platform ? world.admin : boss;
      await attack('permitted', await session(permitted), kFine, [roomName, here.guest.email, boss.email]);
    });
  }
});

test('the public ones answer without credentials', async () => {
  const client = await world.client(boss, ['orders.read']);
  const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret };
  await world.must(201, 'POST', '/api/v1/auth/tokens', { body: { account: boss.email, password: boss.password } });
  await world.must(200, 'POST', '/connect/token', { form });
  for (const path of ['/.well-known/jwks.json', '/.well-known/authzen-configuration', '/openapi.json', '/docs', '/invitations/accept']) {
    const answer = await world.call('GET', path, { check: false });
    assert.ok([200, 301, 302, 307, 308].includes(answer.status), `${path}: ${answer.status}`);
  }
});

test('an invitation is shown, accepted and declined to whoever has its secret, and to nobody else', async () => {
  const invited = () => world.invite(customer.boss, `${unique('invited').replaceAll(' ', '.')}@example.org`, unique('Invited'));
  const { token } = await invited();
  const good = { password: 'correct horse battery staple 7', token };
  for (const action of ['preview', 'accept', 'reject']) {
    for (const wrong of [`${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`, boss.token, 'garbage']) {
      for (const as of [null, boss, customer.boss]) {
        const { status, text } = await world.call('POST', `/invitations/${action}`, { as, body: { ...good, token: wrong } });
        assert.equal(status, 401, `${action}: ${text}`);
        assert.ok(!text.includes(customer.name));
      }
    }
  }
  await world.must(401, 'POST', '/access/invite/accept', { as: customer.boss, body: { token: 'garbage' } });
  await world.must(200, 'POST', '/invitations/preview', { body: { token } });
  await world.must(200, 'POST', '/invitations/accept', { body: good });
  await world.must(200, 'POST', '/invitations/reject', { body: { token: (await invited()).token } });
  await world.accept((await invited()).token);
});
