// Store: postgres
// TLS to the database, as its URL asks for it: every connection of a node is encrypted, and a server that cannot prove who it
// is gets neither a connection nor a password.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { freshFolder, start } from '../support/gatehouse.mjs';
import { PrivatePostgres } from '../support/postgres.mjs';
import { query } from '../support/psql.mjs';
import { assertRefused, serve } from '../support/startup.mjs';

let server;
before(async () => { server = await PrivatePostgres.start(); });
after(() => server.stop());

// A certificate that vouches for itself, for 127.0.0.1 and no name.
function certificate() {
  const folder = freshFolder('tls');
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=database',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}

async function serveTls({ cert, key }) {
  const { uid, gid } = statSync(server.data);
  for (const [from, name] of [[cert, 'server.crt'], [key, 'server.key']]) {
    const to = join(server.data, name);
    copyFileSync(from, to);
    chmodSync(to, 0o600);
    chownSync(to, uid, gid);
  }
  await query(server.url(), 'ALTER SYSTEM SET ssl = on');
  await query(server.url(), 'SELECT pg_reload_conf()');
  while ((await query(server.url(), 'SHOW ssl')).trim() !== 'on') await sleep(20);
}

const refused = async (url, ...says) => {
  const result = await serve({ env: { GATEHOUSE_DATABASE_URL: url } });
  assertRefused(result, ...says);
  assert.ok(!result.stderr.includes(server.password), result.stderr);
};

test('TLS is asked for and got, or there is no connection', async (t) => {
  const name = await server.freshDatabase();
  const url = server.tcpUrl(name);
  await refused(`${url}?sslmode=require`, 'SSL');

  const own = certificate();
  await serveTls(own);
  await refused(`${url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificate().cert)}`, 'certificate');
  await refused(`${url.replace('127.0.0.1', 'localhost')}?sslmode=verify-full&sslrootcert=${encodeURIComponent(own.cert)}`, 'certificate');

  const trusted = `${url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(own.cert)}`;
  const node = await start({ t, env: { GATEHOUSE_DATABASE_URL: trusted } });
  assert.equal((await node.request('GET', '/.well-known/jwks.json')).status, 200);
  const connections = `FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = '${name}' AND application_name = 'gatehouse'`;
  assert.ok(Number(await query(server.url(), `SELECT count(*) ${connections}`)) >= 2, 'those that write and watch');
  assert.equal((await query(server.url(), `SELECT count(*) ${connections} AND NOT ssl`)).trim(), '0');
});
