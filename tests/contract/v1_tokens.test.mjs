// Sign-in, sessions and access tokens: CONTRACTS.md sections 1 and 3, RFC 9068, RFC 7515, RFC 6750, RFC 9700 4.14.2.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { admin } from '../support/gatehouse.mjs';
import { assertProblem, greet, kPassword, kUuid, startWorld, table } from '../support/v1.mjs';

const kTokens = '/api/v1/auth/tokens';
const kCurrent = '/api/v1/auth/tokens/current';
let world;
before(async () => { world = await startWorld(); });
after(async () => { await world?.stop(); });

const refresh = (pair) => world.call('POST', `${kTokens}?grant_type=refresh_token`, { body: { token: pair.token, refreshToken: pair.refreshToken } });
const pairOf = (answer) => ({ token: answer.json.accessToken, refreshToken: answer.json.refreshToken });
async function refreshed(pair) {
  const answer = await refresh(pair);
  assert.equal(answer.status, 201, answer.text);
  return pairOf(answer);
}
const alive = async (pair) => (await world.call('GET', kCurrent, { as: pair.token })).status === 200;
const decode = (token) => token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('sign-in: by user name or e-mail in any case, with a whole answer', async (t) => {
  const ann = await world.person('Ann', { signIn: false });
  const ok = { accessToken: /^[\w-]+\.[\w-]+\.[\w-]+$/, refreshToken: /^gth_\w+_\w{30,}$/, tokenType: 'Bearer', expiresIn: 900 };
  const at = `POST ${kTokens}`;
  const password = ann.password;
  await table(t, world, [
    { name: 'by e-mail', at, body: { account: ann.email, password }, expect: 201, has: ok },
    { name: 'by user name', at, body: { account: ann.userName, password }, expect: 201, has: ok },
    { name: 'in other case', at, body: { account: ann.email.toUpperCase(), password }, expect: 201, has: ok },
    { name: 'said so', at: `${at}?grant_type=password`, body: { account: ann.email, password }, expect: 201, has: ok },
    { name: 'an answer that nobody keeps', at, body: { account: ann.email, password }, expect: 201, then: (answer) => assert.match(answer.headers['cache-control'] ?? '', /no-store/) },
    { name: 'a bearer that comes along is ignored', at, as: 'garbage', body: { account: ann.email, password }, expect: 201 },
    { name: 'wrong password', at, body: { account: ann.email, password: `${password}x` }, expect: 401, hasNot: [password] },
    { name: 'password in other case', at, body: { account: ann.email, password: password.toUpperCase() }, expect: 401 },
    { name: 'password with a blank behind', at, body: { account: ann.email, password: `${password} ` }, expect: 401 },
    { name: 'unknown account', at, body: { account: 'nobody@example.org', password }, expect: 401 },
    { name: 'no body', at, expect: [400, 415] },
    { name: 'nothing in the body', at, body: {}, expect: 400, fields: ['account', 'password'] },
    { name: 'account missing', at, body: { password }, expect: 400, fields: ['account'] },
    { name: 'password missing', at, body: { account: ann.email }, expect: 400, fields: ['password'] },
    { name: 'password a number', at, body: { account: ann.email, password: 12345678 }, expect: 400, fields: ['password'] },
    { name: 'account an object', at, body: { account: { $ne: '' }, password }, expect: 400, fields: ['account'] },
    { name: 'unknown grant', at: `${at}?grant_type=magic`, body: { account: ann.email, password }, expect: 400 },
    { name: 'empty grant', at: `${at}?grant_type=`, body: { account: ann.email, password }, expect: [201, 400] },
    { name: 'an endless password', at, body: { account: ann.email, password: 'x'.repeat(100_000) }, expect: [400, 401] },
    { name: 'a password with a NUL', at, body: { account: ann.email, password: `${password}\u0000` }, expect: [400, 401] },
  ]);
});

test('sign-in: one text for every reason', async () => {
  const ann = await world.person('Ann', { signIn: false });
  const off = await world.person('Off', { signIn: false });
  await switchOff(off);
  const texts = new Set();
  for (const [account, password] of [[ann.email, 'wrong wrong'], ['nobody.at.all@example.org', kPassword], [off.email, off.password], [off.email, 'wrong wrong']]) {
    const answer = await world.call('POST', kTokens, { body: { account, password } });
    assert.equal(answer.status, 401);
    const { traceId, ...rest } = answer.json;
    texts.add(JSON.stringify(rest));
  }
  assert.equal(texts.size, 1, [...texts].join('\n'));
});

