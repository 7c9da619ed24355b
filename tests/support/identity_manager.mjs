// The world of a test of the identity manager's surface: the world of the companies, with users as that surface makes them,
// administrators, providers, and its dialect. Every answer that passes through api() is held against the dialect: the one
// success status of its operation with exactly the members of its shape, bare lists with X-Total-Count, problem details in
// ASP.NET's habit whose traceId is the request's id, and never a password that was sent.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { AccessWorld } from './access.mjs';
import { start } from './gatehouse.mjs';
import { storedText } from './store.mjs';
import { greet, includes, kPassword, kTime, kUuid, unique } from './v1.mjs';

export { kNobody, sorted } from './access.mjs';
export { kPassword, kTime, kUuid, unique } from './v1.mjs';

const isText = (value) => typeof value === 'string';
const isTextOrNull = (value) => value === null || isText(value);
const isIdOrNull = (value) => value === null || kUuid.test(value);
const isFlag = (value) => typeof value === 'boolean';
const listOf = (shape) => (list) => {
  assert.ok(Array.isArray(list), `a list of ${shape}: ${JSON.stringify(list)}`);
  for (const item of list) assertShape(item, shape);
  return true;
};

const kPair = (other) => ({ userId: kUuid, [other]: kUuid });
const kShapes = {
  User: {
    userId: kUuid, userName: isText, firstName: isTextOrNull, lastName: isTextOrNull, email: isText, phone: isTextOrNull,
    identificationTypeId: isIdOrNull, identificationNumber: isTextOrNull, status: /^(Active|Inactive)$/,
    roles: listOf('Role'), companies: listOf('Company'), providers: listOf('Provider'), createdAt: kTime, updatedAt: kTime,
  },
  Role: { roleId: kUuid, name: isText, description: isText },
  Company: { companyId: kUuid, name: isText, identificationNumber: isTextOrNull, active: isFlag },
  Provider: { providerId: kUuid, name: isText, identificationNumber: isTextOrNull, active: isFlag },
  IdentificationType: { identificationTypeId: kUuid, code: isText, name: isText },
  Session: { token: isText, tokenType: 'Bearer', expiresIn: (value) => Number.isInteger(value) && value > 0, userId: kUuid, userName: isText, roles: listOf('Role') },
  UserRole: kPair('roleId'), UserCompany: kPair('companyId'), UserProvider: kPair('providerId'),
};

// Every operation: its one success status, and the shape of its answer.
export const kOperations = {
  'POST Authentication': [200, 'Session'],
  'GET User': [200, 'list of User'], 'POST User': [201, 'User'], 'PUT User': [200, 'User'], 'DELETE User': [204],
  'GET Role': [200, 'list of Role'], 'POST UserRole': [201, 'UserRole'], 'DELETE UserRole': [204],
  'PUT Password': [204], 'PUT UserStatus': [200, 'User'], 'GET UserByName': [200, 'User'],
  'GET Company': [200, 'list of Company'], 'POST UserCompany': [201, 'UserCompany'], 'DELETE UserCompany': [204],
  'POST UserProvider': [201, 'UserProvider'], 'DELETE UserProvider': [204],
  'GET Provider': [200, 'list of Provider'], 'POST Provider': [201, 'Provider'], 'PUT Provider': [200, 'Provider'], 'DELETE Provider': [204],
  'GET IdentificationType': [200, 'list of IdentificationType'], 'POST IdentificationType': [201, 'IdentificationType'],
  'PUT IdentificationType': [200, 'IdentificationType'], 'DELETE IdentificationType': [204],
};
const kByCall = new Map(Object.entries(kOperations).map(([call, expected]) => [call.toLowerCase(), expected]));
const kPath = /^(\$.*|[A-Z]\w*(\[\d+\])?(\.[A-Z]\w*(\[\d+\])?)*)$/;

function assertShape(value, name) {
  assert.deepEqual(Object.keys(value).sort(), Object.keys(kShapes[name]).sort(), `the members of a ${name}: ${JSON.stringify(value)}`);
  includes(value, kShapes[name], name);
}

