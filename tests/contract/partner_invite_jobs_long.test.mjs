// A file of 20,000 people: it loads while others are served, goes on after the power has failed in the middle, and in the end
// there is one account and one mail for each. The "20,000 rows load while other requests keep their latency".
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, includes, kPassword, kRoles, startPartner } from '../support/partner.mjs';
import { allRows, countRows, csv, follow, inTheMiddle, kJobs, look, mailed, recipients, submit } from '../support/partner_jobs.mjs';
import { greet, unique } from '../support/v1.mjs';

const kRows = 20_000;
let world;
let company;
before(async () => {
  world = await startPartner();
  company = await world.company('Onboards');
});
after(async () => { await world?.stop(); });

const defaults = () => ({ query: { organizationIds: company.orgId, groupId: world.group('Customer') } });

function bigFile(tag, count) {
  const emails = Array.from({ length: count }, (_, i) => `person.${i}.${tag}@example.org`);
  const content = csv('Email,FirstName,LastName,GroupId', emails.map((email, i) => `${email},First name ${i},Last name ${i},${world.group('Customer')}`));
  return { emails, content };
}

test('20,000 rows, a kill -9 in the middle, and others served meanwhile: every row exactly once', async () => {
  const tag = unique('bulk').replace(/\W/g, '');
  const { emails, content } = bigFile(tag, kRows);
  assert.ok(content.length > 1 << 20, 'more than a body may otherwise have');
  const before = await world.accounts();
  const job = await submit(world, company.boss, content, defaults());
  await inTheMiddle(world, company.boss, job);
  await world.server.kill9();
  await world.server.start();
  await greet(world);
  await world.renew(company.boss);
  includes(await look(world, company.boss, job), { status: /^(queued|running|done)$/, total: kRows });

  const visitor = await world.company('Visitor');
  for (let i = 0; i < 10; i += 1) {
    await world.must(200, 'GET', '/api/v1/orgs', { as: visitor.boss });
    await world.must(200, 'GET', kRoles, { as: visitor.boss });
    await world.list('/access', visitor.boss);
    await world.signIn(visitor.boss.email);
    await world.offer(visitor.boss, [world.entry()], [visitor]);
  }

  const end = await follow(world, company.boss, job);
  includes(end, { id: job.id, status: 'done', total: kRows, failed: 0, createdAt: job.createdAt });

  await world.renew(world.admin, company.boss);
  const rows = await allRows(world, company.boss, job);
  assert.deepEqual(rows.map(({ line }) => line), emails.map((_, i) => i + 2), 'every row once');
  assert.deepEqual(rows.map(({ email }) => email), emails);
  assert.ok(rows.every(({ outcome }) => outcome === 'invited'));
  assert.equal(new Set(rows.map(({ userId }) => userId)).size, kRows);
  assert.equal(await world.accounts(), before + kRows + 11, 'with the visitor and whom it invited');
  assert.equal((await world.users(company.boss, { customerId: company.orgId, search: tag, take: 1 })).total, kRows);
  for (const outcome of ['pending', 'failed']) assert.equal(await countRows(world, company.boss, job, outcome), 0);

  await mailed(world.server, kRows + 10);
  await world.mailsSettled();
  const mails = recipients(world.server);
  const wrong = emails.filter((email) => mails.get(email)?.size !== 1);
  assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} of ${kRows} got no mail, or more than one`);
});

test('it goes on after an orderly stop, too, and a job that waited behind it is done', async () => {
  const { emails, content } = bigFile(unique('stop').replace(/\W/g, ''), 8_000);
  const before = await world.accounts();
  const [long, short] = [await submit(world, company.boss, content, defaults()), await submit(world, company.boss, csv('Email', [address()]), defaults())];
  await inTheMiddle(world, company.boss, long);
  await world.server.restart();
  await greet(world);
  await world.renew(company.boss);
  for (const job of [short, long]) includes(await follow(world, company.boss, job), { status: 'done', failed: 0 });
  await world.renew(world.admin, company.boss);
  assert.equal(await countRows(world, company.boss, long, 'invited'), emails.length);
  assert.equal(await world.accounts(), before + emails.length + 1);
  const { json } = await world.partner('GET', kJobs, { as: company.boss });
  assert.deepEqual(json.slice(0, 2).map(({ id }) => id), [short.id, long.id], 'the newest first');
});

test('who came in by a file gets in', async (t) => {
  // A server of its own: here the mails of twenty thousand others go first.
  const quiet = await startPartner();
  t.after(() => quiet.stop());
  const place = await quiet.company('Quiet');
  const email = address('one');
  const job = await submit(quiet, place.boss, csv('Email', [email]), { query: { organizationIds: place.orgId, groupId: quiet.group('Customer') } });
  await follow(quiet, place.boss, job);
  const { token } = await quiet.letter(email);
  assert.equal((await quiet.activate(token, kPassword)).status, 200);
  await quiet.signIn(email);
});
