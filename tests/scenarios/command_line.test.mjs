// The commands beside serve, on the data of a service that has lived.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { admin, freshFolder, run, start } from '../support/gatehouse.mjs';
import { World, greet, kPassword } from '../support/v1.mjs';

test('admin reset-password: a new password, and every session ends', async () => {
  const server = await start();
  const world = new World(server);
  await greet(world);
  const before = world.admin;
  await server.stop();
  const file = join(freshFolder('password'), 'password');
  const password = 'a quite different password 2';
  writeFileSync(file, `${password}\n`);
  const reset = await run(['admin', 'reset-password', admin.email, '--password-file', file, '--data', server.data]);
  assert.equal(reset.status, 0, reset.stdout + reset.stderr);
  assert.ok(!(reset.stdout + reset.stderr).includes(password));
  await server.start();
  assert.equal((await world.call('GET', '/api/v1/auth/tokens/current', { as: before })).status, 401);
  assert.equal((await world.call('POST', '/api/v1/auth/tokens', { body: { account: admin.email, password: admin.password } })).status, 401);
  await world.signIn(admin.email, password);
  await server.stop();
  const random = await run(['admin', 'reset-password', admin.email, '--data', server.data]);
  assert.equal(random.status, 0, random.stderr);
  const unknown = await run(['admin', 'reset-password', 'nobody@example.org', '--data', server.data]);
  assert.notEqual(unknown.status, 0);
  assert.equal(unknown.stderr.trim().split('\n').length, 1);
});

test('admin reset-password and check never take an account for somebody whose address it merely wrote into its profile', async () => {
  const server = await start();
  const world = new World(server);
  await greet(world);
  const thief = await world.person('Thief');
  const email = 'cfo@example.org';
  await world.must(200, 'PUT', '/api/User', { as: thief, body: { userId: thief.id, email } });
  const home = await world.organization({ as: thief });
  await server.stop();
  const reset = (account) => run(['admin', 'reset-password', account, '--data', server.data]);
  const check = () => run(['check', '--user', email, '--permission', 'users.view', '--organization', home.orgId, '--json', '--data', server.data]);
  const refused = await reset(email.toUpperCase());
  assert.notEqual(refused.status, 0, refused.stdout);
  assert.match(refused.stderr, /there is no account/);
  assert.equal(JSON.parse((await check()).stdout).allowed, false);
  await server.start();
  await world.signIn(thief.userName, thief.password);
  await greet(world);
  const cfo = await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: { userName: 'the.cfo', email, password: kPassword } });
  await server.stop();
  const given = await reset(email);
  assert.equal(given.status, 0, given.stderr);
  const [, password] = /One-time password: (.+)/.exec(given.stdout);
  await server.start();
  assert.equal((await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: await world.signIn(email, password) })).userId, cfo.userId);
  await world.signIn(thief.userName, thief.password);
  await server.stop();
  assert.equal((await reset(thief.userName)).status, 0, 'a user name is enough');
});

test('check: the decision and why, for people and for programs', async () => {
  const server = await start();
  const world = new World(server);
  await greet(world);
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const top = await world.organization({ as: ann });
  const below = await world.organization({ as: ann, parent: top });
  await world.member(top, bob, 'viewer', ann);
  await server.stop();
  const check = (user, permission, organization, ...more) => run(['check', '--user', user, '--permission', permission, '--organization', organization, '--data', server.data, ...more]);
  const yes = await check(bob.email, 'users.view', below.orgId, '--json');
  assert.equal(yes.status, 0, yes.stderr);
  const told = JSON.parse(yes.stdout);
  assert.ok(Object.values(told).includes(true), yes.stdout);
  assert.ok(yes.stdout.includes('viewer') && (yes.stdout.includes(top.orgId) || yes.stdout.includes(top.name)), yes.stdout);
  const no = await check(bob.userName, 'organizations.edit', below.name, '--json');
  assert.ok(Object.values(JSON.parse(no.stdout)).includes(false), no.stdout);
  assert.ok(no.stdout.includes('admin'), 'what would have been enough');
  const human = await check(bob.id, 'users.view', top.name);
  assert.match(human.stdout, /viewer/);
  for (const [user, permission, organization] of [['nobody', 'users.view', top.name], [bob.email, 'moon.land', top.name], [bob.email, 'users.view', 'no such place']]) {
    const wrong = await check(user, permission, organization);
    assert.ok(wrong.status !== 0 || /unknown|no /i.test(wrong.stdout), `${user} ${permission} ${organization}: ${wrong.stdout}`);
  }
});

test('config show masks secrets; version and openapi speak', async () => {
  const secret = 'a very secret password 3';
  const shown = await run(['config', 'show', '--data', freshFolder()], { env: { GATEHOUSE_ADMIN_PASSWORD: secret } });
  assert.equal(shown.status, 0, shown.stderr);
  assert.ok(!shown.stdout.includes(secret));
  assert.match(shown.stdout, /admin_password/);
  const json = await run(['config', 'show', '--json', '--data', freshFolder()], { env: { GATEHOUSE_ADMIN_PASSWORD: secret } });
  assert.ok(!json.stdout.includes(secret));
  JSON.parse(json.stdout);
  const version = await run(['version', '--json']);
  assert.equal(version.status, 0);
  assert.ok(Object.values(JSON.parse(version.stdout)).some((value) => /^\d+\.\d+\.\d+/.test(value)));
  const document = await run(['openapi']);
  assert.equal(document.status, 0, document.stderr);
  assert.match(JSON.parse(document.stdout).openapi, /^3\.1/);
});

test('export: what it writes has everybody in it and no secret', async () => {
  const server = await start();
  const world = new World(server);
  await greet(world);
  const ann = await world.person('Ann');
  const top = await world.organization({ as: ann });
  await server.stop();
  const directory = join(freshFolder('export'), 'out');
  const exported = await run(['export', directory, '--data', server.data]);
  assert.equal(exported.status, 0, exported.stdout + exported.stderr);
  const { readdirSync, readFileSync } = await import('node:fs');
  const text = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8')).join('\n');
  assert.ok(text.includes(ann.email) && text.includes(top.name));
  assert.ok(!/argon2|gth_/.test(text));
});
