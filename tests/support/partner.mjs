// The world of a test of the partner surface: its dialect, what its lists and answers look like, invitations to join and
// their mails. Every answer that passes through partner() is held against the dialect: data in JSON, or problem details.
import assert from 'node:assert/strict';
import { AccessWorld, kTime, kUuid, sorted } from './access.mjs';
import { start } from './gatehouse.mjs';
import { address } from './outbox.mjs';
import { greet, includes, kPassword, unique } from './v1.mjs';

export { includes, kPassword } from './v1.mjs';
export { kNobody, kTime, kUuid, sorted, unique } from './access.mjs';
export { address } from './outbox.mjs';
export const kUsers = '/partner/v1/users';
export const kInvite = `${kUsers}/invite`;
export const kRoles = '/partner/v1/roles';
export const kProviders = '/partner/v1/identity-providers';
export const kActivate = '/partner/v1/invitations/activate';
export const kReject = '/partner/v1/invitations/reject';
export const kWeek_ms = 7 * 24 * 3_600_000;

const kUserMembers = ['accessible', 'accountState', 'creationDate', 'email', 'firstName', 'id', 'identityProvider', 'lastLoginDate', 'lastName', 'organizations'];
const kInvitedMembers = ['accountState', 'email', 'invitationExpiresAt', 'isNewUser', 'organizationIds', 'userId'];
const kLink = /https?:\/\/[^\s#"<>]+#token=([\w%]+)/g;

const idOf = (organization) => organization.orgId ?? organization;
const keysOf = (object) => sorted(Object.keys(object));

// What holds for every answer of the surface. What is too large is refused before it is a request.
export function assertDialect(answer) {
  const said = `${answer.request?.slice(0, 200)}: ${answer.status} ${answer.text.slice(0, 600)}`;
  if ([413, 414, 431].includes(answer.status)) return;
  if (answer.status === 204) return assert.equal(answer.text, '', said);
  if (answer.status < 400) {
    assert.match(answer.headers['content-type'] ?? '', /^application\/json(;|$)/, said);
    return assert.ok(typeof answer.json === 'object' && answer.json !== null, said);
  }
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json(;|$)/, said);
  const { type, title, status, detail, traceId, errors, instance, ...rest } = answer.json;
  assert.deepEqual(rest, {}, `no member of problem details: ${said}`);
  for (const text of [type, title, detail, traceId]) assert.ok(typeof text === 'string' && text.trim() !== '', said);
  assert.equal(status, answer.status, said);
  assert.ok(!/sqlite|SELECT |\.cpp|gatehouse::|0x[0-9a-f]{6}/i.test(answer.text), `internals: ${said}`);
  if (answer.status === 401) assert.match(answer.headers['www-authenticate'] ?? '', /\S/, `RFC 9110 15.5.2: a challenge: ${said}`);
  if (errors === undefined) return;
  assert.ok(errors !== null && Object.keys(errors).length > 0, `errors that tell of none: ${said}`);
  for (const texts of Object.values(errors)) {
    assert.ok(Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === 'string' && text !== ''), said);
  }
}

// A 400 whose errors name exactly these paths; `optional` ones may be there too.
export function assertFaults(answer, required, optional = []) {
  assert.equal(answer.status, 400, `${answer.request}: ${answer.text}`);
  const named = Object.keys(answer.json.errors ?? {});
  [required, optional] = [required, optional].map((paths) => paths.map((path) => path[0].toUpperCase() + path.slice(1)));
  const missing = required.filter((path) => !named.includes(path));
  const surplus = named.filter((path) => !required.includes(path) && !optional.includes(path));
  assert.deepEqual({ missing, surplus }, { missing: [], surplus: [] }, answer.text);
}

// The items of a bare array, and how many there are in all.
export function listOf(answer) {
  assert.equal(answer.status, 200, `${answer.request}: ${answer.status} ${answer.text}`);
  assert.ok(Array.isArray(answer.json), `a bare array: ${answer.text.slice(0, 300)}`);
  assert.match(answer.headers['x-total-count'] ?? '', /^\d+$/, `${answer.request}: X-Total-Count`);
  const total = Number(answer.headers['x-total-count']);
  assert.ok(total >= answer.json.length, `${total} in all, ${answer.json.length} shown`);
  return { items: answer.json, total };
}

