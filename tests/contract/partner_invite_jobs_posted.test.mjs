// How a file of people is posted, and what operators see of it: media types and charsets, what is wrong with a header line,
// a repeated request, the metrics and the log, which tell of no address.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, kUuid, startPartner, table } from '../support/partner.mjs';
import { csv, follow, kJobs, look, ndjson, rows, submit } from '../support/partner_jobs.mjs';

let world;
let home;
before(async () => {
  world = await startPartner();
  home = await world.company('Home');
});
after(async () => { await world?.stop(); });

const query = () => ({ organizationIds: home.orgId, groupId: world.group('Customer') });
const metric = async (name) => {
  const text = await (await fetch(`${world.server.managementUrl}/metrics`)).text();
  const value = text.match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1];
  assert.ok(value !== undefined, `${name} in ${text}`);
  return Number(value);
};

test('JSON Lines under each of their names', async () => {
  for (const type of ['application/x-ndjson', 'application/jsonl', 'application/json-lines', 'Application/JSONL; Charset="UTF-8"']) {
    const job = await follow(world, home.boss, await submit(world, home.boss, ndjson([{ Email: address() }]), { type, query: query() }));
    assert.deepEqual([job.status, job.total, job.failed], ['done', 1, 0], type);
  }
});

test('what is no UTF-8 file of these formats is refused', async (t) => {
  const row = (name, type, expect, raw = csv('Email', [address()])) => ({ name, at: `POST ${kJobs}`, as: home.boss, raw, type, query: query(), expect });
  await table(t, world, [
    row('another charset', 'text/csv; charset=iso-8859-1', 415), row('no JSON Lines', 'application/json', 415), row('a form', 'application/x-www-form-urlencoded', 415),
    row('another encoding all the same', 'text/csv', 400, Buffer.from('\ufeffEmail\n', 'utf16le')),
    { ...row('unknown columns', 'text/csv', 400, csv('Email,Colour,Shoe size', ['a@example.org,red,40'])), faults: ['Header'], then: ({ text }) => assert.match(text, /Colour.*Shoe size/) },
    { ...row('semicolons', 'text/csv', 400, csv('Email;GroupId', ['a@example.org;x'])), faults: ['Header'] },
    { ...row('a hundred and one organizations', 'text/csv', 400), query: { organizationIds: Array(101).fill(home.orgId).join(',') } },
  ]);
  assert.deepEqual((await world.partner('GET', kJobs, { as: home.boss, query: { take: 1000 } })).json.filter(({ failed }) => failed > 0), []);
});

test('a request with an Idempotency-Key that comes again makes no second job', async () => {
  const raw = csv('Email', [address()]);
  const send = () => world.partner('POST', kJobs, { as: home.boss, raw, type: 'text/csv', query: query(), headers: { 'Idempotency-Key': 'one-file' } });
  const [first, again] = [await send(), await send()];
  assert.deepEqual([first.status, again.status], [202, 202]);
  assert.match(first.json.id, kUuid);
  assert.equal(again.json.id, first.json.id);
});

test('the errors of a row are those of an invitation, by member', async () => {
  const job = await follow(world, home.boss, await submit(world, home.boss, csv('Email,GroupId', ['nobody,x', `${address()},`]), { query: { organizationIds: home.orgId } }));
  const { items } = await rows(world, home.boss, job);
  assert.deepEqual(items.map(({ errors }) => Object.keys(errors)), [['Email', 'GroupId'], ['GroupId']]);
  for (const text of Object.values(items[0].errors).flat()) assert.ok(typeof text === 'string' && text !== '');
});

test('operators see how much there is to do, and who is invited they do not', async () => {
  const [before, email] = [await metric('gatehouse_invite_job_rows_total'), address('unseen')];
  const job = await follow(world, home.boss, await submit(world, home.boss, csv('Email', [email, 'unseen.and.no.address']), { query: query() }));
  assert.equal(await metric('gatehouse_invite_job_rows_total'), before + 2);
  assert.equal(await metric('gatehouse_invite_jobs_waiting'), 0);
  assert.equal((await look(world, home.boss, job)).failed, 1);
  const log = world.server.logs();
  const events = log.filter((entry) => entry.invite_job === job.id).map(({ event }) => event);
  assert.deepEqual(events, ['invite_job_begun', 'invite_job_finished']);
  assert.ok(!JSON.stringify(log).includes('unseen'), 'no address in the log');
});