function assertProblem({ status, json, headers }, said) {
  assert.match(headers['content-type'] ?? '', /^application\/problem\+json(;|$)/, said);
  const { type, title, status: told, detail, traceId, errors, ...rest } = json ?? {};
  assert.deepEqual(rest, {}, `members that problem details here do not have: ${said}`);
  for (const text of [type, title, detail]) assert.ok(isText(text) && text.trim() !== '', said);
  assert.equal(told, status, said);
  if (status !== 413 || headers['x-request-id']) assert.equal(traceId, headers['x-request-id'], `traceId is the X-Request-ID: ${said}`);
  assert.ok(!/sqlite|SELECT |\.cpp|gatehouse::|0x[0-9a-f]{6}/i.test(detail), `internals: ${said}`);
  if (status === 401) assert.match(headers['www-authenticate'] ?? '', /^Bearer\b/, said);
  if (errors === undefined) return;
  assert.ok([400, 409].includes(status), `errors belong to what was sent: ${said}`);
  assert.ok(Object.keys(errors).length > 0, said);
  for (const [path, messages] of Object.entries(errors)) {
    assert.match(path, kPath, `a path of members in PascalCase: ${said}`);
    assert.ok(Array.isArray(messages) && messages.length > 0 && messages.every((text) => isText(text) && text !== ''), said);
  }
}

// What holds for every answer of the surface. `call` is 'METHOD Name'.
export function assertDialect(answer, call) {
  const said = `${(answer.request ?? call).slice(0, 200)}: ${answer.status} ${answer.text.slice(0, 800)}`;
  if (answer.status >= 400) return assertProblem(answer, said);
  const expected = kByCall.get(call.toLowerCase());
  assert.ok(expected, `an answer where there is no operation: ${said}`);
  const [status, shape] = expected;
  assert.equal(answer.status, status, said);
  if (shape === undefined) return assert.equal(answer.text, '', said);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json(;|$)/, said);
  if (!shape.startsWith('list of ')) return assertShape(answer.json, shape);
  listOf(shape.slice('list of '.length))(answer.json);
  assert.match(answer.headers['x-total-count'] ?? '', /^\d+$/, said);
  assert.ok(Number(answer.headers['x-total-count']) >= answer.json.length, said);
}

// Passwords that no sentence holds by chance.
function passwordsIn(body) {
  const members = Object.entries(body ?? {}).filter(([, value]) => isText(value));
  const others = members.filter(([name]) => !/password/i.test(name)).map(([, value]) => value.toLowerCase());
  return members.filter(([name, value]) => /password/i.test(name) && /\d/.test(value) && value.length >= 7 && !others.includes(value.toLowerCase())).map(([, value]) => value);
}

export const codesOf = (answer) => answer.map(({ status }) => status).sort();

let serial = 0;
export class DirectoryWorld extends AccessWorld {
  // A call of /api/{name}, for which `as` is a person, a bearer text or null.
  async api(method, name, options = {}) {
    const answer = await this.call(method, `/api/${name}`, options);
    assertDialect(answer, `${method} ${name}`);
    for (const password of passwordsIn(options.body)) assert.ok(!answer.text.includes(password), `${answer.request} shows a password`);
    return answer;
  }

  // One that must give this status; its JSON.
  async gives(status, method, name, options) {
    const answer = await this.api(method, name, options);
    assert.equal(answer.status, status, `${answer.request}: ${answer.status}, not ${status}: ${answer.text}`);
    return answer.json;
  }

  // What stands in the catalogues at the start: ids of roles by name and of identification types by code.
  async learnCatalogues() {
    const as = this.admin;
    this.roles = Object.fromEntries((await this.gives(200, 'GET', 'Role', { as })).map(({ name, roleId }) => [name, roleId]));
    this.types = Object.fromEntries((await this.gives(200, 'GET', 'IdentificationType', { as })).map(({ code, identificationTypeId }) => [code, identificationTypeId]));
  }

  // A good body of POST User that nobody else has.
  profile(more = {}) {
    serial += 1;
    const userName = `clerk.${serial}.${randomUUID().slice(0, 8)}`;
    const name = { userName, password: kPassword, firstName: 'Ana', lastName: `Núñez ${serial}`, email: `${userName}@example.org`, phone: '+57 601 555 0100' };
    return { ...name, identificationTypeId: this.types.CC, identificationNumber: String(1_000_000_000 + serial), ...more };
  }

  // A user made here; the answer is its `made`.
  async user(more, as = this.admin) {
    const body = this.profile(more);
    const made = await this.gives(201, 'POST', 'User', { as, body });
    return { ...body, id: made.userId, made };
  }

