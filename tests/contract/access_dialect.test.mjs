// The dialect of the access surface where no endpoint answers: unknown routes, other methods, bodies that are no JSON, of
// another type, or too large. A21 to A23 and section 7, 1: 400 with {"detail"}, and never another status.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertDialect, kNobody, startAccess, table } from '../support/access.mjs';

const kPosts = ['/add', '/delete', '/edit', '/invite', '/invite/accept', '/add-api-token', '/switch-company'];
let world;
let company;
before(async () => {
  world = await startAccess();
  company = await world.company('Dialect');
});
after(async () => { await world?.stop(); });

test('unknown routes are bad requests', async (t) => {
  const paths = ['/nothing', '/add/more', '/roles/USER', '/invite/x/y/z', `/invite/${kNobody}`, `/invite/${kNobody}/accept`, `/connections/${kNobody}`, `/api-tokens/${kNobody}`, '/ADD', '/add%00'];
  for (const mount of ['/access', '/saas/access']) {
    for (const as of [company.boss, null]) {
      await table(t, world, paths.flatMap((path) => [
        { name: `GET ${mount}${path} as ${as ? 'somebody' : 'nobody'}`, at: `GET ${mount}${path}`, as, expect: 400 },
        { name: `POST ${mount}${path} as ${as ? 'somebody' : 'nobody'}`, at: `POST ${mount}${path}`, as, body: {}, expect: 400 },
      ]));
    }
  }
});

test('another method is a bad request that says which are allowed', async (t) => {
  const row = (method, path, ...allowed) => ['/access', '/saas/access'].flatMap((mount) => [company.boss, null].map((as) => ({
    name: `${method} ${mount}${path} as ${as ? 'somebody' : 'nobody'}`,
    at: `${method} ${mount}${path}`,
    as,
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }),
    expect: 400,
    then: ({ headers }) => {
      const words = (headers.allow ?? '').split(',').map((word) => word.trim());
      for (const word of allowed) assert.ok(words.includes(word), `Allow: ${headers.allow} names ${word}`);
    },
  })));
  await table(t, world, [
    ...row('POST', '', 'GET'), ...row('DELETE', '', 'GET'), ...row('PATCH', '/roles', 'GET'), ...row('PUT', '/invite', 'GET', 'POST'),
    ...row('GET', '/add', 'POST'), ...row('GET', '/delete', 'POST'), ...row('DELETE', '/delete', 'POST'), ...row('PUT', '/edit', 'POST'),
    ...row('GET', '/invite/accept', 'POST'), ...row('GET', '/add-api-token', 'POST'), ...row('GET', '/switch-company', 'POST'),
    ...row('GET', `/invite/${kNobody}/reject`, 'POST'), ...row('POST', `/invite/${kNobody}/agency-roles`, 'GET'), ...row('POST', '/api-tokens', 'GET'),
  ]);
});

