// Store: any
// The document of the interface: what is served is what is checked in, it is valid, and the page that shows it needs
// nothing from elsewhere. (Answers are held against it wherever tests/support/v1.mjs makes a call.)
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freshFolder } from '../support/gatehouse.mjs';
import { startWorld } from '../support/v1.mjs';
import { operations } from '../support/v1_openapi.mjs';

const tests = dirname(dirname(fileURLToPath(import.meta.url)));
let world;
let served;
before(async () => {
  world = await startWorld();
  served = await world.call('GET', '/openapi.json');
});
after(async () => { await world?.stop(); });

test('/openapi.json is what openapi/gatehouse.json says', () => {
  assert.equal(served.status, 200);
  assert.match(served.headers['content-type'], /^application\/json\b/);
  const file = join(dirname(tests), 'openapi/gatehouse.json');
  const checkedIn = readFileSync(file, 'utf8');
  assert.equal(JSON.stringify(served.json, null, 2), JSON.stringify(JSON.parse(checkedIn), null, 2), 'stale: write it anew with `gatehouse openapi`');
});

test('@redocly/cli finds nothing to complain of', async () => {
  const file = join(freshFolder('openapi'), 'openapi.json');
  writeFileSync(file, JSON.stringify(served.json, null, 2));
  const redocly = join(tests, 'node_modules/.bin/redocly');
  assert.ok(existsSync(redocly), 'npm ci in tests/ first');
  const { code, text } = await new Promise((done) => {
    execFile(redocly, ['lint', file], { env: { ...process.env, REDOCLY_TELEMETRY: 'off', CI: '1', NO_COLOR: '1' }, maxBuffer: 16 << 20 }, (error, stdout, stderr) =>
      done({ code: error ? error.code : 0, text: stdout + stderr }));
  });
  assert.equal(code, 0, text);
  assert.doesNotMatch(text, /\[\d+\].*error/i, text);
});

test('3.1, and every operation is told completely', () => {
  const document = served.json;
  assert.match(document.openapi, /^3\.1\./);
  for (const { method, path, operation } of operations(document)) {
    const name = `${method} ${path}`;
    assert.match(operation.operationId ?? '', /^[a-z][A-Za-z0-9]+$/, name);
    assert.ok(operation.summary, `${name} has no summary`);
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name).sort();
    assert.deepEqual(declared, [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort(), name);
    const statuses = Object.keys(operation.responses);
    assert.ok(statuses.some((status) => status.startsWith('2')), `${name} tells of no success`);
    assert.ok(statuses.includes('400') || operation['x-access'].kind === 'anyone', `${name} tells of no 400`);
    if (operation['x-access'].kind !== 'anyone') assert.ok(statuses.includes('401'), `${name} tells of no 401`);
    if (path.startsWith('/api/v1') && statuses.includes('400')) {
      assert.ok(operation.responses[400].content['application/problem+json'], `${name}: refusals are problems`);
    }
  }
});

test('every row of the v1 surface is there', () => {
  const rows = `POST /api/v1/auth/tokens
    GET /api/v1/auth/tokens/current
    DELETE /api/v1/auth/tokens/current
    POST /api/v1/orgs
    GET /api/v1/orgs
    GET /api/v1/orgs/{orgId}
    PUT /api/v1/orgs/{orgId}
    PATCH /api/v1/orgs/{orgId}
    DELETE /api/v1/orgs/{orgId}
    GET /api/v1/orgs/{orgId}/children
    GET /api/v1/orgs/{orgId}/parents
    POST /api/v1/orgs/{orgId}/parent
    GET /api/v1/orgs/{orgId}/changes
    GET /api/v1/orgs/{orgId}/users
    POST /api/v1/orgs/{orgId}/users
    GET /api/v1/orgs/{orgId}/users/{userId}
    PATCH /api/v1/orgs/{orgId}/users/{userId}
    PUT /api/v1/orgs/{orgId}/users/{userId}
    DELETE /api/v1/orgs/{orgId}/users/{userId}
    GET /api/v1/users
    POST /api/v1/users
    GET /api/v1/users/{userId}
    PATCH /api/v1/users/{userId}
    DELETE /api/v1/users/{userId}
    GET /api/v1/users/{userId}/orgs
    POST /api/v1/oauth2/client-credentials
    GET /api/v1/oauth2/client-credentials
    DELETE /api/v1/oauth2/client-credentials/{clientCredentialId}
    POST /connect/token
    POST /access/v1/evaluation
    POST /access/v1/evaluations
    GET /.well-known/authzen-configuration
    GET /.well-known/jwks.json`.split('\n').map((row) => row.trim());
  const there = new Set(operations(served.json).map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual(rows.filter((row) => !there.has(row)), []);
});

test('/docs shows the document, with local files only', async () => {
  let page = await world.call('GET', '/docs');
  let base = '/docs';
  if ([301, 302, 307, 308].includes(page.status)) {
    base = new URL(page.headers.location, world.url).pathname;
    page = await world.call('GET', base);
  }
  assert.equal(page.status, 200);
  assert.match(page.headers['content-type'], /^text\/html\b/);
  const references = [...page.text.matchAll(/(?:src|href)\s*=\s*["']([^"']+)["']/g)].map((match) => match[1]).filter((reference) => !reference.startsWith('data:'));
  assert.ok(references.some((reference) => /\.js\b/.test(reference)), 'a viewer is loaded');
  let scripts = '';
  for (const reference of references) {
    const target = new URL(reference, world.url + base);
    assert.equal(target.origin, new URL(world.url).origin, `${reference} is from elsewhere`);
    const file = await world.call('GET', target.pathname);
    assert.equal(file.status, 200, reference);
    if (/\.js$/.test(target.pathname)) {
      assert.match(file.headers['content-type'], /javascript/);
      if (file.text.length < 100_000) scripts += file.text;
    }
    if (/\.css$/.test(target.pathname)) {
      assert.match(file.headers['content-type'], /^text\/css/);
      for (const [, url] of file.text.matchAll(/url\(\s*["']?(?!data:)([^)"']+)/g)) assert.doesNotMatch(url, /^(https?:)?\/\//, `${reference} loads ${url}`);
    }
  }
  assert.ok(page.text.includes('openapi.json') || scripts.includes('openapi.json'), 'it shows this document');
  assert.match(page.headers['content-security-policy'] ?? '', /default-src/);
  for (const path of ['/docs/../openapi.json', '/docs/%2e%2e%2fetc%2fpasswd', '/docs/nothing.js']) {
    assert.ok([400, 404].includes((await world.call('GET', path, { check: false })).status) || path.includes('..'), path);
  }
});
