// Runs within a sandbox (sandbox.mjs): makes the hosts, starts everything, lets clients work while the faults happen, and leaves
// what was recorded in FOLDER/history.json. Says one line for each fault on stdout; on failure, the last lines of every part.
//   node scenario.mjs FOLDER BINARY [WAY]
// WAY is how nodes reach the primary: haproxy, or libpq, which is given all addresses.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { now } from './asking.mjs';
import { Cluster } from './cluster.mjs';
import { Faults } from './faults.mjs';
import { PlatformRoles } from './lives_rights.mjs';
import { Mails } from './mails.mjs';
import { makeNetwork } from './network.mjs';
import { Node, administrator } from './node.mjs';
import { observe, readLog } from './observe.mjs';
import { Traffic } from './traffic.mjs';

const [folder, binary, way = 'haproxy'] = process.argv.slice(2);
const began = now();
const say = (text) => console.log(`${((now() - began) / 1000).toFixed(1).padStart(6)}  ${text}`);
const parts = [];

function databaseUrl({ password, members }) {
  if (way === 'haproxy') return `postgresql://gatehouse:${password}@127.0.0.1:5432/gatehouse`;
  const hosts = members.map(({ host }) => `${host.address}:5432`).join(',');
  return `postgresql://gatehouse:${password}@${hosts}/gatehouse?connect_timeout=2&tcp_user_timeout=1500`;
}

async function run() {
  const hosts = makeNetwork();
  const cluster = new Cluster(hosts.databases, folder);
  parts.push(...cluster.parts);
  await cluster.start();
  say('PostgreSQL is there, with a primary, its synchronous standby and another');

  const shared = { binary, masterKeyFile: join(folder, 'master.key'), databaseUrlFile: join(folder, 'database-url') };
  writeFileSync(shared.masterKeyFile, randomBytes(32).toString('hex'), { mode: 0o600 });
  writeFileSync(shared.databaseUrlFile, databaseUrl(cluster), { mode: 0o600 });
  const nodes = hosts.nodes.map((host) => new Node(host, folder, shared));
  parts.push(...nodes.flatMap((node) => node.parts));
  await Promise.all(nodes.map((node) => node.start()));
  say('two Gatehouse nodes are there');

  const traffic = new Traffic(nodes, new Mails(nodes.map(({ data }) => join(data, 'mail'))));
  await traffic.begin(administrator);
  const rights = await new PlatformRoles(traffic, 'rights').begin();
  const faults = new Faults({ cluster, nodes, traffic, say }, rights).all();
  await Promise.race([faults, traffic.working.then(() => faults)]);
  const history = await traffic.end();
  say(`${history.operations.length} operations`);

  history.final = {};
  for (const node of nodes) history.final[node.name] = await observe(node, traffic);
  for (const node of nodes) await node.stop();
  history.verify = await nodes[0].command('verify');
  const rows = async (select) => JSON.parse(await cluster.sql(`SELECT coalesce(json_agg(r), '[]') FROM (${select}) r`, { database: 'gatehouse' }));
  Object.assign(history, await readLog(rows));
  const waiting = await rows("SELECT recipient FROM mails WHERE status = 'waiting'");
  history.mails = { ...(await traffic.mails.account()), waiting: waiting.map(({ recipient }) => recipient) };
  writeFileSync(join(folder, 'history.json'), JSON.stringify(history));
  say('everything is written down');
}

try {
  await run();
  process.exit(0);
} catch (error) {
  console.log(error.stack);
  for (const part of parts) {
    console.log(`--- ${part.name}`);
    console.log(part.tail());
  }
  process.exit(1);
}
