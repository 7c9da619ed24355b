// `node tests/support/with_postgres.mjs PROGRAM ARGS…` runs a program beside a private PostgreSQL server, so that one test can
// be tried by hand on that engine: GATEHOUSE_TEST_ENGINE and GATEHOUSE_TEST_POSTGRES tell it of the server.
import { spawn } from 'node:child_process';

import { PrivatePostgres } from './postgres.mjs';

const [program, ...args] = process.argv.slice(2);
if (!program) {
  console.error('usage: node tests/support/with_postgres.mjs PROGRAM ARGS…');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});  // the program ends, and then this
const server = await PrivatePostgres.start();
const env = { ...process.env, GATEHOUSE_TEST_ENGINE: 'postgres', GATEHOUSE_TEST_POSTGRES: server.url() };
const child = spawn(program, args, { env, stdio: 'inherit' });
const status = await new Promise((done) => {
  child.on('error', (error) => done(console.error(error.message) ?? 127));
  child.on('close', (code, signal) => done(signal ? 1 : code));
});
await server.stop();
process.exit(status);
