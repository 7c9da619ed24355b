// Store: sqlite
// A change is acknowledged after its log was flushed, never before: seen from outside, in what the process asks of the kernel.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { join } from 'node:path';
import { kTraced, sqliteLog, unproved } from '../support/durability.mjs';
import { kKinds, markedChanges } from '../support/marked_changes.mjs';
import { Trace, whyNoTrace } from '../support/strace.mjs';
import { eventsOf } from '../support/trace_events.mjs';
import { startWorld } from '../support/v1.mjs';

const kClients = 8;
const kEach = 3;
const skip = (await whyNoTrace()) ?? false;

let lines;
let log;
let changes;

before(async () => {
  if (skip) return;
  const world = await startWorld();
  // By its real path, as the kernel names it.
  log = sqliteLog(join(world.server.data, 'gatehouse.db-wal'));
  const trace = await Trace.attach(world.server.pid, ['-yy', '-s', '8192', '-e', kTraced]);
  changes = await markedChanges(world, kClients, kEach);
  lines = await trace.detach();
  await world.stop();
});

const findings = (doctored) => unproved(eventsOf(doctored), changes, log);
const isFlush = (line) => /(fdatasync|fsync)(\(| resumed)/.test(line);

test('between the writing of every acknowledged change and its answer lies a flush that succeeded', { skip }, () => {
  assert.equal(changes.length, kClients * kEach * kKinds);
  assert.deepEqual(findings(lines), []);
});

test('changes that arrive at the same time share a flush', { skip }, () => {
  const flushes = eventsOf(lines).filter(log.flushes).length;
  assert.ok(flushes > 0 && flushes < changes.length, `${flushes} flushes for ${changes.length} changes`);
});

// The same judgement over what must not be: it finds every single change.
const all = () => changes.length;
test('a trace without flushes proves nothing', { skip }, () => {
  assert.equal(findings(lines.filter((line) => !isFlush(line))).length, all());
});

test('a flush that failed proves nothing', { skip }, () => {
  const failed = lines.map((line) => (isFlush(line) ? line.replace(/= 0$/, '= -1 EIO (Input/output error)') : line));
  assert.equal(findings(failed).length, all());
});

test('a flush of another file proves nothing', { skip }, () => {
  const other = lines.map((line) => (isFlush(line) ? line.replace('gatehouse.db-wal', 'gatehouse.db') : line));
  assert.equal(findings(other).length, all());
});

test('a flush before the writing proves nothing', { skip }, () => {
  for (const change of changes.slice(0, 3)) {
    const events = eventsOf(lines);
    const { began: written } = events.find((event) => log.writes(event) && event.data.includes(change.marker));
    const { began: answered } = log.answer(events, change);
    const after = lines.slice(written, answered);
    const early = [...lines.slice(0, written), ...after.filter(isFlush), ...after.filter((line) => !isFlush(line)), ...lines.slice(answered)];
    assert.ok(findings(early).includes(`${change.marker}: nothing was flushed between its writing and its answer`));
  }
});

test('an answer before the flush proves nothing', { skip }, () => {
  const sent = eventsOf(lines).filter(({ path, call }) => path.startsWith('TCP') && /^(send|write)/.test(call));
  const isAnswer = new Set(sent.flatMap(({ began, ended }) => [began, ended]));
  const early = [...lines.filter((_, at) => isAnswer.has(at)), ...lines.filter((_, at) => !isAnswer.has(at))];
  assert.equal(findings(early).length, all());
});

test('a change that was never written, or never answered, is not proved', { skip }, () => {
  const [{ marker, requestId }] = changes;
  assert.match(findings(lines.map((line) => line.replaceAll(marker, 'another'))).join(), /never written/);
  assert.match(findings(lines.filter((line) => !line.includes(requestId))).join(), /answer was not seen/);
});

test('a transaction of which the end was not written is not proved', { skip }, () => {
  const marks = eventsOf(lines).filter((event) => log.writes(event) && event.data.length === 24);
  const gone = new Set(marks.flatMap(({ began, ended }) => [began, ended]));
  assert.match(findings(lines.filter((_, at) => !gone.has(at))).join(), /never ended/);
});
