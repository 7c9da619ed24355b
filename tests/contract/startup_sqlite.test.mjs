// Store: sqlite
// One process owns the file, and a file that is none is left alone.
import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { start } from '../support/gatehouse.mjs';
import { assertRefused, serve } from '../support/startup.mjs';

function sqliteFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name))
    .filter((path) => {
      const head = Buffer.alloc(16);
      const descriptor = openSync(path, 'r');
      try {
        readSync(descriptor, head, 0, 16, 0);
      } finally {
        closeSync(descriptor);
      }
      return head.toString('latin1') === 'SQLite format 3\0';
    });
}

test('a second process on the same data directory is refused, and the first goes on', async (t) => {
  const first = await start({ t });
  assertRefused(await serve({ data: first.data }), first.data);
  assert.equal((await first.request('GET', '/.well-known/jwks.json')).status, 200);
});

test('a file that is no database is refused', async () => {
  const server = await start();
  await server.stop();
  const [database, ...others] = sqliteFiles(server.data);
  assert.ok(database !== undefined && others.length === 0, 'expected exactly one SQLite file in the data directory');
  writeFileSync(database, 'this was a database once\n'.repeat(1000));
  for (const suffix of ['-wal', '-shm']) assert.ok(!existsSync(database + suffix), `${suffix} is left after a clean stop`);
  assertRefused(await serve({ data: server.data }), database);
});
