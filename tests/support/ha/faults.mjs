// What is done to the set-up, one after the other, and when it has passed: each fault waits until every node that can has
// acknowledged a write that was asked for after it, and then until all machines stand as before.
import { ask, isUnavailable, now } from './asking.mjs';
import { until } from './part.mjs';
import { withoutWrites } from './checks.mjs';

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

export class Faults {
  // `scene`: { cluster, nodes, traffic, say }; `rights`: a client that is not at work, for what a fault needs to be prepared.
  constructor(scene, rights) {
    Object.assign(this, scene, { rights });
  }

  get history() {
    return this.traffic.recorder.history;
  }

  async all() {
    await this.writesOn(this.nodes, now());
    await this.onPrimary('kill -9 of PostgreSQL on the primary', (primary) => this.cluster.killPostgres(primary));
    const dead = await this.onPrimary("kill -9 of everything on the primary's machine", (primary) => primary.host.kill9(), { stays: true });
    await this.fault(`start of ${dead.name}, whose machine was killed`, async () => {
      dead.start();
      await this.cluster.healthy();
    });
    await this.onPrimary('switchover', (primary) => this.cluster.switchover(primary));
    const [first, second] = this.nodes;
    await this.fault(`kill -9 of the Gatehouse node ${second.name}`, () => second.kill9(), { nodes: [first] });
    await this.fault(`start of the Gatehouse node ${second.name}`, async () => {
      await second.start();
    });
    await this.cutOff(first, second);
    const lost = await this.onPrimary("partition of the primary's machine", (primary) => primary.host.pull(), { stays: true });
    await this.fault(`end of the partition of ${lost.name}`, async () => {
      lost.host.plug();
      await this.cluster.healthy();
    });
    // The Gatehouse nodes reach a primary that reaches nobody else.
    const alone = await this.onPrimary('partition between the database machines, of the primary', (primary) => primary.host.part(this.othersThan(primary)), { stays: true });
    await this.fault(`end of the partition of ${alone.name}`, async () => {
      alone.host.rejoin(this.othersThan(alone));
      await this.cluster.healthy();
    });
  }

  othersThan(member) {
    return this.cluster.members.filter((one) => one !== member).map(({ host }) => host);
  }

  // Does it, waits for writes, and says what it cost. `act` may return words for what it took so long to do.
  async fault(name, act, { nodes = this.nodes } = {}) {
    const at = now();
    const word = await act();
    const done = now();
    await this.writesOn(nodes, done);
    const fault = { name, at, recovered: now() };
    this.history.faults.push(fault);
    const gap = withoutWrites(this.history, fault);
    const its = this.history.operations.flatMap(({ tries }) => tries).filter(({ answered }) => answered >= at && answered <= fault.recovered);
    const count = (outcome) => its.filter((one) => one.outcome === outcome).length;
    fault.without_ms = Math.round(gap);
    this.say(`${name}: ${seconds(gap)} without an acknowledged write (${count('acknowledged')} acknowledged, ${count('refused')} refused, ${count('unknown')} unknown${word ? `; ${word} ${seconds(done - at)}` : ''})`);
  }

  // To the machine that is primary now. Unless it `stays` away, all machines stand again afterwards.
  async onPrimary(name, act, { stays = false } = {}) {
    const primary = await this.cluster.primary();
    await this.fault(`${name} ${primary.name}`, async () => {
      await act(primary);
      const next = await until('another primary', async () => {
        const found = await this.cluster.primary();
        return found !== primary && found;
      }, { every_ms: 20 });
      return `${next.name} was primary after`;
    });
    await this.cluster.healthy({ except: stays ? [primary] : [] });
    return primary;
  }

  // One node loses the database, and its clients reach it still. What is taken away on the other meanwhile must not work here.
  async cutOff(node, other) {
    const prepared = await until('a right that can be taken away', async () => {
      const granted = await this.rights.grant();
      return granted?.outcome === 'acknowledged' ? granted : null;
    });
    await this.rights.decide(prepared);
    const outage = { node: node.name, from: 0, to: Infinity, probes: [] };
    this.history.outages.push(outage);
    await this.fault(`partition of the Gatehouse node ${node.name}`, async () => {
      node.host.pull();
      outage.from = now();
      const taken = this.rights.revoke(prepared.userId, other);
      await Promise.all([taken, this.probeWhileCutOff(node, outage)]);
      outage.to = now();
    }, { nodes: [other] });
    await this.fault(`end of the partition of the Gatehouse node ${node.name}`, () => node.host.plug());
  }

  async probeWhileCutOff(node, outage) {
    const { token } = this.traffic.admin;
    const requests = [
      ['GET', '/api/v1/auth/tokens/current', { token }],
      ['POST', '/access/v1/evaluation', this.rights.question(this.traffic.admin.id)],
      ['POST', '/api/v1/orgs', { token, json: { name: 'HA never' } }],
      ['GET', '/access/roles', { token }],
    ];
    const end = outage.from + 3 * this.history.bound_ms;
    // Each by itself: what was let in before the bound, and waits for the store, must not keep the others from asking.
    const work = async (request) => {
      while (now() < end) {
        const answer = await ask(node, ...request);
        const { sent, answered, status } = answer;
        outage.probes.push({ sent, answered, status, unavailable: isUnavailable(answer) });
      }
    };
    await Promise.all(requests.map(work));
    const ready = await ask(node.management, 'GET', '/readyz');
    if (ready.status !== 503) this.history.strange.push(`/readyz of ${node.name} answered ${ready.status} while it was cut off`);
  }

  // Each of them has acknowledged a change that was asked for after `since`.
  async writesOn(nodes, since) {
    const { operations } = this.history;
    let from = 0;
    const waiting = new Set(nodes.map(({ name }) => name));
    await until(`writes on ${[...waiting].join(' and ')}`, () => {
      for (; from < operations.length; from += 1) {
        for (const { node, sent, outcome } of operations[from].tries) if (sent > since && outcome === 'acknowledged' && operations[from].effects.length > 0) waiting.delete(node);
      }
      return waiting.size === 0;
    }, { every_ms: 5 });
  }
}
