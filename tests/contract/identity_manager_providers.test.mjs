// Provider, POST UserProvider and DELETE UserProvider: CONTRACTS.md section 5, with "Beyond the seed": a catalogue of providers
// that anyone who is signed in reads and administrators keep; one in use stays.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codesOf, kNobody, startDirectory, table, unique } from '../support/identity_manager.mjs';

let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

const tie = (as, user, { providerId }) => world.api('POST', 'UserProvider', { as, body: { userId: user.id, providerId } });
const untie = (as, user, { providerId }) => world.api('DELETE', 'UserProvider', { as, query: { userId: user.id, providerId } });
const list = (as = world.admin, query = { pageSize: 1000 }) => world.gives(200, 'GET', 'Provider', { as, query });

test('made, listed, changed and removed by administrators', async (t) => {
  for (const as of [world.admin, await world.administrator()]) {
    const name = unique('Fábrica “A & B”');
    const made = await world.api('POST', 'Provider', { as, body: { name, identificationNumber: '900.123.456-7', active: false } });
    assert.equal(made.status, 201, made.text);
    const { providerId } = made.json;
    assert.deepEqual(made.json, { providerId, name, identificationNumber: '900.123.456-7', active: false });
    assert.match(new URL(made.headers.location, world.url).pathname, /^\/api\/Provider/);
    const only = unique('Only a name');
    const bare = await world.gives(201, 'POST', 'Provider', { as, body: { name: only } });
    assert.deepEqual(bare, { providerId: bare.providerId, name: only, identificationNumber: null, active: true });
    const row = (title, change, expected) => ({
      name: title, body: { providerId, ...change }, expect: 200,
      then: async ({ json }) => {
        assert.deepEqual(json, { providerId, ...expected });
        assert.deepEqual((await list()).find((one) => one.providerId === providerId), json);
      },
    });
    const second = unique('Renamed');
    await table(t, world, [
      row('all of it', { name: second, identificationNumber: '1', active: true }, { name: second, identificationNumber: '1', active: true }),
      row('members in any case', { NAME: second, IdentificationNumber: '2', ACTIVE: false }, { name: second, identificationNumber: '2', active: false }),
      row('its own name in other case', { name: second.toUpperCase(), identificationNumber: '2', active: false }, { name: second.toUpperCase(), identificationNumber: '2', active: false }),
    ], { at: 'PUT Provider', as });
    await world.gives(204, 'DELETE', 'Provider', { as, query: { providerId } });
    await world.gives(404, 'DELETE', 'Provider', { as, query: { providerId } });
    assert.ok(!(await list()).some((one) => one.providerId === providerId));
    await world.provider({ name: second });  // the name is free again
  }
});

test('every fault is refused by its path, and nothing is changed', async (t) => {
  const as = world.admin;
  const [one, two] = [await world.provider(), await world.provider()];
  const { providerId } = one;
  const bad = {
    'nothing': [{}, 'Name'], 'a name that is a number': [{ name: 7 }, 'Name'], 'an empty name': [{ name: '' }, 'Name'], 'a blank name': [{ name: '   ' }, 'Name'], 'a name of null': [{ name: null }, 'Name'], 'an endless name': [{ name: 'x'.repeat(10_000) }, 'Name'],
    'a name with a NUL': [{ name: 'a\u0000b' }, 'Name'], 'a number that is none': [{ name: 'n', identificationNumber: 7 }, 'IdentificationNumber'], 'an endless number': [{ name: 'n', identificationNumber: '1'.repeat(10_000) }, 'IdentificationNumber'],
    'active that is a text': [{ name: 'n', active: 'true' }, 'Active'], 'active that is a number': [{ name: 'n', active: 1 }, 'Active'], 'several': [{ name: [], identificationNumber: {}, active: 'x' }, 'Name', 'IdentificationNumber', 'Active'],
  };
  await world.untouched(() => table(t, world, [
    ...Object.entries(bad).map(([name, [body, ...fields]]) => ({ name: `POST: ${name}`, at: 'POST Provider', body, expect: 400, fields })),
    ...Object.entries(bad).filter(([name]) => name !== 'nothing' && name !== 'a name of null').map(([name, [body, ...fields]]) => ({ name: `PUT: ${name}`, at: 'PUT Provider', body: { providerId, ...body }, expect: 400, fields })),
    { name: 'POST: a name that is taken', at: 'POST Provider', body: { name: one.name }, expect: 409 },
    { name: 'POST: a name that is taken, in other case', at: 'POST Provider', body: { name: one.name.toUpperCase() }, expect: 409 },
    { name: "PUT: another's name", at: 'PUT Provider', body: { providerId, name: two.name, active: true }, expect: 409 },
    { name: 'PUT: no id', at: 'PUT Provider', body: { name: 'n' }, expect: 400, fields: ['ProviderId'] },
    { name: 'PUT: what is no id', at: 'PUT Provider', body: { providerId: one.name, name: 'n' }, expect: 400, fields: ['ProviderId'] },
    { name: 'PUT: an unknown one', at: 'PUT Provider', body: { providerId: kNobody, name: 'n' }, expect: 404 },
    { name: 'DELETE: no id', at: 'DELETE Provider', expect: 400, fields: ['ProviderId'] },
    { name: 'DELETE: what is no id', at: 'DELETE Provider', query: { providerId: 'x' }, expect: 400, fields: ['ProviderId'] },
    { name: 'DELETE: an unknown one', at: 'DELETE Provider', query: { providerId: kNobody }, expect: 404 },
  ], { as }));
});

