// What an agency's people cannot leave behind. Who holds his right in the customer through a connection alone makes no API
// tokens there, lets nobody of his agency in, gives nobody of it a role and edits no connection, or rights would outlive the
// connection. What he may do for others stays as it is, and the end takes all that his people had. CONTRACTS.md sections 1
// (Ceiling) and 2.2, the rows agency-roles, add-api-token and connections/end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kUserRoles, sorted, startAccess, table, unique } from '../support/access.mjs';

let world;
before(async () => { world = await startAccess(); });
after(async () => { await world?.stop(); });

const address = () => `${unique('invited').replaceAll(' ', '.')}@example.org`;
const agencyRoles = ({ connection_id }) => `/access/invite/${connection_id}/agency-roles/edit`;
const userOf = (company, user) => `/api/v1/orgs/${company.orgId}/users/${user.id}`;

// A customer and its agency; `agent`, who works in the customer, and two colleagues of his: one whom the customer has made a
// member too, one who is none.
async function scene(roles, parties = {}) {
  const customer = parties.customer ?? await world.company('Customer');
  const agency = await world.company('Agency');
  const made = await world.connect(customer, agency, { roles });
  const [agent, colleague] = [await world.hire(agency, [], 'Agent'), await world.hire(agency, [], 'Colleague')];
  const both = await world.hire(customer, ['USER_VIEW'], 'Both');
  await world.done('/access/add', agency.boss, { email: both.email });
  await world.switchTo(agent, customer);
  return { customer, agency, made, agent, colleague, both };
}

for (const roles of [kUserRoles, ['Customer Admin'], ['admin']]) {
  test(`nothing that lasts comes of a connection that carries ${roles}`, async (t) => {
    const { customer, agency, made, agent, colleague, both } = await scene(roles);
    const second = await world.company('Second');
    const other = await world.connect(customer, second, { roles: ['USER_VIEW'] });
    await world.done('/access/add', second.boss, { email: agent.email });
    const outsider = await world.account('outsider');
    const client = await world.client(agent, ['users.write', 'connections.write']);
    const row = (name, at, body, expect = 403, as = agent) => ({ name, at: `POST ${at}`, as, body, expect });
    const token = '/access/add-api-token';
    await world.unchanged([customer, agency], () => table(t, world, [
      row('an API token', token, {}),
      row('an API token of little', token, { roles: ['USER_VIEW'] }),
      row('an API token for a day', token, { roles: ['USER_VIEW'], expires_at: new Date(Date.now() + 86_400_000).toISOString() }),
      row('himself as a member', '/access/add', { email: agent.email }),
      row('himself as a member, in capitals', '/access/add', { email: agent.email.toUpperCase() }),
      row('a colleague as a member', '/access/add', { email: colleague.email }),
      row("the agency's admin as a member", '/access/add', { email: agency.boss.email }),
      row('himself, who is no member, a role', '/access/edit', { user_id: agent.id, add: ['USER_VIEW'] }, [400, 403]),
      row('a colleague, who is a member, a role', '/access/edit', { user_id: both.id, add: ['USER_EDIT'] }),
      row('a colleague, who is a member, a role less', '/access/edit', { user_id: both.id, remove: ['USER_VIEW'] }),
      row('more to the own connection', agencyRoles(made), { add: ['USER_DELETE'] }),
      row('less to the own connection', agencyRoles(made), { remove: [roles[0]] }),
      row('more to another connection of his', agencyRoles(other), { add: ['USER_EDIT'] }),
      row('less to another connection of his', agencyRoles(other), { remove: ['USER_VIEW'] }),
      row('himself as a member, through his client', '/access/add', { email: agent.email }, 403, client),
      row('a colleague a role, through his client', '/access/edit', { user_id: both.id, add: ['USER_EDIT'] }, 403, client),
      row('more to the own connection, through his client', agencyRoles(made), { add: ['USER_DELETE'] }, 403, client),
    ]));
    const shown = await world.list('/access', agent);
    assert.deepEqual(shown.filter(({ id }) => id === both.id).map(({ can_edit }) => can_edit), [false], 'A4 says so beforehand');
    await world.done('/access/add', agent, { email: outsider.email });
  });
}