// The words of `status` are the server's own; the opposite of the one it shows.
async function switchOff(user, status = 'inactive') {
  const shown = await world.must(200, 'GET', `/api/v1/users/${user.id}`, { as: world.admin });
  const word = /^[A-Z]/.test(shown.status) ? status[0].toUpperCase() + status.slice(1) : status;
  return world.must(200, 'PATCH', `/api/v1/users/${user.id}`, { as: world.admin, body: { status: word } });
}

test('access token: RFC 9068, verifiable with the published keys', async () => {
  const ann = await world.person('Ann');
  const keys = await world.must(200, 'GET', '/.well-known/jwks.json');
  assert.ok(keys.keys.length >= 1);
  for (const key of keys.keys) {
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(secret in key), `the published key shows ${secret}`);
    assert.equal(typeof key.kid, 'string');
  }
  const [header] = decode(ann.token);
  assert.equal(header.alg, 'ES256');
  assert.equal(header.typ, 'at+jwt');
  const { payload } = await jwtVerify(ann.token, createLocalJWKSet(keys), { typ: 'at+jwt', algorithms: ['ES256'] });
  for (const claim of ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'sid']) assert.ok(payload[claim] !== undefined, `RFC 9068 2.2: ${claim}`);
  assert.equal(payload.sub, ann.id);
  assert.equal(payload.exp - payload.iat, 900);
  assert.ok(Math.abs(payload.iat - Date.now() / 1000) < 60);
  assert.match(payload.sid, kUuid);
  const other = decode((await world.signIn(ann.email)).token)[1];
  assert.notEqual(other.sid, payload.sid);
  assert.notEqual(other.jti, payload.jti);
});

