// Random lives of a tree and its people through the API, held against a model that knows only the three rules: grants flow down,
// a membership shows its organization, whoever is inactive holds nothing. Every decision and every list must agree, also
// after a restart. The seed is printed; GATEHOUSE_TEST_SEED repeats a run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from '../support/gatehouse.mjs';
import { World, greet, unique } from '../support/v1.mjs';

const kSeed = Number(process.env.GATEHOUSE_TEST_SEED ?? Date.now() % 1_000_000);
const kSteps = Number(process.env.GATEHOUSE_TEST_STEPS ?? 240);
const kPermissions = {
  'organizations.view': ['viewer', 'operator', 'admin'],
  'users.view': ['viewer', 'operator', 'admin'],
  'orders.edit': ['operator', 'admin'],
  'organizations.edit': ['admin'],
  'accounts.edit': [],
};

// mulberry32: the same numbers for the same seed.
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

class Model {
  constructor() {
    this.parents = new Map();   // orgId → parent's or null
    this.roles = new Map();     // 'userId orgId' → role
    this.inactive = new Set();
  }
  * upwards(org) {
    for (let at = org; at !== null && at !== undefined; at = this.parents.get(at)) yield at;
  }
  within(org, ancestor) {
    return [...this.upwards(org)].includes(ancestor);
  }
  holds(user, permission, org) {
    if (this.inactive.has(user)) return false;
    return [...this.upwards(org)].some((at) => kPermissions[permission].includes(this.roles.get(`${user} ${at}`)));
  }
  reach(user) {
    return [...this.parents.keys()].filter((org) => this.roles.has(`${user} ${org}`) || this.holds(user, 'organizations.view', org));
  }
}

test(`the service and a model of its rules agree (seed ${kSeed})`, async () => {
  const random = randomOf(kSeed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const server = await start();
  const world = new World(server);
  await greet(world);
  const people = [];
  for (let i = 0; i < 6; i += 1) people.push(await world.person(`Person ${i}`));
  const model = new Model();
  const org = (path, method, body) => world.call(method, `/api/v1/orgs${path}`, { as: world.admin, body });

  const steps = {
    async create() {
      const parent = model.parents.size === 0 || random() < 0.15 ? null : pick([...model.parents.keys()]);
      const answer = await org('', 'POST', { name: unique('node'), parentOrgId: parent });
      if (answer.status === 201) {
        model.parents.set(answer.json.orgId, parent);
        model.roles.set(`${world.admin.id} ${answer.json.orgId}`, 'admin');
      }
      return [answer, [201]];
    },
    async move() {
      const what = pick([...model.parents.keys()]);
      const to = random() < 0.2 ? null : pick([...model.parents.keys()]);
      const answer = await org(`/${what}/parent`, 'POST', { parentOrgId: to });
      if (answer.status === 200) model.parents.set(what, to);
      return [answer, to !== null && model.within(to, what) && answer.status !== 200 ? [409] : [200]];
    },
    async add() {
      const [user, at, role] = [pick(people).id, pick([...model.parents.keys()]), pick(['viewer', 'operator', 'admin'])];
      const known = model.roles.has(`${user} ${at}`);
      const parent = model.parents.get(at);
      const may = role !== 'admin' || parent === null || model.holds(user, 'organizations.edit', parent);
      const answer = await org(`/${at}/users`, 'POST', { userId: user, orgRole: role });
      if (answer.status === 201) model.roles.set(`${user} ${at}`, role);
      return [answer, known ? [409, 403] : may ? [201] : [403]];
    },
    async change() {
      const entry = pick([...model.roles.keys()].filter((key) => !key.startsWith(world.admin.id)));
      if (!entry) return null;
      const [user, at] = entry.split(' ');
      const role = pick(['viewer', 'operator', 'admin']);
      const answer = await org(`/${at}/users/${user}`, 'PATCH', { orgRole: role });
      if (answer.status === 200) model.roles.set(entry, role);
      return [answer, [200]];
    },
    async remove() {
      const entry = pick([...model.roles.keys()].filter((key) => !key.startsWith(world.admin.id)));
      if (!entry) return null;
      const [user, at] = entry.split(' ');
      const answer = await org(`/${at}/users/${user}`, 'DELETE');
      if (answer.status === 204) {
        for (const other of model.parents.keys()) if (model.within(other, at)) model.roles.delete(`${user} ${other}`);
      }
      return [answer, [204]];
    },
    async erase() {
      const what = pick([...model.parents.keys()]);
      const children = [...model.parents.values()].includes(what);
      const others = [...model.roles.keys()].some((key) => key.endsWith(what) && !key.startsWith(world.admin.id));
      const answer = await org(`/${what}`, 'DELETE');
      if (answer.status === 204) {
        model.parents.delete(what);
        model.roles.delete(`${world.admin.id} ${what}`);
      }
      return [answer, children || others ? [403] : [204]];
    },
    async rest() {
      const user = pick(people).id;
      const wake = model.inactive.has(user);
      const answer = await world.call('PATCH', `/api/v1/users/${user}`, { as: world.admin, body: { status: wake ? 'active' : 'inactive' } });
      if (answer.status === 200 && wake) model.inactive.delete(user);
      if (answer.status === 200 && !wake) model.inactive.add(user);
      return [answer, [200]];
    },
  };

  const agree = async (when) => {
    const all = [...model.parents.keys()];
    for (const person of people) {
      const questions = all.flatMap((id) => Object.keys(kPermissions).map((name) => ({ action: { name }, resource: { type: 'organization', id } })));
      for (let from = 0; from < questions.length; from += 1000) {
        const evaluations = questions.slice(from, from + 1000);
        const answer = await world.must(200, 'POST', '/access/v1/evaluations', { as: world.admin, body: { subject: { type: 'user', id: person.id }, evaluations } });
        answer.evaluations.forEach(({ decision }, i) => {
          const { action, resource } = evaluations[i];
          assert.equal(decision, model.holds(person.id, action.name, resource.id), `seed ${kSeed}, ${when}: ${person.displayName} ${action.name} ${resource.id}`);
        });
      }
      if (model.inactive.has(person.id)) continue;
      if ((await world.call('GET', '/api/v1/auth/tokens/current', { as: person })).status === 401) Object.assign(person, await world.signIn(person.email));
      const { items, totalCount } = await world.must(200, 'GET', '/api/v1/orgs', { as: person, query: { maxResultCount: 1000 } });
      assert.deepEqual(items.map((item) => item.orgId).sort(), model.reach(person.id).sort(), `seed ${kSeed}, ${when}: what ${person.displayName} reaches`);
      assert.equal(totalCount, items.length);
    }
  };

  for (let i = 0; i < 8; i += 1) await steps.create();
  for (let step = 0; step < kSteps; step += 1) {
    const name = pick(['create', 'create', 'move', 'move', 'add', 'add', 'add', 'change', 'remove', 'erase', 'rest']);
    const outcome = await steps[name]();
    if (outcome) assert.ok(outcome[1].includes(outcome[0].status), `seed ${kSeed}, step ${step}, ${name}: ${outcome[0].status}, not ${outcome[1]}: ${outcome[0].text}`);
    if (model.parents.size === 0) await steps.create();
    if (step % 20 === 19) await agree(`after step ${step}`);
  }
  await server.restart();
  await greet(world);
  await agree('after a restart');
  await server.stop();
});
