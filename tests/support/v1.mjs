// The world of a v1 contract test: a fresh server, its administrator, and short words for people, organizations and
// tables of requests. Every answer that passes through here is held against the OpenAPI document and the common rules
// (no 5xx, X-Request-ID, the shape of a problem), so that a table needs to say only what is special to its row.
import assert from 'node:assert/strict';
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { OpenApiCheck } from './v1_openapi.mjs';
import { launch } from './v1_launch.mjs';

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

// One HTTP exchange, nothing interpreted but JSON.
export function exchange({ url, method, path, headers = {}, body, localAddress, agent }) {
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: target.hostname, port: target.port, method, path, headers, agent, ...(localAddress ? { localAddress } : {}),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const parts = [];
      response.on('error', reject);
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        let json;
        if (/[/+]json\b/.test(response.headers['content-type'] ?? '')) {
          try {
            json = JSON.parse(text);
          } catch (error) {
            return reject(new Error(`${method} ${path}: ${response.statusCode} with a body that is no JSON: ${text.slice(0, 200)} (${error.message})`));
          }
        }
        return resolve({ status: response.statusCode, headers: response.headers, text, json });
      });
    });
    if (body !== undefined) request.write(body);
    request.end();
  });
}

// RFC 9457 as CONTRACTS.md section 3 has it.
export function assertProblem(answer, { status, code, fields } = {}) {
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json\b/, `the type of ${answer.text}`);
  const problem = answer.json;
  assert.equal(typeof problem.type, 'string');
  assert.match(problem.type, /^([A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*|about:blank|https?:.+|urn:.+)$/, 'type is a URI or a code');
  assert.equal(typeof problem.title, 'string');
  assert.ok(problem.title.length > 0);
  assert.equal(problem.status, answer.status, 'status repeats the status of the answer');
  assert.equal(typeof problem.detail, 'string', 'detail is text');
  assert.equal(typeof problem.traceId, 'string', 'traceId is text');
  if (problem.instance !== undefined) assert.equal(typeof problem.instance, 'string');
  if (problem.validationItems !== undefined) {
    assert.ok(Array.isArray(problem.validationItems));
    for (const item of problem.validationItems) {
      assert.equal(typeof item.field, 'string');
      assert.equal(typeof item.message, 'string');
      assert.ok(item.message.length > 0);
    }
  }
  if (answer.status === 401) assert.match(answer.headers['www-authenticate'] ?? '', /\S/, 'RFC 9110 15.5.2: a challenge');
  if (status !== undefined) assert.equal(answer.status, status, answer.text);
  if (code !== undefined) assert.equal(problem.type, code, answer.text);
  if (fields !== undefined) {
    const named = [...new Set((problem.validationItems ?? []).map((item) => item.field))].sort();
    assert.deepEqual(named, [...fields].sort(), `the faulty fields, in ${answer.text}`);
  }
}

export class World {
  constructor(server) {
    this.server = server;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
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
    if (payload !== undefined) sent['Content-Length'] = Buffer.byteLength(payload);
    else if (['POST', 'PUT', 'PATCH'].includes(method)) sent['Content-Length'] = 0;
    const target = query === undefined ? path : `${path}?${new URLSearchParams(query)}`;
    const answer = await exchange({ url: this.url, method, path: target, headers: { ...sent, ...headers }, body: payload, localAddress, agent: this.agent });
    answer.request = `${method} ${target}`;
    assert.ok(answer.status < 500, `${answer.request} answered ${answer.status}: ${answer.text}`);
    assert.ok(answer.headers['x-request-id'], `${answer.request}: every answer carries X-Request-ID`);
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

  // Makes `user` a member with that role; null for a membership that carries none.
  async member(organization, user, orgRole, as = this.admin) {
    return this.must(201, 'POST', `/api/v1/orgs/${organization.orgId}/users`, { as, body: { userId: user.id, ...(orgRole === null ? {} : { orgRole }) } });
  }

  async stop() {
    this.agent.destroy();
    return this.server.stop();
  }
}

// Starts a server of its own and signs its administrator in.
export async function startWorld(options = {}) {
  const world = new World(await launch(options));
  await greet(world);
  return world;
}

// Signs the administrator in and learns the document; also after a restart.
export async function greet(world) {
  const { adminEmail: email, adminPassword: password } = world.server;
  world.admin = { email, password, ...(await world.signIn(email, password)) };
  const me = await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: world.admin });
  world.admin.id = me.userId;
  const document = await exchange({ url: world.url, method: 'GET', path: '/openapi.json', agent: world.agent });
  world.openapi = new OpenApiCheck(document.json);
}

// Runs rows of {name, as, at: 'POST /path', …call options…, expect, code, fields, has, hasNot, then} as subtests.
// `expect` is a status or several that the contract leaves open. Problems are checked by shape in every row.
export async function table(t, world, rows) {
  for (const row of rows) {
    await t.test(row.name, async () => {
      const { name, at, expect, code, fields, has, hasNot = [], then, ...options } = row;
      const space = at.indexOf(' ');
      const answer = await world.call(at.slice(0, space), at.slice(space + 1), options);
      const allowed = Array.isArray(expect) ? expect : [expect];
      assert.ok(allowed.includes(answer.status), `${answer.request}: ${answer.status}, not ${allowed.join(' or ')}: ${answer.text.slice(0, 600)}`);
      if (answer.status >= 400) assertProblem(answer, { code, fields });
      if (has !== undefined) includes(answer.json, has);
      for (const text of hasNot) assert.ok(!answer.text.includes(text), `must not contain ${text}: ${answer.text}`);
      if (then) await then(answer);
    });
  }
}