test('the list: for whoever is signed in, in pages', async (t) => {
  const ann = await world.clerk();
  for (let i = 0; i < 5; i += 1) await world.provider({ active: i % 2 === 0 });
  const all = await list(ann);
  assert.deepEqual(await list(), all, 'everybody sees the same, the inactive ones too');
  const { length: total } = all;
  await table(t, world, [
    { name: 'the first', query: { pageSize: 2 }, total, then: ({ json }) => assert.deepEqual(json, all.slice(0, 2)) },
    { name: 'the second', query: { PAGE: 2, PageSize: 2 }, total, then: ({ json }) => assert.deepEqual(json, all.slice(2, 4)) },
    { name: 'beyond', query: { page: 1000 }, total, then: ({ json }) => assert.deepEqual(json, []) },
    { name: 'no page', query: { page: -1 }, expect: 400, fields: ['Page'] },
    { name: 'too long', query: { pageSize: 1001 }, expect: 400, fields: ['PageSize'] },
    { name: 'nobody', as: null, expect: 401 },
  ], { at: 'GET Provider', as: ann, expect: 200 });
});

test('a user is tied to a provider, and untied', async () => {
  const [bank, mint] = [await world.provider(), await world.provider({ identificationNumber: '1' })];
  const [clerk, ann] = [await world.administrator(), await world.clerk()];
  for (const as of [world.admin, clerk]) {
    const made = await tie(as, ann, bank);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.json, { userId: ann.id, providerId: bank.providerId });
    assert.equal((await tie(as, ann, mint)).status, 201);
    const { providers } = await world.shown(ann);
    assert.deepEqual(providers.map(({ providerId }) => providerId).sort(), [bank, mint].map(({ providerId }) => providerId).sort());
    assert.deepEqual(providers.find(({ providerId }) => providerId === mint.providerId), mint);
    assert.equal((await untie(as, ann, bank)).status, 204);
    assert.deepEqual((await world.shown(ann, ann)).providers, [mint]);
    assert.equal((await untie(as, ann, bank)).status, 404);
    assert.equal((await untie(as, ann, mint)).status, 204);
  }
  const { boss } = await world.company('Bosses');
  await world.untouched(async () => {
    for (const as of [ann, boss]) assert.deepEqual(codesOf([await tie(as, ann, bank), await untie(as, ann, bank)]), [403, 403]);
    assert.equal((await tie(null, ann, bank)).status, 401);
  });
});

test('every fault of a tie, and nothing is changed', async (t) => {
  const [bank, mint] = [await world.provider(), await world.provider()];
  const ann = await world.user({ providerIds: [bank.providerId] });
  const { providerId } = bank;
  const both = (name, sent, expect, ...fields) => [
    { name: `POST: ${name}`, at: 'POST UserProvider', body: sent, expect, ...(expect === 400 && { fields }) },
    { name: `DELETE: ${name}`, at: 'DELETE UserProvider', query: sent, expect, ...(expect === 400 && { fields }) },
  ];
  await world.untouched(() => table(t, world, [
    { name: 'POST: tied already', at: 'POST UserProvider', body: { userId: ann.id, providerId }, expect: 409 },
    { name: 'DELETE: not tied', at: 'DELETE UserProvider', query: { userId: ann.id, providerId: mint.providerId }, expect: 404 },
    ...both('nobody', { userId: kNobody, providerId }, 404),
    ...both('an unknown provider', { userId: ann.id, providerId: kNobody }, 404),
    ...both('each for the other', { userId: providerId, providerId: ann.id }, 404),
    ...both('no user', { providerId }, 400, 'UserId'),
    ...both('nothing', {}, 400, 'ProviderId', 'UserId'),
    ...both('a name for an id', { userId: ann.id, providerId: bank.name }, 400, 'ProviderId'),
    { name: 'POST: numbers', at: 'POST UserProvider', body: { userId: 1, providerId: 2 }, expect: 400, fields: ['ProviderId', 'UserId'] },
  ], { as: world.admin }));
});

test('a provider in use stays until its last user is untied', async () => {
  const bank = await world.provider();
  const [ann, bob] = [await world.user({ providerIds: [bank.providerId] }), await world.user({ providerIds: [bank.providerId] })];
  const remove = () => world.api('DELETE', 'Provider', { as: world.admin, query: { providerId: bank.providerId } });
  assert.equal((await remove()).status, 409);
  assert.equal((await untie(world.admin, ann, bank)).status, 204);
  assert.equal((await remove()).status, 409);
  await world.gives(204, 'DELETE', 'User', { as: world.admin, query: { userId: bob.id } });
  assert.equal((await remove()).status, 204);
  assert.equal((await tie(world.admin, ann, bank)).status, 404);
});

test('of many at once one wins: a name, a tie, an end, and a tie against a removal', async () => {
  const name = unique('Wanted');
  const eight = (act) => Promise.all(Array.from({ length: 8 }, act)).then(codesOf);
  assert.deepEqual(await eight(() => world.api('POST', 'Provider', { as: world.admin, body: { name } })), [201, ...Array(7).fill(409)]);
  const bank = await world.provider();
  const ann = await world.user();
  assert.deepEqual(await eight(() => tie(world.admin, ann, bank)), [201, ...Array(7).fill(409)]);
  assert.deepEqual(await eight(() => untie(world.admin, ann, bank)), [204, ...Array(7).fill(404)]);
  for (let round = 0; round < 5; round += 1) {
    const short = await world.provider();
    const [tied, removed] = await Promise.all([tie(world.admin, ann, short), world.api('DELETE', 'Provider', { as: world.admin, query: { providerId: short.providerId } })]);
    assert.ok([[201, 409], [404, 204]].some(([one, other]) => tied.status === one && removed.status === other), `${tied.status} beside ${removed.status}`);
  }
});
