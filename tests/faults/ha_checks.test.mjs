// Store: any
// The checks of the scenario of high availability on histories that are made up: each finds what is wrong, and nothing in a
// history where nothing is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from '../support/ha/asking.mjs';
import * as checks from '../support/ha/checks.mjs';
import { Recorder } from '../support/ha/recorder.mjs';

const answer = (outcome, { node = 'gh1', sent = 0, answered = sent + 5, status = { acknowledged: 200, refused: 409, unknown: 0 }[outcome], text = '' } = {}) => ({ outcome, node, sent, answered, status, text, error: null });
const write = (key, value, outcome, more = {}) => ({ kind: 'edit', outcome, tries: [answer(outcome, more)], effects: [{ key, value }], entries: [], ...more });

function history(operations = [], more = {}) {
  const whole = { bound_ms: 1000, secrets: [], revocations: [], uses: [], faults: [], outages: [], strange: [], final: { gh1: {}, gh2: {} }, log: [], head: 0, verify: { status: 0 }, mails: { missing: [], waiting: [] }, ...more };
  return { ...whole, operations: operations.map((one, id) => ({ id, mustRefuse: false, ...one })) };
}
const onBoth = (seen) => ({ final: { gh1: seen, gh2: seen } });
const found = (check, made, pattern) => {
  const findings = check(made);
  assert.ok(findings.length > 0, 'it finds something');
  if (pattern) assert.match(findings.join('\n'), pattern);
};

test('a history where nothing is wrong passes every check', () => {
  const log = [{ revision: 1, action: 'organization.updated', target: 'o', before: { description: 'a' }, after: { description: 'b' } }];
  const made = history(
    [write('x', 'b', 'acknowledged', { entries: [{ action: 'organization.updated', target: 'o', after: { description: 'b' } }] }), write('x', 'c', 'refused'), write('y', 'never', 'refused')],
    {
      ...onBoth({ x: 'b' }), log, head: 1,
      secrets: [{ secret: 's', tries: [answer('acknowledged'), answer('refused', { node: 'gh2' })] }],
      revocations: [{ what: 'a look', at: 100, until: 2000, probes: [{ node: 'gh1', sent: 1000, verdict: 'allowed' }, { node: 'gh2', sent: 1200, verdict: 'refused' }, { node: 'gh1', sent: 2500, verdict: 'allowed' }] }],
      outages: [{ node: 'gh1', from: 0, to: 3000, probes: [{ sent: 900, answered: 901, status: 200, unavailable: false }, { sent: 1100, answered: 1101, status: 503, unavailable: true }] }],
    },
  );
  for (const [name, check] of Object.entries(checks.all)) assert.deepEqual(check(made), [], name);
});

test('an acknowledged change that is missing is found', () => {
  found(checks.stateAsAcknowledged, history([write('x', 'a', 'acknowledged')], onBoth({})), /x: null is not what was acknowledged/);
  found(checks.stateAsAcknowledged, history([write('x', 'a', 'acknowledged'), write('x', 'b', 'acknowledged')], onBoth({ x: 'a' })), /"a" is not/);
});

test('an acknowledged removal that came back is found', () => {
  found(checks.stateAsAcknowledged, history([write('x', 'a', 'acknowledged'), write('x', null, 'acknowledged')], onBoth({ x: 'a' })), /it may be null/);
});

test('a refused change that is visible is found', () => {
  found(checks.stateAsAcknowledged, history([write('x', 'a', 'acknowledged'), write('x', 'b', 'refused')], onBoth({ x: 'b' })), /was refused and is visible/);
  found(checks.stateAsAcknowledged, history([write('x', 'a', 'refused')], onBoth({ x: 'a' })), /was refused and is visible/);
});

test('what was not known may be there or not, and nothing older than the last acknowledgement', () => {
  const operations = [write('x', 'a', 'unknown'), write('x', 'b', 'acknowledged'), write('x', 'c', 'unknown')];
  for (const x of ['b', 'c']) assert.deepEqual(checks.stateAsAcknowledged(history(operations, onBoth({ x }))), []);
  found(checks.stateAsAcknowledged, history(operations, onBoth({ x: 'a' })));
  found(checks.stateAsAcknowledged, history(operations, onBoth({})));
});

test('what nobody asked for is found', () => {
  found(checks.stateAsAcknowledged, history([], onBoth({ x: 'a' })), /nobody asked for it/);
});

test('nodes that say different things are found', () => {
  found(checks.nodesAgree, history([], { final: { gh1: { x: 'a' }, gh2: { x: 'b' } } }));
  found(checks.nodesAgree, history([], { final: { gh1: { x: 'a' }, gh2: {} } }));
  found(checks.nodesAgree, history([], { final: { gh1: {}, gh2: { x: 'a' } } }));
});

test('a trespass that was acknowledged is found', () => {
  found(checks.refusedWhatMustBe, history([write('x', 'a', 'acknowledged', { mustRefuse: true })]));
});

test('a secret that worked twice is found', () => {
  const tries = [answer('acknowledged'), answer('acknowledged', { node: 'gh2' })];
  found(checks.secretsWorkOnce, history([], { secrets: [{ secret: 'an invitation', tries }] }), /an invitation worked 2 times: on gh1 and gh2/);
});

test('access after the bound is found, and access that was given again is none', () => {
  const revocations = [{ what: 'a look', at: 100, until: 5000, probes: [{ node: 'gh2', sent: 1101, verdict: 'allowed' }] }];
  found(checks.nothingAfterRevocation, history([], { revocations }), /gh2 allowed a look 1001 ms/);
  revocations[0].until = 1050;
  assert.deepEqual(checks.nothingAfterRevocation(history([], { revocations })), []);
});

