// How far an agency's people reach. Who acts in an organization through a connection alone makes nobody there a giver of
// rights, unseats nobody who gave the connection its roles, lets nobody into an organization whose own connections lead on,
// brings no tree of his below it, and ends no connection but his own agency's. Decision 16; CONTRACTS.md sections 1
// (Ceiling) and 2.2.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kUserRoles, startAccess, table, unique } from '../support/access.mjs';

let world;
before(async () => { world = await startAccess(); });
after(async () => { await world?.stop(); });

// What lets its holder give in turn.
const kGiving = ['USER_EDIT', 'USER_ADD', 'USER_DELETE', 'Customer Admin', 'admin'];
const usersOf = (company) => `/api/v1/orgs/${company.orgId}/users`;
const endOf = ({ connection_id }) => `/access/connections/${connection_id}/end`;

async function forbidden(method, path, as, body, expect = [403]) {
  const answer = await world.call(method, path, { as, body });
  assert.ok(expect.includes(answer.status), `${answer.request} ${JSON.stringify(body)}: ${answer.status} ${answer.text}`);
}

// A customer and its agency, whose `agent` works in the customer.
async function scene(roles) {
  const [customer, agency] = [await world.company('Customer'), await world.company('Agency')];
  const made = await world.connect(customer, agency, { roles });
  const agent = await world.hire(agency, [], 'Agent');
  await world.switchTo(agent, customer);
  return { customer, agency, made, agent };
}

// An agency of a customer, with an agency of its own whose `agent` works in it.
async function chain(roles) {
  const { customer: middle, agency: outer, agent } = await scene(roles);
  return { customer: await world.company('Final customer'), middle, outer, agent };
}

test("USER_ADD through a connection hands nobody the roles of that agency's own connections", async () => {
  const { customer, middle, agent } = await chain(['USER_ADD']);
  const [early, accomplice] = [await world.person('Early'), await world.person('Accomplice')];
  const made = await world.connect(customer, middle);
  await world.done('/access/add', agent, { email: early.email });   // the connection carries nothing yet
  await world.allow(customer, made, ['admin']);
  await world.unchanged([customer, middle], () => world.refused(403, '/access/add', agent, { email: accomplice.email }));
  const own = await world.hire(middle, ['USER_ADD'], 'Own');
  await world.renew(accomplice);
  await world.refused(400, '/access/switch-company', accomplice, { company: customer.name });
  await world.done('/access/add', own, { email: accomplice.email });
  await world.done('/access/switch-company', accomplice, { company: customer.name });
  // Taken back, it leads nowhere again.
  await world.allow(customer, made, [], ['admin']);
  await world.done('/access/add', agent, { email: (await world.account()).email });
});

test("nor does a connection that carries admin, on the access surface or on v1's", async () => {
  const { customer, middle, agent } = await chain(['admin']);
  await world.connect(customer, middle, { roles: ['ORDERS_VIEW'] });
  const [one, two] = [await world.account(), await world.account()];
  await world.unchanged([customer, middle], async () => {
    await world.refused(403, '/access/add', agent, { email: one.email });
    for (const orgRole of ['viewer', 'admin']) await forbidden('POST', usersOf(middle), agent, { userId: one.id, orgRole });
    await forbidden('POST', usersOf(middle), agent, [one, two].map(({ id }) => ({ userId: id, orgRole: 'viewer' })));
  });
  await world.must(201, 'POST', usersOf(middle), { as: middle.boss, body: { userId: one.id, orgRole: 'viewer' } });
  // Below it no connection leads on.
  const below = await world.organization({ as: middle.boss, parent: middle });
  await world.must(201, 'POST', usersOf(below), { as: agent, body: { userId: two.id, orgRole: 'viewer' } });
});