test('an agency that is admin of its customer leaves nothing behind through the v1 surface either', async () => {
  const { customer, agency, agent, colleague, both } = await scene(['admin']);
  const child = await world.organization({ as: customer.boss, parent: customer });
  const outsider = await world.account('outsider');
  const users = `/api/v1/orgs/${customer.orgId}/users`;
  const refuse = async (method, path, body, as = agent, expect = [403]) => {
    const { status, text, request } = await world.call(method, path, { as, body });
    assert.ok(expect.includes(status), `${request}: ${status} ${text}`);
  };
  await world.unchanged([customer, agency], async () => {
    for (const user of [agent, colleague]) {
      for (const place of [customer, child]) await refuse('POST', `/api/v1/orgs/${place.orgId}/users`, { userId: user.id, orgRole: 'viewer' });
    }
    await refuse('POST', users, [{ userId: outsider.id, orgRole: 'viewer' }, { userId: colleague.id, orgRole: 'viewer' }]);
    for (const method of ['PUT', 'PATCH']) await refuse(method, userOf(customer, both), { orgRole: 'admin' });
    for (const admins of [[agent.id], [colleague.id]]) await refuse('POST', '/api/v1/orgs', { name: unique('Made'), parentOrgId: customer.orgId, admins }, agent, [400, 403]);
    for (const place of [customer, child]) await refuse('POST', `/api/v1/orgs/${place.orgId}/parent`, { parentOrgId: agency.orgId }, agency.boss);
  });
  const made = await world.organization({ as: agent, parent: customer });
  const { items } = await world.must(200, 'GET', `/api/v1/orgs/${made.orgId}/users`, { as: customer.boss });
  for (const { id } of [agent, colleague, agency.boss]) assert.ok(!items.some(({ userId }) => userId === id), 'who makes an organization there for an agency is not its admin');
});

test('for others he may do what the connection carries', async (t) => {
  const { customer, agent } = await scene(kUserRoles);
  const [outsider, member] = [await world.account('outsider'), await world.hire(customer)];
  const apiToken = await world.done('/access/add-api-token', customer.boss, { roles: ['USER_VIEW'] });
  const row = (name, at, body, expect, data) => ({ name, at: `POST ${at}`, as: agent, body, expect, data });
  await table(t, world, [
    row('take somebody in', '/access/add', { email: outsider.email }, 200, { id: outsider.id, roles: [] }),
    row('give', '/access/edit', { user_id: outsider.id, add: ['USER_VIEW'] }, 200, { roles: ['USER_VIEW'] }),
    row('give what lets him give in turn', '/access/edit', { user_id: outsider.id, add: ['USER_EDIT'] }, 403),
    row('give what it does not carry', '/access/edit', { user_id: outsider.id, add: ['ORDERS_VIEW'] }, 403),
    row('take', '/access/edit', { user_id: outsider.id, remove: ['USER_VIEW'] }, 200),
    row('remove', '/access/delete', { user_id: outsider.id }, 200),
    row('give to a member of long standing', '/access/edit', { user_id: member.id, add: ['USER_VIEW'] }, 200),
    row('take from who gave it its roles', '/access/edit', { user_id: customer.boss.id, remove: ['admin'] }, 403),
    row('remove who gave it its roles', '/access/delete', { user_id: customer.boss.id }, 403),
    row('invite', '/access/invite', { email: address(), company_name: unique('New'), relation_type: 'customer' }, 200),
    row('revoke an API token within it', `/access/api-tokens/${apiToken.id}/revoke`, {}, 200),
  ]);
});

