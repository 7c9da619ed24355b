// Connections: what the customer lets the agency do, that it works and ends at once on every surface, and that nothing else
// comes with it. CONTRACTS.md section 2.2, the rows agency-roles and "Beyond the seed"; A8, A14, A15; section 1, Ceiling.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertSameText, kNobody, kUserRoles, rolesOf, sorted, startAccess, table, unique } from '../support/access.mjs';
import { includes } from '../support/v1.mjs';

let world;
before(async () => { world = await startAccess(); });
after(async () => { await world?.stop(); });

const kAssigned = { assigned: true };
const rolesPath = ({ connection_id }, edit = '') => `/access/invite/${connection_id}/agency-roles${edit}`;
const assigned = async (as, made) => Object.values(rolesOf(await world.list(rolesPath(made), as), kAssigned)).flat().sort();

async function pair(roles = [], from = 'customer') {
  const [customer, agency] = [await world.company('Customer'), await world.company('Agency')];
  return { customer, agency, made: await world.connect(customer, agency, { roles, from }) };
}

// What somebody can do in an organization, asked of all three surfaces.
async function reach(person, company) {
  const switched = await world.ask('POST', '/access/switch-company', { as: person, body: { company: company.name } });
  const list = switched.status === 200 ? await world.ask('GET', '/access', { as: person }) : null;
  const v1 = (await world.call('GET', `/api/v1/orgs/${company.orgId}`, { as: person })).status;
  const users = (await world.call('GET', `/api/v1/orgs/${company.orgId}/users`, { as: person })).status;
  const { decision } = await world.decide(company.boss, person, 'users.view', company);
  return { access: list?.status ?? switched.status, v1, users, decision };
}
const kIn = { access: 200, v1: 200, users: 200, decision: true };
const kOut = { access: 400, v1: 404, users: 404, decision: false };

for (const from of ['customer', 'agency']) {
  test(`an agency starts with nothing, whoever invited (here the ${from}), and gets what the customer gives`, async () => {
    const { customer, agency, made } = await pair([], from);
    assert.deepEqual([await assigned(customer.boss, made), await assigned(agency.boss, made)], [[], []]);
    assert.equal((await reach(agency.boss, customer)).decision, false);
    const data = await world.allow(customer, made, ['USER_VIEW', 'ORDERS_EDIT']);
    assert.deepEqual({ ...data, roles: sorted(data.roles) }, { connection_id: made.connection_id, roles: ['ORDERS_EDIT', 'USER_VIEW'] });
    assert.deepEqual([await assigned(customer.boss, made), await assigned(agency.boss, made)], Array(2).fill(['ORDERS_EDIT', 'USER_VIEW']));
    for (const { boss } of [customer, agency]) includes(await world.list('/access/connections', boss), [{ connection_id: made.connection_id, roles: (roles) => sorted(roles).join() === 'ORDERS_EDIT,USER_VIEW' }]);
    assert.deepEqual((await world.allow(customer, made, ['USER_VIEW'], ['ORDERS_EDIT', 'ORDERS_VIEW'])).roles, ['USER_VIEW'], 'what is held is not given twice, what is not held is not missed');
  });
}

test('agency roles are shown as /access/roles shows roles, with a mark', async () => {
  const { customer, made } = await pair(['USER_VIEW']);
  const shown = await world.list(rolesPath(made), customer.boss);
  assert.deepEqual(rolesOf(shown), rolesOf(await world.list('/access/roles', customer.boss)));
  for (const { description, roles, ...rest } of Object.values(shown)) {
    assert.deepEqual([typeof description, rest], ['string', {}]);
    for (const role of roles) assert.deepEqual([sorted(Object.keys(role)), typeof role.assigned], [['assigned', 'description', 'name'], 'boolean']);
  }
  assert.deepEqual(rolesOf(shown, kAssigned), { USER: ['USER_VIEW'] });
});

