// The judgement over a history (recorder.mjs): each check returns sentences, one for each thing that must not be. They know
// nothing of how the history came about.

const group = (list, keyOf) => {
  const groups = new Map();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
};
const text = (value) => JSON.stringify(value);

function writesByKey({ operations }) {
  const writes = operations.flatMap(({ id, kind, outcome, effects }) => effects.map(({ key, value }) => ({ id, kind, outcome, key, value })));
  return group(writes, ({ key }) => key);
}

// What may stand at a key in the end: what was acknowledged last, or what was under way after it.
export function stateAsAcknowledged(history) {
  const findings = [];
  const writes = writesByKey(history);
  for (const [node, seen] of Object.entries(history.final)) {
    for (const [key, its] of writes) {
      const last = its.findLastIndex(({ outcome }) => outcome === 'acknowledged');
      const may = its.slice(Math.max(last, 0)).filter(({ outcome }) => outcome !== 'refused').map(({ value }) => value);
      if (last < 0) may.push(null);
      const value = seen[key] ?? null;
      if (may.includes(value)) continue;
      const refused = its.some((one) => one.outcome === 'refused' && one.value === value);
      const why = refused ? 'was refused and is visible' : 'is not what was acknowledged';
      findings.push(`${node}: ${key}: ${text(value)} ${why}; it may be ${may.map(text).join(' or ')}`);
    }
    for (const key of Object.keys(seen)) if (!writes.has(key)) findings.push(`${node}: ${key}: nobody asked for it`);
  }
  return findings;
}

export function nodesAgree({ final }) {
  const [first, ...others] = Object.entries(final);
  const findings = [];
  for (const [node, seen] of others) {
    for (const key of new Set([...Object.keys(first[1]), ...Object.keys(seen)])) {
      if ((first[1][key] ?? null) !== (seen[key] ?? null)) findings.push(`${key}: ${first[0]} says ${text(first[1][key])}, ${node} says ${text(seen[key])}`);
    }
  }
  return findings;
}

export function refusedWhatMustBe({ operations }) {
  return operations.filter(({ mustRefuse, outcome }) => mustRefuse && outcome === 'acknowledged').map(({ id, kind }) => `${kind} (operation ${id}) was acknowledged, and must be refused`);
}

export function secretsWorkOnce({ secrets }) {
  const findings = [];
  for (const { secret, tries } of secrets) {
    const worked = tries.filter(({ outcome }) => outcome === 'acknowledged');
    if (worked.length > 1) findings.push(`${secret} worked ${worked.length} times: on ${worked.map(({ node }) => node).join(' and ')}`);
  }
  return findings;
}

// Whoever asked later than the bound after the acknowledgement must not have been let in.
export function nothingAfterRevocation({ revocations, bound_ms }) {
  const findings = [];
  for (const { what, at, until, probes } of revocations) {
    for (const { node, sent, verdict } of probes) {
      if (verdict !== 'allowed' || sent <= at + bound_ms || (until !== null && sent >= until)) continue;
      findings.push(`${node} allowed ${what} ${Math.round(sent - at)} ms after it was taken away`);
    }
  }
  return findings;
}

export function usableAtOnce({ uses }) {
  return uses.filter(({ status }) => [401, 403, 404].includes(status)).map(({ what, node, status, said }) => `${node} answered ${status} to ${what}, which another node had acknowledged: ${said}`);
}

// A node that was cut off says so, from the bound on until it is reconnected: whatever it is asked.
export function silentWhenCutOff({ outages, bound_ms }) {
  const findings = [];
  for (const { node, from, to, probes } of outages) {
    const late = probes.filter(({ sent, answered }) => sent > from + bound_ms && answered < to);
    if (late.length === 0) findings.push(`${node} was not asked while it was cut off`);
    for (const { sent, status, unavailable } of late) if (!unavailable) findings.push(`${node} answered ${status} ${Math.round(sent - from)} ms after it was cut off`);
  }
  return findings;
}

const fits = ({ action, target, organization, after }, entry) =>
  entry.action === action &&
  (target === undefined || entry.target === target) &&
  (organization === undefined || entry.organization === organization) &&
  Object.entries(after ?? {}).every(([name, value]) => entry.after?.[name] === value && entry.before?.[name] !== value);

