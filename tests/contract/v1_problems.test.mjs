// What every endpoint has in common: RFC 9457 problems, unknown routes, methods, media types, sizes, and JSON from strangers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, startWorld, table, unique } from '../support/v1.mjs';

let world;
let ann;
before(async () => {
  world = await startWorld();
  ann = await world.person('Ann');
});
after(async () => { await world?.stop(); });

test('routes and methods', async (t) => {
  const { orgId } = await world.organization({ as: ann });
  const allows = (...methods) => (answer) => {
    const allowed = (answer.headers.allow ?? '').split(',').map((word) => word.trim());
    for (const method of methods) assert.ok(allowed.includes(method), `Allow: ${answer.headers.allow} names ${method}`);
  };
  await table(t, world, [
    { name: 'unknown', at: 'GET /api/v1/nothing', as: ann, expect: 404 },
    { name: 'unknown, as nobody', at: 'GET /api/v1/nothing', expect: 404 },
    { name: 'unknown, with POST', at: 'POST /api/v1/nothing', as: ann, body: {}, expect: 404 },
    { name: 'the root of the surface', at: 'GET /api/v1', as: ann, expect: 404 },
    { name: 'another version', at: 'GET /api/v2/orgs', as: ann, expect: 404 },
    { name: 'paths have case', at: 'GET /API/V1/ORGS', as: ann, expect: 404 },
    { name: 'one part too many', at: `GET /api/v1/orgs/${orgId}/children/x`, as: ann, expect: 404 },
    { name: 'dots', at: 'GET /api/v1/orgs/../../../etc/passwd', as: ann, expect: [400, 404] },
    { name: 'encoded dots', at: 'GET /api/v1/orgs/%2e%2e%2f%2e%2e', as: ann, expect: [400, 404] },
    { name: 'a NUL', at: 'GET /api/v1/orgs/%00', as: ann, expect: [400, 404] },
    { name: 'a broken escape', at: 'GET /api/v1/orgs/%zz', as: ann, expect: [400, 404] },
    { name: 'bytes that are no UTF-8', at: 'GET /api/v1/orgs?name=%ff%fe', as: ann, expect: 400 },
    { name: 'a broken escape in the query', at: 'GET /api/v1/orgs?name=%g1', as: ann, expect: [200, 400] },
    { name: 'DELETE of all organizations', at: 'DELETE /api/v1/orgs', as: ann, expect: 405, then: allows('GET', 'POST') },
    { name: 'DELETE of all organizations, as nobody', at: 'DELETE /api/v1/orgs', expect: 405, then: allows('GET', 'POST') },
    { name: 'POST to one organization', at: `POST /api/v1/orgs/${orgId}`, as: ann, body: {}, expect: 405, then: allows('GET', 'PUT', 'PATCH', 'DELETE') },
    { name: 'PUT of children', at: `PUT /api/v1/orgs/${orgId}/children`, as: ann, body: {}, expect: 405, then: allows('GET') },
    { name: 'GET of the tokens', at: 'GET /api/v1/auth/tokens', as: ann, expect: 405, then: allows('POST') },
    { name: 'a method nobody knows', at: 'BREW /api/v1/orgs', as: ann, expect: [400, 405, 501], problem: false, check: false },
  ]);
});

test('HEAD is GET without the body', async () => {
  const { orgId } = await world.organization({ as: ann });
  const get = await world.call('GET', `/api/v1/orgs/${orgId}`, { as: ann });
  const head = await world.call('HEAD', `/api/v1/orgs/${orgId}`, { as: ann, check: false });
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
  assert.equal(head.headers.etag, get.headers.etag);
});