test('only the customer changes agency roles, within its ceiling, on a connection that stands', async (t) => {
  const { customer, agency, made } = await pair(['USER_VIEW']);
  const editor = await world.hire(customer, ['USER_EDIT']);
  const viewer = await world.hire(customer, ['USER_VIEW']);
  const foreign = await pair();
  const over = await pair();
  await world.end(over.customer, over.made);
  const { invitation_id } = await world.invite(customer.boss, `${unique('x').replaceAll(' ', '.')}@example.org`, unique('Pending'));
  const at = `POST ${rolesPath(made, '/edit')}`;
  const row = (name, as, expect, add, remove, more = {}) => ({ name, at, as, body: { add, remove }, expect, ...more });
  await world.unchanged([customer, agency], () => table(t, world, [
    row('the agency helps itself', agency.boss, 403, ['USER_EDIT']),
    row('the agency gives something up', agency.boss, 403, [], ['USER_VIEW']),
    row('a viewer of the customer', viewer, 403, ['USER_VIEW']),
    row('an editor gives what it does not hold', editor, 403, ['ORDERS_VIEW']),
    row('an editor takes what it does not hold', editor, 403, [], ['USER_ADD']),
    row('an editor gives one of its own with one that is not', editor, 403, ['USER_EDIT', 'admin']),
    row('an admin gives what is above', customer.boss, 403, ['Super Admin']),
    row('an unknown role', customer.boss, 400, ['USER_ADD', 'NO_SUCH_ROLE']),
    row('one in both lists', customer.boss, 400, ['USER_ADD'], ['USER_ADD']),
    row('two empty lists', customer.boss, 400, [], []),
    row('no list', customer.boss, 400),
    row('101 names', customer.boss, 400, Array(101).fill('USER_ADD')),
    row('before acceptance', customer.boss, 400, ['USER_VIEW'], [], { at: `POST ${rolesPath({ connection_id: invitation_id }, '/edit')}` }),
    row('after the end', over.customer.boss, 400, ['USER_VIEW'], [], { at: `POST ${rolesPath(over.made, '/edit')}` }),
    { name: 'shown after the end', at: `GET ${rolesPath(over.made)}`, as: over.customer.boss, expect: 400 },
    { name: "shown of others' connections", at: `GET ${rolesPath(made)}`, as: foreign.customer.boss, expect: 400 },
  ]));
  const edit = (id) => world.refused(400, rolesPath({ connection_id: id }, '/edit'), customer.boss, { add: ['USER_VIEW'] });
  assertSameText(await edit(foreign.made.connection_id), await edit(kNobody), foreign.made.connection_id, kNobody);
  await world.done(rolesPath(made, '/edit'), editor, { add: ['USER_EDIT'], remove: ['USER_VIEW'] });
  assert.deepEqual(await assigned(customer.boss, made), ['USER_EDIT']);
});

test('a role given or taken is seen by the next request of every member of the agency, on every surface', async () => {
  const { customer, agency, made } = await pair();
  const child = await world.organization({ as: customer.boss, parent: customer });
  const agent = await world.hire(agency, [], 'Agent');
  for (let round = 0; round < 2; round += 1) {
    await world.allow(customer, made, ['USER_VIEW', 'ORDERS_VIEW']);
    assert.deepEqual(await reach(agent, customer), kIn);
    const { decision, context } = await world.decide(agent, agent, 'orders.view', customer);
    assert.equal(decision, true);
    includes(context.reason, { role: 'ORDERS_VIEW', via: 'connection', connection: made.connection_id, held_at: customer.orgId });
    assert.equal((await world.decide(agent, agent, 'orders.view', child)).decision, true, 'what is held holds below');
    assert.equal((await world.decide(agent, agent, 'orders.edit', customer)).decision, false);
    await world.allow(customer, made, [], ['USER_VIEW']);
    assert.equal((await world.ask('GET', '/access', { as: agent })).status, 403);
    assert.equal((await world.decide(customer.boss, agent, 'users.view', customer)).decision, false);
    assert.equal((await world.decide(agent, agent, 'orders.view', customer)).decision, true);
    await world.allow(customer, made, [], ['ORDERS_VIEW']);
    assert.equal((await world.decide(agent, agent, 'orders.view', customer)).decision, false);
    const { orgId } = agency;
    assert.equal((await world.call('GET', `/api/v1/orgs/${orgId}`, { as: agent })).status, 200, 'its own organization it keeps');
  }
});

test('who joins the agency comes in at once, who leaves it is out at once', async () => {
  const { customer, agency } = await pair(['USER_VIEW']);
  const agent = await world.person('Agent');
  assert.deepEqual(await reach(agent, customer), kOut);
  await world.done('/access/add', agency.boss, { email: agent.email });
  assert.deepEqual(await reach(agent, customer), kIn);
  await world.done('/access/delete', agency.boss, { user_id: agent.id });
  assert.notEqual((await world.ask('GET', '/access', { as: agent })).status, 200);
  assert.deepEqual(await reach(agent, customer), kOut);
});

test('the end, from either side, takes every right through the connection with it', async (t) => {
  for (const side of ['customer', 'agency']) {
    await t.test(`ended by the ${side}`, async () => {
      const parties = await pair(kUserRoles);
      const { customer, agency, made } = parties;
      const agent = await world.hire(agency, [], 'Agent');
      const weak = await world.hire(parties[side], ['USER_VIEW']);
      const path = `/access/connections/${made.connection_id}/end`;
      assert.deepEqual(await reach(agent, customer), kIn);
      const { token } = await world.invite(agent, `${unique('x').replaceAll(' ', '.')}@example.org`, unique('Through'), 'customer');
      await world.refused(403, path, weak);
      const stranger = await world.company('Stranger');
      assertSameText(await world.refused(400, path, stranger.boss), await world.refused(400, path.replace(made.connection_id, kNobody), stranger.boss), made.connection_id, kNobody);
      const answers = await Promise.all(Array.from({ length: 4 }, () => world.ask('POST', path, { as: parties[side].boss })));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400]);
      assert.deepEqual(answers.find(({ status }) => status === 200).json.data, { connection_id: made.connection_id, status: 'ended' });
      assert.notEqual((await world.ask('GET', '/access', { as: agent })).status, 200, 'the session has left the customer');
      assert.deepEqual(await reach(agent, customer), kOut);
      assert.equal((await world.decide(agent, agent, 'users.view', customer)).decision, false);
      await world.refused(400, '/access/invite/accept', null, { token });
      for (const { boss } of [customer, agency]) {
        assert.deepEqual(await world.list('/access/connections', boss), []);
        includes((await world.list('/access/invite', boss)).find(({ id }) => id === made.invitation_id), { status: 'accepted' });
        assert.equal((await world.list('/access/notifications', boss))[0].event, 'connection.ended');
      }
      includes(await world.list('/access/clients', agency.boss), [{ company_id: customer.orgId, company_name: customer.name, status: 'ended' }]);
      await world.connect(customer, agency, { roles: ['USER_VIEW'], from: side });
      assert.equal((await world.list('/access/clients', agency.boss)).filter(({ status }) => status === 'active').length, 1);
      assert.deepEqual(await reach(agent, customer), kIn, 'connected again');
    });
  }
});

