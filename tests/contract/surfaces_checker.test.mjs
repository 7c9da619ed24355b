// Store: any
// The comparison that the tests across the surfaces rest on: it accepts what is the same, and refuses one surface that says
// something else than the others. Each row lies in one answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { giveAtPlatform } from '../support/surface_verbs.mjs';
import { kNobody, startSurfaces, unique } from '../support/surfaces.mjs';

let world;
let home;
let room;
let person;
before(async () => {
  world = await startSurfaces();
  home = await world.company('Home');
  room = await world.organization({ as: home.boss, parent: home, name: unique('Room') });
  person = await world.hire(home, ['operator', 'USER_ADD'], 'Person');
  await giveAtPlatform['identity manager'](world, person, 'viewer');
});
after(async () => { await world?.stop(); });

const at = (list, key = 'id') => list.find((one) => one[key] === person.id);
const without = (list, key = 'id') => list.splice(list.findIndex((one) => one[key] === person.id), 1);
const here = (user) => user.organizations.find(({ id }) => id === home.orgId);
const ours = (list) => Array.isArray(list) && at(list) !== undefined;
const kLies = {
  'access leaves the member out': [/^\/access$/, (json) => ours(json) && without(json)],
  'access shows a role more': [/^\/access$/, (json) => ours(json) && at(json).roles.push('admin')],
  'access shows another e-mail': [/^\/access$/, (json) => ours(json) && (at(json).email = 'other@example.org')],
  'access shows whom nobody knows': [/^\/access$/, (json) => json.push({ id: kNobody, roles: [], email: 'x@example.org' })],
  'v1 shows another role in the list': [/orgs\/[^/]+\/users$/, ({ items }) => at(items, 'userId') && (at(items, 'userId').orgRole = 'admin')],
  'v1 shows another role to the person': [/users\/[^/]+\/orgs$/, ({ items }) => (items.find(({ orgId }) => orgId === home.orgId).orgRole = 'viewer')],
  'v1 leaves the organization out': [/users\/[^/]+\/orgs$/, (json) => (json.items = json.items.filter(({ orgId }) => orgId !== home.orgId)) && (json.totalCount = json.items.length)],
  'v1 counts one more': [/^\/api\/v1\/users$/, (json) => (json.totalCount += 1)],
  'v1 shows another status': [/^\/api\/v1\/users\/[^/]+$/, (json) => (json.status = 'new')],
  'v1 shows another name': [/^\/api\/v1\/users\/[^/]+$/, (json) => (json.userName += 'x')],
  'v1 calls the organization otherwise': [/^\/api\/v1\/orgs\/[^/]+$/, (json) => (json.name += 'x')],
  'the identity manager leaves the company out': [/^\/api\/User$/, (json) => at(json, 'userId') && (at(json, 'userId').companies = [])],
  'the identity manager leaves the role out': [/^\/api\/User$/, (json) => at(json, 'userId') && (at(json, 'userId').roles = [])],
  'the identity manager shows another status': [/^\/api\/User$/, (json) => at(json, 'userId') && (at(json, 'userId').status = 'Inactive')],
  'the identity manager lists nobody': [/^\/api\/User$/, (json) => json.splice(0)],
  'the identity manager counts one more': [/^\/api\/User$/, (json, { headers }) => (headers['x-total-count'] = String(json.length + 1))],
  'the identity manager shows fewer companies': [/^\/api\/Company$/, (json) => json.pop()],
  'the partner surface leaves a group out': [/^\/partner\/v1\/users$/, (json) => ours(json) && here(at(json))?.groupIds.pop()],
  'the partner surface leaves the organization out': [/^\/partner\/v1\/users$/, (json) => ours(json) && (at(json).organizations = [])],
  'the partner surface leaves the person out': [/^\/partner\/v1\/users$/, (json) => ours(json) && without(json)],
  'the partner surface shows another state': [/^\/partner\/v1\/users$/, (json) => ours(json) && (at(json).accountState = 'New')],
  'the partner surface shows another name': [/^\/partner\/v1\/users$/, (json) => ours(json) && (at(json).firstName = 'Else')],
  'the partner surface has the person where it is not': [/^\/partner\/v1\/users$/, (json) => ours(json) && at(json).organizations.push({ id: room.orgId, name: room.name, groupIds: [] })],
  'the partner surface counts one more': [/^\/partner\/v1\/users$/, (json, { headers }) => (headers['x-total-count'] = String(json.length + 1))],
  'a decision is another': [/evaluations$/, ({ evaluations }) => (evaluations[0].decision = !evaluations[0].decision)],
  'the access surface does not know the bearer': [/^\/access\/roles$/, (_, answer) => (answer.status = 401)],
};

test('what is the same is accepted, and each lie is refused', async (t) => {
  const look = () => world.looksTheSame(person, { places: [home, room] });
  const before = await look();
  const { request } = world.server.client;
  for (const [name, [path, lie]] of Object.entries(kLies)) {
    await t.test(name, async () => {
      let told = 0;
      world.server.client.request = async (method, target, options) => {
        const answer = await request.call(world.server.client, method, target, options);
        if (path.test(target.split('?')[0]) && answer.json !== undefined) {
          lie(answer.json, answer);
          told += 1;
        }
        return answer;
      };
      try {
        await assert.rejects(look(), assert.AssertionError);
      } finally {
        world.server.client.request = request;
      }
      assert.ok(told > 0, 'it was asked for');
    });
  }
  assert.deepEqual(await look(), before);
});