  authenticate({ userName, password = kPassword }, options) {
    return this.api('POST', 'Authentication', { body: { userName, password }, ...options });
  }

  // Signs in here: {token}.
  async enter(user) {
    this.secrets.add(user.password);
    const { token } = await this.gives(200, 'POST', 'Authentication', { body: { userName: user.userName, password: user.password } });
    return { token };
  }

  // A user made here and signed in here.
  async clerk(more) {
    const user = await this.user(more);
    return Object.assign(user, await this.enter(user));
  }

  administrator(role = 'Administrator') {
    return this.clerk({ roleIds: [this.roles[role]] });
  }

  provider(more = {}) {
    return this.gives(201, 'POST', 'Provider', { as: this.admin, body: { name: unique('Provider'), ...more } });
  }

  // The user as an administrator sees it.
  async shown({ id }, as = this.admin) {
    const [user, ...others] = await this.gives(200, 'GET', 'User', { as, query: { userId: id } });
    assert.ok(user?.userId === id && others.length === 0, `one user ${id}`);
    return user;
  }

  // Whoever holds `role` at the company and nothing at the platform, signed in.
  async holder(company, role) {
    const person = await this.hire(company);
    await this.switchTo(this.admin, company);
    await this.done('/access/edit', this.admin, { user_id: person.id, add: [role] });
    await this.renew(person);
    return person;
  }

  async lists() {
    const seen = {};
    for (const name of ['User', 'Role', 'Company', 'Provider', 'IdentificationType']) {
      const { json, headers } = await this.api('GET', name, { as: this.admin, query: { pageSize: 1000 } });
      Object.assign(seen, { [name]: json, [`total ${name}`]: headers['x-total-count'] });
    }
    return seen;
  }

  // Does something that must leave all lists as they were.
  async untouched(act) {
    const before = await this.lists();
    const result = await act();
    assert.deepEqual(await this.lists(), before, 'something was changed');
    return result;
  }

  // No line of the log, metric or file of the data directory shows one of these.
  async assertNowhere(secrets) {
    const places = {
      'the log': this.server.stderr(),
      'the metrics': (await this.server.request('GET', `${this.management}/metrics`)).text,
      'the store': Buffer.from(await storedText(this.server), 'latin1').toString('utf8'),
    };
    for (const [place, text] of Object.entries(places)) {
      for (const secret of secrets) assert.ok(!text.includes(secret), `${place} shows ${secret}`);
    }
  }
}

export async function startDirectory(options = {}) {
  const world = new DirectoryWorld(await start(options));
  await greet(world);
  await world.learnCatalogues();
  return world;
}

// The ids in a list, of whatever kind, in order.
const idsIn = (list, kind) => list.map((item) => item[kind]).sort();

// Runs rows of {name, at: 'POST UserRole', as, body, query, raw …, expect, fields, has, ids, total, hasNot, then} as subtests;
// `common` is under each of them. `expect` is a status, or several where the contract leaves it open; `fields` are all paths
// in the problem's errors; `ids` those of the users in a list; `total` its X-Total-Count.
export async function table(t, world, rows, common = {}) {
  for (const row of rows) {
    const { name, at, expect, fields, has, ids, total, hasNot = [], then, ...options } = { ...common, ...row };
    await t.test(name, async () => {
      const space = at.indexOf(' ');
      const answer = await world.api(at.slice(0, space), at.slice(space + 1), options);
      const said = `${answer.request.slice(0, 300)}: ${answer.status}, not ${[expect].flat().join(' or ')}: ${answer.text.slice(0, 800)}`;
      assert.ok([expect].flat().includes(answer.status), said);
      if (fields !== undefined) assert.deepEqual(Object.keys(answer.json.errors ?? {}).sort(), [...fields].sort(), said);
      if (has !== undefined) includes(answer.json, has);
      if (ids !== undefined) assert.deepEqual(idsIn(answer.json, 'userId'), ids.map(({ id }) => id).sort(), said);
      if (total !== undefined) assert.equal(answer.headers['x-total-count'], String(total), said);
      for (const text of hasNot) assert.ok(!answer.text.includes(text), `must not contain ${text}: ${answer.text}`);
      if (then) await then(answer);
    });
  }
}
