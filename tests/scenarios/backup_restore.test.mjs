// Store: sqlite
// backup while the service runs, restore elsewhere: the copy is one moment's whole state, and serves.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshFolder, run, start } from '../support/gatehouse.mjs';
import { World, greet, unique } from '../support/v1.mjs';

const listOf = async (world, path) => (await world.must(200, 'GET', path, { as: world.admin, query: { maxResultCount: 1000, sorting: 'createdAt' } })).items;

test('a backup under load is consistent, and restores', async () => {
  const server = await start();
  const world = new World(server);
  await greet(world);
  const ann = await world.person('Ann');
  const top = await world.organization({ as: ann });
  const before = [];
  for (let i = 0; i < 20; i += 1) before.push(await world.organization({ as: ann, parent: top }));

  let on = true;
  const after = [];
  const writers = Array.from({ length: 6 }, async () => {
    while (on) after.push(await world.organization({ as: ann, parent: top, name: unique('during') }));
  });
  const file = join(freshFolder('backup'), 'gatehouse.backup');
  const made = await run(['backup', file, '--data', server.data]);
  on = false;
  await Promise.all(writers);
  assert.equal(made.status, 0, made.stdout + made.stderr);
  assert.ok(existsSync(file));

  const data = join(freshFolder('restored'), 'data');
  const restored = await run(['restore', file, '--data', data]);
  assert.equal(restored.status, 0, restored.stdout + restored.stderr);
  const verified = await run(['verify', '--data', data]);
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);

  const copy = new World(await start({ data }));
  await greet(copy);
  await copy.signIn(ann.email, ann.password);
  const there = new Map((await listOf(copy, '/api/v1/orgs')).map((item) => [item.orgId, item]));
  for (const organization of before) assert.deepEqual(there.get(organization.orgId), organization);
  const kept = after.map((organization) => there.has(organization.orgId));
  assert.ok(kept.length > 0);
  assert.equal((await copy.call('GET', '/api/v1/auth/tokens/current', { as: ann })).status, 200, 'sessions stay, the keys came along');
  const { orgId } = await copy.organization({ name: unique('new in the copy') });
  assert.equal((await world.call('GET', `/api/v1/orgs/${orgId}`, { as: world.admin })).status, 404, 'the two are apart');
  await copy.stop();
  await server.stop();
});

test('restore refuses what would be lost or is no backup', async () => {
  const server = await start();
  const file = join(freshFolder('backup'), 'gatehouse.backup');
  assert.equal((await run(['backup', file, '--data', server.data])).status, 0);
  const over = await run(['restore', file, '--data', server.data]);
  assert.notEqual(over.status, 0, 'over a data directory in use');
  await server.stop();
  const again = await run(['restore', file, '--data', server.data]);
  assert.notEqual(again.status, 0, 'over a data directory that holds something');
  for (const [name, bytes] of [['no backup', Buffer.from('nonsense')], ['half of one', readFileSync(file).subarray(0, 5000)]]) {
    const broken = join(freshFolder('broken'), 'file');
    writeFileSync(broken, bytes);
    const data = join(freshFolder('into'), 'data');
    const result = await run(['restore', broken, '--data', data]);
    assert.notEqual(result.status, 0, name);
    assert.match(result.stderr, /\S/);
    assert.equal(result.stderr.trim().split('\n').length, 1, `one clear line: ${result.stderr}`);
  }
  const missing = await run(['restore', join(freshFolder('x'), 'nothing'), '--data', join(freshFolder('into'), 'data')]);
  assert.notEqual(missing.status, 0);
});

test('verify notices damage', async () => {
  const server = await start();
  const world = new World(server);
  await greet(world);
  for (let i = 0; i < 50; i += 1) await world.organization({ name: unique('x'.repeat(60)) });
  await server.stop();
  assert.equal((await run(['verify', '--data', server.data])).status, 0);
  const data = join(freshFolder('damaged'), 'data');
  mkdirSync(data, { recursive: true });
  const { readdirSync, copyFileSync, statSync, openSync, writeSync, closeSync } = await import('node:fs');
  for (const name of readdirSync(server.data)) if (statSync(join(server.data, name)).isFile()) copyFileSync(join(server.data, name), join(data, name));
  const store = readdirSync(data).map((name) => join(data, name)).filter((path) => readFileSync(path).subarray(0, 15).toString() === 'SQLite format 3')[0];
  assert.ok(store, 'the store is one SQLite file');
  const handle = openSync(store, 'r+');
  const { size } = statSync(store);
  for (let at = 3 * 4096; at < size; at += 4096) writeSync(handle, Buffer.alloc(512, 0x5a), 0, 512, at + 100);
  closeSync(handle);
  const result = await run(['verify', '--data', data]);
  assert.notEqual(result.status, 0, result.stdout);
});
