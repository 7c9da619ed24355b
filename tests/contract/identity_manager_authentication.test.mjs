// POST Authentication: CONTRACTS.md section 5, first row, and section 1, "Tokens" and "Passwords". One token for all surfaces,
// one text for every refusal, and the same brake on guessing as on v1.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kPassword, startDirectory, table } from '../support/identity_manager.mjs';
import { greet, includes } from '../support/v1.mjs';

const at = 'POST Authentication';
let world;
before(async () => { world = await startDirectory({ fakeTime: '+0' }); });
after(async () => { await world?.stop(); });

const v1 = (account, password, localAddress) => world.call('POST', '/api/v1/auth/tokens', { body: { account, password }, localAddress });
const attempt = (userName, password, localAddress) => world.authenticate({ userName, password }, { localAddress });
const textOf = ({ status, json: { traceId, ...rest } }) => `${status} ${JSON.stringify(rest)}`;

async function failures(userName, count, localAddress) {
  for (let i = 0; i < count; i += 1) assert.equal((await attempt(userName, 'surely wrong 1', localAddress)).status, 401, `failure ${i + 1}`);
}

function seconds(answer) {
  assert.equal(answer.status, 429, answer.text);
  assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
  return Number(answer.headers['retry-after']);
}

test('the answer: a token, whose it is, and the roles held at the platform', async () => {
  const company = await world.company('Employer');
  const ann = await world.user({ roleIds: [world.roles.viewer], companyIds: [company.orgId] });
  const answer = await world.authenticate(ann);
  assert.equal(answer.status, 200, answer.text);
  includes(answer.json, { tokenType: 'Bearer', userId: ann.id, userName: ann.userName, roles: [{ roleId: world.roles.viewer, name: 'viewer' }] });
  assert.match(answer.headers['cache-control'] ?? '', /no-store/);
  assert.deepEqual((await world.authenticate(company.boss)).json.roles, [], 'a role at an organization is none at the platform');
  const again = await world.authenticate(ann);
  assert.notEqual(again.json.token, answer.json.token);
  for (const token of [answer.json.token, again.json.token]) await world.gives(200, 'GET', 'Role', { as: token });
});

test('one token opens all four surfaces, whichever has issued it', async () => {
  const company = await world.company('Everywhere');
  const { boss } = company;
  const tokens = { 'issued here': await world.enter(boss), 'issued by v1': await world.signIn(boss.email) };
  for (const [name, as] of Object.entries(tokens)) {
    assert.equal((await world.list('/access', as))[0].id, boss.id, name);
    assert.equal((await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as })).userId, boss.id, name);
    await world.must(200, 'GET', `/api/v1/orgs/${company.orgId}`, { as });
    await world.must(200, 'GET', '/partner/v1/roles', { as });
    assert.equal((await world.shown(boss, as)).userId, boss.id, name);
  }
});

test('the name in any case and width, and members of the body in any case', async (t) => {
  const ann = await world.user();
  const wide = ann.userName.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.codePointAt(0) + 0xfee0));
  const good = { expect: 200, has: { userId: ann.id } };
  await table(t, world, [
    { name: 'upper case', at, body: { userName: ann.userName.toUpperCase(), password: kPassword }, ...good },
    { name: 'full width', at, body: { userName: wide, password: kPassword }, ...good },
    { name: 'members in PascalCase', at, body: { UserName: ann.userName, Password: kPassword }, ...good },
    { name: 'members in other cases', at, body: { USERNAME: ann.userName, pASSWORD: kPassword }, ...good },
    { name: 'unknown members', at, body: { userName: ann.userName, password: kPassword, remember: true }, ...good },
    { name: 'the password in upper case', at, body: { userName: ann.userName, password: kPassword.toUpperCase() }, expect: 401 },
    { name: 'a blank behind the password', at, body: { userName: ann.userName, password: `${kPassword} ` }, expect: 401 },
  ]);
});

test('one text for a wrong name, a wrong password, an inactive account and one without a password', async () => {
  const ann = await world.user();
  const asleep = await world.user();
  await world.gives(200, 'PUT', 'UserStatus', { as: world.admin, body: { userId: asleep.id, status: 'Inactive' } });
  const gone = await world.user();
  await world.gives(204, 'DELETE', 'User', { as: world.admin, query: { userId: gone.id } });
  const fresh = await world.account('fresh');
  const refusals = [
    await attempt('nobody.of.this.name', kPassword), await attempt(ann.userName, 'surely wrong 1'), await attempt(asleep.userName, kPassword),
    await attempt(asleep.userName, 'surely wrong 1'), await attempt(gone.userName, kPassword), await attempt(fresh.userName, kPassword),
    await attempt("' OR 1=1 --", kPassword), await attempt('♚♚♚', kPassword),
  ];
  for (const answer of refusals) {
    assert.equal(answer.status, 401, answer.text);
    assert.equal(textOf(answer), textOf(refusals[0]));
  }
  assert.equal((await attempt(ann.userName, kPassword)).status, 200);
});