test('a connection leads one way, and only for members of the agency itself', async () => {
  const { customer, agency } = await pair(['USER_VIEW']);
  assert.deepEqual(await reach(customer.boss, agency), kOut);
  const below = await world.organization({ as: agency.boss, parent: agency });
  const sub = await world.person('Sub');
  await world.member(below, sub, 'viewer', agency.boss);
  assert.deepEqual(await reach(sub, customer), kOut);
  const second = await world.company('Second');
  await world.connect(agency, second, { roles: ['USER_VIEW'] });
  assert.deepEqual(await reach(second.boss, agency), kIn);
  assert.deepEqual(await reach(second.boss, customer), kOut, 'an agency of the agency is no agency of the customer');
  const { token } = await world.done('/access/add-api-token', agency.boss, {});
  assert.equal((await world.call('GET', `/api/v1/orgs/${customer.orgId}`, { as: token })).status, 404);
  await world.refused(403, '/access/switch-company', token, { company: customer.name });
  const client = await world.client(agency.boss, ['organizations.read', 'users.read']);
  assert.equal((await world.call('GET', `/api/v1/orgs/${customer.orgId}`, { as: client })).status, 404);
});

test('an agency user gives nothing that the connection does not carry, to nobody, itself included', async (t) => {
  const { customer, agency, made } = await pair(['USER_EDIT', 'USER_ADD', 'USER_DELETE']);
  const agent = await world.hire(agency, ['ORDERS_EDIT'], 'Agent');
  const member = await world.hire(customer);
  await world.switchTo(agent, customer);
  await world.unchanged([customer, agency], () => table(t, world, [
    ...['ORDERS_VIEW', 'viewer', 'admin', 'Customer Admin', 'Super Admin'].flatMap((name) => [
      { name: `${name} to a member`, at: 'POST /access/edit', as: agent, body: { user_id: member.id, add: [name] }, expect: 403 },
      { name: `${name} to the own connection`, at: `POST ${rolesPath(made, '/edit')}`, as: agent, body: { add: [name] }, expect: 403 },
      { name: `${name} to an API token`, at: 'POST /access/add-api-token', as: agent, body: { roles: [name] }, expect: 403 },
    ]),
    { name: 'roles to itself, who is no member', at: 'POST /access/edit', as: agent, body: { user_id: agent.id, add: ['USER_VIEW'] }, expect: [400, 403] },
    { name: 'a demotion of the admin', at: 'POST /access/edit', as: agent, body: { user_id: customer.boss.id, remove: ['admin'] }, expect: 403 },
    { name: 'a removal of the admin', at: 'POST /access/delete', as: agent, body: { user_id: customer.boss.id }, expect: 403 },
  ]));
  assert.deepEqual(rolesOf(await world.list('/access/roles', agent)), { USER: sorted(kUserRoles) });
  await world.done('/access/edit', agent, { user_id: member.id, add: ['USER_VIEW'] });
});

test('clients are newest first, and the end of a customer ends its connections', async () => {
  const agency = await world.company('Agency');
  const customers = [];
  for (let i = 0; i < 3; i += 1) customers.unshift(await world.company('Customer', { below: true }));
  for (const customer of [...customers].reverse()) await world.connect(customer, agency, { roles: ['USER_VIEW'] });
  const clients = await world.list('/access/clients', agency.boss);
  assert.deepEqual(clients.map(({ company_id }) => company_id), customers.map(({ orgId }) => orgId));
  await world.must(204, 'DELETE', `/api/v1/orgs/${customers[0].orgId}`, { as: customers[0].boss });
  assert.deepEqual((await world.list('/access/connections', agency.boss)).map(({ company_id }) => company_id).sort(), customers.slice(1).map(({ orgId }) => orgId).sort());
  const left = (await world.list('/access/clients', agency.boss)).filter(({ status }) => status === 'active');
  assert.deepEqual(left.map(({ company_id }) => company_id), customers.slice(1).map(({ orgId }) => orgId));
  const { status, json } = await world.ask('POST', '/access/switch-company', { as: agency.boss, body: { company: customers[0].name } });
  assert.ok(status === 400 || json.data.match === 'fuzzy', 'at most another one is found by its name');
  assert.notEqual(json.data?.company_id, customers[0].orgId);
});
