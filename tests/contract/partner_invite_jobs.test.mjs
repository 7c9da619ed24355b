// POST /partner/v1/invite-jobs: a file of people as a background job, its forms, its defaults, what is told of each row, and
// who sees it. The issue's "A CSV or JSON Lines file of any length as a background job".
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, includes, kNobody, sorted, startPartner, table, unique } from '../support/partner.mjs';
import { allRows, countRows, csv, follow, kJobs, look, ndjson, rows, submit } from '../support/partner_jobs.mjs';

let world;
let home;
let rooms;
let provider;
before(async () => {
  world = await startPartner();
  home = await world.company('Home');
  rooms = [];
  for (const stem of ['North', 'South']) rooms.push(await world.organization({ as: home.boss, parent: home, name: unique(stem) }));
  provider = await world.provider();
});
after(async () => { await world?.stop(); });

const ids = (...organizations) => sorted(organizations.map(({ orgId }) => orgId));
const defaults = (...organizations) => ({ query: { groupId: world.group('Customer'), organizationIds: organizations.map(({ orgId }) => orgId).join(',') } });
// Sends, waits for the end, and gives the rows by line.
async function worked(content, options, as = home.boss) {
  const job = await follow(world, as, await submit(world, as, content, options));
  const all = await allRows(world, as, job);
  assert.equal(job.total, all.length, JSON.stringify(job));
  assert.equal(job.failed, all.filter(({ outcome }) => outcome === 'failed').length);
  return { job, all, line: (no) => all.find(({ line }) => line === no) };
}
const offered = async (email, as = home.boss) => sorted(((await world.shown(as, email, home))?.organizations ?? []).map(({ id }) => id));

test('CSV with every column: each row is an invitation of its own', async () => {
  const emails = [address(), address(), address()];
  const [customer, admin] = [world.group('Customer'), world.group('Customer Admin')];
  const content = csv('Email,FirstName,LastName,GroupId,IdentityProviderId,IdentityProviderPrefix,OrganizationIds', [
    `${emails[0]},Zoë,Öst,${customer},,,${home.orgId}`, `${emails[1]},"Ann, ""A""",Lund,${admin},${provider.id},,${rooms[0].orgId};${rooms[1].orgId}`, `${emails[2]},,,${customer},,${provider.prefix},${rooms[0].orgId} ${rooms[1].orgId}`,
  ]);
  const before = await world.accounts();
  const { job, all } = await worked(content);
  includes(job, { status: 'done', total: 3, failed: 0 });
  assert.deepEqual(all.map(({ line, email, outcome }) => [line, email, outcome]), emails.map((email, i) => [i + 2, email, 'invited']));
  assert.equal(await world.accounts(), before + 3);
  assert.deepEqual([await offered(emails[0]), await offered(emails[1]), await offered(emails[2])], [ids(home), ids(...rooms), ids(...rooms)]);
  includes(await world.shown(home.boss, emails[0], home), { id: all[0].userId, firstName: 'Zoë', lastName: 'Öst', accountState: 'New', organizations: [{ groupIds: [customer] }] });
  includes(await world.shown(home.boss, emails[1], home), { firstName: 'Ann, "A"', identityProvider: { id: provider.id }, organizations: [{ groupIds: [admin] }, { groupIds: [admin] }] });
  includes(await world.shown(home.boss, emails[2], home), { identityProvider: { id: provider.id } });
  for (const [i, email] of emails.entries()) {
    assert.equal((await world.activate((await world.letter(email)).token)).status, 200);
    assert.deepEqual(await world.memberships(all[i].userId), await offered(email));
  }
});

test('JSON Lines: names in any case, lists as lists', async () => {
  const emails = [address(), address(), address()];
  const content = ndjson([
    { ...world.entry(emails[0]), OrganizationIds: [rooms[0].orgId, rooms[1].orgId] }, { email: emails[1], groupid: world.group('Customer Admin'), LASTNAME: 'Lund', identityProviderPrefix: provider.prefix, more: 1 }, { Email: emails[2], OrganizationIds: [rooms[1].orgId] },
  ]);
  for (const type of ['application/x-ndjson', 'application/x-ndjson; charset=utf-8']) {
    const { job, all } = await worked(content, { type, ...defaults(home) });
    assert.equal(job.status, 'done');
    assert.deepEqual(all.map(({ line, email, outcome }) => [line, email, outcome]), emails.map((email, i) => [i + 1, email, 'invited']));
  }
  assert.deepEqual([await offered(emails[0]), await offered(emails[1]), await offered(emails[2])], [ids(...rooms), ids(home), ids(rooms[1])]);
  includes(await world.shown(home.boss, emails[1], home), { lastName: 'Lund', identityProvider: { id: provider.id }, organizations: [{ groupIds: [world.group('Customer Admin')] }] });
});

