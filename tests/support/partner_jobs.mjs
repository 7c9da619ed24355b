// Files of people to invite, as jobs of the partner surface: sent, followed, and told row by row; and the mails of many.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './mail.mjs';
import { includes, kTime, kUuid, listOf, sorted } from './partner.mjs';

export const kJobs = '/partner/v1/invite-jobs';
export const kDeadline_ms = 600_000;

const kJobMembers = ['createdAt', 'done', 'failed', 'finishedAt', 'id', 'startedAt', 'status', 'total'];
const kRowMembers = ['email', 'errors', 'line', 'outcome', 'userId'];
const isCount = (value) => Number.isInteger(value) && value >= 0;
const isEmpty = (errors) => errors === null || Object.keys(errors).length === 0;

export const isOver = ({ status }) => ['done', 'cancelled', 'failed'].includes(status);

export function assertJob(job) {
  assert.deepEqual(sorted(Object.keys(job)), kJobMembers);
  includes(job, { id: kUuid, status: /^(queued|running|done|cancelled|failed)$/, total: isCount, done: isCount, failed: isCount, createdAt: kTime });
  if (job.status === 'queued') assert.equal(job.startedAt, null);
  else if (job.startedAt !== null) assert.match(job.startedAt, kTime);
  if (isOver(job)) assert.match(job.finishedAt, kTime);
  else assert.equal(job.finishedAt, null, JSON.stringify(job));
  assert.ok(job.done <= job.total && job.failed <= job.total, JSON.stringify(job));
  // Whether `done` counts the rows that went in or all that were worked off, the contract leaves open.
  if (job.status === 'done') assert.ok([job.done, job.done + job.failed].includes(job.total), JSON.stringify(job));
  return job;
}

// Lines with commas between, the header first.
export const csv = (header, lines, end = '\n') => [header, ...lines, ''].join(end);
export const ndjson = (objects) => csv(JSON.stringify(objects[0]), objects.slice(1).map((object) => JSON.stringify(object)));

// Sends a file that must be taken; the job.
export async function submit(world, as, content, { type = 'text/csv', query } = {}) {
  const answer = await world.partner('POST', kJobs, { as, raw: content, type, query });
  assert.equal(answer.status, 202, `${answer.request}: ${answer.status} ${answer.text}`);
  assertJob(answer.json);
  assert.equal(new URL(answer.headers.location, world.url).pathname, `${kJobs}/${answer.json.id}`);
  return answer.json;
}

export async function look(world, as, { id }) {
  const answer = await world.partner('GET', `${kJobs}/${id}`, { as });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.id, id);
  return assertJob(answer.json);
}

// The job when it has come so far: until it is over, without `far`.
export function follow(world, as, job, far = isOver) {
  return until(`the job ${job.id}`, async () => {
    const now = await look(world, as, job);
    return far(now) ? now : null;
  }, kDeadline_ms);
}

// The job with a first row done. It must not be over: what comes in the middle would come too late.
export async function inTheMiddle(world, as, job) {
  const now = await follow(world, as, job, (one) => one.done + one.failed > 0);
  assert.equal(now.status, 'running', `the file is too short for this machine: ${JSON.stringify(now)}`);
  return now;
}

export async function rows(world, as, { id }, query) {
  const list = listOf(await world.partner('GET', `${kJobs}/${id}/rows`, { as, query }));
  for (const row of list.items) {
    assert.deepEqual(sorted(Object.keys(row)), kRowMembers);
    assert.ok(Number.isInteger(row.line) && row.line >= 1, JSON.stringify(row));
    assert.match(row.outcome, /^(pending|invited|failed)$/);
    if (row.outcome === 'invited') assert.match(row.userId, kUuid);
    else assert.equal(row.userId, null, JSON.stringify(row));
    assert.equal(isEmpty(row.errors), row.outcome !== 'failed', JSON.stringify(row));
  }
  const lines = list.items.map(({ line }) => line);
  assert.deepEqual(lines, [...lines].sort((a, b) => a - b), 'in the order of the file');
  return list;
}

// All rows of one outcome, or of all, page by page.
export async function allRows(world, as, job, query = {}) {
  const found = [];
  for (;;) {
    const { items, total } = await rows(world, as, job, { ...query, skip: found.length, take: 1000 });
    found.push(...items);
    if (found.length >= total) return found;
    assert.ok(items.length > 0, `${found.length} of ${total} rows`);
  }
}

export const countRows = async (world, as, job, outcome) => (await rows(world, as, job, { outcome, take: 1 })).total;

function mailFiles(server) {
  const folder = join(server.data, 'mail');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.eml')).map((name) => join(folder, name));
}

// Every address that a mail went to, with the ids of the mails: read without parsing, because they may be many.
export function recipients(server) {
  const found = new Map();
  for (const file of mailFiles(server)) {
    const head = readFileSync(file, 'latin1').split(/\r?\n\r?\n/, 1)[0].replace(/\r?\n[ \t]+/g, ' ');
    const to = head.match(/^To:.*?([^\s<>,:]+@[^\s<>,]+)/im)[1].toLowerCase();
    found.set(to, (found.get(to) ?? new Set()).add(head.match(/^Message-ID:\s*(\S+)/im)[1]));
  }
  return found;
}

// Until so many mails are there as files.
export const mailed = (server, count) => until(`${count} mails`, () => mailFiles(server).length >= count, kDeadline_ms);
