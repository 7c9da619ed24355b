// What files of people may take of the service: who may send one at all, how much is stored for one sender, and that no line
// keeps another waiting.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, startPartner, table } from '../support/partner.mjs';
import { allRows, csv, follow, isOver, kJobs, look, ndjson, rows, submit } from '../support/partner_jobs.mjs';
import { query as ask } from '../support/store.mjs';

const kMiB = 1 << 20;
let world;
let home;
before(async () => {
  world = await startPartner();
  home = await world.company('Home');
});
after(async () => { await world?.stop(); });

const query = (company = home) => ({ organizationIds: company.orgId, groupId: world.group('USER_VIEW') });
const jobs = async (as) => (await world.partner('GET', kJobs, { as })).json;
// Lines as long as they may be nearly.
const heavy = (size) => csv('Email,FirstName', Array.from({ length: Math.ceil(size / 60_000) }, () => `${address()},${'x'.repeat(60_000)}`));

test('who may add users nowhere sends no file', async (t) => {
  const [nobody, viewer] = [await world.person('Nobody'), await world.hire(home, ['USER_VIEW'], 'Viewer')];
  const client = await world.client(home.boss, ['orders.read']);
  const row = (name, as) => ({ name, at: `POST ${kJobs}`, as, raw: csv('Email', [address()]), type: 'text/csv', query: query(), expect: 403, then: ({ text }) => assert.match(text, /users\.add/) });
  await table(t, world, [row('a person without an organization', nobody), row('who only sees users', viewer), row('a client by its scopes', client)]);
  for (const as of [nobody, viewer]) assert.deepEqual(await jobs(as), []);
});

test('a line with a NUL character, wherever it stands, is a fault of that line alone', async () => {
  const good = { Email: address(), GroupId: world.group('USER_VIEW'), OrganizationIds: [home.orgId] };
  const bad = ['Email', 'FirstName', 'LastName', 'GroupId', 'IdentityProviderId', 'IdentityProviderPrefix'].map((name) => ({ ...good, [name]: 'a\u0000b@x.org' }));
  const content = ndjson([...bad, { ...good, OrganizationIds: [home.orgId, '\u0000'] }, { ...good, OrganizationIds: `${home.orgId};\u0000` }, good]);
  const job = await follow(world, home.boss, await submit(world, home.boss, content, { type: 'application/x-ndjson' }));
  assert.deepEqual([job.status, job.failed], ['done', 8]);
  const all = await allRows(world, home.boss, job);
  assert.deepEqual(all.map(({ outcome }) => outcome), [...Array(8).fill('failed'), 'invited']);
  for (const { errors } of all.slice(0, 8)) assert.match(JSON.stringify(errors), /NUL character/);
  const next = await follow(world, home.boss, await submit(world, home.boss, csv('Email', [address()]), { query: query() }));
  assert.deepEqual([next.status, next.failed], ['done', 0]);
});

test('the faults of a row: the first ten, and the same once', async () => {
  const content = csv('Email,GroupId,OrganizationIds', [`${address()},${world.group('USER_VIEW')},${Array(100).fill('x').join(';')}`]);
  const job = await follow(world, home.boss, await submit(world, home.boss, content));
  const { errors } = (await rows(world, home.boss, job)).items[0];
  assert.equal(Object.values(errors).flat().length, 10);
});

test('a sender has a share of the store: more is refused with the limit, and what is cancelled takes no room', async () => {
  const { boss, orgId } = await world.company('Heavy');
  const send = (content) => world.partner('POST', kJobs, { as: boss, raw: content, type: 'text/csv', query: { organizationIds: orgId, groupId: world.group('USER_VIEW') } });
  const alone = await send(heavy(65 * kMiB));
  assert.equal(alone.status, 413, alone.text);
  assert.match(alone.text, /200,000 rows.*64 MiB/);
  assert.deepEqual(await jobs(boss), []);
  const half = heavy(40 * kMiB);
  const first = await send(half);
  assert.equal(first.status, 202, first.text);
  const cancelled = await world.partner('POST', `${kJobs}/${first.json.id}/cancel`, { as: boss });
  assert.equal(cancelled.json.status, 'cancelled');
  const again = await send(half);
  assert.equal(again.status, 202, again.text);
  assert.equal((await world.partner('POST', `${kJobs}/${again.json.id}/cancel`, { as: boss })).status, 200);
});

test('a line that the store refuses fails after some tries; the log says which, and others go on meanwhile', async (t) => {
  const own = await startPartner();
  t.after(() => own.stop());
  const [first, second] = [await own.company('First'), await own.company('Second')];
  // Whatever it is that an engine refuses: here it is a second account of that last name.
  await ask(own.server, "CREATE UNIQUE INDEX one_of_a_name ON users (last_name) WHERE last_name <> ''");
  const options = ({ orgId }) => ({ query: { organizationIds: orgId, groupId: own.group('USER_VIEW') } });
  const poisoned = await submit(own, first.boss, csv('Email,LastName', [`${address()},Twin`, `${address('twin')},Twin`, `${address()},Other`]), options(first));
  for (let i = 0; i < 3; i += 1) {
    const job = await follow(own, second.boss, await submit(own, second.boss, csv('Email', [address()]), options(second)));
    assert.deepEqual([job.status, job.failed], ['done', 0]);
  }
  assert.ok(!isOver(await look(own, first.boss, poisoned)), 'the others did not wait for it');
  const end = await follow(own, first.boss, poisoned);
  assert.deepEqual([end.status, end.done, end.failed], ['done', 3, 1]);
  const { items } = await rows(own, first.boss, poisoned);
  assert.deepEqual(items.map(({ outcome }) => outcome), ['invited', 'failed', 'invited']);
  const log = own.server.logs().filter(({ event }) => event === 'invite_job_failed');
  assert.ok(log.length >= 3, JSON.stringify(log));
  for (const entry of log) assert.deepEqual([entry.invite_job, entry.line], [poisoned.id, 3], JSON.stringify(entry));
  assert.ok(!JSON.stringify(log).includes('twin'), 'no address in the log');
});
