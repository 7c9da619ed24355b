#!/usr/bin/env node
// The durable PostgreSQL server of a run of gatehouse_bench: says where it is, and ends with this process.
import { PrivatePostgres } from '../../tests/support/postgres.mjs';

// What an operator sets on a small machine; everything that concerns durability is PostgreSQL's own default.
const settings = { shared_buffers: '512MB', max_wal_size: '4GB', maintenance_work_mem: '256MB', effective_cache_size: '4GB' };

const server = await PrivatePostgres.start({ durable: true, settings });
const forever = setInterval(() => {}, 1 << 30);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    clearInterval(forever);
    await server.stop();
  });
}
console.log(`files ${server.data}`);
console.log(`url ${server.url('DATABASE')}`);
