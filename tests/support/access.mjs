// The world of a test of the access surface: companies with people in them, invitations from the mail, connections, and
// its dialect. Every answer that passes through ask() is held against the dialect: 200 with data or the SuccessResponse,
// 400, 401 or 403 with {"detail"}, and no other status at all.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { start } from './gatehouse.mjs';
import { Mailbox } from './mail.mjs';
import { greet, includes, unique, World } from './v1.mjs';

export { kTime, kUuid, unique } from './v1.mjs';
export const kNobody = '01920000-0000-7000-8000-000000000000';
export const kUserRoles = ['USER_VIEW', 'USER_EDIT', 'USER_ADD', 'USER_DELETE'];

const kLists = ['', '/roles', '/invite', '/api-tokens', '/connections', '/clients', '/notifications'].map((path) => `/access${path}`);

// What holds for every answer of the surface.
export function assertDialect(answer, method) {
  const said = `${answer.request ?? method}: ${answer.status} ${answer.text.slice(0, 600)}`;
  assert.ok([200, 400, 401, 403].includes(answer.status), `no status of this surface: ${said}`);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json(;|$)/, said);
  assert.ok(answer.json !== undefined, said);
  if (answer.status !== 200) {
    assert.deepEqual(Object.keys(answer.json), ['detail'], said);
    assert.equal(typeof answer.json.detail, 'string', said);
    assert.notEqual(answer.json.detail.trim(), '', said);
    assert.ok(!/sqlite|SELECT |\.cpp|gatehouse::|0x[0-9a-f]{6}/i.test(answer.json.detail), `internals: ${said}`);
    if (answer.status === 401) assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer\b/, said);
  } else if (method === 'POST') {
    const { status, message, data, ...rest } = answer.json;
    assert.deepEqual([status, message, rest], ['success', 'OK', {}], `no SuccessResponse: ${said}`);
    if ('data' in answer.json) assert.ok(Object.keys(data).length > 0, `data is left out when there is none: ${said}`);
  } else {
    assert.ok(typeof answer.json === 'object' && answer.json !== null, said);
  }
}

// Both refusals say the same, but for the words that the callers themselves sent.
export function assertSameText(one, other, ...words) {
  const text = ({ status, json }) => words.reduce((rest, word) => rest.replaceAll(word, '…'), `${status} ${json.detail}`);
  assert.equal(text(one), text(other));
}

// The names of the roles in an answer of /access/roles or agency-roles, by category.
export function rolesOf(json, { assigned } = {}) {
  const chosen = ({ roles }) => roles.filter((role) => assigned === undefined || role.assigned === assigned).map(({ name }) => name).sort();
  return Object.fromEntries(Object.entries(json).map(([category, entry]) => [category, chosen(entry)]).filter(([, names]) => names.length > 0));
}

export const sorted = (list) => [...list].sort();

export class AccessWorld extends World {
  constructor(server) {
    super(server);
    this.mail = new Mailbox(server);
  }

  async ask(method, path, options) {
    const answer = await this.call(method, path, options);
    assertDialect(answer, method);
    this.learn(answer.json.data);
    return answer;
  }

