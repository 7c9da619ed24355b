// Import and export by the command line: real packages and maintainers go in, then the API is walked as one of them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commandEnvironment } from '../support/environment.mjs';
import { defaultBinary, freshFolder, run, start } from '../support/gatehouse.mjs';
import { World, greet, kPassword } from '../support/v1.mjs';

const slice = join(dirname(fileURLToPath(import.meta.url)), '../../bench/datasets/slice');
const files = ['organizations', 'users', 'memberships'];
const sliceFiles = files.map((name) => join(slice, `${name}.jsonl`));

const rowsOfText = (text) => text.trim().split('\n').filter(Boolean);
const rowsOf = (path) => rowsOfText(readFileSync(path, 'utf8')).map((line) => JSON.parse(line));

// A data directory that has been served once, with an administrator of its own.
async function fresh(env = {}) {
  const server = await start({ env });
  await server.stop();
  return server.data;
}

async function gatehouse(data, args, status = 0) {
  const result = await run([...args, '--data', data]);
  assert.equal(result.status, status, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
  return result;
}

// The counts of `import --json`, and the bad rows before them.
async function importJson(data, args, status = 0) {
  const { stdout } = await gatehouse(data, ['import', '--json', ...args], status);
  const rows = stdout.trim().split('\n').map((line) => JSON.parse(line));
  const { applied, files: counted } = rows.pop();
  const counts = counted.map(({ created, updated, unchanged, bad }) => [created, updated, unchanged, bad]);
  return { applied, bad: rows, counts };
}

async function exported(data) {
  const folder = join(freshFolder('export'), 'out');
  await gatehouse(data, ['export', folder]);
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, `${name}.jsonl`), 'utf8')]));
}

function write(folder, name, text) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test('a slice of the package index, walked as one of its maintainers', async () => {
  const data = await fresh();
  const [organizations, users, memberships] = sliceFiles.map(rowsOf);
  const before = await exported(data);
  const dry = await importJson(data, ['--dry-run', ...sliceFiles]);
  assert.equal(dry.applied, false);
  assert.deepEqual(dry.counts, [organizations, users, memberships].map((rows) => [rows.length, 0, 0, 0]));
  assert.deepEqual(await exported(data), before, 'a dry run changes nothing');

  const first = await importJson(data, sliceFiles);
  assert.deepEqual([first.applied, first.bad, first.counts], [true, [], dry.counts]);
  const after = await exported(data);
  const second = await importJson(data, sliceFiles);
  assert.deepEqual(second.counts, [organizations, users, memberships].map((rows) => [0, 0, rows.length, 0]));
  assert.deepEqual(await exported(data), after, 'the same files again change nothing');
  await gatehouse(data, ['verify']);

  // Whoever maintains most, under a name that is not ASCII.
  const own = (key) => memberships.filter((row) => row.user_key === key);
  const unicode = users.filter((user) => /[^\x20-\x7e]/.test(user.display_name));
  assert.ok(unicode.length > 0, 'the slice has names that are not ASCII');
  const maintainer = unicode.sort((a, b) => own(b.external_key).length - own(a.external_key).length)[0];
  const names = new Map(organizations.map((row) => [row.external_key, row.name]));
  const packages = own(maintainer.external_key).map((row) => names.get(row.organization_key));
  const secret = write(freshFolder('secret'), 'password', `${kPassword}\n`);
  await gatehouse(data, ['admin', 'reset-password', maintainer.email, '--password-file', secret]);

  const server = await start({ data });
  const world = new World(server);
  await greet(world);
  const me = await world.signIn(maintainer.email);
  const seen = await world.must(200, 'GET', '/api/v1/orgs', { as: me, query: { maxResultCount: 1000 } });
  assert.deepEqual(seen.items.map((item) => item.name).sort(), [...packages].sort(), 'its packages and nothing else');
  const { orgId } = seen.items[0];
  const people = await world.must(200, 'GET', `/api/v1/orgs/${orgId}/users`, { as: me });
  const self = people.items.find((item) => item.email === maintainer.email);
  assert.equal(self.displayName, maintainer.display_name);
  await world.must(201, 'POST', '/api/v1/orgs', { as: me, body: { name: 'a branch of mine', parentOrgId: orgId } });
  const all = await world.must(200, 'GET', '/api/v1/orgs', { as: world.admin, query: { maxResultCount: 1000 } });
  const foreign = all.items.find((item) => !packages.includes(item.name) && item.name !== 'a branch of mine');
  const refused = await world.call('GET', `/api/v1/orgs/${foreign.orgId}`, { as: me });
  assert.ok([403, 404].includes(refused.status), `a foreign organization: ${refused.status}`);
  await server.stop();
  await gatehouse(data, ['verify']);
});