test('what was acknowledged and is refused on the other node is found', () => {
  found(checks.usableAtOnce, history([], { uses: [{ what: 'a token', node: 'gh2', status: 401 }] }));
  assert.deepEqual(checks.usableAtOnce(history([], { uses: [{ what: 'a token', node: 'gh2', status: 503 }] })), []);
});

test('a node that decides while it is cut off is found, and so is one that nobody asked', () => {
  const outage = { node: 'gh1', from: 0, to: 3000, probes: [{ sent: 1001, answered: 1002, status: 200 }] };
  found(checks.silentWhenCutOff, history([], { outages: [outage] }), /answered 200 1001 ms after/);
  found(checks.silentWhenCutOff, history([], { outages: [{ ...outage, probes: [] }] }), /was not asked/);
});

test('a change without an entry, with two, and a refused one with an entry are found', () => {
  const entry = { action: 'organization.updated', target: 'o', after: { description: 'b' } };
  const line = (revision) => ({ revision, action: entry.action, target: 'o', before: { description: 'a' }, after: { description: 'b' } });
  const made = (outcome, log) => history([write('x', 'b', outcome, { entries: [entry] })], { log });
  found(checks.oneEntryPerChange, made('acknowledged', []), /0 times in the log/);
  found(checks.oneEntryPerChange, made('acknowledged', [line(1), line(2)]), /2 times in the log/);
  found(checks.oneEntryPerChange, made('refused', [line(1)]), /no more than 0 times/);
  assert.deepEqual(checks.oneEntryPerChange(made('unknown', [line(1)])), []);
  assert.deepEqual(checks.oneEntryPerChange(made('unknown', [])), []);
  found(checks.oneEntryPerChange, made('unknown', [line(1), line(2)]));
});

test('an entry that only repeats the value is not that of the change', () => {
  const entry = { action: 'organization.updated', target: 'o', after: { description: 'b' } };
  const other = { revision: 1, action: entry.action, target: 'o', before: { description: 'b', name: 'x' }, after: { description: 'b', name: 'y' } };
  found(checks.oneEntryPerChange, history([write('x', 'b', 'acknowledged', { entries: [entry] })], { log: [other] }));
});

test('gaps of the log, and a head beyond its end, are found', () => {
  found(checks.logWithoutGaps, history([], { log: [{ revision: 1 }, { revision: 3 }], head: 3 }));
  found(checks.logWithoutGaps, history([], { log: [{ revision: 1 }, { revision: 1 }], head: 2 }));
  found(checks.logWithoutGaps, history([], { log: [{ revision: 1 }], head: 2 }));
});

test('a scenario in which too little happened is found', () => {
  const findings = checks.muchHappened(history([write('x', 'a', 'acknowledged', { sent: 10 })], { faults: [{ name: 'a fault', at: 50, recovered: 60 }] }), { kinds: ['edit'] });
  for (const pattern of [/edit was acknowledged 1 times only/, /one-time secrets/, /revocations/, /nothing was refused/, /nothing was under way at: a fault/]) assert.match(findings.join('\n'), pattern);
});

test('the time without writes is that between two acknowledgements about the fault', () => {
  const operations = [10, 20, 520, 530].map((answered) => write('x', answered, 'acknowledged', { sent: answered - 1, answered }));
  operations.push(write('x', 0, 'refused', { sent: 199, answered: 200 }));
  assert.equal(checks.withoutWrites(history(operations), { at: 15, recovered: 530 }), 500);
  assert.equal(checks.withoutWrites(history(operations), { at: 525, recovered: 530 }), 10);
});

test('a mail that neither arrived nor waits is found', () => {
  found(checks.everyMailKept, history([], { mails: { missing: ['a@b.c'], waiting: ['d@b.c'] } }), /a@b.c has not arrived/);
  assert.deepEqual(checks.everyMailKept(history([], { mails: { missing: ['a@b.c'], waiting: ['a@b.c'] } })), []);
});

test('an answer that is neither plainly yes nor plainly no is unknown', () => {
  const of = (status, text = '', error = null) => outcomeOf({ status, text, error });
  assert.deepEqual([of(201), of(409), of(500), of(0, '', 'ECONNRESET')], ['acknowledged', 'refused', 'unknown', 'unknown']);
  assert.deepEqual([of(0, '', 'ECONNREFUSED'), of(503, 'This node has lost touch with the store'), of(503, 'The store did not say whether the change was taken')], ['refused', 'refused', 'unknown']);
});

test('of repeated tries one acknowledgement counts, and without one the uncertainty', () => {
  const recorder = new Recorder();
  const outcome = (...tries) => recorder.operation('edit', tries.map((one) => answer(one))).outcome;
  assert.deepEqual([outcome('unknown', 'acknowledged'), outcome('unknown', 'refused'), outcome('refused', 'refused')], ['acknowledged', 'unknown', 'refused']);
});

test('an internal error is remembered', () => {
  const recorder = new Recorder();
  recorder.operation('edit', [answer('unknown', { status: 500, text: 'x' })]);
  found(checks.nothingStrange, recorder.history);
  const well = new Recorder();
  well.operation('edit', [answer('refused', { status: 500, text: '{"detail":"The store cannot take changes now; nothing was changed."}' })]);
  assert.deepEqual(checks.nothingStrange(well.history), []);
});