test('access token: forged, altered, foreign or misplaced, it is worth nothing', async (t) => {
  const ann = await world.person('Ann');
  const [header, payload, signature] = ann.token.split('.');
  const [head, claims] = decode(ann.token);
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = (h, c, key = foreign.privateKey) => {
    const input = `${encode(h)}.${encode(c)}`;
    return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  const { keys } = await world.must(200, 'GET', '/.well-known/jwks.json');
  const published = createPublicKey({ key: keys.find((key) => key.kid === head.kid), format: 'jwk' });
  const confused = ['pem', 'der'].map((format) => {
    const input = `${encode({ ...head, alg: 'HS256' })}.${encode(claims)}`;
    return `${input}.${createHmac('sha256', published.export({ type: 'spki', format })).update(input).digest('base64url')}`;
  });
  const flip = (text) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1);
  const zeros = Buffer.alloc(64).toString('base64url');
  const jwk = foreign.publicKey.export({ format: 'jwk' });
  const bad = {
    'altered signature': `${header}.${payload}.${flip(signature)}`,
    'altered payload': `${header}.${encode({ ...claims, sub: world.admin.id })}.${signature}`,
    'altered header': `${encode({ ...head, x: 1 })}.${payload}.${signature}`,
    'no signature': `${header}.${payload}.`,
    'two parts': `${header}.${payload}`,
    'four parts': `${ann.token}.x`,
    'a signature of zeros': `${header}.${payload}.${zeros}`,
    'alg none': `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
    'alg NoNe with the signature': `${encode({ ...head, alg: 'NoNe' })}.${payload}.${signature}`,
    'HS256 with the public key as secret': confused[0],
    'HS256 with the public key in DER': confused[1],
    'a foreign key under our kid': signed(head, claims),
    'a foreign key under its own kid': signed({ ...head, kid: 'mine' }, claims),
    'a foreign key within the header': signed({ ...head, kid: undefined, jwk }, claims),
    'a foreign key under its own address': signed({ ...head, jku: 'http://127.0.0.1:9/keys' }, claims),
    'a kid that is a path': signed({ ...head, kid: '../../../../dev/null' }, claims),
    'a kid that is no text': signed({ ...head, kid: { a: 1 } }, claims),
    'no JSON': `${Buffer.from('x').toString('base64url')}.${payload}.${signature}`,
    'padding': `${header}.${payload}.${signature}==`,
    'blanks within': `${header} .${payload}.${signature}`,
    'a refresh token': ann.refreshToken,
    'a random word': 'garbage',
    'a token of another kind': 'gth_token_0000000000000000000000000000000000000000000000000000',
    'an endless word': 'x'.repeat(9000),
    'one letter': '.',
  };
  for (const [name, token] of Object.entries(bad)) {
    await t.test(name, async () => {
      const answer = await world.call('GET', kCurrent, { as: token });
      assertProblem(answer, { status: 401 });
      assert.match(answer.headers['www-authenticate'], /^Bearer/);
    });
  }
  const at = `GET ${kCurrent}`;
  await table(t, world, [
    { name: 'the true one', at, as: ann, expect: 200 },
    { name: 'scheme in other case', at, headers: { Authorization: `bEaReR ${ann.token}` }, expect: 200 },
    { name: 'no scheme', at, headers: { Authorization: ann.token }, expect: 401 },
    { name: 'another scheme', at, headers: { Authorization: `Basic ${ann.token}` }, expect: 401 },
    { name: 'nothing behind the scheme', at, headers: { Authorization: 'Bearer' }, expect: 401 },
    { name: 'in the query', at: `${at}?access_token=${ann.token}`, expect: 401 },
    { name: 'in a cookie', at, headers: { Cookie: `access_token=${ann.token}; token=${ann.token}` }, expect: 401 },
    { name: 'none', at, expect: 401, then: (answer) => assert.match(answer.headers['www-authenticate'], /^Bearer/) },
  ]);
});

test('current: says who is calling', async () => {
  const ann = await world.person('Ann');
  const organization = await world.organization({ as: ann });
  const answer = await world.must(200, 'GET', kCurrent, { as: ann });
  assert.equal(answer.userId, ann.id);
  assert.ok(JSON.stringify(answer.orgRoles).includes(organization.orgId));
  assert.ok(JSON.stringify(answer.orgRoles).includes('admin'));
  const left = Date.parse(answer.expiresAt) - Date.now();
  assert.ok(left > 0 && left <= 900_000, answer.expiresAt);
});

test('refresh: rotates, and what is old is dead', async (t) => {
  const ann = await world.person('Ann');
  const next = await refreshed(ann);
  assert.notEqual(next.refreshToken, ann.refreshToken);
  assert.notEqual(next.token, ann.token);
  assert.equal(decode(next.token)[1].sid, decode(ann.token)[1].sid, 'the session stays the same');
  assert.ok(await alive(next));
  const at = `POST ${kTokens}?grant_type=refresh_token`;
  const eve = await world.person('Eve');
  await table(t, world, [
    { name: 'nothing', at, body: {}, expect: 400, then: (answer) => assert.match(answer.text, /refreshToken/) },
    { name: 'no text', at, body: { token: next.token, refreshToken: 7 }, expect: 400, fields: ['refreshToken'] },
    { name: 'garbage', at, body: { token: next.token, refreshToken: 'garbage' }, expect: 401 },
    { name: 'an access token in its place', at, body: { token: next.token, refreshToken: next.token }, expect: 401 },
    { name: "with another's access token", at, body: { token: eve.token, refreshToken: next.refreshToken }, expect: 401 },
    { name: 'altered', at, body: { token: next.token, refreshToken: `${next.refreshToken.slice(0, -1)}${next.refreshToken.endsWith('0') ? '1' : '0'}` }, expect: 401 },
  ]);
  assert.ok(await alive(eve), 'a stranger is not signed out by it');
});

test('refresh: the reuse of an old token ends the whole family', async () => {
  const ann = await world.person('Ann');
  const elsewhere = await world.signIn(ann.email);
  const second = await refreshed(ann);
  const third = await refreshed(second);
  const stolen = await refresh(ann);
  assertProblem(stolen, { status: 401 });
  for (const pair of [ann, second, third]) assert.ok(!(await alive(pair)), 'every access token of the session is dead');
  for (const pair of [third, second]) assert.equal((await refresh(pair)).status, 401, 'every refresh token of the session is dead');
  assert.ok(await alive(elsewhere), 'her other session lives');
  await refreshed(elsewhere);
});

test('refresh: a retry after a lost answer recovers', async () => {
  const ann = await world.person('Ann');
  const lost = await refreshed(ann);
  const again = await refreshed(ann);
  assert.ok(await alive(again));
  const next = await refreshed(again);
  assert.ok(await alive(next));
  assert.notEqual(lost.refreshToken, next.refreshToken);
});

test('refresh: of many at once, whatever they get keeps the rules', async () => {
  const ann = await world.person('Ann');
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(ann)));
  const good = answers.filter((answer) => answer.status === 201);
  assert.ok(good.length >= 1);
  for (const answer of answers) assert.ok([201, 401].includes(answer.status));
  assert.equal(new Set(good.map((answer) => answer.json.refreshToken)).size, good.length, 'no two get the same token');
});

test('sign-out: the session ends at once, and only it', async () => {
  const ann = await world.person('Ann');
  const elsewhere = await world.signIn(ann.email);
  const later = await refreshed(ann);
  await world.must(204, 'DELETE', kCurrent, { as: later });
  for (const pair of [ann, later]) assert.ok(!(await alive(pair)));
  assert.equal((await refresh(later)).status, 401);
  assert.equal((await world.call('DELETE', kCurrent, { as: later })).status, 401);
  assert.ok(await alive(elsewhere));
  assert.equal((await world.call('DELETE', kCurrent)).status, 401);
});

test('deactivation works on the next request, reactivation asks for a new sign-in', async () => {
  const ann = await world.person('Ann');
  const organization = await world.organization({ as: world.admin });
  await world.member(organization, ann, 'admin');
  const again = await world.signIn(ann.email);
  const client = await world.client(again, ['organizations.read']);
  assert.ok((await world.call('GET', `/api/v1/orgs/${organization.orgId}`, { as: client })).status === 200);
  await switchOff(ann);
  for (const pair of [ann, again]) {
    assert.ok(!(await alive(pair)));
    assert.equal((await refresh(pair)).status, 401);
  }
  assert.notEqual((await world.call('GET', `/api/v1/orgs/${organization.orgId}`, { as: client })).status, 200, 'nor does her client hold anything');
  assertProblem(await world.call('POST', kTokens, { body: { account: ann.email, password: ann.password } }), { status: 401 });
  await switchOff(ann, 'active');
  assert.ok(!(await alive(ann)), 'old sessions stay dead');
  assert.ok(await alive(await world.signIn(ann.email)));
});

test('deactivation: also of the last admin of an organization, lest whoever founds one cannot be shut out', async () => {
  const ann = await world.person('Ann');
  await world.organization({ as: ann });
  await switchOff(ann);
  assert.ok(!(await alive(ann)));
});

test('the active organization: the one last used, else the first by name', async () => {
  const ann = await world.person('Ann');
  const later = await world.organization({ as: ann, name: `zz ${ann.userName}` });
  const first = await world.organization({ as: ann, name: `aa ${ann.userName}` });
  const active = async (as) => (await world.must(200, 'GET', kCurrent, { as })).activeOrgId;
  const again = await world.signIn(ann.email);
  assert.equal(await active(again), first.orgId);
  assert.notEqual(await active(again), later.orgId);
});

test('after a restart: sessions, sign-outs and deactivations are as they were', async () => {
  const ann = await world.person('Ann');
  const out = await world.signIn(ann.email);
  await world.must(204, 'DELETE', kCurrent, { as: out });
  const off = await world.person('Off');
  await switchOff(off);
  const used = await world.person('Used');
  const second = await refreshed(await refreshed(used));
  const keys = await world.must(200, 'GET', '/.well-known/jwks.json');
  await world.server.restart();
  await greet(world);
  assert.deepEqual(await world.must(200, 'GET', '/.well-known/jwks.json'), keys);
  assert.ok(await alive(ann));
  const next = await refreshed(ann);
  assert.ok(await alive(next));
  for (const pair of [out, off]) assert.ok(!(await alive(pair)));
  assert.equal((await refresh(out)).status, 401);
  assert.equal((await refresh(used)).status, 401, 'the reuse is still noticed');
  assert.ok(!(await alive(second)));
});


test('bootstrap: the first administrator is who the environment says', async () => {
  const me = await world.must(200, 'GET', `/api/v1/users/${world.admin.id}`, { as: world.admin });
  assert.equal(me.email, admin.email);
  assert.equal(me.userName, admin.email);
});
