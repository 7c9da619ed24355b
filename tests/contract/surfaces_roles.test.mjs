// Roles across the surfaces: one catalogue, a role given on one surface is held and taken on the others, at an organization
// and at the platform; who may see and who may give is the same everywhere. CONTRACTS.md section 1, Ceiling and role catalogue.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { giveAtPlatform, giveRole, makeMember, makePerson, pairs, takeAtPlatform } from '../support/surface_verbs.mjs';
import { kNobody, sorted, startSurfaces, unique } from '../support/surfaces.mjs';

let world;
let home;
let room;
before(async () => {
  world = await startSurfaces();
  home = await world.company('Home');
  room = await world.organization({ as: home.boss, parent: home, name: unique('Room') });
});
after(async () => { await world?.stop(); });

test('the catalogue is the same set of names, ids and descriptions', async () => {
  const directory = await world.allOf('Role');
  const partner = await world.must(200, 'GET', '/partner/v1/roles', { as: world.admin });
  assert.deepEqual(sorted(directory.map(({ roleId, name }) => `${roleId} ${name}`)), sorted(partner.map(({ id, name }) => `${id} ${name}`)));
  await world.switchTo(world.admin, home);
  const byCategory = await world.list('/access/roles', world.admin);
  const access = Object.values(byCategory).flatMap(({ roles }) => roles);
  assert.deepEqual(sorted(access.map(({ name, description }) => `${name}: ${description}`)), sorted(directory.map(({ name, description }) => `${name}: ${description}`)), 'to who has access to all of them');
  const query = { platformId: world.platform };
  assert.deepEqual(await world.must(200, 'GET', '/partner/v1/roles', { as: world.admin, query }), partner);
  for (const as of [home.boss, await makePerson.v1(world)]) {
    assert.deepEqual(await world.allOf('Role', {}, as), directory);
    assert.deepEqual(await world.must(200, 'GET', '/partner/v1/roles', { as }), partner);
  }
});

// All that can give it give each role that they can name.
const kGiven = { viewer: Object.keys(giveRole), operator: Object.keys(giveRole), admin: Object.keys(giveRole), USER_VIEW: ['access', 'partner'], USER_EDIT: ['access', 'partner'], ORDERS_EDIT: ['access', 'partner'], REPORTS_VIEW: ['access', 'partner'], 'Customer Admin': ['access', 'partner'] };

test('a role × the surface that gives it: shown and decided everywhere, also for who holds it, and taken again', async (t) => {
  for (const [role, surfaces] of Object.entries(kGiven)) {
    for (const surface of surfaces) {
      await t.test(`${role} × ${surface}`, async () => {
        const person = await makePerson['identity manager'](world);
        await makeMember['identity manager'](world, home, person);
        await giveRole[surface](world, home, person, role);
        await world.looksTheSame(person, { places: [home, room], roles: { [home.orgId]: [role] }, platformRoles: [] });
        await world.done('/access/edit', home.boss, { user_id: person.id, remove: [role] });
        await world.looksTheSame(person, { places: [home, room], roles: { [home.orgId]: [] } });
      });
    }
  }
});

test('at the platform: given on one surface, shown and decided everywhere, taken on another', async (t) => {
  for (const role of ['viewer', 'operator']) {
    await pairs(t, giveAtPlatform, takeAtPlatform, async ({ act: give, second, then: take }) => {
      const person = await makePerson.v1(world);
      await makeMember.access(world, home, person);
      await give(world, person, role);
      await world.looksTheSame(person, { places: [home, room], platformRoles: [role], roles: { [home.orgId]: [] } });
      await take(world, person, role);
      // On v1 the membership ends, and with it those below, which are all.
      const left = second === 'v1' ? {} : { [home.orgId]: [] };
      await world.looksTheSame(person, { places: [home, room], platformRoles: [], roles: (roles) => isDeepStrictEqual(roles, left) });
      const roles = (await world.allOf('Role')).filter(({ name }) => name === role);
      assert.ok(!(await world.allOf('User', { roleId: roles[0].roleId })).some(({ userId }) => userId === person.id));
    });
  }
});

test('who belongs to the platform without a role there is told of it on no surface', async () => {
  const person = await makePerson.v1(world);
  await giveAtPlatform.access(world, person, 'viewer');
  await takeAtPlatform.access(world, person, 'viewer');
  await world.looksTheSame(person, { places: [home], platformRoles: [], roles: (roles) => isDeepStrictEqual(roles, {}) });
  await world.must(404, 'GET', `/api/v1/orgs/${world.platform}`, { as: person });
  assert.deepEqual((await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: person })).orgRoles, []);
  assert.deepEqual(await world.allOf('Company', {}, person), []);
  assert.deepEqual(await world.all(`/api/v1/users/${person.id}/orgs`, {}, person), []);
});