export function assertUser(user) {
  assert.deepEqual(keysOf(user), kUserMembers);
  includes(user, { id: kUuid, email: /@/, creationDate: kTime, accessible: (is) => typeof is === 'boolean', accountState: /^(New|Active|Blocked)$/ });
  for (const name of [user.firstName, user.lastName]) assert.ok(name === null || typeof name === 'string', JSON.stringify(user));
  if (user.lastLoginDate !== null) assert.match(user.lastLoginDate, kTime);
  if (user.identityProvider !== null) assert.deepEqual(keysOf(user.identityProvider), ['id', 'name']);
  assert.ok(Array.isArray(user.organizations), JSON.stringify(user));
  for (const organization of user.organizations) {
    assert.deepEqual(keysOf(organization), ['groupIds', 'id', 'name']);
    for (const id of [organization.id, ...organization.groupIds]) assert.match(id, kUuid);
  }
}

// The links of a text that carry a secret, each with it: [{link, token}].
export const linksIn = (text) => [...(text ?? '').matchAll(kLink)].map(([link, token]) => ({ link, token: decodeURIComponent(token) }));
const secretsIn = (mail) => [...new Set(linksIn(mail.text).map(({ token }) => token))];

export class PartnerWorld extends AccessWorld {
  constructor(server) {
    super(server);
    this.taken = new Set();   // secrets that a test was given
    this.groups = new Map();  // role's name → its id
  }

  // The ids that the surface works with: of the platform, and of the roles, which are its groups. And who sends mails when
  // a test wants to know that all others have come.
  async open() {
    this.postmaster = await this.company('Postmaster');
    const { items } = await this.must(200, 'GET', `/api/v1/users/${this.admin.id}/orgs`, { as: this.admin });
    this.platform = items[0].orgId;
    for (const { name, id } of await this.must(200, 'GET', kRoles, { as: this.admin })) this.groups.set(name, id);
    return this;
  }

  group(name) {
    assert.ok(this.groups.has(name), `no role ${name}`);
    return this.groups.get(name);
  }

  async partner(method, path, options) {
    const answer = await this.call(method, path, options);
    assertDialect(answer);
    return answer;
  }

  async users(as, query) {
    const list = listOf(await this.partner('GET', kUsers, { as, query }));
    list.items.forEach(assertUser);
    return list;
  }

  // What the list of an organization (of the platform, without one) shows of the person; nothing: undefined.
  async shown(as, email, organization) {
    const { items } = await this.users(as, { search: email, ...(organization && { customerId: idOf(organization) }) });
    return items.find((user) => user.email.toLowerCase() === email.toLowerCase());
  }

  // One entry of Users; `group` is a role's name.
  entry(email = address(), { group = 'Customer', organizations, ...more } = {}) {
    return { Email: email, FirstName: 'Vera', LastName: 'Invited', GroupId: this.group(group), ...(organizations && { OrganizationIds: organizations.map(idOf) }), ...more };
  }

  sendInvite(as, users, organizations, query) {
    return this.partner('POST', kInvite, { as, query, body: { Users: users, ...(organizations && { OrganizationIds: organizations.map(idOf) }) } });
  }

  // An invitation that must go out; what the answer says of each user, in the order of the request.
  async offer(as, users, organizations, query) {
    const answer = await this.sendInvite(as, users, organizations, query);
    assert.equal(answer.status, 200, `${answer.request}: ${answer.status} ${answer.text}`);
    assert.deepEqual(keysOf(answer.json), ['invited', 'users']);
    assert.equal(answer.json.invited, users.length);
    assert.deepEqual(answer.json.users.map(({ email }) => email.toLowerCase()), users.map(({ Email }) => Email.toLowerCase()), 'in the order of the request');
    for (const user of answer.json.users) {
      assert.deepEqual(keysOf(user), kInvitedMembers);
      if (user.accountState === 'New') assert.match(user.invitationExpiresAt, kTime);
      else assert.equal(user.invitationExpiresAt, null);
    }
    return answer.json.users;
  }

  // The oldest mail to the address with a secret to join that no test has taken yet; the secret is its `token`.
  async letter(email) {
    const [mail] = await this.mail.wait(email, { where: (one) => secretsIn(one).some((token) => !this.taken.has(token)) });
    const [token, ...others] = secretsIn(mail);
    assert.deepEqual(others, [], `one secret in ${mail.file}`);
    assert.match(token, /^gth_[a-z]+_[0-9A-Za-z]{49}$/);
    this.taken.add(token);
    this.secrets.add(token);
    return { ...mail, token, links: linksIn(mail.text).map(({ link }) => link) };
  }