for (const roles of [kUserRoles, ['admin']]) {
  test(`a connection that carries ${roles} makes nobody a giver of rights`, async (t) => {
    const { customer, agent } = await scene(roles);
    const member = await world.hire(customer, ['USER_VIEW'], 'Member');
    const [newcomer, stranger] = [await world.account('newcomer'), await world.account('stranger')];
    await world.done('/access/add', agent, { email: newcomer.email });
    await world.done('/access/edit', agent, { user_id: newcomer.id, add: ['USER_VIEW'] });
    const rows = [];
    for (const role of kGiving) {
      for (const [who, user] of Object.entries({ member, newcomer })) {
        for (const add of [[role], ['USER_VIEW', role]]) rows.push({ name: `${who}: ${add}`, at: 'POST /access/edit', as: agent, body: { user_id: user.id, add }, expect: 403 });
      }
    }
    await world.unchanged([customer], async () => {
      await table(t, world, rows);
      await forbidden('POST', usersOf(customer), agent, { userId: stranger.id, orgRole: 'admin' });
      for (const method of ['PUT', 'PATCH']) await forbidden(method, `${usersOf(customer)}/${newcomer.id}`, agent, { orgRole: 'admin' });
      await forbidden('POST', '/api/v1/orgs', agent, { name: unique('Made'), parentOrgId: customer.orgId, admins: [stranger.id] });
      await forbidden('POST', '/api/v1/orgs', agent, { name: unique('Made'), parentOrgId: customer.orgId, admins: [newcomer.id] });
    });
    await world.give(customer, newcomer, kUserRoles);
  });

  test(`nor does it unseat who is one: ${roles}`, async (t) => {
    const { customer, agent } = await scene(roles);
    const rows = [];
    const row = (name, at, body) => rows.push({ name, at: `POST /access/${at}`, as: agent, body, expect: 403 });
    const holders = [];
    for (const role of kGiving) {
      const holder = await world.hire(customer, ['USER_VIEW', role], 'Holder');
      holders.push(holder);
      row(`${role}: taken`, 'edit', { user_id: holder.id, remove: [role] });
      row(`${role}: another role taken`, 'edit', { user_id: holder.id, remove: ['USER_VIEW'] });
      row(`${role}: removed`, 'delete', { user_id: holder.id });
      row(`${role}: removed by the address`, 'delete', { email: holder.email });
    }
    // No rule about the last one is in the way: there is a second admin by now.
    row('the boss: demoted', 'edit', { user_id: customer.boss.id, remove: ['admin'] });
    row('the boss: removed', 'delete', { user_id: customer.boss.id });
    await world.unchanged([customer], async () => {
      await table(t, world, rows);
      for (const { id } of [...holders, customer.boss]) {
        await forbidden('DELETE', `${usersOf(customer)}/${id}`, agent);
        for (const method of ['PUT', 'PATCH']) await forbidden(method, `${usersOf(customer)}/${id}`, agent, { orgRole: 'viewer' });
      }
    });
    const plain = await world.hire(customer, ['USER_VIEW'], 'Plain');
    const editable = (await world.list('/access', agent)).filter(({ can_edit }) => can_edit);
    assert.deepEqual(editable.map(({ id }) => id), [plain.id], 'A4 says so beforehand');
    await world.done('/access/edit', agent, { user_id: plain.id, remove: ['USER_VIEW'] });
    await world.done('/access/delete', agent, { user_id: plain.id });
  });

  test(`a colleague who leaves the agency, comes in and joins the agency again keeps nothing that gives: ${roles}`, async () => {
    const { customer, agency, made, agent } = await scene(roles);
    const colleague = await world.hire(agency, [], 'Colleague');
    const child = await world.organization({ as: customer.boss, parent: customer });
    const admins = [colleague.id];
    await world.done('/access/delete', agency.boss, { user_id: colleague.id });
    await world.done('/access/add', agent, { email: colleague.email });
    await world.done('/access/edit', agent, { user_id: colleague.id, add: ['USER_VIEW'] });
    for (const role of kGiving) await world.refused(403, '/access/edit', agent, { user_id: colleague.id, add: [role] });
    const unseen = [403, 404];   // what the connection does not even show
    for (const place of [customer, child]) await forbidden('POST', '/api/v1/orgs', agent, { name: unique('Made'), parentOrgId: place.orgId, admins }, unseen);
    await forbidden('PATCH', `${usersOf(customer)}/${colleague.id}`, agent, { orgRole: 'admin' });
    await forbidden('POST', usersOf(child), agent, { userId: colleague.id, orgRole: 'admin' }, unseen);
    await world.done('/access/add', agency.boss, { email: colleague.email });
    await world.end(customer, made);

    await world.renew(colleague);
    await world.switchTo(colleague, customer);
    const member = await world.hire(customer, [], 'Member');
    const outsider = await world.account('outsider');
    await world.unchanged([customer], async () => {
      for (const body of [{}, { roles: ['USER_VIEW'] }]) await world.refused(403, '/access/add-api-token', colleague, body);
      for (const { id } of [member, colleague, customer.boss]) await world.refused(403, '/access/edit', colleague, { user_id: id, add: ['USER_VIEW'] });
      await world.refused(403, '/access/add', colleague, { email: outsider.email });
      await world.refused(403, '/access/delete', colleague, { user_id: member.id });
      await world.refused(403, '/access/invite', colleague, { email: outsider.email, company_name: unique('New'), relation_type: 'agency' });
      await forbidden('POST', '/api/v1/orgs', colleague, { name: unique('Made'), parentOrgId: customer.orgId });
      await forbidden('PATCH', `/api/v1/orgs/${customer.orgId}`, colleague, { description: 'x' });
    });
    const { items } = await world.must(200, 'GET', usersOf(customer), { as: customer.boss });
    assert.deepEqual(items.filter(({ orgRole }) => orgRole === 'admin').map(({ userId }) => userId), [customer.boss.id]);
    const below = await world.must(200, 'GET', usersOf(child), { as: customer.boss });
    assert.ok(!below.items.some(({ userId }) => userId === colleague.id), 'nor is he below it');
  });
}

