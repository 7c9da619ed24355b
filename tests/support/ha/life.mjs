// What all clients of the scenario have in common: a pair of nodes of which they take either, one thing after the other, and a
// recorder that learns of every one. After an answer that did not come nobody knows what stands there: the thing is left alone.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, now } from './asking.mjs';
import { outcomeOfAll } from './recorder.mjs';

export const kPassword = 'correct horse battery staple 7';
const kRepeatFor_ms = 15_000;
const kProbeFor_ms = 1500;  // longer than the bound
const kBack_ms = 60;

export const any = (list) => list[Math.floor(Math.random() * list.length)];
export const chance = (share) => Math.random() < share;

export class Life {
  static #count = 0;
  #seen = 0;

  // `world`: { nodes, recorder, admin, isOn() }, and where it is in a hurry { repeatFor_ms, probeFor_ms }
  constructor(world, name) {
    Object.assign(this, { world, name: `${name} ${++Life.#count}` });
  }

  get nodes() { return this.world.nodes; }
  get recorder() { return this.world.recorder; }
  get admin() { return this.world.admin; }
  one() { return any(this.nodes); }
  other(node) { return this.nodes.find(({ name }) => name !== node.name) ?? node; }
  unique(stem) { return `HA ${stem} ${this.name} ${++this.#seen} ${randomUUID().slice(0, 8)}`; }
  address(stem) { return `ha.${stem}.${randomUUID().slice(0, 13)}@example.org`; }

  async run() {
    while (this.world.isOn()) {
      if (!(await this.step())) await pause(kBack_ms);  // as a client does that was sent away
    }
  }

  // One change on one node: the operation, with the answer that counted.
  async change(kind, [method, path], { token = this.admin.token, json, node = this.one(), ...record }) {
    const answer = await ask(node, method, path, { token, json });
    return { ...this.recorder.operation(kind, [answer], record), answer };
  }

  // A creation that may be repeated: with its Idempotency-Key, on either node, until one of them says what became of it.
  async create(kind, [method, path], { token = this.admin.token, json, ...record }) {
    const key = randomUUID();
    const answers = [];
    const end = now() + (this.world.repeatFor_ms ?? kRepeatFor_ms);
    let answer;
    do {
      if (answers.length > 0) await pause(kBack_ms);
      answer = await ask(this.one(), method, path, { token, json, headers: { 'idempotency-key': key } });
      // Another of our own requests with this key may still be under way.
      if (answer.status === 409 && /in.?progress/i.test(answer.text)) answer.outcome = 'unknown';
      answers.push(answer);
    } while (outcomeOfAll(answers) === 'unknown' && now() < end);
    if (answers.length > 1 && answer.outcome === 'refused' && ![0, 503].includes(answer.status)) this.recorder.strange(`${answer.node} refused a repetition of ${kind}: ${answer.text}`);
    return { ...this.recorder.operation(kind, answers, record), answer };
  }

  // It was acknowledged here, so the other node must know it.
  async use(what, answered, method, path, options) {
    const node = this.other(this.nodes.find(({ name }) => name === answered.node));
    this.recorder.use(what, await ask(node, method, path, options));
  }

  // What was taken away is tried on every node until the bound is well over.
  async probe(what, { answer }, verdictOf, ...request) {
    const revocation = this.recorder.revocation(what, answer.answered);
    const end = answer.answered + (this.world.probeFor_ms ?? kProbeFor_ms);
    const work = async (node) => {
      do {
        const probed = await ask(node, ...request);
        revocation.probe(probed, verdictOf(probed));
        await pause(15 + Math.random() * 20);
      } while (now() < end);
    };
    await Promise.all(this.nodes.map(work));
    revocation.over();
  }

  // Before the faults, for what the client stands on; it is part of the history as well.
  async setUp(kind, [method, path], { token = this.admin.token, json, ...record }) {
    const answer = await ask(this.nodes[0], method, path, { token, json });
    if (answer.outcome !== 'acknowledged') throw new Error(`${kind}: ${answer.status} ${answer.error ?? ''} ${answer.text}`);
    this.recorder.operation(kind, [answer], record);
    return answer.json;
  }

  async organization(name = this.unique('home')) {
    return this.setUp('organization.create', ['POST', '/api/v1/orgs'], { json: { name, description: 'home' }, effects: [{ key: `organization ${name}`, value: 'home' }] });
  }

  async person(stem = 'person') {
    const email = this.address(stem);
    const json = { userName: email, email, displayName: 'HA', password: kPassword };
    const { userId } = await this.setUp('account.create', ['POST', '/api/v1/users'], { json, effects: [{ key: `user ${email}`, value: 'HA|active' }] });
    return { id: userId, email, ...(await this.signedIn(email, userId)) };
  }

  async signedIn(account, userId) {
    const entries = [{ action: 'session.created', after: { userId } }];
    const { accessToken, refreshToken } = await this.setUp('session.create', ['POST', '/api/v1/auth/tokens'], { token: null, json: { account, password: kPassword }, entries });
    return { token: accessToken, refreshToken };
  }

  // Somebody with everything in an organization of its own, where it is at home.
  async boss() {
    const organization = await this.organization();
    const boss = await this.person('boss');
    await this.setUp('membership.create', ['POST', `/api/v1/orgs/${organization.orgId}/users`], { json: { userId: boss.id, orgRole: 'admin' }, effects: [{ key: `member ${organization.orgId} ${boss.id}`, value: 'admin' }] });
    return { ...boss, ...(await this.signedIn(boss.email, boss.id)), organization };
  }
}
