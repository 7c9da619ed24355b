// The management listener, and the log: one JSON object a line, with the request's id, and never a secret.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { admin } from '../support/gatehouse.mjs';
import { kPassword, startWorld, unique } from '../support/v1.mjs';

let world;
before(async () => { world = await startWorld({ env: { GATEHOUSE_LOG_REQUESTS: 'all' } }); });
after(async () => { await world?.stop(); });

const manage = (path, method = 'GET', options = {}) => world.server.request(method, world.management + path, { token: null, ...options });

test('livez, readyz and metrics answer there, to anyone', async () => {
  for (const path of ['/livez', '/readyz']) {
    const answer = await manage(path);
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
  }
  const metrics = await manage('/metrics');
  assert.equal(metrics.status, 200);
  assert.match(metrics.headers['content-type'], /^text\/plain\b/);
});

test('and nowhere else; nor do the surfaces answer there', async () => {
  for (const path of ['/livez', '/readyz', '/metrics']) assert.equal((await world.call('GET', path)).status, 404, path);
  for (const path of ['/api/v1/orgs', '/openapi.json', '/docs', '/access/v1/evaluation', '/.well-known/jwks.json', '/connect/token']) {
    const answer = await manage(path, 'GET', { headers: { authorization: `Bearer ${world.admin.token}` } });
    assert.equal(answer.status, 404, path);
  }
});

test('metrics are Prometheus text, and count', async () => {
  const parse = (text) => {
    const samples = new Map();
    const types = new Map();
    for (const line of text.split('\n')) {
      if (line === '') continue;
      if (line.startsWith('# TYPE ')) {
        const [, , name, type] = line.split(' ');
        assert.ok(!types.has(name), `${name} is described twice`);
        assert.match(type, /^(counter|gauge|histogram|summary|untyped)$/);
        types.set(name, type);
        continue;
      }
      if (line.startsWith('#')) {
        assert.match(line, /^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* ./);
        continue;
      }
      const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^}]*\})? ([-+0-9.eE]+|NaN|[+-]Inf)$/.exec(line);
      assert.ok(match, `no sample: ${line}`);
      const [, name, labels = '', value] = match;
      assert.ok(!samples.has(name + labels), `${name}${labels} is there twice`);
      assert.ok(types.has(name) || types.has(name.replace(/_(bucket|sum|count)$/, '')), `${name} has no type`);
      if (labels) assert.match(labels, /^\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)+\}$/, line);
      samples.set(name + labels, Number(value));
    }
    return samples;
  };
  const total = (samples, label) => [...samples].filter(([key]) => key.includes(label) && /_total|_count/.test(key)).reduce((sum, [, value]) => sum + value, 0);
  const before = parse((await manage('/metrics')).text);
  for (let i = 0; i < 7; i += 1) await world.call('GET', '/api/v1/orgs', { as: world.admin });
  const after = parse((await manage('/metrics')).text);
  const { operationId } = world.openapi.find('GET', '/api/v1/orgs').operation;
  assert.ok(total(after, `"${operationId}"`) >= total(before, `"${operationId}"`) + 7, `the requests of ${operationId} are counted`);
  assert.ok([...after.keys()].some((key) => /bucket/.test(key)), 'durations');
});

test('log lines: JSON, with the request’s id, as it came or made', async () => {
  const id = `req-${unique('x').replaceAll(' ', '-')}`;
  await world.call('GET', '/api/v1/orgs', { as: world.admin, headers: { 'X-Request-ID': id } });
  const own = (await world.call('GET', '/api/v1/nothing')).headers['x-request-id'];
  const logged = await eventually(() => [id, own].every((one) => world.server.logs().some((entry) => entry.request_id === one)));
  assert.ok(logged, `the log tells of ${id} and ${own}`);
  for (const entry of world.server.logs()) {
    assert.equal(typeof entry, 'object', `no JSON: ${entry}`);
    assert.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    assert.equal(typeof entry.level, 'string');
    assert.equal(typeof entry.event, 'string');
  }
  const entry = world.server.logs().find((one) => one.request_id === id);
  assert.equal(entry.status, 200);
});

async function eventually(condition) {
  for (let i = 0; i < 200; i += 1) {
    if (condition()) return true;
    await new Promise((done) => setTimeout(done, 25));
  }
  return false;
}

test('log: what a caller sends cannot forge a line', async () => {
  const evil = 'x%0a{"event":"forged","level":"error"}%1b[31m';
  await world.call('GET', `/api/v1/${evil}`, { as: world.admin, headers: { 'User-Agent': 'a\tb' } });
  await world.call('POST', '/api/v1/auth/tokens', { body: { account: 'x\n{"event":"forged"}', password: 'some password' } });
  await world.call('GET', '/api/v1/orgs', { as: world.admin, headers: { 'X-Request-ID': '{"event":"forged"}' } });
  await new Promise((done) => setTimeout(done, 200));
  assert.ok(world.server.logs().every((entry) => typeof entry === 'object' && entry.event !== 'forged'));
});

test('log: a whole session leaves no secret in it', async () => {
  const ann = await world.person('Ann', { password: `unguessable ${unique('p')}` });
  await world.organization({ as: ann });
  Object.assign(ann, await world.signIn(ann.email, ann.password));
  const client = await world.client(ann, ['organizations.read']);
  const form = { grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret };
  await world.must(200, 'POST', '/connect/token', { form });
  await world.must(200, 'POST', '/connect/token', { form: { grant_type: 'client_credentials' }, basic: [client.clientId, client.clientSecret] });
  await world.must(201, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token: ann.token, refreshToken: ann.refreshToken } });
  await world.call('GET', `/api/v1/orgs?access_token=${ann.token}&name=${ann.token.slice(0, 20)}`, { as: ann });
  await world.call('GET', '/api/v1/orgs', { as: `${ann.token}x` });
  const mistyped = 'mistyped secret 4711';
  world.secrets.add(mistyped);
  await world.call('POST', '/api/v1/auth/tokens', { body: { account: mistyped, password: 'some password' } });
  await world.call('POST', '/api/v1/auth/tokens', { body: { account: ann.email, password: mistyped } });
  await world.call('POST', '/api/v1/auth/tokens', { raw: `{"password":"${mistyped}"`, type: 'application/json' });
  await world.call('POST', '/api/v1/users', { as: world.admin, body: { userName: 'x', email: 'y', password: mistyped } });
  await world.call('POST', '/connect/token', { form: { ...form, client_secret: mistyped } });
  await new Promise((done) => setTimeout(done, 200));
  const log = world.server.stderr();
  assert.ok(log.length > 0);
  for (const secret of [...world.secrets, kPassword, admin.password, ann.password]) {
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), Buffer.from(secret).toString('base64')])) {
      assert.ok(!log.includes(form), `the log shows ${secret.slice(0, 12)}…`);
    }
    if (secret.startsWith('ey')) assert.ok(!log.includes(secret.split('.')[1]), 'not a part of a token either');
  }
});
