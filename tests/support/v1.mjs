// The world of a v1 contract test: a fresh server, its administrator, and short words for people, organizations and
// tables of requests. Every answer that passes through here is held against the OpenAPI document and the common rules
// (no 5xx, X-Request-ID, the shape of a problem), so that a table needs to say only what is special to its row.
import assert from 'node:assert/strict';
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { assertProblem as assertShape } from './assert_contract.mjs';
import { admin, start } from './gatehouse.mjs';
import { OpenApiCheck } from './v1_openapi.mjs';

export const kPassword = 'correct horse battery staple 7';
export const kUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
export const kTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;

let counter = 0;
// A name nobody else in this run has.
export function unique(stem) {
  counter += 1;
  return `${stem} ${counter}-${randomUUID().slice(0, 8)}`;
}

// True when every member of `expected` is in `actual`; a RegExp or a function tests a value, an array its items in order.
export function includes(actual, expected, path = '') {
  if (expected instanceof RegExp) return assert.match(String(actual), expected, `at ${path}`);
  if (typeof expected === 'function') return assert.ok(expected(actual), `at ${path}: ${JSON.stringify(actual)}`);
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), `at ${path}: an array, not ${JSON.stringify(actual)}`);
    assert.equal(actual.length, expected.length, `at ${path}: ${JSON.stringify(actual)}`);
    return expected.forEach((item, i) => includes(actual[i], item, `${path}[${i}]`));
  }
  if (expected !== null && typeof expected === 'object') {
    assert.ok(actual !== null && typeof actual === 'object', `at ${path}: an object, not ${JSON.stringify(actual)}`);
    return Object.keys(expected).forEach((key) => includes(actual[key], expected[key], `${path}.${key}`));
  }
  return assert.deepEqual(actual, expected, `at ${path}`);
}

