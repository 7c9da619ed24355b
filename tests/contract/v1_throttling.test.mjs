// The brake on guessing passwords: CONTRACTS.md section 1, "Passwords". Ten failures in a row for one account name from one
// address stop its sign-in from there, for growing periods; restarts do not forget; nobody learns whether an account exists.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, greet, startWorld } from '../support/v1.mjs';

let world;
before(async () => { world = await startWorld({ fakeTime: '+0' }); });
after(async () => { await world?.stop(); });

const attempt = (account, password, localAddress) => world.call('POST', '/api/v1/auth/tokens', { body: { account, password }, localAddress });

async function failures(account, count, localAddress) {
  for (let i = 0; i < count; i += 1) {
    const answer = await attempt(account, 'surely wrong', localAddress);
    assert.equal(answer.status, 401, `failure ${i + 1}: ${answer.text}`);
  }
}

function seconds(answer) {
  assertProblem(answer, { status: 429 });
  assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
  return Number(answer.headers['retry-after']);
}

test('ten failures, then 429 with Retry-After, the right password too, and only from there', async () => {
  const ann = await world.person('Ann', { signIn: false });
  await failures(ann.email, 10, '127.0.0.2');
  seconds(await attempt(ann.email, 'surely wrong', '127.0.0.2'));
  seconds(await attempt(ann.email, ann.password, '127.0.0.2'));
  seconds(await attempt(ann.email.toUpperCase(), ann.password, '127.0.0.2'));
  assert.equal((await attempt(ann.email, ann.password, '127.0.0.3')).status, 201, 'from elsewhere it works');
  const bob = await world.person('Bob', { signIn: false });
  assert.equal((await attempt(bob.email, bob.password, '127.0.0.2')).status, 201, 'others work from there');
});

test('the same text whether or not the account exists', async () => {
  const ann = await world.person('Ann', { signIn: false });
  const texts = [];
  for (const account of [ann.email, 'nobody.knows@example.org']) {
    await failures(account, 10, '127.0.0.4');
    const answer = await attempt(account, ann.password, '127.0.0.4');
    seconds(answer);
    const { traceId, ...rest } = answer.json;
    texts.push(JSON.stringify(rest).replace(/\d+ s/g, 'N s'));
  }
  assert.equal(texts[0].replace(/\d+/g, 'N'), texts[1].replace(/\d+/g, 'N'));
});

test('a success ends the row', async () => {
  const ann = await world.person('Ann', { signIn: false });
  for (let round = 0; round < 2; round += 1) {
    await failures(ann.email, 9, '127.0.0.5');
    assert.equal((await attempt(ann.email, ann.password, '127.0.0.5')).status, 201);
  }
});

test('many at once do not slip by', async () => {
  const ann = await world.person('Ann', { signIn: false });
  const answers = await Promise.all(Array.from({ length: 30 }, () => attempt(ann.email, 'surely wrong', '127.0.0.6')));
  const looked = answers.filter((answer) => answer.status === 401).length;
  assert.ok(looked <= 10, `${looked} passwords were looked at`);
  assert.ok(answers.every((answer) => [401, 429].includes(answer.status)));
});

test('a restart does not forget, time does, and the periods grow', async () => {
  const ann = await world.person('Ann', { signIn: false });
  await failures(ann.email, 10, '127.0.0.7');
  const first = seconds(await attempt(ann.email, ann.password, '127.0.0.7'));
  await world.server.restart();
  await greet(world);
  seconds(await attempt(ann.email, ann.password, '127.0.0.7'));
  world.server.setTime(`+${first + 2}s`);
  assert.equal((await attempt(ann.email, 'surely wrong', '127.0.0.7')).status, 401, 'after the wait one more try');
  const second = seconds(await attempt(ann.email, ann.password, '127.0.0.7'));
  assert.ok(second > first, `${second} s after ${first} s`);
  world.server.setTime(`+${first + second + 4}s`);
  assert.equal((await attempt(ann.email, ann.password, '127.0.0.7')).status, 201);
  await failures(ann.email, 9, '127.0.0.7');
});

test('a wider limit guards the account against many sources', async () => {
  const ann = await world.person('Ann', { signIn: false });
  let stopped = 0;
  for (let source = 10; source < 60 && stopped === 0; source += 1) {
    const answers = await Promise.all(Array.from({ length: 9 }, () => attempt(ann.email, 'surely wrong', `127.0.1.${source}`)));
    stopped = answers.filter((answer) => answer.status === 429).length;
  }
  assert.ok(stopped > 0, '450 failures from 50 addresses, and nothing stopped them');
  seconds(await attempt(ann.email, ann.password, '127.0.2.1'));
});
