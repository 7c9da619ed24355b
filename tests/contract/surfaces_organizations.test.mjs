// An organization across the surfaces: made on v1 or by an acceptance on the access surface, renamed, moved and removed on v1;
// the company of the identity manager and the organization of the partner surface are the same. CONTRACTS.md section 1, Model.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeMember, makePerson } from '../support/surface_verbs.mjs';
import { address, kNobody, sorted, startSurfaces, unique } from '../support/surfaces.mjs';

let world;
before(async () => {
  world = await startSurfaces();
  world.host = await world.company('Host');
});
after(async () => { await world?.stop(); });

const companies = async (as, query) => sorted((await world.allOf('Company', query, as)).map(({ companyId }) => companyId));
// What asks about an organization, and what each surface answers when there is none, to who may see all.
const kAbsent = {
  v1: [404, (id) => world.call('GET', `/api/v1/orgs/${id}`, { as: world.admin })],
  'v1, its users': [404, (id) => world.call('GET', `/api/v1/orgs/${id}/users`, { as: world.admin })],
  'v1, below it': [404, (id) => world.call('GET', `/api/v1/orgs/${id}/children`, { as: world.admin })],
  partner: [404, (id) => world.partner('GET', `/partner/v1/users?customerId=${id}`, { as: world.admin })],
  'partner, to invite': [400, (id) => world.sendInvite(world.admin, [world.entry()], [id])],
  'identity manager': [404, (id) => world.directory.api('POST', 'UserCompany', { as: world.admin, body: { userId: world.admin.id, companyId: id } })],
  'identity manager, a new user': [400, (id) => world.directory.api('POST', 'User', { as: world.admin, body: world.directory.profile({ companyIds: [id] }) })],
};
async function isGone({ orgId, name }) {
  for (const [surface, [status, ask]] of Object.entries(kAbsent)) {
    const [gone, unknown] = [await ask(orgId), await ask(kNobody)];
    assert.equal(gone.status, status, `${surface}: ${gone.text}`);
    const plain = ({ json: { traceId, instance, ...rest } }, id) => JSON.stringify(rest).replaceAll(id, '…');
    assert.equal(plain(gone, orgId), plain(unknown, kNobody), `${surface}: as if it had never been`);
  }
  assert.ok(!(await companies(world.admin)).includes(orgId));
  assert.ok(!(await world.all('/api/v1/orgs')).some((one) => one.orgId === orgId));
  assert.deepEqual(await world.allOf('User', { companyId: orgId }), []);
  for (const user of await world.allUsers()) assert.ok(!user.organizations.some(({ id }) => id === orgId), `${user.email} belongs to what is gone`);
  for (const user of await world.allOf('User')) assert.ok(!user.companies.some(({ companyId }) => companyId === orgId), user.email);
  const { json } = await world.call('POST', '/access/switch-company', { as: world.admin, body: { company: name } });
  assert.notEqual(json.data?.company_id, orgId, 'nobody works there');
  assert.equal((await world.decide(world.admin, world.admin, 'orders.view', { orgId: kNobody })).decision, (await world.decide(world.admin, world.admin, 'orders.view', { orgId })).decision);
}

const kMakers = {
  'v1, at the top': async () => {
    const { boss, ...place } = await world.company('Made');
    return { place, boss };
  },
  'v1, below another': async () => {
    const { boss, ...place } = await world.company('Made', { below: true });
    return { place, boss };
  },
  'access, by an acceptance': async () => {
    const boss = await makePerson.access(world);
    return { place: boss.place, boss };
  },
};

test('made × seen: one organization with one name and the same people on all surfaces; renamed, and removed', async (t) => {
  for (const [name, make] of Object.entries(kMakers)) {
    await t.test(name, async () => {
      const { place, boss } = await make();
      assert.deepEqual((await world.placeLooksTheSame(place)).members, { [boss.id]: ['admin'] });
      await world.looksTheSame(boss, { places: [place, world.host] });
      assert.ok((await companies(boss)).includes(place.orgId), 'a company of its own');
      const person = await makePerson['identity manager'](world);
      await makeMember['identity manager'](world, place, person);
      const invited = await world.offerOne(boss, [place], { group: 'viewer' });
      place.name = unique('Renamed “Söhne & Töchter”');
      await world.must(200, 'PATCH', `/api/v1/orgs/${place.orgId}`, { as: boss, body: { name: place.name } });
      const seen = await world.placeLooksTheSame(place);
      assert.deepEqual(seen, { name: place.name, members: { [boss.id]: ['admin'], [person.id]: [] }, offered: [invited.id] });
      await world.looksTheSame(person, { places: [place] });
      await world.looksTheSame({ id: invited.id }, { places: [place], offers: [place.orgId] });

      // Who belongs there keeps it from being removed; when nobody does but who administers it, it goes, and with it the offer.
      await world.must(403, 'DELETE', `/api/v1/orgs/${place.orgId}`, { as: name === 'v1, below another' ? boss : world.admin });
      await world.directory.gives(204, 'DELETE', 'UserCompany', { as: world.admin, query: { userId: person.id, companyId: place.orgId } });
      if (name !== 'v1, below another') return;  // what is at the top, with its admin in it, stays
      await world.must(204, 'DELETE', `/api/v1/orgs/${place.orgId}`, { as: boss });
      await isGone(place);
      await world.looksTheSame(person, { roles: (roles) => Object.keys(roles).length === 0 });
      await world.looksTheSame({ id: invited.id }, { offers: [], status: 'new' });
      assert.equal((await world.activate(invited.token)).status, 400, 'nothing is left of what was offered');
      await world.looksTheSame(boss, { roles: (roles) => !(place.orgId in roles) });
    });
  }
});

