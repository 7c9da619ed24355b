import { makeNetwork } from './network.mjs';
import { Cluster } from './cluster.mjs';
const [folder] = process.argv.slice(2);
const t = Date.now();
const { databases } = makeNetwork();
const cluster = new Cluster(databases, folder);
try {
  await cluster.start();
  console.log('up after', Date.now() - t, (await cluster.primary()).name);
  let p = await cluster.primary();
  for (const act of ['kill', 'power', 'switch', 'cut']) {
    const b = Date.now();
    if (act === 'kill') await cluster.killPostgres(p);
    if (act === 'power') p.host.kill9();
    if (act === 'switch') await cluster.switchover(p);
    if (act === 'cut') p.host.pull();
    let n;
    while (!(n = await cluster.primary().catch((e)=>console.log(e.message))) || n === p) ;
    console.log(act, p.name, '->', n.name, Date.now() - b);
    const s = Date.now();
    if (act === 'power') p.start();
    if (act === 'cut') p.host.plug();
    p = await cluster.healthy();
    console.log('healthy', p.name, Date.now() - s);
  }
} catch (e) { console.log(e); for (const p of cluster.parts) console.log(p.name, '\n' + p.tail()); }
process.exit(0);