test('columns in any order and case, a byte order mark, CRLF, blank lines, and defaults from the query', async () => {
  const emails = [address(), address(), address()];
  const content = `\ufeff${csv('organizationids,EMAIL,groupID', [`,${emails[0]},`, '', `"${rooms[0].orgId}; ${rooms[1].orgId}",${emails[1]},`, `${rooms[1].orgId},${emails[2]},${world.group('USER_VIEW')}`], '\r\n')}`;
  const { all } = await worked(content, { ...defaults(home, rooms[0]), type: 'text/csv; charset=utf-8' });
  assert.deepEqual(all.map(({ line, outcome }) => [line, outcome]), [[2, 'invited'], [4, 'invited'], [5, 'invited']], 'a blank line is no row, and counts as a line');
  assert.deepEqual([await offered(emails[0]), await offered(emails[1]), await offered(emails[2])], [ids(home, rooms[0]), ids(...rooms), ids(rooms[1])]);
  includes(await world.shown(home.boss, emails[2], home), { organizations: [{ groupIds: [world.group('USER_VIEW')] }] });
});

test('faulty rows are told by their line and do not hinder others', async () => {
  const [customer, known] = [world.group('Customer'), await world.person('Known', { signIn: false })];
  const stranger = await world.company('Stranger');
  const good = [address(), address()];
  const lines = [
    [`${good[0]},${customer},`], [`no address,${customer},`, /email/i], [`,${customer},`, /email/i], [`${address()},${kNobody},`, /group/i], [`${address()},Customer,`, /group/i], [`${address()},${world.group('Super Admin')},`, /./],
    [`${address()},${customer},${kNobody}`, /organization/i], [`${address()},${customer},${home.orgId};${stranger.orgId}`, /organization/i], [`${address()},${customer},x`, /organization/i], [`${address()},${customer},${home.orgId},one,too,many`, /./],
    [`${known.email.toUpperCase()},${customer},`], [`${good[1]},${customer},`],
  ];
  const before = await world.accounts();
  const { job, line } = await worked(csv('Email,GroupId,OrganizationIds', lines.map(([text]) => text)), defaults(home));
  includes(job, { status: 'done', total: lines.length, failed: 9 });
  for (const [i, [text, why]] of lines.entries()) {
    assert.equal(line(i + 2).outcome, why ? 'failed' : 'invited', `${text}: ${JSON.stringify(line(i + 2))}`);
    if (why) assert.match(JSON.stringify(line(i + 2).errors), why, text);
    assert.ok(!JSON.stringify(line(i + 2)).includes(stranger.name));
  }
  assert.equal(line(12).userId, known.id);
  assert.equal(await world.accounts(), before + 2);
  assert.deepEqual(await world.memberships(known.id), ids(home), 'who is active is in at once');
});

test('malformed lines of JSON', async () => {
  const emails = [address(), address()];
  const bad = ['{"Email":', '[]', '"x"', '7', 'null', '{"Email":5}', `{"Email":"${address()}","OrganizationIds":7}`, `{"Email":"${address()}","Email":"${address()}"}`, '{}{}'];
  const content = [JSON.stringify({ Email: emails[0] }), ...bad, JSON.stringify({ Email: emails[1] }), ''].join('\n');
  const { job, all } = await worked(content, { type: 'application/x-ndjson', ...defaults(home) });
  includes(job, { status: 'done', total: bad.length + 2, failed: bad.length });
  assert.deepEqual(all.map(({ outcome }) => outcome), ['invited', ...bad.map(() => 'failed'), 'invited']);
});

test('the same address twice in a file, and the same file twice: one account', async () => {
  const [email, other] = [address(), address()];
  const content = csv('Email', [email, other, email.toUpperCase()]);
  const before = await world.accounts();
  for (let time = 0; time < 2; time += 1) {
    const { line } = await worked(content, defaults(home));
    assert.deepEqual([line(2).outcome, line(3).outcome], ['invited', 'invited']);
    assert.equal(await world.accounts(), before + 2);
  }
});

