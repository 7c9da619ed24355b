// POST /access/switch-company: exact, then normalized, then fuzzy, among what the caller can enter and nothing else; and the
// active organization that every other call acts on. CONTRACTS.md section 2.2 and A18, A26; section 1, Active organization.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertSameText, sorted, startAccess, table, unique } from '../support/access.mjs';

const at = 'POST /access/switch-company';
const kNames = [
  'Northwind Shipping Services', 'Größe Öl Aktiengesellschaft', 'Helios Renewable Energy Partners One', 'Helios Renewable Energy Partners Two',
  'Société Générale d’Électricité', 'Zq', '東京海上日動火災保険', 'Вольные Перевозки Север',
];
let world;
let ann;         // admin of all of kNames
let other;       // of another tenant, with a name like hers
const mine = {};  // name → id
before(async () => {
  world = await startAccess();
  ann = await world.person('Ann');
  for (const name of kNames) mine[name] = (await world.organization({ as: ann, name })).orgId;
  other = await world.company('Other', { name: 'Helios Renewable Energy Partners Three' });
});
after(async () => { await world?.stop(); });

const active = async (as) => (await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as })).activeOrgId;
const row = (name, company, found, match) => ({ name, at, as: ann, body: { company }, expect: 200, then: ({ json }) => assert.deepEqual(json.data, { company_id: mine[found], company_name: found, match }) });
const none = (name, company, more = {}) => ({ name, at, as: ann, body: { company }, expect: 400, ...more });

test('by the very name, in whatever writing, or nearly', async (t) => {
  const [ship, oil, one, two, power, short, tokyo, north] = kNames;
  await table(t, world, [
    ...kNames.map((name) => row(`the very name: ${name}`, name, name, 'exact')),
    row('in capitals', ship.toUpperCase(), ship, 'exact'),
    row('with blanks around and within', `  ${ship.replaceAll(' ', '   ')} `, ship, 'exact'),
    row('with the capitals of sharp s and umlauts', 'GRÖSSE ÖL AKTIENGESELLSCHAFT', oil, 'exact'),
    row('decomposed', power.normalize('NFD'), power, 'exact'),
    row('Cyrillic in capitals', north.toUpperCase(), north, 'exact'),
    row('one that is like another, by its very name', one.toLowerCase(), one, 'exact'),
    row('the other one', two.toLowerCase(), two, 'exact'),
    row('a letter missing', 'Northwind Shiping Services', ship, 'fuzzy'),
    row('a letter too many, in other case', 'northwind shippping services', ship, 'fuzzy'),
    row('two letters changed about', 'Northwind Shipipng Services', ship, 'fuzzy'),
    row('without one of the umlauts', 'Größe Ol Aktiengesellschaft', oil, 'fuzzy'),
    row('Cyrillic with a letter missing', 'Вольные Перевозк Север', north, 'fuzzy'),
    row('a short name by itself', 'zq', short, 'exact'),
    row('letters of another script', tokyo, tokyo, 'exact'),
  ]);
});

test('what is not clear is refused, and only the own candidates are named', async (t) => {
  const before = await active(ann);
  const foreign = [other.name, other.orgId, other.boss.email];
  await table(t, world, [
    none('between two', 'Helios Renewable Energy Partners', { hasNot: foreign, then: ({ json }) => assert.ok(kNames.slice(2, 4).every((name) => json.detail.includes(name)), json.detail) }),
    none('nothing like it', 'Wholly Unlike Anything', { hasNot: [...foreign, ...kNames] }),
    none('no letters', ' \t ', { hasNot: foreign }),
    none('a wildcard', '%', { hasNot: [...foreign, ...kNames] }),
    none('an id', mine[kNames[0]], { hasNot: [...foreign, ...kNames] }),
  ]);
  assert.equal(await active(ann), before, 'a refusal leaves the active organization');
});

test('an organization out of reach reads like one that is not there', async () => {
  const hidden = await world.company('Hidden', { name: 'Quixotic Jazz Bvlgar Works' });
  const below = await world.organization({ as: hidden.boss, parent: hidden, name: 'Umbral Fjord Vexation Yard' });
  for (const name of [hidden.name, hidden.name.toLowerCase(), below.name]) {
    const missing = 'Kyrgyz Hymn Whiff Tmesis';
    const answers = [];
    for (const company of [name, missing]) answers.push(await world.refused(400, '/access/switch-company', ann, { company }));
    assertSameText(...answers, name, missing);
  }
});