test('an administrator of the platform, made by the identity manager or by an invitation, is one on every surface', async (t) => {
  const makers = {
    'identity manager': (world, person) => giveAtPlatform['identity manager'](world, person, 'Administrator'),
    partner: (world, person) => giveAtPlatform.partner(world, person, 'Administrator'),
  };
  for (const [name, make] of Object.entries(makers)) {
    await t.test(name, async () => {
      const person = await makePerson.v1(world);
      await makeMember.v1(world, home, person);
      const may = async () => [
        (await world.call('GET', `/api/v1/users/${home.boss.id}`, { as: person })).status,
        (await world.directory.api('GET', 'UserByName', { as: person, query: { userName: world.admin.email } })).status,
        (await world.partner('GET', '/partner/v1/users', { as: person })).status,
        (await world.decide(world.admin, person, 'accounts.edit', home)).decision,
      ];
      assert.deepEqual(await may(), [200, 404, 403, false]);
      await make(world, person);
      await world.looksTheSame(person, { places: [home], platformRoles: ['Administrator'], roles: { [home.orgId]: ['viewer'] } });
      assert.deepEqual(await may(), [200, 200, 200, true]);
      await takeAtPlatform['identity manager'](world, person, 'Administrator');
      assert.deepEqual(await may(), [200, 404, 403, false]);
      await world.looksTheSame(person, { places: [home], platformRoles: [], roles: { [home.orgId]: ['viewer'] } });
    });
  }
});

test('who may see the users of an organization may on all surfaces, and who may not on none', async (t) => {
  for (const role of [null, 'ORDERS_EDIT', 'REPORTS_VIEW', 'USER_VIEW', 'USER_DELETE', 'Customer Admin', 'viewer', 'operator', 'admin', 'Support Agent']) {
    await t.test(role ?? 'no role', async () => {
      const person = await world.hire(home, []);
      if (role) await (role === 'Support Agent' ? giveAtPlatform['identity manager'](world, person, role) : world.give(home, person, [role]));
      const { decision } = await world.decide(world.admin, person, 'users.view', home);
      const expected = decision ? 200 : 403;
      const paths = { access: '/access', v1: `/api/v1/orgs/${home.orgId}/users`, partner: `/partner/v1/users?customerId=${home.orgId}` };
      for (const [surface, path] of Object.entries(paths)) assert.equal((await world.call('GET', path, { as: person })).status, expected, surface);
      const seen = (await world.must(200, 'GET', '/api/v1/users', { as: person, query: { search: home.boss.email } })).totalCount;
      assert.equal(seen, decision ? 1 : 0, 'among the accounts that it sees');
      await world.done('/access/delete', home.boss, { user_id: person.id }).catch(() => {});
    });
  }
});

test('the ceiling is one: what one surface refuses to give, all refuse, and nothing is changed', async (t) => {
  const [clerk, lead] = [await world.hire(home, ['USER_ADD', 'USER_EDIT'], 'Clerk'), await world.hire(home, ['admin'], 'Lead')];
  const person = await world.hire(home, ['viewer'], 'Person');
  const before = await world.looksTheSame(person, { places: [home] });
  const send = {
    access: (as, role) => world.call('POST', '/access/edit', { as, body: { user_id: person.id, add: [role] } }),
    v1: (as, role) => world.call('PATCH', `/api/v1/orgs/${home.orgId}/users/${person.id}`, { as, body: { orgRole: role } }),
    partner: (as, role) => world.sendInvite(as, [world.entry(person.email, { group: role })], [home]),
    'identity manager': (as, role) => world.directory.api('POST', 'UserRole', { as, body: { userId: person.id, roleId: world.directory.roles[role] } }),
  };
  const rows = [
    ['who adds users', clerk, 'admin', ['access', 'v1', 'partner', 'identity manager']], ['who adds users', clerk, 'operator', ['access', 'v1', 'partner', 'identity manager']],
    ['who adds users', clerk, 'ORDERS_VIEW', ['access', 'partner']], ['an admin', lead, 'Super Admin', ['access', 'partner', 'identity manager']],
    ['an admin', lead, 'Seller Admin', ['access', 'partner']], ['an admin', lead, 'Support Agent', ['access', 'partner']], ['an admin', lead, 'Administrator', ['access', 'partner', 'identity manager']],
  ];
  for (const [who, as, role, surfaces] of rows) {
    await t.test(`${who} gives ${role}`, async () => {
      for (const surface of surfaces) {
        const answer = await send[surface](as, role);
        assert.equal(answer.status, 403, `${surface}: ${answer.text}`);
      }
      assert.deepEqual(await world.looksTheSame(person, { places: [home] }), before);
    });
  }
  for (const surface of ['access', 'partner']) {
    const unknown = surface === 'access' ? await send.access(lead, 'NO_SUCH_ROLE') : await world.sendInvite(lead, [{ ...world.entry(person.email), GroupId: kNobody }], [home]);
    assert.equal(unknown.status, 400, surface);
  }
  assert.deepEqual(await world.looksTheSame(person, { places: [home] }), before);
});
