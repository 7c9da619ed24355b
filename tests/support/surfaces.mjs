// One directory seen through four surfaces: the world of a test that makes something on one of them and reads, changes and
// removes it on the others. looksTheSame() asks all four, and for decisions, and refuses any difference in what they say of
// a person; placeLooksTheSame() that of an organization; isGone() anything that is left of a person. What is done on each
// surface is in surface_verbs.mjs.
import assert from 'node:assert/strict';
import { start } from './gatehouse.mjs';
import { DirectoryWorld } from './identity_manager.mjs';
import { kRoles, PartnerWorld, sorted } from './partner.mjs';
import { heaviest, isInternal, kAsked, kCarried } from './surface_roles.mjs';
import { greet, includes, kPassword } from './v1.mjs';

export { address, kNobody, kPassword, sorted, unique } from './partner.mjs';

const kMost = { maxResultCount: 1000 };
const kAll = { pageSize: 1000 };
const kStates = { new: ['New', 'Active'], active: ['Active', 'Active'], inactive: ['Blocked', 'Inactive'] };

const idOf = (place) => place.orgId ?? place;
const only = (list, what) => {
  assert.equal(list.length, 1, `one ${what}: ${JSON.stringify(list)}`);
  return list[0];
};

export class SurfacesWorld extends PartnerWorld {
  async open() {
    await super.open();
    const { admin, openapi, secrets, mail } = this;
    this.directory = Object.assign(new DirectoryWorld(this.server), { admin, openapi, secrets, mail });
    await this.directory.learnCatalogues();
    this.names = new Map([...this.groups].map(([name, id]) => [id, name]));
    return this;
  }

  namesOf(ids) {
    return sorted(ids.map((id) => this.names.get(id) ?? id));
  }

  // Everything of a list of v1.
  async all(path, query, as = this.admin) {
    const { items, totalCount } = await this.must(200, 'GET', path, { as, query: { ...kMost, ...query } });
    assert.equal(totalCount, items.length, `totalCount of ${path} ${JSON.stringify(query)}`);
    return items;
  }

  // Everything of a list of the identity manager.
  async allOf(name, query, as = this.admin) {
    const { json, headers } = await this.directory.api('GET', name, { as, query: { ...kAll, ...query } });
    assert.equal(headers['x-total-count'], String(json.length), `X-Total-Count of ${name} ${JSON.stringify(query)}`);
    return json;
  }

  async allUsers(query) {
    const { items, total } = await this.users(this.admin, query);
    assert.equal(total, items.length, `X-Total-Count of the partner's list ${JSON.stringify(query)}`);
    return items;
  }

  async v1Shows({ id }) {
    const user = await this.must(200, 'GET', `/api/v1/users/${id}`, { as: this.admin });
    const listed = await this.all('/api/v1/users', { search: user.userName });
    assert.deepEqual(listed.find(({ userId }) => userId === id), user, 'v1: in the list as by id');
    return { ...user, orgs: await this.all(`/api/v1/users/${id}/orgs`) };
  }

  // By all the names that lead to the person there.
  async directoryShows({ id }, { userName, email, status }) {
    const { directory } = this;
    const user = only(await this.allOf('User', { userId: id }), 'user of the identity manager');
    const ways = [{ userName: userName.toUpperCase() }, { email: email.toUpperCase() }, { userName, email, status: kStates[status][1] }];
    for (const role of user.roles) ways.push({ userName, roleId: role.roleId });
    for (const company of user.companies) ways.push({ email, companyId: company.companyId });
    for (const query of ways) assert.deepEqual(only(await this.allOf('User', query), JSON.stringify(query)), user);
    assert.deepEqual(await directory.gives(200, 'GET', 'UserByName', { as: this.admin, query: { userName } }), user);
    assert.deepEqual(await this.allOf('Company', { userId: id }), user.companies, 'the companies of the user');
    const other = kStates[status][1] === 'Active' ? 'Inactive' : 'Active';
    assert.deepEqual(await this.allOf('User', { userId: id, status: other }), [], 'not among the others');
    return user;
  }

