// Who may call what: every endpoint of the access surface × every kind of caller, at both mounts. CONTRACTS.md section 2.2,
// the columns of permissions; A19, A20, A24 to A26. A valid request is sent each time, so that only the caller decides.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kNobody, startAccess } from '../support/access.mjs';

// What each caller holds in `home`: u users, r roles, i invitations and connections, A add, E edit, D delete; + is a person.
const kCallers = {
  'a member without roles': '+',
  'USER_VIEW alone': '+uri',
  'USER_EDIT alone': '+uriE',
  'USER_ADD alone': '+uriA',
  'USER_DELETE alone': '+uriD',
  'USER_ADD and USER_EDIT': '+uriAE',
  'a role of the application': '+',
  'a Customer Admin': '+uriAED',
  'an admin': '+uriAED',
  'an agency user with USER_VIEW through the connection': '+uri',
  'an API token of every role': 'uriAED',
  'an API token with USER_VIEW': 'uri',
  'an API token of the application': '',
  'a machine client of the application': '',
};

// `needs` is what the caller must hold; `give` makes what a call that succeeds uses up, `keep` what refusals share. A fresh
// invitation cannot be sent again (A13), so that whoever may resend is told 400.
const kEndpoints = [
  { at: 'GET /access', needs: 'u' },
  { at: 'GET /access/roles', needs: 'r' },
  { at: 'GET /access/invite', needs: 'i' },
  { at: 'GET /access/connections', needs: 'i' },
  { at: 'GET /access/clients', needs: 'i' },
  { at: 'GET /access/notifications', needs: 'i' },
  { at: 'GET /access/api-tokens', needs: 'i' },
  { at: 'GET /access/invite/{id}/agency-roles', needs: 'i', keep: () => ({ id: fixed.connection }) },
  { at: 'POST /access/add', needs: 'A', keep: () => ({ body: { email: fixed.newcomer.email } }), give: async () => ({ body: { email: (await world.account()).email } }) },
  { at: 'POST /access/delete', needs: 'D', keep: () => ({ body: { user_id: fixed.target.id } }), give: async () => ({ body: { user_id: (await added()).id } }) },
  { at: 'POST /access/edit', needs: 'E', keep: () => ({ body: { user_id: fixed.target.id, add: ['USER_VIEW'] } }) },
  { at: 'POST /access/invite', needs: 'A', keep: () => ({ body: offer() }), give: () => ({ body: offer() }) },
  { at: 'POST /access/invite/{id}/reject', needs: 'A', keep: () => ({ id: fixed.invitation }), give: async () => ({ id: await pending() }) },
  { at: 'POST /access/invite/{id}/resend', needs: 'A', success: 400, keep: () => ({ id: fixed.invitation }) },
  { at: 'POST /access/invite/{id}/agency-roles/edit', needs: 'E', keep: () => ({ id: fixed.connection, body: { add: ['USER_VIEW'] } }) },
  { at: 'POST /access/add-api-token', needs: '+AE', keep: () => ({ body: { roles: ['USER_VIEW'] } }) },
  { at: 'POST /access/api-tokens/{id}/revoke', needs: 'AE', keep: () => ({ id: fixed.apiToken }), give: async () => ({ id: (await apiToken()).id }) },
  { at: 'POST /access/connections/{id}/end', needs: 'A', keep: () => ({ id: fixed.connection }), give: async () => ({ id: await connection() }) },
  { at: 'POST /access/switch-company', needs: '+', keep: () => ({ body: { company: home.name } }) },
];

let world;
let home;
const callers = {};
const fixed = {};
const bad = {};

const offer = () => ({ email: `invited.${Math.random().toString(36).slice(2)}@example.org`, company_name: `New ${Math.random()}`, relation_type: 'agency' });
const pending = async () => (await world.done('/access/invite', home.boss, offer())).invitation_id;
const apiToken = (roles = ['USER_VIEW'], more = {}) => world.done('/access/add-api-token', home.boss, { roles, ...more });
async function added() {
  const user = await world.account('target');
  await world.done('/access/add', home.boss, { email: user.email });
  return user;
}
async function connection() {
  const { email, company_name } = offer();
  const { token } = await world.invite(home.boss, email, company_name);
  return (await world.accept(token)).connection_id;
}

