// GET /partner/v1/users, long lists: search, states, order, parts, and a thousand at once. CONTRACTS.md section 4, the row
// List All Users.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, kNobody, kUsers, listOf, sorted, startPartner, table, unique } from '../support/partner.mjs';

const kFirst = ['Zoë', 'Anna', 'Mikaël', 'Bert', 'Ottó', 'Clara', 'Nadia', 'Dirk', 'Pia', 'Emil', 'Quirin', 'Fay'];
const kLast = ['Lund', 'Keller', 'Abbot', 'Jansen', 'Bakker', 'Ivanov', 'Castle', 'Hansen', 'Dreyer', 'Garcia', 'Eklund', 'Foster'];
let world;
let home;
let tag;     // in all addresses of the crowd
let crowd;   // what was sent of each
before(async () => {
  world = await startPartner();
  home = await world.company('Lists');
  tag = unique('crowd').replace(/\W/g, '');
  crowd = kFirst.map((FirstName, i) => world.entry(`${kFirst[(i + 5) % 12].normalize('NFD').replace(/[^A-Za-z]/g, '').toLowerCase()}.${tag}@example.org`, { FirstName, LastName: kLast[i] }));
  for (let i = 0; i < 12; i += 4) await world.offer(home.boss, crowd.slice(i, i + 4), [home]);
});
after(async () => { await world?.stop(); });

const ask = (query) => world.users(home.boss, { customerId: home.orgId, ...query });
const emails = ({ items }) => items.map(({ email }) => email);
const at = `GET ${kUsers}`;

test('search: a part of the e-mail or of a name, as it stands, in any case', async () => {
  const found = async (search) => sorted(emails(await ask({ search })));
  const of = (...chosen) => sorted(chosen.map((i) => crowd[i].Email));
  assert.deepEqual(await found(tag), of(...crowd.keys()));
  assert.deepEqual(await found(tag.toUpperCase()), of(...crowd.keys()));
  assert.deepEqual(await found(crowd[3].Email.slice(0, 8)), [crowd[3].Email]);
  assert.deepEqual(await found('Jansen'), of(3));
  assert.deepEqual(await found('hAnSe'), of(7));
  assert.deepEqual(await found('LUND'), of(0, 10), 'Lund and Eklund');
  assert.deepEqual(await found('Zoë'), of(0));
  assert.deepEqual(await found('quir'), sorted(crowd.filter(({ Email, FirstName }) => /quir/i.test(Email + FirstName)).map(({ Email }) => Email)));
  for (const nothing of ['%', '_', '\\', "' OR 1=1 --", 'nobody is called so', kNobody]) assert.deepEqual(await found(nothing), [], nothing);
  assert.equal((await ask({ search: 'Jansen' })).total, 1);
});

test('states', async (t) => {
  const [active, blocked] = [await world.hire(home, ['USER_VIEW']), await world.hire(home, ['USER_VIEW'])];
  await world.setStatus(blocked, 'inactive');
  const found = async (accountState, more) => sorted(emails(await ask({ accountState, ...more })));
  assert.deepEqual(await found('New'), sorted(crowd.map(({ Email }) => Email)));
  assert.deepEqual(await found('Active'), sorted([home.boss.email, active.email]));
  assert.deepEqual(await found('Blocked'), [blocked.email]);
  assert.deepEqual(await found('New', { search: 'Jansen' }), [crowd[3].Email], 'both hold');
  assert.deepEqual(await found('Active', { search: 'Jansen' }), []);
  assert.equal((await ask({ accountState: 'New', take: 5 })).total, 12);
  await table(t, world, ['Invited', 'Deleted', 'New,Active', '1', "New'"].map((accountState) => ({ name: `no state: ${accountState}`, at, as: home.boss, query: { customerId: home.orgId, accountState }, expect: 400, faults: ['accountState'] })));
});

