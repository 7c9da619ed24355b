// A long file of people that does not come to its end: it is cancelled, or who sent it loses the right to, in the middle. What
// was done stands, the rest is not done, and a restart does not change that. The "resumable after a restart, cancel".
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, includes, kTime, startPartner, unique } from '../support/partner.mjs';
import { countRows, csv, follow, inTheMiddle, isOver, kJobs, look, rows, submit } from '../support/partner_jobs.mjs';
import { greet } from '../support/v1.mjs';

const kRows = 20_000;
let world;
let company;
before(async () => {
  world = await startPartner();
  company = await world.company('Onboards');
});
after(async () => { await world?.stop(); });

const defaults = (group = 'USER_VIEW') => ({ query: { organizationIds: company.orgId, groupId: world.group(group) } });
function bigFile() {
  const tag = unique('bulk').replace(/\W/g, '');
  return csv('Email,FirstName', Array.from({ length: kRows }, (_, i) => `person.${i}.${tag}@example.org,Person ${i}`));
}
const counts = async (as, job) => {
  const found = {};
  for (const outcome of ['pending', 'invited', 'failed']) found[outcome] = await countRows(world, as, job, outcome);
  return found;
};
const cancel = async (as, job) => {
  const answer = await world.partner('POST', `${kJobs}/${job.id}/cancel`, { as });
  assert.equal(answer.status, 200, answer.text);
};

test('cancelled: what was done stands, the rest waits for ever', async () => {
  const { boss } = company;
  const before = await world.accounts();
  const job = await submit(world, boss, bigFile(), defaults());
  await inTheMiddle(world, boss, job);
  await cancel(boss, job);
  const end = await follow(world, boss, job);
  includes(end, { status: 'cancelled', total: kRows, failed: 0, finishedAt: kTime });
  const { pending, invited, failed } = await counts(boss, job);
  assert.ok(invited > 0 && pending > 0 && failed === 0, `${invited} invited, ${pending} pending`);
  assert.deepEqual([invited + pending, end.done], [kRows, invited]);
  assert.equal(await world.accounts(), before + invited, 'each that was done, and no other');
  const last = (await rows(world, boss, job, { outcome: 'pending', take: 1 })).items[0];
  assert.equal(await world.shown(boss, last.email, company), undefined);

  await world.server.restart();
  await greet(world);
  await world.renew(boss);
  const next = await submit(world, boss, csv('Email', [address()]), defaults());
  includes(await follow(world, boss, next), { status: 'done', failed: 0 });
  assert.deepEqual(await look(world, boss, job), end, 'a restart does not begin it again');
  assert.equal(await world.accounts(), before + invited + 1);
  const again = await world.partner('POST', `${kJobs}/${job.id}/cancel`, { as: boss });
  assert.ok([200, 409].includes(again.status));
  assert.deepEqual(await look(world, boss, job), end);
});

test('cancelled while it waits behind another: nothing of it is done', async () => {
  const { boss } = company;
  const first = await submit(world, boss, bigFile(), defaults());
  const email = address();
  const second = await submit(world, boss, csv('Email', [email]), defaults());
  const { status } = await look(world, boss, second);
  await cancel(boss, first);
  if (status === 'queued') await cancel(boss, second);
  for (const job of [first, second]) assert.ok(isOver(await follow(world, boss, job)));
  const end = await look(world, boss, second);
  assert.ok(['done', 'cancelled'].includes(end.status), JSON.stringify(end));
  assert.equal((await world.shown(boss, email, company)) !== undefined, end.status === 'done');
});

const kLost = {
  demoted: (sender) => world.give(company, sender, ['USER_VIEW'], ['USER_ADD']),
  removed: (sender) => world.done('/access/delete', company.boss, { user_id: sender.id }),
};
for (const [name, lose] of Object.entries(kLost)) {
  test(`who sent it is ${name} in the middle: the remaining rows fail`, async () => {
    const sender = await world.hire(company, ['USER_ADD'], 'Sender');
    const before = await world.accounts();
    const job = await submit(world, sender, bigFile(), defaults());
    await inTheMiddle(world, sender, job);
    await lose(sender);
    const done = await countRows(world, sender, job, 'invited');
    const end = await follow(world, sender, job);
    assert.ok(['done', 'failed'].includes(end.status), JSON.stringify(end));
    const found = await counts(sender, job);
    assert.equal(found.invited, done, 'none after the right was lost');
    assert.ok(found.invited > 0 && found.failed > 0, JSON.stringify(found));
    assert.equal(found.invited + found.failed, kRows, 'each row is told');
    assert.equal(end.failed, found.failed);
    assert.equal(await world.accounts(), before + done);
    for (const row of (await rows(world, sender, job, { outcome: 'failed', take: 3 })).items) assert.notEqual(JSON.stringify(row.errors), '{}');
  });
}

test('who sent it is deactivated in the middle: the remaining rows fail', async () => {
  const sender = await world.hire(company, ['USER_ADD'], 'Sender');
  const before = await world.accounts();
  const job = await submit(world, sender, bigFile(), defaults());
  await inTheMiddle(world, sender, job);
  await world.setStatus(sender, 'inactive');
  const done = await world.accounts();
  assert.equal((await world.partner('GET', `${kJobs}/${job.id}`, { as: sender })).status, 401);
  await world.setStatus(sender, 'active');
  await world.renew(sender);
  const end = await follow(world, sender, job);
  assert.ok(['done', 'failed'].includes(end.status), JSON.stringify(end));
  const found = await counts(sender, job);
  assert.equal(found.pending, 0);
  assert.equal(await world.accounts(), before + found.invited);
  assert.ok(found.invited >= done - before);
});