test('who holds the right of his own in the customer, or above it, is not bound', async () => {
  const parent = await world.company('Parent');
  const customer = { boss: parent.boss, name: unique('Customer') };
  Object.assign(customer, await world.organization({ as: parent.boss, parent, name: customer.name }));
  const above = await world.hire(parent, ['USER_EDIT', 'USER_ADD'], 'Above');
  await world.switchTo(parent.boss, customer);
  const { agency, made, both } = await scene(kUserRoles, { customer });
  const own = await world.hire(customer, ['USER_EDIT', 'USER_ADD'], 'Own');
  for (const person of [own, above]) {
    await world.done('/access/add', agency.boss, { email: person.email });
    await world.switchTo(person, customer);
    const joined = await world.hire(agency, [], 'Joined');
    await world.done('/access/add', person, { email: joined.email });
    await world.done('/access/edit', person, { user_id: joined.id, add: ['USER_VIEW'] });
    await world.done('/access/edit', person, { user_id: both.id, add: ['USER_EDIT'] });
    await world.done('/access/edit', person, { user_id: both.id, remove: ['USER_EDIT'] });
    await world.done('/access/add-api-token', person, { roles: ['USER_VIEW'] });
    await world.done(agencyRoles(made), person, { remove: ['USER_EDIT'] });
    await world.done(agencyRoles(made), person, { add: ['USER_EDIT'] });
  }
  await world.give(customer, own, [], ['USER_EDIT', 'USER_ADD']);
  await world.refused(403, '/access/add-api-token', own, { roles: ['USER_VIEW'] });
  await world.refused(403, '/access/edit', own, { user_id: own.id, add: ['USER_EDIT'] });
});

test('a role of his own that is not the right in question does not free him', async (t) => {
  const { customer, agency, made, colleague, both } = await scene(kUserRoles);
  const lacks = async (...roles) => {
    const person = await world.hire(customer, roles, 'Lacks');
    await world.done('/access/add', agency.boss, { email: person.email });
    await world.switchTo(person, customer);
    return person;
  };
  const [orders, edits, adds] = [await lacks('ORDERS_VIEW'), await lacks('USER_EDIT'), await lacks('USER_ADD')];
  const row = (name, as, at, body) => ({ name, at: `POST ${at}`, as, body, expect: 403 });
  await world.unchanged([customer, agency], () => table(t, world, [
    row('orders: an API token', orders, '/access/add-api-token', { roles: ['ORDERS_VIEW'] }),
    row('orders: a colleague as a member', orders, '/access/add', { email: colleague.email }),
    row('orders: a role to himself', orders, '/access/edit', { user_id: orders.id, add: ['USER_VIEW'] }),
    row('orders: a role to a colleague', orders, '/access/edit', { user_id: both.id, add: ['USER_EDIT'] }),
    row('orders: the own connection', orders, agencyRoles(made), { add: ['USER_VIEW'] }),
    row('USER_ADD alone: an API token takes USER_EDIT too', adds, '/access/add-api-token', { roles: ['USER_VIEW'] }),
    row('USER_ADD alone: a role to himself', adds, '/access/edit', { user_id: adds.id, add: ['USER_EDIT'] }),
    row('USER_EDIT alone: an API token takes USER_ADD too', edits, '/access/add-api-token', { roles: ['USER_VIEW'] }),
    row('USER_EDIT alone: a colleague as a member', edits, '/access/add', { email: colleague.email }),
  ]));
  await world.done('/access/add', adds, { email: colleague.email });
});