test('bad input names its members', async (t) => {
  const row = (name, body, ...fields) => ({ name, body, fields, expect: 400 });
  await table(t, world, [
    row('nothing', {}, 'UserName', 'Password'),
    row('no name', { password: kPassword }, 'UserName'),
    row('no password', { userName: 'ann' }, 'Password'),
    row('nulls', { userName: null, password: null }, 'UserName', 'Password'),
    row('numbers', { userName: 1, password: 12345678 }, 'UserName', 'Password'),
    row('a list and an object', { userName: ['ann'], password: {} }, 'UserName', 'Password'),
    { name: 'empty texts', body: { userName: '', password: '' }, expect: [400, 401] },
    { name: 'a million letters', body: { userName: 'x'.repeat(400_000), password: 'x'.repeat(400_000) }, expect: [400, 401] },
    { name: 'in the query', query: { userName: 'ann', password: 'elsewhere 1' }, body: {}, fields: ['UserName', 'Password'], expect: 400 },
  ], { at });
});

test('ten failures, then 429 with Retry-After, the right password too, and only from there', async () => {
  const [ann, bob] = [await world.user(), await world.user()];
  await failures(ann.userName, 10, '127.0.0.2');
  seconds(await attempt(ann.userName, 'surely wrong 1', '127.0.0.2'));
  seconds(await attempt(ann.userName, ann.password, '127.0.0.2'));
  seconds(await attempt(ann.userName.toUpperCase(), ann.password, '127.0.0.2'));
  assert.equal((await attempt(ann.userName, ann.password, '127.0.0.3')).status, 200, 'from elsewhere it works');
  assert.equal((await attempt(bob.userName, bob.password, '127.0.0.2')).status, 200, 'others work from there');
});

test('a locked name is told in the same words whether or not there is an account', async () => {
  const ann = await world.user();
  const texts = [];
  for (const userName of [ann.userName, 'nobody.knows.this']) {
    await failures(userName, 10, '127.0.0.4');
    const answer = await attempt(userName, ann.password, '127.0.0.4');
    seconds(answer);
    texts.push(textOf(answer).replace(/\d+/g, 'N'));
  }
  assert.equal(texts[0], texts[1]);
});

test('failures here and on v1 are one row, which a success ends', async () => {
  const ann = await world.user();
  for (let i = 0; i < 5; i += 1) {
    assert.equal((await attempt(ann.userName, 'surely wrong 1', '127.0.0.5')).status, 401);
    assert.equal((await v1(ann.email, 'surely wrong 1', '127.0.0.5')).status, 401);
  }
  seconds(await attempt(ann.userName, ann.password, '127.0.0.5'));
  assert.equal((await v1(ann.userName, ann.password, '127.0.0.5')).status, 429);
  const bob = await world.user();
  for (let round = 0; round < 2; round += 1) {
    await failures(bob.userName, 9, '127.0.0.6');
    assert.equal((await attempt(bob.userName, bob.password, '127.0.0.6')).status, 200);
  }
});

test('many at once do not slip by', async () => {
  const ann = await world.user();
  const answers = await Promise.all(Array.from({ length: 30 }, () => attempt(ann.userName, 'surely wrong 1', '127.0.0.7')));
  const looked = answers.filter(({ status }) => status === 401).length;
  assert.ok(looked <= 10, `${looked} passwords were looked at`);
  assert.ok(answers.every(({ status }) => [401, 429].includes(status)));
});

test('a restart does not forget, time does', async () => {
  const ann = await world.user();
  await failures(ann.userName, 10, '127.0.0.8');
  const wait = seconds(await attempt(ann.userName, ann.password, '127.0.0.8'));
  await world.server.restart();
  await greet(world);
  seconds(await attempt(ann.userName, ann.password, '127.0.0.8'));
  world.server.setTime(`+${wait + 2}s`);
  assert.equal((await attempt(ann.userName, ann.password, '127.0.0.8')).status, 200);
});