test('bodies: JSON, and nothing that readers disagree about', async (t) => {
  const at = 'POST /api/v1/orgs';
  const json = (raw, more = {}) => ({ at, as: ann, raw, type: 'application/json', ...more });
  const name = () => JSON.stringify(unique('body'));
  const nested = (depth) => `{"name":${name()},"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const sized = (bytes) => {
    const head = `{"name":${name()},"pad":"`;
    return `${head}${'x'.repeat(bytes - head.length - 2)}"}`;
  };
  await table(t, world, [
    { name: 'plain', ...json(`{"name":${name()}}`), expect: 201 },
    { name: 'with blanks around', ...json(` \r\n\t{"name":${name()}}\n `), expect: 201 },
    { name: 'with a charset', ...json(`{"name":${name()}}`), type: 'application/json; charset=utf-8', expect: 201 },
    { name: 'the type in other case', ...json(`{"name":${name()}}`), type: 'Application/JSON', expect: 201 },
    { name: 'escaped', ...json(`{"n\\u0061me":"esc \\ud83d\\ude00 ${Math.random()}"}`), expect: 201 },
    { name: 'empty', ...json(''), expect: 400 },
    { name: 'only blanks', ...json('   '), expect: 400 },
    { name: 'cut short', ...json('{"name":"x"'), expect: 400 },
    { name: 'no JSON', ...json('name=x'), expect: 400 },
    { name: 'a comma too many', ...json('{"name":"x",}'), expect: 400 },
    { name: 'single quotes', ...json("{'name':'x'}"), expect: 400 },
    { name: 'a comment', ...json('{"name":"x"/* */}'), expect: 400 },
    { name: 'two values', ...json('{"name":"x"}{"name":"y"}'), expect: 400 },
    { name: 'a NUL behind', ...json('{"name":"x"}\u0000'), expect: 400 },
    { name: 'a control character within', ...json('{"name":"x\ny"}'), expect: 400 },
    { name: 'NaN', ...json('{"name":"x","n":NaN}'), expect: 400 },
    { name: 'a number with leading zero', ...json('{"name":"x","n":01}'), expect: 400 },
    { name: 'a number beyond all', ...json('{"name":"x","n":1e999}'), expect: 400 },
    { name: 'half a surrogate', ...json('{"name":"x\\ud800"}'), expect: 400 },
    { name: 'bytes that are no UTF-8', ...json(Buffer.from([0x7b, 0x22, 0x6e, 0x61, 0x6d, 0x65, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d])), expect: 400 },
    { name: 'a name twice', ...json('{"name":"x","name":"y"}'), expect: 400 },
    { name: 'a name twice, once escaped', ...json('{"name":"x","n\\u0061me":"y"}'), expect: 400 },
    { name: 'a name twice, far down', ...json(`{"name":${name()},"x":[{"a":1,"a":1}]}`), expect: 400 },
    { name: 'a list', ...json('[]'), expect: 400 },
    { name: 'null', ...json('null'), expect: 400 },
    { name: 'a number', ...json('1'), expect: 400 },
    { name: 'a text', ...json('"x"'), expect: 400 },
    { name: '20 levels', ...json(nested(20)), expect: 201 },
    { name: '100 levels', ...json(nested(100)), expect: 400 },
    { name: '100,000 levels', ...json(nested(100_000)), expect: 400 },
    { name: '1 MiB', ...json(sized(1 << 20)), expect: 201 },
    { name: '1 MiB and a byte', ...json(sized((1 << 20) + 1)), expect: 413 },
    { name: '3 MiB', ...json(sized(3 << 20)), expect: 413 },
    { name: 'a name with a NUL', ...json('{"name":"a\\u0000b"}'), expect: 400, fields: ['name'] },
    { name: 'text/plain', ...json(`{"name":${name()}}`), type: 'text/plain', expect: 415 },
    { name: 'a form', at, as: ann, form: { name: 'x' }, expect: 415 },
    { name: 'XML', ...json('<name>x</name>'), type: 'application/xml', expect: 415 },
    { name: 'something that begins like JSON', ...json(`{"name":${name()}}`), type: 'application/jsonish', expect: 415 },
    { name: 'PUT as text', at: `PUT /api/v1/orgs/${(await world.organization({ as: ann })).orgId}`, as: ann, raw: '{}', type: 'text/plain', expect: 415 },
    { name: 'sign-in as text', at: 'POST /api/v1/auth/tokens', raw: '{}', type: 'text/plain', expect: 415 },
    { name: 'sign-in with malformed JSON', at: 'POST /api/v1/auth/tokens', raw: '{', type: 'application/json', expect: 400 },
    { name: 'who is calling comes before what is said', at, raw: '{', type: 'application/json', expect: 401 },
  ]);
});