before(async () => {
  world = await startAccess({ fakeTime: '+0' });
  const early = await world.company('Early');
  bad['of a session token long expired'] = early.boss.token;
  bad['of an expired API token'] = (await world.done('/access/add-api-token', early.boss, { expires_at: new Date(Date.now() + 600_000).toISOString() })).token;
  await world.travel('+20m');
  home = await world.company('Home');
  const partner = await world.company('Partner');
  const held = { 'a member without roles': [], 'a role of the application': ['ORDERS_EDIT'], 'USER_ADD and USER_EDIT': ['USER_ADD', 'USER_EDIT'], 'a Customer Admin': ['Customer Admin'] };
  for (const name of ['USER_VIEW', 'USER_EDIT', 'USER_ADD', 'USER_DELETE']) held[`${name} alone`] = [name];
  for (const [name, roles] of Object.entries(held)) callers[name] = await world.hire(home, roles);
  callers['an admin'] = home.boss;
  const { connection_id } = await world.connect(home, partner, { roles: ['USER_VIEW'] });
  const agent = await world.hire(partner);
  await world.switchTo(agent, home);
  callers['an agency user with USER_VIEW through the connection'] = agent;
  const { roles: _, ...everything } = await world.done('/access/add-api-token', home.boss, {});
  callers['an API token of every role'] = everything.token;
  callers['an API token with USER_VIEW'] = (await apiToken()).token;
  callers['an API token of the application'] = (await apiToken(['ORDERS_VIEW'])).token;
  callers['a machine client of the application'] = await world.client(home.boss, ['orders.read']);
  Object.assign(fixed, { connection: connection_id, newcomer: await world.account(), target: await added(), invitation: await pending(), apiToken: (await apiToken()).id });
  const revoked = await apiToken();
  await world.done(`/access/api-tokens/${revoked.id}/revoke`, home.boss);
  const { token } = await apiToken();
  Object.assign(bad, {
    'of a revoked API token': revoked.token,
    'of an API token with one letter changed': token.slice(0, -1) + (token.endsWith('0') ? '1' : '0'),
    'of an API token cut short': token.slice(0, -1),
    'of an invitation': (await world.invite(home.boss, offer().email, offer().company_name)).token,
    'of a session altered': home.boss.token.replace(/.{6}$/, 'AAAAAA'),
    'that is garbage': 'garbage',
  });
});
after(async () => { await world?.stop(); });

const target = (at, mount, id) => at.slice(at.indexOf(' ') + 1).replace('/access', mount).replace('{id}', id);
const holds = (held, needs) => [...needs].every((letter) => held.includes(letter));
async function send({ at }, mount, as, { id, ...options } = {}) {
  const method = at.split(' ')[0];
  const answer = await world.ask(method, target(at, mount, id), { as, ...options });
  return { ...answer, said: `${answer.request}: ${answer.status} ${answer.text.slice(0, 300)}` };
}

for (const mount of ['/access', '/saas/access']) {
  test(`every endpoint gives each caller what it holds and nothing else, at ${mount}`, async (t) => {
    for (const endpoint of kEndpoints) {
      const kept = { ...(await endpoint.keep?.()) };
      for (const [name, held] of Object.entries(kCallers)) {
        await t.test(`${endpoint.at}: ${name}`, async () => {
          const may = holds(held, endpoint.needs);
          const answer = await send(endpoint, mount, callers[name], may && endpoint.give ? await endpoint.give() : kept);
          const expected = may ? [endpoint.success ?? 200] : [403];
          assert.ok(expected.includes(answer.status), `${answer.said}; expected ${expected}`);
          if (!may) for (const secret of [home.boss.email, fixed.target.email]) assert.ok(!answer.text.includes(secret), `tells ${secret}: ${answer.said}`);
        });
      }
    }
  });

  test(`every endpoint but accept refuses who brings no good bearer, at ${mount}`, async (t) => {
    for (const endpoint of kEndpoints) {
      const kept = { ...(await endpoint.keep?.()) };
      await t.test(endpoint.at, async () => {
        for (const as of [null, ...Object.values(bad)]) {
          const answer = await send(endpoint, mount, as, kept);
          assert.equal(answer.status, 401, `${as === null ? 'nobody' : 'a token'}: ${answer.said}`);
        }
        for (const Authorization of ['Bearer', `Basic ${home.boss.token}`, home.boss.token]) {
          const answer = await send(endpoint, mount, null, { ...kept, headers: { Authorization } });
          assert.equal(answer.status, 401, answer.said);
        }
      });
    }
  });
}

test('the names of the bad tokens are true: a good one of each kind works', async () => {
  for (const as of [home.boss, (await apiToken()).token]) await world.list('/access', as);
});