  async partnerShows({ id }, { email, status }) {
    const listed = async (query) => (await this.allUsers(query)).filter((user) => user.id === id);
    const user = only(await listed({ search: email }), `user of the partner's list ${email}`);
    assert.deepEqual(await listed({ search: email.toUpperCase(), accountState: kStates[status][0], platformId: this.platform }), [user]);
    for (const state of ['New', 'Active', 'Blocked'].filter((one) => one !== kStates[status][0])) {
      assert.deepEqual(await listed({ search: email, accountState: state }), [], `not among those that are ${state}`);
    }
    return user;
  }

  // The rows of an organization on the access surface, as an administrator of the platform who works there sees them.
  async accessRows(name, orgId) {
    const { company_id, company_name } = await this.switchTo(this.admin, { name });
    assert.deepEqual([company_id, company_name], [orgId, name], 'the access surface knows it by its name');
    return this.list('/access', this.admin);
  }

  // {name, members: {id: roles}, offered: [ids]}: who belongs there, on which all surfaces agree.
  async placeLooksTheSame(place) {
    const orgId = idOf(place);
    const { name } = await this.must(200, 'GET', `/api/v1/orgs/${orgId}`, { as: this.admin });
    assert.ok((await this.all('/api/v1/orgs', { name })).some((one) => one.orgId === orgId && one.name === name), 'v1: in the list as by id');
    const company = (await this.allOf('Company')).find(({ companyId }) => companyId === orgId);
    assert.equal(company?.name, name, 'the name of the company');
    const v1 = await this.all(`/api/v1/orgs/${orgId}/users`);
    const directory = await this.allOf('User', { companyId: orgId });
    const partner = await this.allUsers({ customerId: orgId });
    const access = await this.accessRows(name, orgId);
    const belowIt = (await this.all(`/api/v1/orgs/${orgId}/children`, { depth: 32 })).map((one) => one.orgId);

    const ids = v1.map(({ userId }) => userId);
    assert.deepEqual(sorted(directory.map(({ userId }) => userId)), sorted(ids), `members of ${name}: identity manager, v1`);
    const internal = directory.filter(({ roles }) => isInternal(roles.map((role) => role.name))).map(({ userId }) => userId);
    assert.deepEqual(sorted(access.map(({ id }) => id)), sorted(ids.filter((id) => !internal.includes(id))), `members of ${name}: access, v1`);
    const members = {};
    const offered = [];
    for (const user of partner) {
      const here = user.organizations.find(({ id }) => id === orgId);
      if (!here) assert.ok(user.organizations.some(({ id }) => belowIt.includes(id)), `listed in ${name} without reason: ${JSON.stringify(user)}`);
      else if (user.accountState === 'New' && !ids.includes(user.id)) offered.push(user.id);
      else members[user.id] = this.namesOf(here.groupIds);
      if (here) assert.equal(here.name, name, 'the name on the partner surface');
    }
    assert.deepEqual(sorted(Object.keys(members)), sorted(ids), `members of ${name}: partner, v1`);
    for (const one of v1) {
      const [d, p, a] = [directory.find(({ userId }) => userId === one.userId), partner.find(({ id }) => id === one.userId), access.find(({ id }) => id === one.userId)];
      assert.deepEqual([d.userName, d.email, p.email, a?.email ?? one.email], [one.userName, one.email, one.email, one.email]);
      assert.equal(one.orgRole, heaviest(members[one.userId]), `the role of ${one.email} in ${name}: v1, partner`);
      if (a) assert.deepEqual(sorted(a.roles), members[one.userId], `the roles of ${one.email} in ${name}: access, partner`);
      assert.equal(d.companies.find(({ companyId }) => companyId === orgId)?.name, name, 'the name on the identity manager');
      assert.deepEqual(await this.must(200, 'GET', `/api/v1/orgs/${orgId}/users/${one.userId}`, { as: this.admin }), one, 'v1: alone as in the list');
    }
    return { name, members, offered };
  }