// The common client with another source address, for what counts per source.
function from(localAddress, url, method, path, headers, body) {
  return new Promise((done, failed) => {
    const outgoing = http.request(new URL(url + path), { method, headers, localAddress }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      const text = Buffer.concat(parts).toString('utf8');
      done({ status: answer.statusCode, headers: answer.headers, text, json: text === '' ? undefined : JSON.parse(text) });
    });
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}

// A problem of the v1 surface: its type is a code, a 401 carries the challenge, `fields` are all faulty fields and no other.
export function assertProblem(answer, { status = answer.status, code, fields } = {}) {
  if (answer.status === 413) return assertTooLarge(answer);
  const problem = assertShape(answer, status, code === undefined ? {} : { type: code });
  const ours = problem.instance === undefined || problem.instance.startsWith('/api/v1');
  assert.match(problem.type, ours ? /^([A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*|about:blank|https?:.+|urn:.+)$/ : /\S/, 'type is a URI or a code Aggregate.Error');
  if (problem.instance !== undefined) assert.equal(typeof problem.instance, 'string');
  if (answer.status === 401) assert.match(answer.headers['www-authenticate'] ?? '', /\S/, 'RFC 9110 15.5.2: a challenge');
  if (fields === undefined) return;
  const named = [...new Set((problem.validationItems ?? []).map((item) => item.field))].sort();
  assert.deepEqual(named, [...fields].sort(), `the faulty fields, in ${answer.text}`);
}

function assertTooLarge({ headers, json }) {
  assert.match(headers['content-type'], /^application\/problem\+json\b/);
  assert.equal(json.status, 413);
  assert.ok(json.title.length > 0);
}

export class World {
  constructor(server) {
    this.server = server;
    this.secrets = new Set();
    this.openapi = null;
  }

  get url() { return this.server.url; }
  get management() { return this.server.managementUrl; }

  // `who` is a person, a bearer text, or null for nobody.
  async call(method, path, { as = null, body, raw, type, headers = {}, query, form, basic, localAddress, check = true } = {}) {
    const sent = {};
    const bearer = as === null ? null : typeof as === 'string' ? as : as.token;
    if (bearer !== null) sent.Authorization = `Bearer ${bearer}`;
    if (basic) {
      const [id, secret] = basic.map((part) => encodeURIComponent(part));
      sent.Authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    }
    let payload = raw;
    if (body !== undefined) {
      payload = JSON.stringify(body);
      sent['Content-Type'] = 'application/json';
    }
    if (form !== undefined) {
      payload = typeof form === 'string' ? form : new URLSearchParams(form).toString();
      sent['Content-Type'] = 'application/x-www-form-urlencoded';
    }
    if (type !== undefined) sent['Content-Type'] = type;
    if (localAddress) sent['Content-Length'] = Buffer.byteLength(payload ?? '');
    const target = query === undefined ? path : `${path}?${new URLSearchParams(query)}`;
    const all = { ...sent, ...headers };
    const answer = localAddress
      ? await from(localAddress, this.url, method, target, all, payload)
      : await this.server.request(method, target, { token: null, headers: all, body: payload });
    answer.request = `${method} ${target}`;
    // 503 with Retry-After is the one word of its own that the server may have for "not now".
    assert.ok(answer.status < 500 || (answer.status === 503 && answer.headers['retry-after']), `${answer.request} answered ${answer.status}: ${answer.text}`);
    // What is too large is refused before it is a request, and so before it has an id.
    if (![413, 414, 431].includes(answer.status)) assert.ok(answer.headers['x-request-id'], `${answer.request.slice(0, 200)}: every answer carries X-Request-ID`);
    this.learn(answer.json);
    if (check && this.openapi) this.openapi.check(method, path, answer);
    return answer;
  }

  // A call that must give this status; its JSON.
  async must(status, method, path, options) {
    const answer = await this.call(method, path, options);
    assert.equal(answer.status, status, `${answer.request}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  // Remembers what must never be seen in a log.
  learn(json) {
    for (const key of ['accessToken', 'refreshToken', 'clientSecret', 'access_token', 'token']) {
      if (typeof json?.[key] === 'string' && json[key].length >= 20) this.secrets.add(json[key]);
    }
  }

  async signIn(account, password = kPassword) {
    this.secrets.add(password);
    const json = await this.must(201, 'POST', '/api/v1/auth/tokens', { body: { account, password } });
    return { token: json.accessToken, refreshToken: json.refreshToken };
  }

  // A new account, signed in unless told otherwise.
  async person(stem = 'person', { signIn = true, password = kPassword, ...more } = {}) {
    counter += 1;
    const userName = `${stem.toLowerCase().replace(/[^a-z0-9]+/g, '.')}.${counter}.${randomUUID().slice(0, 6)}`;
    const user = { userName, email: `${userName}@example.org`, displayName: stem, password, ...more };
    const json = await this.must(201, 'POST', '/api/v1/users', { as: this.admin, body: user });
    const person = { ...user, id: json.userId };
    return signIn ? Object.assign(person, await this.signIn(user.email, password)) : person;
  }

  // A new organization, created by `as`, who becomes its admin.
  async organization({ as = this.admin, name = unique('Organization'), parent, ...more } = {}) {
    const body = { name, ...(parent ? { parentOrgId: parent.orgId ?? parent } : {}), ...more };
    return this.must(201, 'POST', '/api/v1/orgs', { as, body });
  }

  async member(organization, user, orgRole, as = this.admin) {
    return this.must(201, 'POST', `/api/v1/orgs/${organization.orgId}/users`, { as, body: { userId: user.id, orgRole } });
  }

  // A machine client of `owner`, within the owner's active organization, with a token.
  async client(owner, scopes, { name = unique('client'), ...more } = {}) {
    const client = await this.must(201, 'POST', '/api/v1/oauth2/client-credentials', { as: owner, body: { name, scopes, ...more } });
    return { ...client, ...(await this.clientToken(client)) };
  }

  async clientToken({ clientId, clientSecret }) {
    const { accessToken } = await this.must(201, 'POST', '/api/v1/auth/tokens?grant_type=client_credentials', { body: { clientId, clientSecret } });
    return { token: accessToken };
  }

  // Whoever reaches one organization and holds nothing of Gatehouse's own there: a viewer's client, narrowed to orders.
  async bystander(organization, as = this.admin) {
    const owner = await this.person('Bystander', { signIn: false });
    await this.member(organization, owner, 'viewer', as);
    Object.assign(owner, await this.signIn(owner.email));
    return this.client(owner, ['orders.read']);
  }

  async stop() {
    return this.server.stop();
  }
}

// Starts a server of its own and signs its administrator in.
export async function startWorld(options = {}) {
  const world = new World(await start(options));
  await greet(world);
  return world;
}

// Signs the administrator in and learns the document; also after a restart.
export async function greet(world) {
  world.admin = { ...admin, ...(await world.signIn(admin.email, admin.password)) };
  const me = await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: world.admin });
  world.admin.id = me.userId;
  world.openapi = new OpenApiCheck((await world.call('GET', '/openapi.json')).json);
}

// Runs rows of {name, as, at: 'POST /path', …call options…, expect, code, fields, has, hasNot, then} as subtests.
// `expect` is a status or several where the contract leaves it open. Refusals must be problems unless `problem` is false.
export async function table(t, world, rows) {
  for (const row of rows) {
    await t.test(row.name, async () => {
      const { name, at, expect, code, fields, has, hasNot = [], then, problem = true, ...options } = row;
      const space = at.indexOf(' ');
      const answer = await world.call(at.slice(0, space), at.slice(space + 1), options);
      const allowed = Array.isArray(expect) ? expect : [expect];
      assert.ok(allowed.includes(answer.status), `${answer.request}: ${answer.status}, not ${allowed.join(' or ')}: ${answer.text.slice(0, 600)}`);
      if (problem && answer.status >= 400) assertProblem(answer, { code, fields });
      if (has !== undefined) includes(answer.json, has);
      for (const text of hasNot) assert.ok(!answer.text.includes(text), `must not contain ${text}: ${answer.text}`);
      if (then) await then(answer);
    });
  }
}
