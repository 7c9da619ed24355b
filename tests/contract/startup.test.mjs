// A wrong start ends with one clear line on stderr, `gatehouse: …`, and exit status 2, and harms nothing. A right one serves
// until SIGTERM and ends with status 0.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { freshFolder, run, start } from '../support/gatehouse.mjs';
import { assertRefused, serve } from '../support/startup.mjs';
import { query } from '../support/store.mjs';

const scratch = freshFolder('startup');
const file = (name, text) => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

// A certificate for `localhost` and its key, made here.
function makeCertificate(name) {
  const [certificate, key] = [join(scratch, `${name}.crt`), join(scratch, `${name}.key`)];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  execFileSync('openssl', ['req', '-x509', ...newKey, '-out', certificate, ...subject], { stdio: 'ignore' });
  return { certificate, key };
}

let tls;
let otherTls;
before(() => {
  tls = makeCertificate('one');
  otherTls = makeCertificate('other');
});

// A port that somebody else listens on, for the time of `use`.
async function withTakenPort(use) {
  const taken = net.createServer();
  await new Promise((done) => taken.listen(0, '127.0.0.1', done));
  try {
    await use(taken.address().port);
  } finally {
    taken.close();
  }
}

for (const flag of ['--listen', '--management-listen']) {
  test(`a taken port is refused: ${flag}`, async () => {
    await withTakenPort(async (port) => {
      const args = ['serve', '--data', join(freshFolder(), 'data'), '--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
      args[args.indexOf(flag) + 1] = `127.0.0.1:${port}`;
      assertRefused(await run(args), String(port));
    });
  });
}

test('an address that is not this machine’s is refused', async () => {
  const args = ['serve', '--data', join(freshFolder(), 'data'), '--management-listen', '127.0.0.1:0', '--listen', '192.0.2.1:8080'];
  assertRefused(await run(args), '192.0.2.1');
});

test('a data directory below a file is refused', async () => {
  assertRefused(await serve({ data: '/dev/null/data' }), '/dev/null/data');
});

test('a data directory that is a file is refused', async () => {
  const data = file('not-a-directory', 'text');
  assertRefused(await serve({ data }), data);
});

test('a data directory that cannot be made is refused', async () => {
  assertRefused(await serve({ data: '/proc/gatehouse-data' }), '/proc/gatehouse-data');
});

test('a data directory that is not writable is refused', { skip: process.getuid() === 0 && 'root may write everywhere' }, async () => {
  const data = join(scratch, 'read-only');
  mkdirSync(data);
  chmodSync(data, 0o500);
  assertRefused(await serve({ data }), data);
});

test('a database of a newer version is refused and not touched', async () => {
  const server = await start();
  await server.stop();
  await query(server, "INSERT INTO schema_version (version, name) VALUES (999999, 'from the future')");
  const history = await query(server, 'SELECT version, name FROM schema_version ORDER BY version');
  assertRefused(await serve({ data: server.data }), '999999');
  assert.equal(await query(server, 'SELECT version, name FROM schema_version ORDER BY version'), history);
});

// name, arguments of serve, pieces of the line
const WRONG_ARGUMENTS = [
  ['an unknown flag', () => ['--no-such-flag'], '--no-such-flag'],
  ['a flag without its value', () => ['--config'], '--config'],
  ['a word too many', () => ['surplus'], 'surplus'],
  ['a listen address without a port', () => ['--public-url', 'http://localhost', '--listen', 'localhost'], 'localhost'],
  ['a port above 65535', () => ['--listen', '127.0.0.1:65536'], '65536'],
  ['a public URL that is none', () => ['--public-url', 'not a url'], 'not a url'],
  ['a public URL of another scheme', () => ['--public-url', 'ftp://example.test'], 'ftp://example.test'],
  ['a configuration file that is missing', () => ['--config', '/nonexistent/gatehouse.toml'], '/nonexistent/gatehouse.toml'],
  ['an unknown configuration key', () => ['--config', file('unknown.toml', 'no_such_key = 1\n')], 'no_such_key', 'unknown.toml'],
  ['a configuration file that is not TOML', () => ['--config', file('broken.toml', 'listen = \n')], 'broken.toml'],
  ['a configuration value of another type', () => ['--config', file('type.toml', 'public_url = 7\n')], 'public_url', 'type.toml'],
  ['a certificate without a key', () => ['--tls-cert', tls.certificate], '--tls-key'],
  ['a certificate that is missing', () => ['--tls-cert', '/nonexistent.crt', '--tls-key', tls.key], '/nonexistent.crt'],
  ['a certificate that is none', () => ['--tls-cert', file('bad.crt', 'nonsense\n'), '--tls-key', tls.key], 'bad.crt'],
  ['a key of another certificate', () => ['--tls-cert', tls.certificate, '--tls-key', otherTls.key], otherTls.key],
];

for (const [name, args, ...says] of WRONG_ARGUMENTS) {
  test(`${name} is refused`, async () => {
    const data = join(freshFolder(), 'data');
    const all = args();
    // The addresses come first, so that those of the row count; a flag given twice would be a mistake of its own.
    const listen = all.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
    assertRefused(await run(['serve', '--data', data, ...listen, '--management-listen', '127.0.0.1:0', ...all]), ...says);
    assert.ok(!existsSync(data), 'the data directory was made although nothing could start');
  });
}

test('an unknown GATEHOUSE_ variable is named in the log: the environment belongs to other programs too', async (t) => {
  const server = await start({ t, env: { GATEHOUSE_NO_SUCH_KEY: '1' } });
  assert.match(JSON.stringify(server.logs()), /GATEHOUSE_NO_SUCH_KEY/);
});

test('a secret file that is missing is refused', async () => {
  const env = { GATEHOUSE_ADMIN_EMAIL: 'admin@example.test', GATEHOUSE_ADMIN_PASSWORD_FILE: '/nonexistent/password' };
  assertRefused(await serve({ env }), '/nonexistent/password');
});

test('an unknown command is refused', async () => {
  assertRefused(await run(['no-such-command']), 'no-such-command');
});

test('a right start makes the data directory, answers, and ends with status 0 on SIGTERM', async () => {
  const data = join(freshFolder(), 'deep', 'data');
  const server = await start({ data });
  assert.equal((await server.request('GET', '/.well-known/jwks.json')).status, 200);
  assert.equal((await server.request('GET', `${server.managementUrl}/livez`)).status, 200);
  assert.equal((await server.request('GET', `${server.managementUrl}/readyz`)).status, 200);
  await server.restart();
  assert.equal((await server.request('GET', '/.well-known/jwks.json')).status, 200);
  await server.stop();
});

test('it serves over TLS', async (t) => {
  const server = await start({ t, args: ['--tls-cert', tls.certificate, '--tls-key', tls.key] });
  assert.match(server.url, /^https:/);
  assert.equal((await server.request('GET', '/.well-known/jwks.json')).status, 200);
});

test('it starts again after it was killed', async (t) => {
  const server = await start({ t });
  await server.kill9();
  await server.start();
  assert.equal((await server.request('GET', '/.well-known/jwks.json')).status, 200);
});
