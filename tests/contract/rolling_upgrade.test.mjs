// What lets a deployment be upgraded node by node: a store that a later release has added to is still served by this one, when
// the later release says so; a store that it has changed otherwise is refused, and nothing in it is touched. `gatehouse
// migrate` brings up a store without serving it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { admin, freshFolder, run, start } from '../support/gatehouse.mjs';
import { query } from '../support/store.mjs';
import { World } from '../support/v1.mjs';

const known = async (server) => Number((await query(server, 'SELECT max(version) FROM schema_version')).trim());
const command = (server, ...args) => run([...args, '--data', server.data]);

// A later release's step, as that release would have written it down.
async function takeStep(server, version, worksWith) {
  await query(server, `INSERT INTO schema_version (version, name) VALUES (${version}, 'later')`);
  await query(server, `INSERT INTO schema_version_support (version, works_with) VALUES (${version}, ${worksWith})`);
}

test('a store that a later release only added to is served, and one that it changed is refused', async () => {
  const server = await start();
  await server.stop();
  const mine = await known(server);
  await takeStep(server, mine + 1, mine);
  await query(server, 'CREATE TABLE of_later (id BIGINT PRIMARY KEY)');
  await server.start();
  await new World(server).signIn(admin.email, admin.password);
  await server.stop();
  assert.equal((await command(server, 'verify')).status, 0);

  await takeStep(server, mine + 2, mine + 2);
  const refused = await command(server, 'migrate');
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, new RegExp(`newer version of gatehouse \\(schema ${mine + 2}, this one knows ${mine}\\)`));
  await assert.rejects(server.start(), /newer version of gatehouse/);
  assert.equal(await known(server), mine + 2);
});

test('migrate says where the store stands, and refuses where there is none', async () => {
  const server = await start();
  await server.stop();
  const mine = await known(server);
  const done = await command(server, 'migrate', '--json');
  assert.equal(done.status, 0, done.stderr);
  assert.deepEqual(JSON.parse(done.stdout), { schema: mine });

  const empty = { data: freshFolder('empty') };
  const refused = await command(empty, 'migrate');
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /there is (no store|nothing)/);
});
