// A membership made on one surface, its roles changed on the others, and ended on one of them: every surface shows it, refuses
// to make it twice, decides by its roles, and has nothing of it afterwards. CONTRACTS.md section 1.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { giveRole, kRolesMadeWith, makeMember, makeMemberAgain, makePerson, pairs, removeMember, removeMemberAgain, setStatus } from '../support/surface_verbs.mjs';
import { sorted, startSurfaces, unique } from '../support/surfaces.mjs';

let world;
let home;   // an organization with its boss
let room;   // one below it
before(async () => {
  world = await startSurfaces();
  home = await world.company('Home');
  room = await world.organization({ as: home.boss, parent: home, name: unique('Room') });
});
after(async () => { await world?.stop(); });

const none = (roles) => Object.keys(roles).length === 0;
const places = () => [home, room];
const kOrganizationRoles = ['viewer', 'operator', 'admin'];

test('made × ended, and its roles changed in between', async (t) => {
  await pairs(t, makeMember, removeMember, async ({ first, act: make, then: remove }) => {
    const person = await makePerson.v1(world);
    await world.looksTheSame(person, { places: places(), roles: none });
    await make(world, home, person);
    let roles = kRolesMadeWith[first];
    const seen = () => world.looksTheSame(person, { places: places(), roles: { [home.orgId]: sorted(roles) } });
    await seen();
    for (const again of Object.values(makeMemberAgain)) await again(world, home, person);
    await makeMember.partner(world, home, person);  // which counts as success, and gives the role that is asked for
    roles = [...new Set([...roles, 'Customer'])];
    await seen();
    const steps = [
      ['access', 'ORDERS_EDIT', () => [...roles, 'ORDERS_EDIT']],
      ['v1', 'operator', () => [...roles.filter((role) => !kOrganizationRoles.includes(role)), 'operator']],
      ['partner', 'Customer Admin', () => [...roles, 'Customer Admin']],
      ['access', 'REPORTS_VIEW', () => [...roles, 'REPORTS_VIEW']],
      ['partner', 'USER_ADD', () => [...roles, 'USER_ADD']],
      ['v1', 'viewer', () => [...roles.filter((role) => !kOrganizationRoles.includes(role)), 'viewer']],
    ];
    for (const [surface, role, then] of steps) {
      await giveRole[surface](world, home, person, role);
      roles = then();
      await seen();
    }
    await world.done('/access/edit', home.boss, { user_id: person.id, remove: ['Customer', 'viewer', 'USER_ADD'] });
    roles = roles.filter((role) => !['Customer', 'viewer', 'USER_ADD'].includes(role));
    await seen();
    await remove(world, home, person);
    await world.looksTheSame(person, { places: places(), roles: none, status: 'active' });
    for (const again of Object.values(removeMemberAgain)) await again(world, home, person);
    await make(world, home, person);
    roles = kRolesMadeWith[first];
    await seen();
  });
});

test('who is removed from an organization is removed below it, whichever surface does it', async (t) => {
  await pairs(t, makeMember, removeMember, async ({ act: make, then: remove }) => {
    const person = await makePerson['identity manager'](world);
    const below = { ...room, boss: home.boss };
    await make(world, home, person);
    await world.must(201, 'POST', `/api/v1/orgs/${below.orgId}/users`, { as: home.boss, body: { userId: person.id, orgRole: 'operator' } });
    const { roles } = await world.looksTheSame(person, { places: places() });
    assert.deepEqual(sorted(Object.keys(roles)), sorted([home.orgId, room.orgId]));
    await remove(world, home, person);
    await world.looksTheSame(person, { places: places(), roles: none });
  });
});

test('a role given above is seen above, and decides below, whoever gives it', async (t) => {
  for (const [name, give] of Object.entries(giveRole)) {
    await t.test(name, async () => {
      const person = await makePerson.v1(world);
      await makeMember.access(world, home, person);
      await give(world, home, person, 'operator');
      await world.looksTheSame(person, { places: places(), roles: { [home.orgId]: ['operator'] } });
      assert.equal((await world.decide(home.boss, person, 'orders.edit', room)).decision, true);
      const found = await world.allUsers({ customerId: room.orgId });
      assert.ok(!found.some(({ id }) => id === person.id), 'no member of what is below');
    });
  }
});