test('the switch holds for the next call with the same token, for this session, and for the next one', async () => {
  const bob = await world.person('Bob');
  const homes = [];
  for (const stem of ['Alpha', 'Beta', 'Gamma']) {
    const home = { name: unique(`${stem} Household`), boss: bob };
    Object.assign(home, await world.organization({ as: bob, name: home.name }));
    home.member = await world.account(stem);
    await world.member(home, home.member, 'viewer', bob);
    homes.push(home);
  }
  await world.renew(bob);
  assert.equal(await active(bob), homes[0].orgId, 'a first session starts with the first by name');
  const members = async (as) => (await world.list('/access', as)).map(({ id }) => id);
  for (const home of [homes[2], homes[1], homes[2]]) {
    await world.switchTo(bob, home);
    assert.equal(await active(bob), home.orgId);
    assert.deepEqual(sorted(await members(bob)), sorted([bob.id, home.member.id]));
    await world.give(home, home.member, ['ORDERS_VIEW']);
  }
  const { token, refreshToken } = bob;
  const renewed = await world.must(201, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token, refreshToken } });
  assert.equal(await active(renewed.accessToken), homes[2].orgId, 'it belongs to the session, not to the token');
  const elsewhere = await world.signIn(bob.email);
  assert.equal(await active(elsewhere), homes[2].orgId, 'a new session starts with the one last used');
  await world.switchTo(elsewhere, homes[1]);
  assert.equal(await active(renewed.accessToken), homes[2].orgId, 'another session stays where it is');
  await world.server.restart();
  assert.deepEqual([await active(renewed.accessToken), await active(elsewhere)], [homes[2].orgId, homes[1].orgId], 'also after a restart');
});

test('every organization in reach can be entered: below a role, through a connection, by the platform', async () => {
  const [customer, agency] = [await world.company('Customer', { name: 'Wyvern Custom Upholstery' }), await world.company('Agency')];
  const child = await world.organization({ as: customer.boss, parent: customer, name: 'Kestrel Daughter Venture' });
  const [viewer, member] = [await world.hire(customer, ['viewer']), await world.hire(customer)];
  await world.switchTo(viewer, child);
  assert.equal(await active(viewer), child.orgId);
  await world.refused(400, '/access/switch-company', member, { company: child.name });
  await world.refused(400, '/access/switch-company', agency.boss, { company: customer.name });
  const made = await world.connect(customer, agency, { roles: ['USER_VIEW'] });
  const data = await world.done('/access/switch-company', agency.boss, { company: 'wyvern custom upholstry' });
  assert.deepEqual(data, { company_id: customer.orgId, company_name: customer.name, match: 'fuzzy' });
  assert.ok((await world.list('/access', agency.boss)).some(({ id }) => id === customer.boss.id));
  await world.end(customer, made);
  assert.notEqual(await active(agency.boss), customer.orgId);
  await world.refused(400, '/access/switch-company', agency.boss, { company: customer.name });
  await world.switchTo(world.admin, child);
  await world.switchTo(world.admin, customer);
  assert.deepEqual((await world.list('/access', world.admin)).map(({ id }) => id).sort(), [customer.boss, viewer, member].map(({ id }) => id).sort());
});

test('who has no session of a person cannot switch', async () => {
  const company = await world.company('Programs');
  const { token } = await world.done('/access/add-api-token', company.boss, {});
  const client = await world.client(company.boss, ['organizations.write']);
  for (const as of [token, client]) await world.refused(403, '/access/switch-company', as, { company: company.name });
  await world.refused(401, '/access/switch-company', null, { company: company.name });
});

test('an organization that is gone is left, and its name is free of it', async () => {
  const bob = await world.person('Bob');
  const stays = await world.organization({ as: bob, name: 'Pemberton Stationery' });
  const goes = await world.organization({ as: bob, parent: stays, name: 'Oxbow Lakeside Ferries' });
  await world.switchTo(bob, goes);
  await world.must(204, 'DELETE', `/api/v1/orgs/${goes.orgId}`, { as: bob });
  assert.notEqual(await active(bob), goes.orgId);
  await world.refused(400, '/access/switch-company', bob, { company: goes.name });
  await world.switchTo(bob, stays);
  const renamed = await world.must(200, 'PATCH', `/api/v1/orgs/${stays.orgId}`, { as: bob, body: { name: 'Vantage Quill Emporium' } });
  await world.refused(400, '/access/switch-company', bob, { company: stays.name });
  assert.equal((await world.switchTo(bob, renamed)).match, 'exact');
});