test('who holds the right of his own gives and unseats as before, whatever his agency may', async () => {
  const { customer, agency } = await scene(kUserRoles);
  const own = await world.hire(customer, kUserRoles, 'Own');
  await world.done('/access/add', agency.boss, { email: own.email });
  await world.switchTo(own, customer);
  const member = await world.hire(customer, ['USER_VIEW'], 'Member');
  for (const role of ['USER_EDIT', 'USER_ADD', 'USER_DELETE']) {
    await world.done('/access/edit', own, { user_id: member.id, add: [role] });
    await world.done('/access/edit', own, { user_id: member.id, remove: [role] });
  }
  await world.give(customer, member, ['USER_EDIT']);
  await world.done('/access/delete', own, { user_id: member.id });
});

test("a tree of an agency's person is not moved below the customer through the connection", async () => {
  const { customer, agency, made, agent } = await scene(['admin']);
  const owned = await world.organization({ as: agent });
  const below = await world.organization({ as: customer.boss, parent: customer });
  const moveTo = (place) => ({ path: `/api/v1/orgs/${owned.orgId}/parent`, body: { parentOrgId: place.orgId } });
  await world.unchanged([customer, agency], async () => {
    for (const place of [customer, below]) {
      const { path, body } = moveTo(place);
      await forbidden('POST', path, agent, body);
    }
  });
  assert.equal((await world.must(200, 'GET', `/api/v1/orgs/${owned.orgId}`, { as: agent })).parentOrgId, null);
  // With the right of his own in the customer he may.
  await world.end(agency, made);
  await world.done('/access/add', customer.boss, { email: agent.email });
  await world.give(customer, agent, ['admin']);
  await world.connect(customer, agency, { roles: ['admin'] });
  await world.renew(agent);
  const { path, body } = moveTo(below);
  await world.must(200, 'POST', path, { as: agent, body });
});

for (const roles of [['USER_ADD'], kUserRoles, ['admin']]) {
  test(`one agency does not end another's connection, its own it may: ${roles}`, async () => {
    const { customer, agency, made, agent } = await scene(roles);
    const rival = await world.company('Rival');
    const theirs = await world.connect(customer, rival, { roles: ['USER_VIEW'] });
    await world.unchanged([customer, agency, rival], () => world.refused(403, endOf(theirs), agent));
    // Who works for both ends either.
    const both = await world.hire(agency, [], 'Both');
    await world.done('/access/add', rival.boss, { email: both.email });
    await world.switchTo(both, customer);
    const standing = async () => (await world.list('/access/connections', customer.boss)).map(({ connection_id }) => connection_id);
    await world.done(endOf(theirs), both);
    assert.deepEqual(await standing(), [made.connection_id]);
    await world.done(endOf(made), agent);
    assert.deepEqual(await standing(), []);
  });
}