export function oneEntryPerChange({ operations, log }) {
  const findings = [];
  const byAction = group(log, ({ action }) => action);
  const wanted = operations.flatMap(({ outcome, entries }) => entries.map((entry) => ({ outcome, entry })));
  for (const [, same] of group(wanted, ({ entry }) => text(entry))) {
    const [{ entry }] = same;
    const least = same.filter(({ outcome }) => outcome === 'acknowledged').length;
    const most = same.filter(({ outcome }) => outcome !== 'refused').length;
    const found = (byAction.get(entry.action) ?? []).filter((one) => fits(entry, one)).length;
    if (found < least) findings.push(`${text(entry)}: acknowledged ${least} times, and ${found} times in the log`);
    if (found > most) findings.push(`${text(entry)}: ${found} times in the log, and asked for no more than ${most} times`);
  }
  return findings;
}

export function logWithoutGaps({ log, head }) {
  const findings = [];
  log.forEach(({ revision }, i) => {
    if (revision !== i + 1) findings.push(`revision ${revision} stands in place ${i + 1}`);
  });
  if (log.length !== head) findings.push(`the head is ${head}, and there are ${log.length} entries`);
  return findings.slice(0, 5);
}

export function verified({ verify }) {
  return verify.status === 0 ? [] : [`gatehouse verify ended with ${verify.status}: ${verify.said}`];
}

export function nothingStrange({ strange }) {
  return strange;
}

// A check of nothing proves nothing.
export function muchHappened({ operations, secrets, revocations, uses, faults }, { kinds, least = 5 }) {
  const findings = [];
  const count = (kind) => operations.filter((one) => one.kind === kind && one.outcome === 'acknowledged').length;
  for (const kind of kinds) if (count(kind) < least) findings.push(`${kind} was acknowledged ${count(kind)} times only`);
  const raced = secrets.filter(({ tries }) => new Set(tries.map(({ node }) => node)).size > 1 && tries.some(({ outcome }) => outcome === 'acknowledged'));
  if (raced.length < least) findings.push(`${raced.length} one-time secrets only were offered on two nodes`);
  const probed = revocations.filter(({ probes }) => new Set(probes.filter(({ verdict }) => verdict === 'refused').map(({ node }) => node)).size > 1);
  if (probed.length < least) findings.push(`${probed.length} revocations only were tried on both nodes`);
  if (uses.length < least) findings.push(`${uses.length} things only were used on another node`);
  if (!operations.some(({ outcome }) => outcome === 'refused')) findings.push('nothing was refused');
  for (const { name, at, recovered } of faults) {
    const busy = operations.some(({ tries }) => tries.some(({ sent, answered }) => sent < at && answered > at));
    if (!busy) findings.push(`nothing was under way at: ${name}`);
    if (!(recovered > at)) findings.push(`writes did not come back after: ${name}`);
  }
  return findings;
}

// The longest time between two acknowledged edits about the fault, in milliseconds. Not of creations: their answers may come
// after their changes, when nobody could keep them under their Idempotency-Keys.
export function withoutWrites({ operations }, { at, recovered }) {
  const edits = operations.filter(({ kind, outcome }) => kind.endsWith('edit') && outcome === 'acknowledged');
  const times = edits.flatMap(({ tries }) => tries.map(({ answered }) => answered)).filter((time) => time <= recovered).sort((a, b) => a - b);
  let longest = 0;
  for (let i = 1; i < times.length; i += 1) if (times[i] >= at) longest = Math.max(longest, times[i] - times[i - 1]);
  return longest;
}

// A mail that was claimed by a node that died is in the outbox until its claim is over.
export function everyMailKept({ mails }) {
  const kept = new Set(mails.waiting);
  return mails.missing.filter((email) => !kept.has(email)).map((email) => `the mail to ${email} has not arrived and waits no more`);
}

export const all = {
  'what was acknowledged is there, and what was refused is not': stateAsAcknowledged,
  'both nodes say the same': nodesAgree,
  'what must be refused was refused': refusedWhatMustBe,
  'no one-time secret worked twice': secretsWorkOnce,
  'nobody had access longer than the bound after it was taken away': nothingAfterRevocation,
  'what one node acknowledged could be used on the other at once': usableAtOnce,
  'a node that was cut off refused everything after the bound': silentWhenCutOff,
  'the log holds every change once': oneEntryPerChange,
  'the revisions of the log have no gaps': logWithoutGaps,
  'gatehouse verify finds nothing': verified,
  'no answer was an internal error': nothingStrange,
  'every invitation that was acknowledged has its mail': everyMailKept,
};