  // Asks everywhere, also in `places` that the person may or may not belong to; what all agree on is held against the rest:
  // {userName, email, displayName, firstName, lastName, status, platformRoles: [names], roles: {orgId: [names]}, offers: [orgIds]}.
  async looksTheSame(person, { places = [], ...expected } = {}) {
    const v1 = await this.v1Shows(person);
    const directory = await this.directoryShows(person, v1);
    const partner = await this.partnerShows(person, v1);
    const { userName, email, displayName, status } = v1;
    const { firstName, lastName } = directory;
    assert.deepEqual([partner.accountState, directory.status], kStates[status], `states beside ${status} of v1`);
    assert.deepEqual([directory.userName, directory.email, partner.email], [userName, email, email]);
    assert.deepEqual([directory.createdAt, partner.creationDate], [v1.createdAt, v1.createdAt]);
    assert.deepEqual([partner.firstName, partner.lastName], [firstName, lastName]);
    if (!person.displayName) assert.equal(displayName, [firstName, lastName].filter(Boolean).join(' '), 'a name that nobody gave is made of the others');

    const platformRoles = sorted(directory.roles.map(({ name }) => name));
    const top = v1.orgs.find(({ orgId }) => orgId === this.platform);
    if (platformRoles.length > 0) assert.equal(top?.orgRole, heaviest(platformRoles), 'roles at the platform: v1, identity manager');
    const memberships = v1.orgs.filter(({ orgId }) => orgId !== this.platform);
    assert.deepEqual(sorted(directory.companies.map(({ companyId }) => companyId)), sorted(memberships.map(({ orgId }) => orgId)), 'organizations: identity manager, v1');
    const roles = {};
    for (const { orgId, orgName, orgRole } of memberships) {
      const { name, members } = await this.placeLooksTheSame(orgId);
      roles[orgId] = members[person.id];
      assert.deepEqual([orgName, orgRole], [name, heaviest(roles[orgId])]);
    }
    for (const place of places.filter((one) => !(idOf(one) in roles))) {
      const { members, offered } = await this.placeLooksTheSame(place);
      assert.equal(members[person.id], undefined, 'no member there');
      const isOffered = partner.organizations.some(({ id }) => id === idOf(place));
      assert.equal(offered.includes(person.id), isOffered, 'offered there, and so in the list of the platform');
    }
    const offers = sorted(partner.organizations.map(({ id }) => id).filter((id) => !(id in roles)));
    if (status !== 'new') assert.deepEqual(offers, [], 'on the partner surface only');
    assert.deepEqual(sorted(partner.organizations.map(({ id }) => id)), sorted([...Object.keys(roles), ...offers]));
    assert.equal(partner.accessible, status !== 'inactive' && memberships.length + platformRoles.length + offers.length > 0, 'accessible');

    const seen = { userName, email, displayName, firstName, lastName, status, platformRoles, roles, offers };
    for (const place of new Set([...Object.keys(roles), ...places.map(idOf)])) await this.decidesAsShown(person, place, seen);
    if (person.token) await this.seesItself(person, { v1, directory, seen });
    includes(seen, expected);
    return seen;
  }

  // What is decided is what the roles that are shown carry: there, above, and at the platform.
  async decidesAsShown({ id }, orgId, { status, platformRoles, roles }) {
    const above = (await this.all(`/api/v1/orgs/${orgId}/parents`)).map((one) => one.orgId);
    const held = status === 'inactive' ? [] : [...platformRoles, ...[orgId, ...above].flatMap((one) => roles[one] ?? [])];
    const wanted = kAsked.filter((permission) => held.some((role) => kCarried[role].includes(permission)));
    const body = { subject: { type: 'user', id }, resource: { type: 'organization', id: orgId }, evaluations: kAsked.map((name) => ({ action: { name } })) };
    const { evaluations } = await this.must(200, 'POST', '/access/v1/evaluations', { as: this.admin, body });
    assert.deepEqual(kAsked.filter((_, i) => evaluations[i].decision), wanted, `decisions for who holds ${held.join(', ') || 'nothing'}`);
  }