test('order: email, creationDate, lastName, from either end', async (t) => {
  const query = { search: tag };
  const column = async (sort, name) => (await ask({ ...query, sort })).items.map((user) => user[name]);
  for (const [sort, name, all] of [['email', 'email', crowd.map(({ Email }) => Email)], ['lastName', 'lastName', kLast]]) {
    assert.deepEqual(await column(sort, name), sorted(all));
    assert.deepEqual(await column(`-${sort}`, name), sorted(all).reverse());
  }
  const times = (await column('creationDate', 'creationDate')).map((time) => Date.parse(time));
  assert.ok(times.every((time, i) => i === 0 || time >= times[i - 1]), `${times}`);
  const batch = (email) => Math.floor(crowd.findIndex(({ Email }) => Email === email) / 4);
  const rising = (await column('creationDate', 'email')).map(batch);
  assert.deepEqual(rising, sorted(rising), 'the batches came one after the other');
  assert.deepEqual((await column('-creationDate', 'email')).map(batch), sorted(rising).reverse());
  await table(t, world, ['id', 'name', 'email desc', '--email', '+email', '-', 'email,lastName', 'accountState', 'email;'].map((sort) => ({ name: `no order: ${sort}`, at, as: home.boss, query: { customerId: home.orgId, sort }, expect: 400, faults: ['sort'] })));
});

test('parts: nobody twice, nobody lost, in every order', async () => {
  for (const sort of [undefined, 'email', '-email', 'creationDate', '-creationDate', 'lastName', '-lastName']) {
    const query = { search: tag, ...(sort && { sort }) };
    const whole = emails(await ask(query));
    const seen = [];
    for (let skip = 0; skip < 12; skip += 5) {
      const part = await ask({ ...query, skip, take: 5 });
      assert.equal(part.total, 12);
      seen.push(...emails(part));
    }
    assert.deepEqual(seen, whole, `${sort}`);
  }
  const { items, total } = await ask({ search: tag, skip: 12 });
  assert.deepEqual([items.length, total], [0, 12]);
  assert.deepEqual(emails(await ask({ search: tag, skip: 1_000_000 })), []);
});

test('faulty parts', async (t) => {
  const row = (name, value) => ({ name: `${name}=${value}`, at, as: home.boss, query: { customerId: home.orgId, [name]: value }, expect: 400, faults: [name] });
  await table(t, world, [row('take', 1001), row('take', -1), row('take', 'x'), row('take', '1.5'), row('take', '99999999999999999999'), row('skip', -1), row('skip', 'x'), row('skip', '1e3'), row('skip', '99999999999999999999')]);
});

test('every fault of the query at once', async () => {
  const answer = await world.partner('GET', kUsers, { as: home.boss, query: { customerId: home.orgId, skip: -1, take: 1001, sort: 'x' } });
  assert.equal(answer.status, 400);
  for (const name of ['Skip', 'Take', 'Sort']) assert.ok(answer.json.errors[name], answer.text);
});

test('a thousand are listed at once, and no more', async () => {
  const big = await world.company('Big');
  const below = await world.organization({ as: big.boss, parent: big, name: unique('Below') });
  const provider = await world.provider();
  const sent = [];
  for (let batch = 0; batch < 11; batch += 1) {
    const users = Array.from({ length: batch < 10 ? 100 : 4 }, (_, i) => world.entry(address('big'), { LastName: `Number${batch * 100 + i}`, organizations: i % 2 ? [big, below] : [below], ...(i % 3 === 0 && { IdentityProviderId: provider.id }) }));
    sent.push(...users.map(({ Email }) => Email));
    await world.offer(big.boss, users);
  }
  const query = { customerId: big.orgId };
  const first = await world.users(big.boss, query);
  assert.deepEqual([first.items.length, first.total], [1000, 1005]);
  const rest = await world.users(big.boss, { ...query, skip: 1000 });
  assert.deepEqual([rest.items.length, rest.total], [5, 1005]);
  assert.deepEqual(sorted(emails({ items: [...first.items, ...rest.items] })), sorted([big.boss.email, ...sent]));
  for (const { email, organizations, identityProvider } of first.items) {
    const i = sent.indexOf(email) % 100;
    if (i < 0) continue;
    assert.deepEqual(sorted(organizations.map(({ id }) => id)), sorted(i % 2 ? [big.orgId, below.orgId] : [below.orgId]), email);
    assert.deepEqual(identityProvider, i % 3 === 0 ? { id: provider.id, name: provider.name } : null, email);
  }
  assert.equal((await world.users(big.boss, { ...query, take: 1000 })).items.length, 1000);
  const platform = listOf(await world.partner('GET', kUsers, { as: world.admin }));
  assert.equal(platform.items.length, 1000);
  assert.ok(platform.total >= 1005 + 12);
});
