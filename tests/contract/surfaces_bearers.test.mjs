// Bearers, lists and the log across the surfaces: what one surface issues opens all four and ends on all; where a session works
// is the same for all; a list is as long on each; and what each of them does is in the one log. CONTRACTS.md section 1, Tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeMember, makePerson, pairs, removeMember, removePerson, setStatus, signIn } from '../support/surface_verbs.mjs';
import { kPassword, sorted, startSurfaces } from '../support/surfaces.mjs';

let world;
let home;
before(async () => {
  world = await startSurfaces();
  home = await world.company('Home');
  world.host = home;
});
after(async () => { await world?.stop(); });

test('a token that one surface has issued opens all four, and its end is the end on all', async (t) => {
  for (const [name, enter] of Object.entries(signIn)) {
    await t.test(name, async () => {
      const person = await world.directory.user();
      const [one, other] = [await enter(world, person), await enter(world, person)];
      for (const as of [one, other]) await world.opened(as);
      await world.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: one });
      await world.shut(one);
      await world.opened(other);
      await world.directory.gives(204, 'PUT', 'Password', { as: other, body: { userId: person.id, currentPassword: kPassword, newPassword: 'quite another one 42' } });
      await world.must(401, 'POST', '/api/v1/auth/tokens', { body: { account: person.email, password: kPassword } });
      person.password = 'quite another one 42';
      for (const again of Object.values(signIn)) await world.opened(await again(world, person));
    });
  }
});

test('a sign-in on either surface is the last one that the partner surface shows', async () => {
  const person = await world.directory.user();
  let last = (await world.shown(world.admin, person.email)).lastLoginDate;
  assert.equal(last, null);
  for (const enter of [...Object.values(signIn), ...Object.values(signIn)]) {
    await enter(world, person);
    const { lastLoginDate } = await world.shown(world.admin, person.email);
    assert.ok(last === null || Date.parse(lastLoginDate) >= Date.parse(last) && lastLoginDate !== last, `${lastLoginDate} after ${last}`);
    last = lastLoginDate;
  }
});

test("programs: an API token and a machine client are known on all four, and shut out of all when they, or their owner's account, end", async (t) => {
  const { id, token } = await world.done('/access/add-api-token', home.boss, { roles: ['USER_VIEW'] });
  await world.opened(token);
  await world.done(`/access/api-tokens/${id}/revoke`, home.boss);
  await world.shut(token);
  await pairs(t, signIn, { ...removePerson, ...Object.fromEntries(Object.entries(setStatus).map(([name, set]) => [`${name}: inactive`, (_, person) => set(world, person, 'inactive')])) }, async ({ act: enter, then: end }) => {
    const person = await world.directory.user();
    await makeMember.v1(world, home, person);
    const client = await world.client(await enter(world, person), ['organizations.read']);
    await world.opened(client);
    await end(world, person);
    await world.shut(client);
    await world.must(401, 'POST', '/api/v1/auth/tokens?grant_type=client_credentials', { body: { clientId: client.clientId, clientSecret: client.clientSecret } });
  });
});

test('where a session works: the same to all, and nowhere that the person was removed from, whoever did it', async (t) => {
  const other = await world.company('Other');
  await pairs(t, signIn, removeMember, async ({ act: enter, then: remove }) => {
    const person = await world.directory.user();
    for (const place of [home, other]) await makeMember.v1(world, place, person);
    const session = await enter(world, person);
    const active = async () => (await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: session })).activeOrgId;
    const seen = async () => (await world.list('/access', session)).map(({ id }) => id);
    for (const place of [other, home]) {
      await world.switchTo(session, place);
      assert.equal(await active(), place.orgId);
      assert.ok((await seen()).includes(place.boss.id), 'the users of the place it works at');
    }
    await remove(world, home, person);
    assert.notEqual(await active(), home.orgId);
    const answer = await world.ask('GET', '/access', { as: session });
    assert.ok(answer.status !== 200 || !answer.json.some((row) => row.id === home.boss.id), answer.text);
    await world.refused(400, '/access/switch-company', session, { company: home.name });
    await world.must(404, 'GET', `/api/v1/orgs/${home.orgId}`, { as: session });
    assert.equal((await world.partner('GET', `/partner/v1/users?customerId=${home.orgId}`, { as: session })).status, 404);
    assert.deepEqual((await world.allOf('Company', {}, session)).map(({ companyId }) => companyId), [other.orgId]);
  });
});

test('the list of all people is the same on the three surfaces that have one, whole and in pages', async () => {
  for (const make of Object.values(makePerson)) await make(world);
  await world.offerOne(home.boss, [home]);
  await world.account('without a password');
  const whole = {
    v1: (await world.all('/api/v1/users')).map(({ userId }) => userId),
    'identity manager': (await world.allOf('User')).map(({ userId }) => userId),
    partner: (await world.allUsers()).map(({ id }) => id),
  };
  const everybody = sorted(whole.v1);
  assert.ok(everybody.length > 10);
  for (const [surface, ids] of Object.entries(whole)) assert.deepEqual(sorted(ids), everybody, surface);
  const pages = {
    v1: async (skip, count) => (await world.must(200, 'GET', '/api/v1/users', { as: world.admin, query: { skipCount: skip, maxResultCount: count } })).items.map(({ userId }) => userId),
    'identity manager': async (skip, count) => (await world.directory.gives(200, 'GET', 'User', { as: world.admin, query: { page: skip / count + 1, pageSize: count } })).map(({ userId }) => userId),
    partner: async (skip, count) => (await world.users(world.admin, { skip, take: count })).items.map(({ id }) => id),
  };
  for (const [surface, page] of Object.entries(pages)) {
    const ids = [];
    for (let skip = 0; skip <= everybody.length; skip += 3) ids.push(...(await page(skip, 3)));
    assert.deepEqual(sorted(ids), everybody, `${surface}: neither lost nor twice`);
  }
});

test('what each surface does to a membership is in the log of the organization, by whom it was done', async (t) => {
  const log = async () => (await world.must(200, 'GET', `/api/v1/orgs/${home.orgId}/changes`, { as: home.boss })).items;
  await pairs(t, makeMember, removeMember, async ({ first, act: make, second, then: remove }) => {
    const person = await world.account('logged');
    await world.directory.gives(204, 'PUT', 'Password', { as: world.admin, body: { userId: person.id, newPassword: kPassword } });
    for (const [surface, act] of [[first, make], [second, remove]]) {
      const before = (await log()).map(({ revision }) => revision);
      await act(world, home, person);
      const added = (await log()).filter(({ revision }) => !before.includes(revision));
      assert.ok(added.some((entry) => JSON.stringify(entry).includes(person.id)), `${surface}: ${JSON.stringify(added)}`);
      const actor = surface === 'identity manager' ? world.admin : home.boss;
      for (const entry of added) assert.ok(JSON.stringify(entry).includes(actor.id), `${surface}: by ${actor.email}: ${JSON.stringify(entry)}`);
    }
  });
});