test('bad rows are told with file, line and reason, and the others go in', async () => {
  const data = await fresh();
  const folder = freshFolder('rows');
  const csv = (name, ...lines) => write(folder, `${name}.csv`, lines.map((line) => `${line}\n`).join(''));
  const organizations = csv('organizations', 'external_key,parent_key,name', 'b,a,B', 'a,,A', 'c,nowhere,C', 'd,,a', '"e,,E');
  const people = ['ann,ann@example.org,"Ann\nLee"', 'bob,bob@example.org,Bob', 'bad,no address,'];
  const users = csv('users', 'external_key,email,display_name', ...people);
  const held = ['bob,b,viewer;admin', 'bob,z,', 'bob,a,King', 'bob'];
  const memberships = csv('memberships', 'user_key,organization_key,roles', ...held);
  const told = await gatehouse(data, ['import', organizations, users, memberships], 1);
  const expected = [
    [organizations, 5, /the name a$/], [organizations, 6, /never closed/],
    [organizations, 4, /no organization nowhere/],
    [users, 2, /display_name/], [users, 5, /e-mail/],
    [memberships, 3, /no organization z/], [memberships, 4, /no role King/], [memberships, 5, /1 fields/],
  ];
  const lines = told.stderr.trim().split('\n');
  assert.equal(lines.length, expected.length, told.stderr);
  for (const [i, [file, line, reason]] of expected.entries()) {
    assert.ok(lines[i].startsWith(`${file}:${line}: `), lines[i]);
    assert.match(lines[i], reason);
  }
  const again = await importJson(data, [organizations, users, memberships], 1);
  assert.deepEqual(again.counts, [[0, 0, 2, 3], [0, 0, 1, 2], [0, 0, 1, 3]]);
  assert.deepEqual(Object.keys(again.bad[0]), ['file', 'line', 'code', 'reason']);

  // Moved, renamed, another address; and not moved in a circle.
  const changed = csv('organizations', 'external_key,parent_key,name', 'b,,B2', 'a,b,A');
  assert.deepEqual((await importJson(data, [changed])).counts, [[0, 2, 0, 0]]);
  const circle = csv('organizations', 'external_key,parent_key,name', 'b,a,B2');
  assert.match((await gatehouse(data, ['import', circle], 1)).stderr, /:2: .*below itself/);
  await gatehouse(data, ['verify']);
});

test('all or nothing is nothing when a row is bad', async () => {
  const data = await fresh();
  const folder = freshFolder('rows');
  const before = await exported(data);
  const good = '{"external_key":"ann","email":"ann@example.org"}\n';
  const users = write(folder, 'users.jsonl', `${good}{"external_key":"bad","email":"?"}\n`);
  const refused = await importJson(data, ['--all-or-nothing', users], 1);
  assert.deepEqual([refused.applied, refused.counts], [false, [[1, 0, 0, 1]]]);
  assert.deepEqual(await exported(data), before);
  write(folder, 'users.jsonl', good);
  const taken = await importJson(data, ['--all-or-nothing', users]);
  assert.deepEqual([taken.applied, taken.counts], [true, [[1, 0, 0, 0]]]);
});

test('an import that is killed goes on where it was', async () => {
  const data = await fresh();
  const folder = freshFolder('rows');
  const count = 40_000;
  const text = Array.from({ length: count }, (_, i) => `u${i},u${i}@example.org\n`).join('');
  const users = write(folder, 'users.csv', `external_key,email\n${text}`);
  // Killed once some of it is in the log: the write-ahead log grows with every batch.
  const command = ['import', users, '--data', data];
  const child = spawn(defaultBinary, command, { stdio: 'ignore', env: await commandEnvironment(command) });
  const ended = new Promise((done) => child.on('close', (status, signal) => done({ status, signal })));
  const imported = async () => rowsOfText((await exported(data)).users).length - 1;
  while ((await imported()) === 0 && child.exitCode === null) { /* each look takes its time */ }
  child.kill('SIGKILL');
  assert.equal((await ended).signal, 'SIGKILL', 'killed before it was through');
  const there = await imported();
  assert.ok(there > 0 && there < count, `${there} rows were in`);

  const { counts } = await importJson(data, [users]);
  assert.deepEqual(counts, [[count, 0, 0, 0]], 'the rows of both runs are counted, none is read twice');
  assert.equal(await imported(), count);
  await gatehouse(data, ['verify']);
});

test('an export imported elsewhere is exported the same', async () => {
  const data = await fresh();
  await gatehouse(data, ['import', ...sliceFiles]);
  const server = await start({ data });
  const world = new World(server);
  await greet(world);
  const ann = await world.person('Ann "the quote" Ænd');
  const top = await world.organization({ as: ann, name: 'made, by hand', description: 'two\nlines' });
  await world.organization({ as: ann, parent: top });
  const folder = join(freshFolder('export'), 'live');
  await gatehouse(data, ['export', folder]);  // beside the server
  await server.stop();
  const first = await exported(data);
  for (const name of files) assert.equal(readFileSync(join(folder, `${name}.jsonl`), 'utf8'), first[name]);
  assert.ok(!JSON.stringify(first).includes('argon2id'), 'no secrets');

  const other = await fresh({ GATEHOUSE_ADMIN_EMAIL: 'other@example.test' });
  const own = new Set(Object.values(await exported(other)).flatMap(rowsOfText));
  await gatehouse(other, ['import', ...files.map((name) => join(folder, `${name}.jsonl`))]);
  const second = await exported(other);
  for (const name of files) {
    const copied = rowsOfText(second[name]).filter((line) => !own.has(line));
    assert.equal(copied.map((line) => `${line}\n`).join(''), first[name], name);
  }
  await gatehouse(other, ['verify']);
});