test('who may give in his own right gives his own people, himself included, and tokens what he holds in his own right', async (t) => {
  const { customer, agency, both } = await scene(['USER_DELETE', 'ORDERS_EDIT']);
  const own = await world.hire(customer, ['USER_EDIT', 'USER_ADD'], 'Own');
  await world.done('/access/add', agency.boss, { email: own.email });
  await world.switchTo(own, customer);
  const row = (name, at, body) => ({ name, at: `POST ${at}`, as: own, body, expect: 403 });
  await world.unchanged([customer, agency], () => table(t, world, [
    row('himself', '/access/edit', { user_id: own.id, add: ['USER_DELETE'] }),
    row('a colleague', '/access/edit', { user_id: both.id, add: ['ORDERS_VIEW'] }),
    row('an API token', '/access/add-api-token', { roles: ['USER_DELETE'] }),
  ]));
  const made = await world.ask('POST', '/access/add-api-token', { as: own, body: {} });
  if (made.status === 200) assert.deepEqual(sorted(made.json.data.roles), ['USER_ADD', 'USER_EDIT', 'USER_VIEW'], 'by default, too');
  else assert.equal(made.status, 403, made.text);
});

const kEnds = {
  'the customer ends it': ({ customer, made }) => world.end(customer, made),
  'the agency ends it': ({ agency, made }) => world.end(agency, made),
  'the customer takes all its roles': ({ customer, made }) => world.allow(customer, made, [], ['admin']),
  'he leaves the agency': ({ agency, agent }) => world.done('/access/delete', agency.boss, { user_id: agent.id }),
};
for (const [how, end] of Object.entries(kEnds)) {
  test(`nothing that was done through a connection lasts for its people: ${how}`, async () => {
    const parties = await scene(['admin']);
    const { customer, agency, made, agent, colleague } = parties;
    const child = await world.organization({ as: agent, parent: customer });
    const outsider = await world.account('outsider');
    await world.done('/access/add', agent, { email: outsider.email });
    await world.done('/access/edit', agent, { user_id: outsider.id, add: ['USER_VIEW'] });
    const [known, unknown] = [await world.invite(agent, colleague.email, agency.name, 'customer'), await world.invite(agent, address(), unique('New'), 'customer')];
    const client = await world.client(agent, ['organizations.write', 'users.write', 'memberships.write', 'changes.read']);
    const { token, refreshToken } = agent;
    await end(parties);
    const renewed = await world.call('POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token, refreshToken } });
    const again = await world.signIn(agent.email);
    const lost = [agent, client, again, ...(renewed.status === 201 ? [renewed.json.accessToken] : [])];
    if (how !== 'he leaves the agency') {
      await world.ask('POST', '/access/switch-company', { as: colleague, body: { company: customer.name } });
      lost.push(colleague);
    }
    for (const as of lost) {
      for (const path of ['', '/roles', '/invite', '/connections', '/api-tokens']) assert.equal((await world.ask('GET', `/access${path}`, { as })).status, 403);
      await world.refused(403, '/access/add', as, { email: (await world.account()).email });
      await world.refused(403, '/access/edit', as, { user_id: outsider.id, add: ['USER_EDIT'] });
      for (const place of [customer, child]) {
        for (const part of ['/users', '/changes']) assert.ok([403, 404].includes((await world.call('GET', `/api/v1/orgs/${place.orgId}${part}`, { as })).status));
        assert.ok([403, 404].includes((await world.call('PATCH', `/api/v1/orgs/${place.orgId}`, { as, body: { description: 'x' } })).status));
      }
    }
    for (const { token: secret } of [known, unknown]) await world.refused(400, '/access/invite/accept', null, { token: secret });
    for (const permission of ['users.view', 'organizations.view', 'orders.view']) {
      for (const place of [customer, child]) assert.equal((await world.decide(customer.boss, agent, permission, place)).decision, false);
    }
    const left = (await world.list('/access', customer.boss)).map(({ id }) => id);
    for (const { id } of [agent, colleague, agency.boss]) assert.ok(!left.includes(id));
    assert.ok(left.includes(outsider.id), 'what was done for others stays');
    const standing = (await world.list('/access/connections', customer.boss)).map(({ connection_id }) => connection_id);
    assert.deepEqual(standing, how.includes('ends it') ? [] : [made.connection_id]);
  });
}
