// What the four surfaces can do to the nouns that they share, one table a noun, by the name of the surface: tests run through
// the tables instead of repeating themselves. Each verb does it and holds the surface's own word of success; those named
// `…Again` do what has been done already, and hold the surface's word for that.
import { address, kPassword, unique } from './surfaces.mjs';

const kDirectory = 'identity manager';
const user = ({ id }) => `/api/v1/users/${id}`;
const member = ({ orgId }, { id }) => `/api/v1/orgs/${orgId}/users/${id}`;

// An account with a password, signed in. The access surface makes one of whoever accepts a connection, who administers the
// organization that is made with it: `place`. An administrator of the identity manager gives it a password then.
export const makePerson = {
  v1: (world) => world.person('Vera Made'),
  [kDirectory]: (world) => world.directory.clerk(),
  partner: async (world) => {
    const person = await world.joined(world.host.boss, [world.host]);
    return { ...person, userName: person.email };
  },
  access: async (world) => {
    const [email, name] = [address('guest'), unique('Guest')];
    await world.accept((await world.invite(world.host.boss, email, name)).token);
    const [{ userId: id }] = await world.all('/api/v1/users', { search: email });
    const [{ orgId }] = await world.all(`/api/v1/users/${id}/orgs`);
    await world.directory.gives(204, 'PUT', 'Password', { as: world.admin, body: { userId: id, newPassword: kPassword } });
    return { id, email, userName: email, place: { orgId, name }, password: kPassword, ...(await world.signIn(email)) };
  },
};

export const removePerson = {
  v1: (world, person) => world.must(204, 'DELETE', user(person), { as: world.admin }),
  [kDirectory]: (world, { id }) => world.directory.gives(204, 'DELETE', 'User', { as: world.admin, query: { userId: id } }),
};

// A removal that is refused.
export const removePersonAgain = {
  v1: (world, person, status) => world.must(status, 'DELETE', user(person), { as: world.admin }),
  [kDirectory]: (world, { id }, status) => world.directory.gives(status, 'DELETE', 'User', { as: world.admin, query: { userId: id } }),
};

export const signIn = {
  v1: async (world, { email, password }) => world.signIn(email, password),
  [kDirectory]: (world, person) => world.directory.enter(person),
};

export const setStatus = {
  v1: (world, person, status) => world.must(200, 'PATCH', user(person), { as: world.admin, body: { status } }),
  [kDirectory]: (world, { id }, status) =>
    world.directory.gives(200, 'PUT', 'UserStatus', { as: world.admin, body: { userId: id, status: status[0].toUpperCase() + status.slice(1) } }),
};

export const setEmail = {
  v1: (world, person, email) => world.must(200, 'PATCH', user(person), { as: world.admin, body: { email } }),
  [kDirectory]: (world, { id }, email) => world.directory.gives(200, 'PUT', 'User', { as: world.admin, body: { userId: id, email } }),
};

// A membership, made by the administrator of the place; the roles that it comes with are in `kRolesMadeWith`.
export const kRolesMadeWith = { v1: ['viewer'], access: [], partner: ['Customer'], [kDirectory]: [] };
export const makeMember = {
  v1: (world, place, { id }) => world.must(201, 'POST', `/api/v1/orgs/${place.orgId}/users`, { as: place.boss, body: { userId: id, orgRole: 'viewer' } }),
  access: (world, place, { email }) => world.done('/access/add', place.boss, { email }),
  partner: (world, place, { email }) => world.offer(place.boss, [world.entry(email)], [place]),
  [kDirectory]: (world, place, { id }) => world.directory.gives(201, 'POST', 'UserCompany', { as: world.admin, body: { userId: id, companyId: place.orgId } }),
};
export const makeMemberAgain = {
  v1: (world, place, { id }) => world.must(409, 'POST', `/api/v1/orgs/${place.orgId}/users`, { as: place.boss, body: { userId: id, orgRole: 'viewer' } }),
  access: (world, place, { email }) => world.refused(400, '/access/add', place.boss, { email }),
  [kDirectory]: (world, place, { id }) => world.directory.gives(409, 'POST', 'UserCompany', { as: world.admin, body: { userId: id, companyId: place.orgId } }),
};
export const removeMember = {
  v1: (world, place, person) => world.must(204, 'DELETE', member(place, person), { as: place.boss }),
  access: (world, place, { id }) => world.done('/access/delete', place.boss, { user_id: id }),
  [kDirectory]: (world, place, { id }) => world.directory.gives(204, 'DELETE', 'UserCompany', { as: world.admin, query: { userId: id, companyId: place.orgId } }),
};
export const removeMemberAgain = {
  v1: (world, place, person) => world.must(404, 'DELETE', member(place, person), { as: place.boss }),
  access: (world, place, { id }) => world.refused(400, '/access/delete', place.boss, { user_id: id }),
  [kDirectory]: (world, place, { id }) => world.directory.gives(404, 'DELETE', 'UserCompany', { as: world.admin, query: { userId: id, companyId: place.orgId } }),
};

// A role for a member: v1 knows three of them, and replaces the one by the other.
export const giveRole = {
  v1: (world, place, person, role) => world.must(200, 'PATCH', member(place, person), { as: place.boss, body: { orgRole: role } }),
  access: (world, place, { id }, role) => world.done('/access/edit', place.boss, { user_id: id, add: [role] }),
  partner: (world, place, { email }, role) => world.offer(place.boss, [world.entry(email, { group: role })], [place]),
};

// A role at the platform, given by its administrator; one of v1's three, which all can name.
export const giveAtPlatform = {
  v1: (world, { id }, role) => world.must(201, 'POST', `/api/v1/orgs/${world.platform}/users`, { as: world.admin, body: { userId: id, orgRole: role } }),
  access: async (world, { id, email }, role) => {
    await world.switchTo(world.admin, { name: 'Platform' });
    await world.done('/access/add', world.admin, { email });
    await world.done('/access/edit', world.admin, { user_id: id, add: [role] });
  },
  partner: (world, { email }, role) => world.offer(world.admin, [world.entry(email, { group: role })], [world.platform]),
  [kDirectory]: ({ admin, directory }, { id }, role) => directory.gives(201, 'POST', 'UserRole', { as: admin, body: { userId: id, roleId: directory.roles[role] } }),
};
export const takeAtPlatform = {
  v1: (world, { id }) => world.must(204, 'DELETE', `/api/v1/orgs/${world.platform}/users/${id}`, { as: world.admin }),
  access: async (world, { id }, role) => {
    await world.switchTo(world.admin, { name: 'Platform' });
    await world.done('/access/edit', world.admin, { user_id: id, remove: [role] });
  },
  [kDirectory]: ({ admin, directory }, { id }, role) => directory.gives(204, 'DELETE', 'UserRole', { as: admin, query: { userId: id, roleId: directory.roles[role] } }),
};

// Runs a subtest for each entry of the one table with each of the other.
export async function pairs(t, one, other, run) {
  for (const [first, act] of Object.entries(one)) {
    for (const [second, then] of Object.entries(other)) await t.test(`${first} × ${second}`, () => run({ first, act, second, then }));
  }
}