test('rows: by outcome, in parts', async () => {
  const lines = Array.from({ length: 25 }, (_, i) => (i % 5 === 0 ? 'no address' : address()));
  const { job, all } = await worked(csv('Email', lines), defaults(home));
  const counts = {};
  for (const outcome of ['invited', 'failed', 'pending']) counts[outcome] = await countRows(world, home.boss, job, outcome);
  assert.deepEqual(counts, { invited: 20, failed: 5, pending: 0 });
  const part = await rows(world, home.boss, job, { skip: 7, take: 6 });
  assert.deepEqual([part.items, part.total], [all.slice(7, 13), 25]);
  const failed = await rows(world, home.boss, job, { outcome: 'failed', skip: 2, take: 2 });
  assert.deepEqual([failed.items.map(({ line }) => line), failed.total], [[12, 17], 5]);
  assert.deepEqual((await rows(world, home.boss, job, { skip: 25 })).items, []);
});

test('jobs: one’s own, the newest first; nobody else sees them', async (t) => {
  const [mine, colleague, other] = [await world.hire(home, ['USER_ADD'], 'Mine'), await world.hire(home, ['USER_ADD'], 'Colleague'), await world.company('Other')];
  const query = { organizationIds: home.orgId, groupId: world.group('USER_VIEW') };
  const made = [];
  for (let i = 0; i < 3; i += 1) made.unshift((await worked(csv('Email', [address()]), { query }, mine)).job);
  const answer = await world.partner('GET', kJobs, { as: mine });
  assert.deepEqual(answer.json, made);
  assert.equal(answer.headers['x-total-count'], '3');
  const id = made[0].id;
  await table(t, world, [colleague, home.boss, other.boss].flatMap((as) => [
    { name: 'get', at: `GET ${kJobs}/${id}`, as, expect: 404 }, { name: 'rows', at: `GET ${kJobs}/${id}/rows`, as, expect: 404 }, { name: 'cancel', at: `POST ${kJobs}/${id}/cancel`, as, expect: 404 },
    { name: 'list', at: `GET ${kJobs}`, as, expect: 200, hasNot: [id] },
  ]));
  await table(t, world, [
    ...['', '/rows'].flatMap((what) => [{ name: `GET${what}: unknown`, at: `GET ${kJobs}/${kNobody}${what}`, as: mine, expect: 404 }, { name: `GET${what}: no GUID`, at: `GET ${kJobs}/x${what}`, as: mine, expect: [400, 404] }]),
    { name: 'cancel: unknown', at: `POST ${kJobs}/${kNobody}/cancel`, as: mine, expect: 404 },
    ...[['outcome', 'done'], ['skip', -1], ['take', 1001], ['take', 'x']].map(([name, value]) => ({ name: `${name}=${value}`, at: `GET ${kJobs}/${id}/rows`, as: mine, query: { [name]: value }, expect: 400, faults: [name] })),
    { name: 'what is over is over', at: `POST ${kJobs}/${id}/cancel`, as: mine, expect: [200, 409] },
  ]);
  assert.deepEqual(await look(world, mine, made[0]), made[0]);
});

test('files that are none, and questions that are none, make no job', async (t) => {
  const mine = await world.hire(home, ['USER_ADD'], 'Mine');
  const row = (name, raw, more = {}) => ({ name, at: `POST ${kJobs}`, as: mine, raw, type: 'text/csv', expect: 400, ...more });
  const good = csv('Email', [address()]);
  await table(t, world, [
    row('nothing', ''), row('nothing as JSON Lines', '', { type: 'application/x-ndjson' }), row('a header without Email', csv('FirstName,GroupId', ['Ann,x'])), row('a header with a column twice', csv('Email,email', ['a@example.org,b@example.org'])),
    row('an organization that is no GUID', good, { query: { organizationIds: `${home.orgId},x` } }), row('a group that is no GUID', good, { query: { groupId: 'Customer' } }),
    row('by nobody', good, { as: null, expect: 401 }), row('another type', good, { type: 'text/tab-separated-values', expect: 415 }),
  ]);
  assert.deepEqual((await world.partner('GET', kJobs, { as: mine })).json, []);
});
