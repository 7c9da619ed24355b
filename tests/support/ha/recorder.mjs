// What was asked, and what became of it, in the words that checks.mjs judges. A history is plain data:
//   operations   {id, kind, tries, outcome, effects: [{key, value}], entries, mustRefuse}: a change that was asked for. A key is a
//                place that only one client writes, one operation after the other; a value is what stands there afterwards, null
//                for nothing. An entry says what the log must hold once for it.
//   secrets      {secret, tries}: one-time secrets, and everybody who offered them.
//   revocations  {what, at, until, probes}: access that was taken away, acknowledged at `at`; nobody gives it back before `until`.
//   uses         {what, node, status}: what was acknowledged on one node, used on another at once.
//   faults, outages, final, log, verify: of the scenario.
import { isUnavailable, now } from './asking.mjs';

const tryOf = ({ node, sent, answered, status, error, outcome, text }) => ({ node, sent, answered, status, error, outcome, said: outcome === 'acknowledged' ? undefined : text.slice(0, 200) });

// Of several tries of one thing: done if one was acknowledged, else not known if one is not.
export function outcomeOfAll(tries) {
  for (const outcome of ['acknowledged', 'unknown']) if (tries.some((one) => one.outcome === outcome)) return outcome;
  return 'refused';
}

export class Recorder {
  #count = 0;
  history = { bound_ms: 1000, operations: [], secrets: [], revocations: [], uses: [], faults: [], outages: [], strange: [] };

  // Tries are answers of ask(). Returns the operation.
  operation(kind, answers, { effects = [], entries = [], mustRefuse = false } = {}) {
    const tries = answers.map(tryOf);
    const operation = { id: ++this.#count, kind, tries, outcome: outcomeOfAll(tries), effects, entries, mustRefuse };
    this.history.operations.push(operation);
    this.#look(answers, kind);
    return operation;
  }

  secret(secret, answers) {
    this.history.secrets.push({ secret, tries: answers.map(tryOf) });
    this.#look(answers, secret);
  }

  use(what, answer) {
    this.history.uses.push({ what, ...tryOf(answer) });
    this.#look([answer], what);
  }

  // Begins when the taking away was acknowledged; `until` is set when the same access is asked for again.
  revocation(what, at) {
    const revocation = { what, at, until: null, probes: [] };
    this.history.revocations.push(revocation);
    return {
      probe: (answer, verdict) => revocation.probes.push({ node: answer.node, sent: answer.sent, status: answer.status, verdict }),
      over: () => (revocation.until = now()),
    };
  }

  // What no fault excuses.
  strange(sentence) {
    this.history.strange.push(sentence);
  }

  #look(answers, what) {
    for (const answer of answers) {
      const { status, text, node } = answer;
      if (status >= 500 && !isUnavailable(answer)) this.strange(`${node} answered ${status} to ${what}: ${text.slice(0, 300)}`);
    }
  }
}
