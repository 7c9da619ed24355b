// Store: postgres
// What is wrong with a database is said in one line that says what to do, never with the password in it; and two nodes that
// start at the same moment on an empty database make one deployment.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { admin, freshFolder, run, start } from '../support/gatehouse.mjs';
import { PrivatePostgres } from '../support/postgres.mjs';
import { query } from '../support/psql.mjs';
import { assertRefused, serve } from '../support/startup.mjs';

let server;
before(async () => { server = await PrivatePostgres.start(); });
after(() => server.stop());

const refused = async (url, ...says) => {
  const result = await serve({ env: { GATEHOUSE_DATABASE_URL: url } });
  assertRefused(result, ...says);
  assert.ok(!result.stderr.includes(server.password), result.stderr);
  return result.stderr;
};

test('a server that is not there is refused', async () => {
  await refused('postgresql://postgres:hush-hush@127.0.0.1:1/gatehouse', '127.0.0.1').then((said) => assert.ok(!said.includes('hush-hush'), said));
  await refused(`postgresql:///gatehouse?host=${encodeURIComponent(freshFolder('nobody'))}`);
});

test('a database that is not there is refused', async () => {
  await refused(server.tcpUrl('no_such_database'), 'no_such_database');
});

test('a wrong password is refused, and not shown', async () => {
  const url = server.tcpUrl().replace(server.password, 'quite-wrong-password');
  const said = await refused(url, 'password');
  assert.ok(!said.includes('quite-wrong-password'), said);
});

test('a URL of another kind is refused', async () => {
  await refused('mysql://root@localhost/gatehouse', 'postgresql://');
  await refused('gatehouse.db', 'sqlite:');
  await refused('postgresql://postgres@localhost:port/gatehouse');
});

test('a database that does not hold every character is refused', async () => {
  await query(server.url(), "CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0");
  await refused(server.url('narrow'), 'UTF8');
});

test('a server that takes no writes is refused', async () => {
  const name = await server.freshDatabase();
  await query(server.url(), `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await refused(server.url(name));
});

test('the URL comes from a file, and its password is shown nowhere', async (t) => {
  const file = join(freshFolder('secret'), 'database_url');
  writeFileSync(file, `${server.tcpUrl(await server.freshDatabase())}\n`, { mode: 0o600 });
  const env = { GATEHOUSE_DATABASE_URL_FILE: file };
  const data = freshFolder();
  const gatehouse = await start({ t, data, env: { ...env, GATEHOUSE_DATABASE_URL: undefined, GATEHOUSE_LOG_REQUESTS: 'all' } });
  assert.equal((await gatehouse.request('GET', '/.well-known/jwks.json')).status, 200);
  const shown = [gatehouse.stderr(), (await gatehouse.request('GET', `${gatehouse.managementUrl}/metrics`)).text];
  for (const more of [[], ['--json']]) {
    const { status, stdout, stderr } = await run(['config', 'show', ...more], { env });
    assert.equal(status, 0, stderr);
    shown.push(stdout, stderr);
  }
  for (const text of shown) assert.ok(!text.includes(server.password), text);
});

test('sqlite:PATH is a file, wherever it lies', async (t) => {
  const file = join(freshFolder('elsewhere'), 'some.db');
  const gatehouse = await start({ t, env: { GATEHOUSE_DATABASE_URL: `sqlite:${file}` } });
  assert.equal((await gatehouse.request('GET', '/.well-known/jwks.json')).status, 200);
});

test('two nodes that start at the same moment on an empty database make one deployment', async () => {
  for (let round = 0; round < 3; ++round) {
    const url = server.url(await server.freshDatabase());
    const key = join(freshFolder('key'), 'master.key');
    writeFileSync(key, `${'5a'.repeat(32)}\n`, { mode: 0o600 });
    const env = { GATEHOUSE_DATABASE_URL: url, GATEHOUSE_MASTER_KEY_FILE: key };
    const nodes = await Promise.all([start({ env }), start({ env }), start({ env })]);
    try {
      assert.equal(await query(url, 'SELECT count(*) FROM users'), '1\n');
      assert.equal(await query(url, 'SELECT count(*) FROM signing_keys'), '1\n');
      const keys = await Promise.all(nodes.map(async (node) => (await node.request('GET', '/.well-known/jwks.json')).text));
      assert.equal(new Set(keys).size, 1, keys.join('\n'));
      for (const node of nodes) {
        const answer = await node.request('POST', '/api/v1/auth/tokens', { json: { account: admin.email, password: admin.password } });
        assert.equal(answer.status, 201, answer.text);
      }
    } finally {
      for (const node of nodes) await node.stop();
    }
  }
});

test('a node with another master key is refused, and says which one it needs', async () => {
  const url = server.url(await server.freshDatabase());
  const first = await start({ env: { GATEHOUSE_DATABASE_URL: url } });
  await first.stop();
  const users = await query(url, 'SELECT * FROM users');
  const key = join(freshFolder('key'), 'master.key');
  writeFileSync(key, `${'5b'.repeat(32)}\n`, { mode: 0o600 });
  assertRefused(await serve({ env: { GATEHOUSE_DATABASE_URL: url, GATEHOUSE_MASTER_KEY_FILE: key } }), 'master key');
  assert.equal(await query(url, 'SELECT * FROM users'), users);
});