  // Invites one person and takes the secret from the mail: {userId, email, token, mail}.
  async offerOne(as, organizations, { email = address(), ...more } = {}) {
    const [{ userId, invitationExpiresAt }] = await this.offer(as, [this.entry(email, more)], organizations);
    const mail = await this.letter(email);
    return { userId, id: userId, email, invitationExpiresAt, token: mail.token, mail };
  }

  activate(token, password) {
    return this.partner('POST', kActivate, { body: { token, ...(password !== undefined && { password }) } });
  }

  reject(token) {
    return this.partner('POST', kReject, { body: { token } });
  }

  // Somebody who was invited and has activated: signed in.
  async joined(as, organizations, more) {
    const person = await this.offerOne(as, organizations, more);
    const { status, text } = await this.activate(person.token, kPassword);
    assert.equal(status, 200, text);
    return { ...person, password: kPassword, ...(await this.signIn(person.email)) };
  }

  // The organizations that the account is a member of, as v1 says.
  async memberships(userId) {
    const { items } = await this.must(200, 'GET', `/api/v1/users/${userId}/orgs`, { as: this.admin, query: { maxResultCount: 1000 } });
    return items.map(({ orgId }) => orgId).sort();
  }

  async accounts() {
    return (await this.must(200, 'GET', '/api/v1/users', { as: this.admin, query: { maxResultCount: 1 } })).totalCount;
  }

  async setStatus(user, status) {
    await this.must(200, 'PATCH', `/api/v1/users/${user.id}`, { as: this.admin, body: { status } });
  }

  // POST /api/Authentication, the sign-in of the identity manager: the answer.
  authenticate(userName, password) {
    return this.call('POST', '/api/Authentication', { body: { userName, password } });
  }

  // An identity provider, made by the platform: what the answer says, and the secret that was sent.
  async provider(more = {}) {
    const secret = unique('s3cret-of-a-provider').replaceAll(' ', '-');
    const body = { name: unique('Provider'), prefix: unique('idp').replaceAll(' ', '-'), enabled: true, type: 'oidc', issuer: 'https://login.example.org/tenant', clientId: 'gatehouse', clientSecret: secret, ...more };
    const answer = await this.partner('POST', kProviders, { as: this.admin, body });
    assert.equal(answer.status, 201, answer.text);
    return { ...body, id: answer.json.id, answer };
  }

  // Until every mail that was asked for before is there: a mail that was asked for now has come.
  async mailsSettled() {
    await this.renew(this.postmaster.boss);
    await this.invite(this.postmaster.boss, address('settled'), unique('Settled'));
  }

  async platformLog() {
    return (await this.must(200, 'GET', `/api/v1/orgs/${this.platform}/changes`, { as: this.admin })).items;
  }

  // With what this surface shows as well; how long ago somebody signed in is left out.
  async state(...companies) {
    const seen = await super.state(...companies);
    const { items } = await this.users(this.admin);
    seen.people = items.map(({ lastLoginDate, ...rest }) => rest);
    seen.providers = (await this.partner('GET', kProviders, { as: this.admin })).json;
    seen.platform = await this.platformLog();
    return seen;
  }
}

export async function startPartner(options = {}) {
  const world = new PartnerWorld(await start(options));
  await greet(world);
  return world.open();
}

// Runs rows of {name, at: 'POST /path', as, query, body or raw …, expect, faults, optional, has, hasNot, then} as subtests.
// `expect` is a status, or several where the contract leaves it open; `faults` are the paths that the errors of a 400 name.
export async function table(t, world, rows) {
  for (const { name, at, expect, faults, optional, has, hasNot = [], then, ...options } of rows) {
    await t.test(name, async () => {
      const space = at.indexOf(' ');
      const answer = await world.partner(at.slice(0, space), at.slice(space + 1), options);
      const said = `${answer.request.slice(0, 200)}: ${answer.status}, not ${[expect].flat().join(' or ')}: ${answer.text.slice(0, 600)}`;
      assert.ok([expect].flat().includes(answer.status), said);
      if (faults !== undefined) assertFaults(answer, faults, optional);
      if (has !== undefined) includes(answer.json, has);
      for (const text of hasNot) assert.ok(!answer.text.includes(text), `must not contain ${text}: ${answer.text}`);
      if (then) await then(answer);
    });
  }
}
