// The dialect of the partner surface where no endpoint answers as it should: unknown routes, other methods, bodies of another
// type or too large, bearers that are none. CONTRACTS.md section 1 (Common limits, Error body) and section 4.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kActivate, kInvite, kNobody, kProviders, kReject, kRoles, kUsers, startPartner, table } from '../support/partner.mjs';
import { kJobs } from '../support/partner_jobs.mjs';

const kBase = '/partner/v1';
let world;
let company;
before(async () => {
  world = await startPartner();
  company = await world.company('Dialect');
});
after(async () => { await world?.stop(); });

const kPosts = [kInvite, kActivate, kReject, kProviders];

test('unknown routes', async (t) => {
  const paths = ['/nothing', '/users/x', `/users/${kNobody}`, '/users/invite/more', '/roles/Customer', '/invitations', `/invitations/${kNobody}/activate`, `/invite-jobs/${kNobody}/nothing`];
  await table(t, world, paths.flatMap((path) => [company.boss, null].map((as) => ({ name: `GET ${path} as ${as ? 'somebody' : 'nobody'}`, at: `GET ${kBase}${path}`, as, expect: [404, 405] }))));
  await table(t, world, ['/nothing', '/role', '/user/invite'].map((path) => ({ name: `POST ${path}`, at: `POST ${kBase}${path}`, as: company.boss, body: {}, expect: 404 })));
});

test('another method: 405, and which are allowed', async (t) => {
  const row = (method, path, ...allowed) => ({
    name: `${method} ${path}`, at: `${method} ${path}`, as: company.boss, ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }), expect: 405,
    then: ({ headers }) => {
      const words = (headers.allow ?? '').split(',').map((word) => word.trim());
      for (const word of allowed) assert.ok(words.includes(word), `Allow: ${headers.allow} names ${word}`);
    },
  });
  await table(t, world, [
    row('POST', kUsers, 'GET'), row('DELETE', kUsers, 'GET'), row('PATCH', kRoles, 'GET'), row('GET', kInvite, 'POST'), row('PUT', kInvite, 'POST'), row('GET', kActivate, 'POST'), row('GET', kReject, 'POST'),
    row('PUT', kProviders, 'GET', 'POST'), row('POST', `${kProviders}/${kNobody}`, 'PUT', 'DELETE'), row('PUT', kJobs, 'GET', 'POST'), row('POST', `${kJobs}/${kNobody}`, 'GET'), row('GET', `${kJobs}/${kNobody}/cancel`, 'POST'),
  ]);
});

test('bodies of another type', async (t) => {
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'text/csv', 'application/jsonx'];
  await table(t, world, kPosts.flatMap((path) => types.map((type) => ({ name: `${path} as ${type}`, at: `POST ${path}`, as: world.admin, raw: '{}', type, expect: 415 }))));
  await table(t, world, ['application/json', 'text/plain', 'application/xml', 'text/html'].map((type) => ({ name: `${kJobs} as ${type}`, at: `POST ${kJobs}`, as: company.boss, raw: 'Email\na@example.org\n', type, expect: 415 })));
  await table(t, world, ['application/json; charset=utf-8', 'Application/JSON'].map((type) => ({ name: `fine: ${type}`, at: `POST ${kInvite}`, as: company.boss, raw: JSON.stringify({ Users: [world.entry()], OrganizationIds: [company.orgId] }), type, expect: 200 })));
});

test('bodies that are no JSON objects, or too large', async (t) => {
  const bodies = { 'empty': '', 'blanks': '  ', 'cut short': '{"Users":[', 'a comma too many': '{"Users":[],}', 'two values': '{}{}', 'a list': '[]', 'a text': '"x"', 'a number': '1', 'null': 'null', 'with a comment': '{/**/}', 'a NUL': '{}\u0000' };
  await table(t, world, kPosts.flatMap((path) => Object.entries(bodies).map(([name, raw]) => ({ name: `${path}: ${name}`, at: `POST ${path}`, as: world.admin, raw, type: 'application/json', expect: 400 }))));
  await table(t, world, kPosts.map((path) => ({ name: `${path}: more than 1 MiB`, at: `POST ${path}`, as: world.admin, raw: `{"More":"${'x'.repeat((1 << 20) + 1)}"}`, type: 'application/json', expect: 413 })));
});

test('no bearer, and bearers that are none', async (t) => {
  const routes = [`GET ${kUsers}`, `GET ${kRoles}`, `GET ${kProviders}`, `POST ${kInvite}`, `POST ${kProviders}`, `PUT ${kProviders}/${kNobody}`, `DELETE ${kProviders}/${kNobody}`, `POST ${kJobs}`, `GET ${kJobs}`, `GET ${kJobs}/${kNobody}`, `GET ${kJobs}/${kNobody}/rows`, `POST ${kJobs}/${kNobody}/cancel`];
  const signedOut = await world.signIn(company.boss.email);
  await world.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: signedOut });
  const bearers = { 'nobody': null, 'garbage': 'garbage', 'a token that is signed out': signedOut.token, 'a refresh token': company.boss.refreshToken };
  const bodyOf = (at) => (at === `POST ${kJobs}` ? { raw: 'Email\na@example.org\n', type: 'text/csv' } : /^(POST|PUT)/.test(at) ? { body: {} } : {});
  await table(t, world, routes.flatMap((at) => Object.entries(bearers).map(([name, as]) => ({
    name: `${at}: ${name}`, at, as, ...bodyOf(at), expect: 401, then: ({ headers }) => assert.match(headers['www-authenticate'], /^Bearer\b/),
  }))));
});

test('every answer has its id, also as traceId', async () => {
  const answer = await world.partner('GET', kUsers, { as: company.boss, headers: { 'X-Request-ID': 'asked-by-a-test' } });
  assert.equal(answer.status, 403);
  assert.equal(answer.json.traceId, answer.headers['x-request-id']);
});
