// A person made on one surface, changed on the others and removed on one of them: all four say the same of it after every
// step, and nothing when it is gone. CONTRACTS.md section 1: one directory.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makePerson, pairs, removePerson, removePersonAgain, setEmail, setStatus, signIn } from '../support/surface_verbs.mjs';
import { address, kPassword, startSurfaces, unique } from '../support/surfaces.mjs';

let world;
before(async () => {
  world = await startSurfaces();
  world.host = await world.company('Host');
});
after(async () => { await world?.stop(); });

const kSurfaces = ['v1', 'identity manager'];
// Each changes the person, and says what is seen of it now.
const kSteps = {
  ...Object.fromEntries(kSurfaces.map((surface) => [`${surface}: another e-mail`, async (person) => {
    Object.assign(person, { email: address('another') });
    await setEmail[surface](world, person, person.email);
    return { email: person.email };
  }])),
  'identity manager: first and last name': async ({ id, displayName }) => {
    await world.directory.gives(200, 'PUT', 'User', { as: world.admin, body: { userId: id, firstName: 'Zoë', lastName: "O'Neil 李" } });
    return { firstName: 'Zoë', lastName: "O'Neil 李", displayName: displayName ?? "Zoë O'Neil 李" };
  },
  'identity manager: one name, by the person itself': async (person) => {
    await world.directory.gives(200, 'PUT', 'User', { as: person, body: { userId: person.id, firstName: 'Zoe' } });
    return { firstName: 'Zoe', lastName: "O'Neil 李", displayName: person.displayName ?? "Zoe O'Neil 李" };
  },
  'v1: the name that is shown': async (person) => {
    person.displayName = unique('Shown');
    await world.must(200, 'PATCH', `/api/v1/users/${person.id}`, { as: person, body: { displayName: person.displayName } });
    return { displayName: person.displayName, firstName: 'Zoe' };
  },
  'v1: the user name': async (person) => {
    person.userName = unique('Named').replaceAll(' ', '.');
    await world.must(200, 'PATCH', `/api/v1/users/${person.id}`, { as: world.admin, body: { userName: person.userName } });
    return { userName: (name) => name.toLowerCase() === person.userName.toLowerCase() };
  },
  'identity manager: another password': async (person) => {
    person.password = 'a wholly different one 9';
    await world.directory.gives(204, 'PUT', 'Password', { as: world.admin, body: { userId: person.id, newPassword: person.password } });
    await world.shut(person);
    for (const account of [person.userName, person.email]) {
      await world.must(401, 'POST', '/api/v1/auth/tokens', { body: { account, password: kPassword } });
      await world.directory.gives(401, 'POST', 'Authentication', { body: { userName: account, password: kPassword } });
    }
    for (const surface of kSurfaces) Object.assign(person, await signIn[surface](world, person));
    return { status: 'active' };
  },
};

test('made × removed, and changed on every surface in between', async (t) => {
  await pairs(t, makePerson, removePerson, async ({ act: make, then: remove }) => {
    const person = await make(world);
    const places = [world.host, ...(person.place ? [person.place] : [])];
    const made = await world.looksTheSame(person, { places, email: person.email, status: 'active', platformRoles: [] });
    for (const [name, change] of Object.entries(kSteps)) {
      const expected = await change(person);
      const seen = await world.looksTheSame(person, { places, ...expected }).catch((error) => { throw new Error(`${name}: ${error.message}`, { cause: error }); });
      assert.deepEqual([seen.roles, seen.offers], [made.roles, made.offers], `${name}: roles are what they were`);
    }
    if (person.place) {
      // The only one who administers an organization is removed on no surface, until there is another.
      for (const refuse of Object.values(removePersonAgain)) await refuse(world, person, 409);
      await world.must(201, 'POST', `/api/v1/orgs/${person.place.orgId}/users`, { as: world.admin, body: { userId: world.host.boss.id, orgRole: 'admin' } });
      await world.looksTheSame(person, { places, roles: made.roles });
    }
    await remove(world, person);
    await world.isGone(person, places);
    for (const refuse of Object.values(removePersonAgain)) await refuse(world, person, 404);
  });
});

test('a name and an address are free again on every surface when their owner is gone', async (t) => {
  const { access, ...makers } = makePerson;  // whom that makes administers alone
  await pairs(t, makers, removePerson, async ({ act: make, then: remove }) => {
    const person = await make(world);
    await remove(world, person);
    const { userName, email } = person;
    const { userId } = await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: { userName, email, password: kPassword } });
    assert.notEqual(userId, person.id);
    await world.shut(person);
    await world.looksTheSame({ id: userId }, { places: [world.host], roles: (roles) => Object.keys(roles).length === 0 });
  });
});

test('status set on one surface: refused on all four at once, shown on all, and let in again', async (t) => {
  await pairs(t, setStatus, setStatus, async ({ act: off, then: on }) => {
    const person = await makePerson.partner(world);
    const sessions = [await signIn.v1(world, person), await signIn['identity manager'](world, person)];
    const apiClient = await world.client(sessions[0], ['organizations.read']);
    for (const as of sessions) await world.opened(as);
    const before = await world.looksTheSame(person, { places: [world.host] });
    await off(world, person, 'inactive');
    for (const as of [...sessions, apiClient]) await world.shut(as);
    const blocked = await world.looksTheSame(person, { places: [world.host], status: 'inactive' });
    assert.deepEqual({ ...blocked, status: 'active' }, before, 'nothing else is changed');
    for (const surface of Object.keys(signIn)) await assert.rejects(signIn[surface](world, person), /401/);
    await on(world, person, 'active');
    for (const as of sessions) await world.shut(as);
    for (const enter of Object.values(signIn)) {
      Object.assign(person, await enter(world, person));
      assert.deepEqual(await world.looksTheSame(person, { places: [world.host] }), before);
    }
  });
});
