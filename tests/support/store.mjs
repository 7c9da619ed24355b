// The engine on which the servers under test keep what they know: GATEHOUSE_TEST_ENGINE, `sqlite` unless it says `postgres`.
// On PostgreSQL each data folder has a database of its own, which whoever is given the folder uses: a server, the same one
// started again, a command beside it. The databases are on the server that GATEHOUSE_TEST_POSTGRES names, which
// scripts/run_tests.mjs starts for a whole run; a file that is run by hand starts its own. A test file whose first line is
// `// Store: sqlite` or `// Store: postgres` is about that engine, and one with `// Store: any` is about neither; without such
// a line it runs on both.
// Knows no table.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { PrivatePostgres } from './postgres.mjs';
import { dump, query as ask, querySync } from './psql.mjs';

export const engine = process.env.GATEHOUSE_TEST_ENGINE ?? 'sqlite';
if (!['sqlite', 'postgres'].includes(engine)) throw new Error(`GATEHOUSE_TEST_ENGINE is ${engine}, and neither sqlite nor postgres`);

const shared = process.env.GATEHOUSE_TEST_POSTGRES;
const urls = new Map();  // of data folders, each a promise
const names = [];        // of databases on the shared server
let own;

async function freshDatabase() {
  if (!shared) {
    const server = await (own ??= PrivatePostgres.start());
    return server.url(await server.freshDatabase());
  }
  const name = `node_${process.pid}_${names.length + 1}`;
  names.push(name);
  await ask(shared, `CREATE DATABASE ${name}`);
  return shared.replace(/\/postgres\?/, `/${name}?`);
}

// The URL of the database that belongs to the folder, an empty one when it is asked for first.
export function databaseUrl(data) {
  const folder = resolve(data);
  if (!urls.has(folder)) urls.set(folder, freshDatabase());
  return urls.get(folder);
}

// The folders share one database from now on, as nodes do.
export async function shareDatabase(data, other) {
  urls.set(resolve(other), databaseUrl(data));
}

// What tells a server or a command on this data folder where its store is. On a machine that is busy with other tests nobody
// answers within a second; tests of the bound set their own.
export async function storeEnvironment(data) {
  if (engine === 'sqlite') return {};
  return { GATEHOUSE_DATABASE_URL: await databaseUrl(data), GATEHOUSE_STALENESS_BOUND_MS: '20000' };
}

function sqliteFile(data) {
  const files = readdirSync(data).filter((name) => existsSync(join(data, name)) && name.endsWith('.db'));
  if (files.length !== 1) throw new Error(`expected exactly one SQLite file in ${data}, not ${files.join() || 'none'}`);
  return join(data, files[0]);
}

// Rows of the stopped server's store: fields with | between them, a line each.
export async function query(server, sql) {
  if (engine === 'postgres') return ask(await databaseUrl(server.data), sql);
  return execFileSync('sqlite3', [sqliteFile(server.data), sql], { encoding: 'utf8' });
}

// All bytes that the store and the data folder hold, as Latin-1, to look for what must not be among them; without the folders
// in it when `recursive` is false. On PostgreSQL what is kept as bytes is there as the bytes, too.
export async function storedText(server, { recursive = true } = {}) {
  const entries = readdirSync(server.data, { recursive, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => readFileSync(join(entry.path, entry.name), 'latin1'));
  if (engine === 'sqlite') return files.join('\n');
  const text = Buffer.from(await dump(await databaseUrl(server.data))).toString('latin1');
  const raw = [...text.matchAll(/'\\x([0-9a-f]*)'/g)].map(([, hex]) => Buffer.from(hex, 'hex').toString('latin1'));
  return [...files, text, ...raw].join('\n');
}

// At the end of the test process, when nothing uses them any more.
export function releaseStores() {
  if (names.length === 0) return;
  try {
    querySync(shared, ...names.map((name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  } catch {
    // the server has gone before, and they with it
  }
}