  // The person sees of itself what the administrators see of it.
  async seesItself(person, { v1, directory, seen }) {
    if (seen.status === 'inactive') return this.shut(person);
    await this.opened(person);
    const { orgs, ...account } = v1;
    assert.deepEqual(await this.must(200, 'GET', `/api/v1/users/${person.id}`, { as: person }), account);
    assert.deepEqual(await this.allOf('User', {}, person).then((list) => list.find(({ userId }) => userId === person.id)), directory);
    if (isInternal(seen.platformRoles)) return;  // whoever administers the platform sees every organization
    assert.deepEqual(await this.allOf('Company', {}, person), directory.companies);
    const current = await this.must(200, 'GET', '/api/v1/auth/tokens/current', { as: person });
    const byId = (list) => Object.fromEntries(list.filter(({ orgId }) => orgId !== this.platform || seen.platformRoles.length > 0).map(({ orgId, orgRole }) => [orgId, orgRole]));
    assert.deepEqual(byId(current.orgRoles), byId(orgs), 'the roles of the token');
  }

  // The status that each surface has for the bearer.
  async doors(as) {
    const paths = { access: '/access/roles', v1: '/api/v1/auth/tokens/current', partner: kRoles, directory: '/api/Role' };
    const answers = await Promise.all(Object.values(paths).map((path) => this.call('GET', path, { as })));
    return Object.fromEntries(Object.keys(paths).map((name, i) => [name, answers[i].status]));
  }

  // All four know the bearer; the access surface may know of nothing that it may do.
  async opened(as) {
    const { access, ...others } = await this.doors(as);
    assert.deepEqual(others, { v1: 200, partner: 200, directory: 200 });
    assert.ok([200, 403].includes(access), `access: ${access}`);
  }

  async shut(as) {
    assert.deepEqual(await this.doors(as), { access: 401, v1: 401, partner: 401, directory: 401 });
  }

  // Nothing is left of the account, by none of its names, and in none of the places.
  async isGone({ id, userName, email, token }, places = []) {
    const as = this.admin;
    for (const path of [`/api/v1/users/${id}`, `/api/v1/users/${id}/orgs`]) await this.must(404, 'GET', path, { as });
    for (const search of [userName, email]) {
      assert.ok(!(await this.all('/api/v1/users', { search })).some(({ userId }) => userId === id), `v1: ${search}`);
      assert.ok(!(await this.allUsers({ search })).some((user) => user.id === id), `partner: ${search}`);
    }
    for (const query of [{ userId: id }, { userName }, { email }]) assert.ok(!(await this.allOf('User', query)).some(({ userId }) => userId === id), `identity manager: ${JSON.stringify(query)}`);
    await this.directory.gives(404, 'PUT', 'UserStatus', { as, body: { userId: id, status: 'Active' } });
    await this.directory.gives(404, 'GET', 'Company', { as, query: { userId: id } });
    for (const place of places) {
      const { members, offered } = await this.placeLooksTheSame(place);
      assert.ok(!(id in members) && !offered.includes(id), 'gone from there');
      await this.must(404, 'GET', `/api/v1/orgs/${idOf(place)}/users/${id}`, { as });
      assert.equal((await this.decide(as, { id }, 'organizations.view', { orgId: idOf(place) })).decision, false);
    }
    if (token) await this.shut(token);
    for (const account of [userName, email]) {
      await this.must(401, 'POST', '/api/v1/auth/tokens', { body: { account, password: kPassword } });
      await this.directory.gives(401, 'POST', 'Authentication', { body: { userName: account, password: kPassword } });
    }
  }
}

export async function startSurfaces(options = {}) {
  const world = new SurfacesWorld(await start(options));
  await greet(world);
  return world.open();
}
