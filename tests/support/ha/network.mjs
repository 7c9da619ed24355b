// Hosts with cables: each is a network namespace with an interface on the network of data and, when it serves anybody, one on
// the network in front. Who asks stands on both. A cable can be pulled: what is sent is lost then, and nobody is told.
import { execFileSync } from 'node:child_process';
import { kill9, livingOf } from './processes.mjs';

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();

// The prefix of a command that gives up root, for programs that refuse to be it.
export const asPostgres = process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : [];

class Host {
  constructor(name, number, networks) {
    Object.assign(this, { name, networks });
    this.address = `10.77.0.${number}`;
    this.frontAddress = networks.includes('front') ? `10.78.0.${number}` : null;
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    for (const network of networks) {
      const outside = `${network}-${name}`;
      ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', network, 'netns', name);
      ip('-n', name, 'addr', 'add', `${network === 'data' ? this.address : this.frontAddress}/24`, 'dev', network);
      ip('-n', name, 'link', 'set', network, 'up');
      ip('link', 'set', outside, 'master', network, 'up');
    }
  }

  // The command as it runs on this host.
  run(command, user = []) {
    return ['nsenter', `--net=/run/netns/${this.name}`, ...user, ...command];
  }

  pull(network = 'data') {
    ip('link', 'set', `${network}-${this.name}`, 'nomaster');
  }
  plug(network = 'data') {
    ip('link', 'set', `${network}-${this.name}`, 'master', network);
  }

  // What this host sends to those is lost, so nothing goes on between them; all others are reached as before. Until `rejoin`.
  part(others) {
    for (const { address } of others) ip('-n', this.name, 'neigh', 'replace', address, 'lladdr', '02:00:00:00:00:01', 'dev', 'data', 'nud', 'permanent');
  }
  rejoin(others) {
    for (const { address } of others) ip('-n', this.name, 'neigh', 'del', address, 'dev', 'data');
  }

  // kill -9 for every process on it, as if its power were cut.
  kill9() {
    const living = () => livingOf(ip('netns', 'pids', this.name).split('\n').filter(Boolean).map(Number));
    for (let left = living(); left.length > 0; left = living()) kill9(left);
  }
}

export function makeNetwork() {
  execFileSync('mkdir', ['-p', '/run/netns']);
  for (const [network, address] of [['data', '10.77.0.1'], ['front', '10.78.0.1']]) {
    ip('link', 'add', network, 'type', 'bridge');
    ip('addr', 'add', `${address}/24`, 'dev', network);
    ip('link', 'set', network, 'up');
  }
  const databases = [1, 2, 3].map((i) => new Host(`pg${i}`, 10 + i, ['data']));
  const nodes = [1, 2].map((i) => new Host(`gh${i}`, 20 + i, ['data', 'front']));
  return { databases, nodes };
}