test('a viewer sees the users, and what goes beyond them not', async () => {
  const viewer = await world.hire(home, ['viewer']);
  for (const endpoint of kEndpoints) {
    const expected = { 'GET /access': [200], 'GET /access/roles': [200, 403], 'GET /access/api-tokens': [200, 403], 'POST /access/switch-company': [200] }[endpoint.at] ?? [403];
    const answer = await send(endpoint, '/access', viewer, { ...(await endpoint.keep?.()) });
    assert.ok(expected.includes(answer.status), `${answer.said}; expected ${expected}`);
  }
});

test("another organization's admin acts on its own, and cannot reach into this one", async () => {
  const foreign = await world.company('Foreign');
  const lists = kEndpoints.map(({ at }) => at).filter((at) => at.startsWith('GET') && !at.includes('{'));
  const own = [...lists, 'POST /access/add', 'POST /access/invite', 'POST /access/add-api-token'];
  const names = [home.name, home.boss.email, fixed.target.email, 'Partner'];
  await world.unchanged([home], async () => {
    for (const endpoint of kEndpoints) {
      const answer = await send(endpoint, '/access', foreign.boss, { ...(await endpoint.keep?.()) });
      assert.equal(answer.status, own.includes(endpoint.at) ? 200 : 400, answer.said);
      if (endpoint.at !== 'POST /access/switch-company') for (const name of names) assert.ok(!answer.text.includes(name), answer.said);
    }
  });
});

test('without an active organization there is nothing to act on', async () => {
  const homeless = await world.person('Homeless');
  for (const endpoint of kEndpoints) {
    const expected = { 'POST /access/switch-company': [400], 'POST /access/invite/{id}/reject': [400] }[endpoint.at] ?? [403];
    const answer = await send(endpoint, '/access', homeless, { ...(await endpoint.keep?.()) });
    assert.ok(expected.includes(answer.status), `${answer.said}; expected ${expected}`);
  }
});

test('an agency user without roles through the connection gets nothing of the customer', async () => {
  const agency = await world.company('Idle');
  await world.connect(home, agency);
  const agent = await world.hire(agency);
  await world.switchTo(agent, home);
  for (const endpoint of kEndpoints.filter(({ at }) => at !== 'POST /access/switch-company')) {
    const answer = await send(endpoint, '/access', agent, { ...(await endpoint.keep?.()) });
    assert.equal(answer.status, 403, answer.said);
  }
});

test('a machine client of wide scopes never does what takes a person', async () => {
  const client = await world.client(home.boss, ['users.write', 'roles.read', 'invitations.write', 'connections.write', 'api_tokens.write']);
  for (const [path, body] of [['/access/add-api-token', {}], ['/access/switch-company', { company: home.name }]]) await world.refused(403, path, client, body);
  const answer = await world.ask('GET', '/access', { as: client });
  assert.ok([200, 403].includes(answer.status), 'A24 names users and API tokens; who admits clients admits them within their scopes');
});

test('accept takes the invitation and no bearer: a bad one is ignored, at both mounts', async () => {
  for (const [mount, as] of [['/access', 'garbage'], ['/saas/access', bad['of a revoked API token']], ['/access', home.boss], ['/saas/access', callers['a member without roles']]]) {
    const { email, company_name } = offer();
    const { token, invitation_id } = await world.invite(home.boss, email, company_name);
    const answer = await world.ask('POST', `${mount}/invite/accept`, { as, body: { token } });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.data.invitation_id, invitation_id);
  }
  for (const token of ['x', kNobody, home.boss.token, callers['an API token of every role'], `gth_invite_${'0'.repeat(49)}`]) {
    for (const as of [null, home.boss]) await world.refused(401, '/access/invite/accept', as, { token });
  }
});

test('both mounts are one: what is done at the one is seen at the other', async () => {
  const user = await world.account();
  const added = await world.ask('POST', '/saas/access/add', { as: home.boss, body: { email: user.email } });
  assert.equal(added.status, 200, added.text);
  for (const { at, keep } of kEndpoints.filter(({ at: name }) => name.startsWith('GET'))) {
    const [one, other] = await Promise.all(['/access', '/saas/access'].map(async (mount) => world.ask('GET', target(at, mount, (await keep?.())?.id), { as: home.boss })));
    const stable = ({ json }) => JSON.stringify(json, (key, value) => (key === 'last_used_at' ? undefined : value));
    assert.equal(stable(one), stable(other), at);
  }
  assert.ok((await world.list('/access', home.boss)).some(({ id }) => id === user.id));
});