test('X-Request-ID comes back, also with a refusal; what is none is replaced', async () => {
  for (const path of ['/api/v1/orgs', '/api/v1/nothing']) {
    for (const as of [ann, null]) {
      const id = unique('trace').replaceAll(' ', '-');
      const answer = await world.call('GET', path, { as, headers: { 'X-Request-ID': id } });
      assert.equal(answer.headers['x-request-id'], id);
    }
  }
  const [one, two] = [await world.call('GET', '/api/v1/orgs', { as: ann }), await world.call('GET', '/api/v1/orgs', { as: ann })];
  assert.notEqual(one.headers['x-request-id'], two.headers['x-request-id']);
  const endless = await world.call('GET', '/api/v1/orgs', { as: ann, headers: { 'X-Request-ID': 'x'.repeat(4000) } });
  assert.ok(endless.headers['x-request-id'].length <= 4000);
});

test('a problem tells the caller apart from the operator: no internals, a trace to ask about', async () => {
  const answer = await world.call('GET', '/api/v1/orgs/01920000-0000-7000-8000-000000000000', { as: ann });
  assertProblem(answer, { status: 404, code: 'Org.NotFound' });
  assert.ok(!/sqlite|SELECT|\.cpp|gatehouse::|0x[0-9a-f]{6}/i.test(answer.text));
  const again = await world.call('GET', '/api/v1/orgs/01920000-0000-7000-8000-000000000000', { as: ann });
  assert.notEqual(again.json.traceId, answer.json.traceId);
});

test('odd values are refused or kept, never an error of the server', async () => {
  const odd = ['', ' ', '0', '-1', 'null', 'undefined', '\u202e', '\ufeff', '\uffff', '💩', "'", '"', '\\', '%', '_', '${7*7}', '<b>', '../..', 'a'.repeat(5000), '1e400', 'true'];
  for (const value of odd) {
    await world.call('GET', '/api/v1/orgs', { as: ann, query: { name: value } });
    await world.call('GET', '/api/v1/orgs', { as: ann, query: { sorting: value.slice(0, 1000), skipCount: value.slice(0, 1000), maxResultCount: value.slice(0, 1000), parentOrgId: value.slice(0, 1000) } });
    await world.call('GET', '/api/v1/users', { as: ann, query: { search: value } });
    await world.call('GET', `/api/v1/users/${encodeURIComponent(value)}`, { as: ann });
    await world.call('GET', `/api/v1/orgs/${encodeURIComponent(value)}/children`, { as: ann });
    await world.call('POST', '/api/v1/orgs', { as: ann, body: { name: value, description: value } });
    await world.call('POST', '/api/v1/auth/tokens', { query: { grant_type: value }, body: { account: value, password: value } });
  }
  for (const value of [null, true, 0, -1.5, 1e300, [], {}, [[]], '', '😀']) {
    for (const [path, body] of [['/api/v1/orgs', { name: value, description: value, parentOrgId: value, admins: value }], ['/api/v1/users', { userName: value, email: value, password: value, displayName: value }],
      ['/api/v1/oauth2/client-credentials', { name: value, scopes: value, expiredAt: value }], ['/api/v1/auth/tokens?grant_type=refresh_token', { token: value, refreshToken: value }],
      ['/api/v1/auth/tokens?grant_type=client_credentials', { clientId: value, clientSecret: value }], ['/access/v1/evaluation', { subject: value, action: value, resource: value, context: value }],
      ['/access/v1/evaluations', { evaluations: value, options: value }]]) {
      const answer = await world.call('POST', path, { as: world.admin, body });
      assert.ok(answer.status >= 400, `${path} took ${JSON.stringify(body)}`);
    }
  }
});