  async list(path, as) {
    const answer = await this.ask('GET', path, { as });
    assert.equal(answer.status, 200, `${answer.request}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  // A POST that must succeed; its data.
  async done(path, as, body) {
    const answer = await this.ask('POST', path, { as, body });
    assert.equal(answer.status, 200, `${answer.request}: ${answer.status} ${answer.text}`);
    return answer.json.data;
  }

  // A POST that must be refused with this status, or with one of these.
  async refused(expect, path, as, body) {
    const answer = await this.ask('POST', path, { as, body });
    assert.ok([expect].flat().includes(answer.status), `${answer.request}: ${answer.status}, not ${expect}: ${answer.text}`);
    return answer;
  }

  // An account of somebody who never signs in.
  async account(stem = 'someone') {
    const userName = `${stem.toLowerCase().replace(/[^a-z0-9]+/g, '.')}.${randomUUID().slice(0, 13)}`;
    const user = { userName, email: `${userName}@example.org` };
    return { ...user, id: (await this.must(201, 'POST', '/api/v1/users', { as: this.admin, body: user })).userId };
  }

  // An organization of its own with its admin, who is signed in there. One `below` another of the same admin's is one that
  // the admin may delete: a top-level organization only the platform deletes.
  async company(stem = 'Company', { name = unique(stem), below = false } = {}) {
    const boss = await this.person(`${stem} boss`);
    const parent = below ? await this.organization({ as: boss, name: unique('Above') }) : undefined;
    const { orgId } = await this.organization({ as: boss, name, parent });
    await this.renew(boss);
    if (below) await this.switchTo(boss, { name });
    return { orgId, name, boss };
  }

  // A new session: it starts in the organization last used.
  async renew(...people) {
    for (const person of people) Object.assign(person, await this.signIn(person.email, person.password));
  }

  // A new member with these roles, signed in.
  async hire(company, roles = [], stem = 'Member') {
    const person = await this.person(stem, { signIn: false });
    await this.done('/access/add', company.boss, { email: person.email });
    if (roles.length > 0) await this.give(company, person, roles);
    await this.renew(person);
    return person;
  }

  give(company, user, add, remove = []) {
    return this.done('/access/edit', company.boss, { user_id: user.id, add, remove });
  }

  switchTo(person, company) {
    return this.done('/access/switch-company', person, { company: company.name });
  }

  // Invites, and takes the secret from the mail: {invitation_id, token, email, mail}.
  async invite(as, email, company_name, relation_type = 'agency') {
    const { invitation_id } = await this.done('/access/invite', as, { email, company_name, relation_type });
    const mail = await this.mail.invitation(email);
    return { invitation_id, token: mail.token, email, mail };
  }

  accept(token) {
    return this.done('/access/invite/accept', null, { token });
  }

  // Connects two companies by an invitation from the one or the other side: {connection_id, invitation_id}.
  async connect(customer, agency, { roles = [], from = 'customer' } = {}) {
    const [mine, other, relation] = from === 'customer' ? [customer, agency, 'agency'] : [agency, customer, 'customer'];
    const { token } = await this.invite(mine.boss, other.boss.email, other.name, relation);
    const made = await this.accept(token);
    if (roles.length > 0) await this.allow(customer, made, roles);
    return made;
  }

  // What the agency may do, changed by the customer.
  allow(customer, { connection_id }, add, remove = []) {
    return this.done(`/access/invite/${connection_id}/agency-roles/edit`, customer.boss, { add, remove });
  }

  end(company, { connection_id }) {
    return this.done(`/access/connections/${connection_id}/end`, company.boss);
  }

  // The decision about a user (or a subject of another type), asked by `as`.
  async decide(as, subject, permission, company, type = 'user') {
    const body = { subject: { type, id: subject.id }, action: { name: permission }, resource: { type: 'organization', id: company.orgId } };
    return this.must(200, 'POST', '/access/v1/evaluation', { as, body });
  }

  // The clock of a server with fakeTime; whoever goes along signs in again, because sessions do not last.
  async travel(offset, ...people) {
    this.server.setTime(offset);
    await this.renew(this.admin, ...people);
  }

  // All that the companies' admins see here, the length of their logs, and how many organizations and accounts there are.
  async state(...companies) {
    const seen = {};
    const total = async (path, as) => (await this.must(200, 'GET', path, { as, query: { maxResultCount: 1 } })).totalCount;
    for (const { boss, orgId } of companies) {
      for (const path of kLists) {
        const shown = await this.list(path, boss);
        seen[`${orgId} ${path}`] = path.endsWith('api-tokens') ? shown.map(({ last_used_at, ...rest }) => rest) : shown;
      }
      for (const { connection_id } of seen[`${orgId} /access/connections`]) {
        const path = `/access/invite/${connection_id}/agency-roles`;
        seen[`${orgId} ${path}`] = await this.list(path, boss);
      }
      seen[`${orgId} changes`] = (await this.must(200, 'GET', `/api/v1/orgs/${orgId}/changes`, { as: boss })).items;
    }
    seen.organizations = await total('/api/v1/orgs', this.admin);
    seen.users = await total('/api/v1/users', this.admin);
    return seen;
  }

  // Does something that must leave the companies as they were.
  async unchanged(companies, act) {
    const before = await this.state(...companies);
    const result = await act();
    assert.deepEqual(await this.state(...companies), before, 'something was changed');
    return result;
  }
}

export async function startAccess(options = {}) {
  const world = new AccessWorld(await start(options));
  await greet(world);
  return world;
}

// Runs rows of {name, at: 'POST /path', as, body or raw …, expect, data, has, detail, hasNot, then} as subtests. `expect`
// is a status, or several where the contract leaves it open; `data` is held against the data of a SuccessResponse.
export async function table(t, world, rows) {
  for (const { name, at, expect, data, has, detail, hasNot = [], then, ...options } of rows) {
    await t.test(name, async () => {
      const space = at.indexOf(' ');
      const answer = await world.ask(at.slice(0, space), at.slice(space + 1), options);
      const said = `${answer.request.slice(0, 200)}: ${answer.status}, not ${[expect].flat().join(' or ')}: ${answer.text.slice(0, 600)}`;
      assert.ok([expect].flat().includes(answer.status), said);
      if (data !== undefined) includes(answer.json.data, data);
      if (has !== undefined) includes(answer.json, has);
      if (detail !== undefined) assert.match(answer.json.detail, detail);
      for (const text of hasNot) assert.ok(!answer.text.includes(text), `must not contain ${text}: ${answer.text}`);
      if (then) await then(answer);
    });
  }
}
