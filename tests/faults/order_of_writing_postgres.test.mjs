// Store: postgres
// PostgreSQL tells Gatehouse of a commit after its log was flushed, never before: with the settings of a server that was just
// made, seen from outside, in what its processes ask of the kernel.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { kTraced, postgresLog, unproved } from '../support/durability.mjs';
import { kKinds, markedChanges } from '../support/marked_changes.mjs';
import { PrivatePostgres } from '../support/postgres.mjs';
import { childrenOf } from '../support/processes.mjs';
import { Trace, whyNoTrace } from '../support/strace.mjs';
import { eventsOf } from '../support/trace_events.mjs';
import { startWorld } from '../support/v1.mjs';

const kClients = 6;
const kEach = 3;
const skip = (await whyNoTrace()) ?? false;
const log = postgresLog();

let lines;
let changes;

before(async () => {
  if (skip) return;
  const postgres = await PrivatePostgres.start({ durable: true });
  const world = await startWorld({ env: { GATEHOUSE_DATABASE_URL: postgres.url(await postgres.freshDatabase()), GATEHOUSE_STALENESS_BOUND_MS: '30000' } });
  const [pid] = readFileSync(join(postgres.data, 'postmaster.pid'), 'utf8').split('\n').map(Number);
  const trace = await Trace.attach([pid, ...childrenOf(pid)], ['-yy', '-s', String(1 << 20), '-e', `${kTraced},recvfrom`]);
  changes = await markedChanges(world, kClients, kEach);
  lines = await trace.detach();
  await world.stop();
  await postgres.stop();
});

const findings = (doctored) => unproved(eventsOf(doctored), changes, log);
const isFlush = (line) => /(fdatasync|fsync)(\(| resumed)/.test(line);

test('between the writing of every acknowledged change and the word that it is committed lies a flush that succeeded', { skip }, () => {
  assert.equal(changes.length, kClients * kEach * kKinds);
  assert.deepEqual(findings(lines), []);
});

test('a trace without flushes, or with flushes that failed, proves nothing', { skip }, () => {
  assert.equal(findings(lines.filter((line) => !isFlush(line))).length, changes.length);
  const failed = lines.map((line) => (isFlush(line) ? line.replace(/= 0$/, '= -1 EIO (Input/output error)') : line));
  assert.equal(findings(failed).length, changes.length);
});

test('a word that came before the flush proves nothing', { skip }, () => {
  const words = eventsOf(lines).filter(({ call, data }) => call === 'sendto' && data.includes('COMMIT\0'));
  const isWord = new Set(words.flatMap(({ began, ended }) => [began, ended]));
  const late = [...lines.filter((line, at) => isWord.has(at) || !isFlush(line)), ...lines.filter(isFlush)];
  assert.equal(findings(late).length, changes.length);
});