test('an empty one at the top, removed by the platform, is gone everywhere', async () => {
  const { orgId, name } = await world.organization({ name: unique('Empty') });
  const person = { ...(await makePerson.v1(world)) };
  await makeMember['identity manager'](world, { orgId }, person);
  await world.looksTheSame(person, { places: [{ orgId }], roles: { [orgId]: [] } });
  await world.directory.gives(204, 'DELETE', 'UserCompany', { as: world.admin, query: { userId: person.id, companyId: orgId } });
  await world.must(204, 'DELETE', `/api/v1/orgs/${orgId}`, { as: world.admin });
  await isGone({ orgId, name });
  const again = await world.organization({ name });
  assert.notEqual(again.orgId, orgId);
  assert.deepEqual((await world.placeLooksTheSame(again)).offered, []);
});

test('moved below another: who holds a role above reaches it on every surface, and no longer where it was', async () => {
  const [north, south] = [await world.company('North'), await world.company('South')];
  const branch = await world.organization({ as: world.admin, parent: north, name: unique('Branch') });
  const clerks = { north: await world.hire(north, ['viewer']), south: await world.hire(south, ['viewer']) };
  const reaches = async (as) => [
    (await world.call('GET', `/api/v1/orgs/${branch.orgId}`, { as })).status,
    (await world.call('GET', `/api/v1/orgs/${branch.orgId}/users`, { as })).status,
    (await world.partner('GET', `/partner/v1/users?customerId=${branch.orgId}`, { as })).status,
    (await world.call('POST', '/access/switch-company', { as, body: { company: branch.name } })).status,
    (await world.decide(world.admin, as, 'users.view', branch)).decision,
  ];
  const [inside, outside] = [[200, 200, 200], [404, 404, 404]];
  for (const [mine, other, parent] of [['north', 'south', south], ['south', 'north', north], ['north', 'south', null]]) {
    const [sees, sees_not] = [await reaches(clerks[mine]), await reaches(clerks[other])];
    assert.deepEqual([sees.slice(0, 3), sees.at(-1)], [inside, true]);
    assert.deepEqual(sees_not, [...outside, 400, false]);
    await world.must(200, 'POST', `/api/v1/orgs/${branch.orgId}/parent`, { as: world.admin, body: { parentOrgId: parent?.orgId ?? null } });
    await world.placeLooksTheSame(branch);
    for (const place of [north, south]) await world.placeLooksTheSame(place);
  }
  for (const as of Object.values(clerks)) assert.deepEqual((await reaches(as)).slice(0, 3), outside, 'at the top, below neither');
});

test('through a connection: what the customer grants holds on every surface, and ends on every surface', async () => {
  const [customer, agency] = [await world.company('Customer'), await world.company('Agency')];
  const agent = agency.boss;
  const sees = async () => ({
    v1: (await world.call('GET', `/api/v1/orgs/${customer.orgId}/users`, { as: agent })).status,
    partner: (await world.partner('GET', `/partner/v1/users?customerId=${customer.orgId}`, { as: agent })).status,
    access: (await world.call('POST', '/access/switch-company', { as: agent, body: { company: customer.name } })).status === 200
      ? (await world.call('GET', '/access', { as: agent })).status : 404,
    decided: (await world.decide(world.admin, agent, 'users.view', customer)).decision,
  });
  const [out, idle, inside] = [{ v1: 404, partner: 404, access: 404, decided: false }, { v1: 403, partner: 403, access: 403, decided: false }, { v1: 200, partner: 200, access: 200, decided: true }];
  assert.deepEqual(await sees(), out);
  const connection = await world.connect(customer, agency);
  assert.deepEqual(await sees(), idle);
  await world.allow(customer, connection, ['USER_VIEW']);
  assert.deepEqual(await sees(), inside);
  const { members } = await world.placeLooksTheSame(customer);
  assert.ok(!(agent.id in members), 'it works there, and is no member, on any surface');
  assert.ok(!(await companies(agent)).includes(customer.orgId), 'nor is it a company of its own');
  await world.allow(customer, connection, ['viewer'], ['USER_VIEW']);
  assert.deepEqual(await sees(), inside);
  await world.allow(customer, connection, [], ['viewer']);
  assert.deepEqual(await sees(), idle);
  await world.allow(customer, connection, ['viewer']);
  await world.end(customer, connection);
  assert.deepEqual(await sees(), out);
  await world.placeLooksTheSame(agency);
});