test('bodies: JSON objects of the right type, and nothing that readers disagree about', async (t) => {
  const bodies = {
    'no body': {},
    'an empty body': { raw: '', type: 'application/json' },
    'only blanks': { raw: '   ', type: 'application/json' },
    'cut short': { raw: '{"email":"a@example.org"', type: 'application/json' },
    'a comma too many': { raw: '{"email":"a@example.org",}', type: 'application/json' },
    'two values': { raw: '{}{}', type: 'application/json' },
    'a NUL behind': { raw: '{}\u0000', type: 'application/json' },
    'a list': { body: [] },
    'a list of one object': { body: [{ email: 'a@example.org', token: 'x', company: 'x' }] },
    'null': { raw: 'null', type: 'application/json' },
    'a number': { raw: '1', type: 'application/json' },
    'a text': { raw: '"x"', type: 'application/json' },
    'a name twice': { raw: '{"email":"a@example.org","email":"b@example.org","token":"x","token":"x","company":"x","company":"x","name":"x","name":"x","user_id":"x","user_id":"x"}', type: 'application/json' },
    'a name twice far down': { raw: '{"email":"a@example.org","x":[{"a":1,"a":2}]}', type: 'application/json' },
    'bytes that are no UTF-8': { raw: Buffer.from('7b22656d61696c223a22fffe227d', 'hex'), type: 'application/json' },
    'half a surrogate': { raw: '{"email":"a\\ud800@example.org","token":"\\ud800","company":"\\ud800","name":"\\ud800"}', type: 'application/json' },
    '100 levels': { raw: `{"x":${'['.repeat(100)}${']'.repeat(100)}}`, type: 'application/json' },
    '100,000 levels': { raw: `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, type: 'application/json' },
    'text/plain': { raw: '{}', type: 'text/plain' },
    'no type': { raw: '{"email":"a@example.org"}' },
    'a form': { form: { email: 'a@example.org', token: 'x', company: 'x' } },
    'XML': { raw: '<email/>', type: 'application/xml' },
  };
  await world.unchanged([company], async () => {
    for (const path of kPosts) {
      // All members of add-api-token may be left out, so that it may take nothing for an empty object.
      const rows = Object.entries(bodies).filter(([name]) => path !== '/add-api-token' || !['no body', 'an empty body', 'no type'].includes(name));
      await table(t, world, rows.map(([name, options]) => ({ name: `${path}: ${name}`, at: `POST /access${path}`, as: company.boss, ...options, expect: 400 })));
    }
  });
  await table(t, world, kPosts.filter((path) => path !== '/invite/accept').map((path) => ({ name: `${path}: who is calling comes before what is said`, at: `POST /access${path}`, raw: '{', type: 'application/json', expect: 401 })));
});

test('a charset, blanks around and members that nobody knows do no harm', async (t) => {
  const [one, two] = [await world.account(), await world.account()];
  await table(t, world, [
    { name: 'a charset', at: 'POST /access/add', as: company.boss, raw: ` \r\n\t{"email":"${one.email}"}\n `, type: 'Application/JSON; charset=utf-8', expect: 200 },
    { name: 'unknown members', at: 'POST /access/add', as: company.boss, body: { email: two.email, roles: ['admin'], id: kNobody, x: { y: [1, null] } }, expect: 200, data: { id: two.id, roles: [] } },
  ]);
});

test('a body beyond 1 MiB is a bad request', async () => {
  const sized = (bytes) => {
    const head = '{"email":"nobody.at.all@example.org","pad":"';
    return `${head}${'x'.repeat(bytes - head.length - 2)}"}`;
  };
  await world.unchanged([company], async () => {
    for (const mount of ['/access', '/saas/access']) {
      for (const [path, bytes] of [['/add', (1 << 20) + 1], ['/invite/accept', 3 << 20], ['/add', 1 << 20]]) {
        const answer = await world.server.request('POST', `${mount}${path}`, { token: company.boss.token, body: sized(bytes), headers: { 'content-type': 'application/json' } });
        assert.equal(answer.status, 400, `${bytes} bytes to ${path}: ${answer.text.slice(0, 300)}`);
        assertDialect(answer, 'POST');
      }
    }
  });
});

test('the decision API below the same path keeps its own dialect', async () => {
  const answer = await world.call('POST', '/access/v1/evaluation', { as: company.boss, body: { subject: { type: 'user', id: company.boss.id }, action: { name: 'users.view' }, resource: { type: 'organization', id: company.orgId } } });
  assert.deepEqual([answer.status, answer.json.decision], [200, true]);
});

test('an address that is too long is a bad request, whether its line is read to the end or not', async (t) => {
  await table(t, world, ['/access', '/saas/access'].flatMap((mount) => [8_200, 9_000, 12_000].map((length) => ({
    name: `${mount}, ${length} letters`, at: `GET ${mount}/${'a'.repeat(length)}`, as: company.boss, expect: 400,
  }))));
});