test('the same role given on every surface is held once, and gone when one of them takes it', async () => {
  const person = await makePerson.v1(world);
  for (const make of [makeMember.access]) await make(world, home, person);
  for (const give of Object.values(giveRole)) await give(world, home, person, 'viewer');
  await world.looksTheSame(person, { places: places(), roles: { [home.orgId]: ['viewer'] } });
  await world.done('/access/edit', home.boss, { user_id: person.id, remove: ['viewer'] });
  await world.looksTheSame(person, { places: places(), roles: { [home.orgId]: [] } });
  assert.equal((await world.call('GET', `/api/v1/orgs/${home.orgId}/users`, { as: person })).status, 403);
});

test('made on all surfaces at once: one membership; ended on all at once: one of them has done it', async () => {
  for (let round = 0; round < 4; round += 1) {
    const person = await makePerson.v1(world);
    const body = { as: home.boss, body: { userId: person.id, orgRole: 'viewer' } };
    const made = await Promise.all([
      world.call('POST', `/api/v1/orgs/${home.orgId}/users`, body),
      world.call('POST', '/access/add', { as: home.boss, body: { email: person.email } }),
      world.directory.api('POST', 'UserCompany', { as: world.admin, body: { userId: person.id, companyId: home.orgId } }),
    ]);
    assert.deepEqual(made.map(({ status }) => status < 300).sort(), [false, false, true], made.map(({ text }) => text).join());
    const { roles } = await world.looksTheSame(person, { places: places() });
    assert.deepEqual(roles, { [home.orgId]: made[0].status === 201 ? ['viewer'] : [] });
    const ended = await Promise.all([
      world.call('DELETE', `/api/v1/orgs/${home.orgId}/users/${person.id}`, { as: home.boss }),
      world.call('POST', '/access/delete', { as: home.boss, body: { user_id: person.id } }),
      world.directory.api('DELETE', 'UserCompany', { as: world.admin, query: { userId: person.id, companyId: home.orgId } }),
    ]);
    assert.deepEqual(ended.map(({ status }) => status < 300).sort(), [false, false, true], ended.map(({ text }) => text).join());
    await world.looksTheSame(person, { places: places(), roles: none });
  }
});

test('made with the person by the identity manager: as if each had been made by itself', async () => {
  const { roles } = world.directory;
  const person = await world.directory.clerk({ companyIds: [home.orgId, room.orgId], roleIds: [roles.viewer, roles.ORDERS_VIEW] });
  await world.looksTheSame(person, { places: places(), platformRoles: ['ORDERS_VIEW', 'viewer'], roles: { [home.orgId]: [], [room.orgId]: [] } });
});

test('made while the account is deactivated: shown by all, worth nothing until it is active, and then what was given', async (t) => {
  for (const [surface, make] of Object.entries(makeMember)) {
    await t.test(surface, async () => {
      const person = await world.directory.user();
      await setStatus['identity manager'](world, person, 'inactive');
      await make(world, home, person);
      const seen = { places: places(), roles: { [home.orgId]: kRolesMadeWith[surface] } };
      await world.looksTheSame(person, { ...seen, status: 'inactive' });
      await setStatus.v1(world, person, 'active');
      await world.looksTheSame(person, { ...seen, status: 'active' });
    });
  }
});

test('the last one who administers stays, on every surface', async () => {
  const company = await world.company('Alone');
  const { boss } = company;
  const at = `/api/v1/orgs/${company.orgId}/users/${boss.id}`;
  const before = await world.looksTheSame(boss, { places: [company] });
  const query = { userId: boss.id, companyId: company.orgId };
  await world.must(409, 'DELETE', at, { as: world.admin });
  await world.must(409, 'PATCH', at, { as: world.admin, body: { orgRole: 'viewer' } });
  await world.directory.gives(409, 'DELETE', 'UserCompany', { as: world.admin, query });
  await world.directory.gives(409, 'DELETE', 'User', { as: world.admin, query: { userId: boss.id } });
  await world.switchTo(world.admin, company);
  await world.refused(400, '/access/delete', world.admin, { user_id: boss.id });
  await world.refused(400, '/access/edit', world.admin, { user_id: boss.id, remove: ['admin'] });
  assert.deepEqual(await world.looksTheSame(boss, { places: [company] }), before);
});
