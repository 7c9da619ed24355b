// Store: any
// A whole deployment moves from one store to another and back, between engines too: the file is the same when it is written
// again, and everybody and everything signs in as before with the same master key.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { commandEnvironment } from '../support/environment.mjs';
import { defaultBinary, freshFolder, run, start } from '../support/gatehouse.mjs';
import { until } from '../support/mail.mjs';
import { csv, follow, submit } from '../support/partner_jobs.mjs';
import { databaseUrl } from '../support/store.mjs';
import { address, kPassword, startSurfaces, unique } from '../support/surfaces.mjs';

const engines = ['sqlite', 'postgres'];

// Where a deployment is or will be: its data folder, and what tells the binary of its store.
async function place(engine) {
  const data = join(freshFolder(engine), 'data');
  mkdirSync(data, { mode: 0o700 });
  return { engine, data, env: engine === 'postgres' ? { GATEHOUSE_DATABASE_URL: await databaseUrl(data) } : {} };
}

const gatehouse = ({ data, env }, ...args) => run([...args, '--data', data], { env, timeout_ms: 300_000 });

async function must(where, ...args) {
  const result = await gatehouse(where, ...args);
  assert.equal(result.status, 0, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
  return result.stdout;
}

async function mustNot(pattern, where, ...args) {
  const result = await gatehouse(where, ...args);
  assert.equal(result.status, 2, `${args.join(' ')}: ${result.stdout}${result.stderr}`);
  assert.match(result.stderr, pattern);
  assert.equal(result.stderr.trim().split('\n').length, 1, `one clear line: ${result.stderr}`);
}

const giveKey = (from, to) => copyFileSync(join(from.data, 'master.key'), join(to.data, 'master.key'));
const newFile = () => join(freshFolder('move'), 'deployment.jsonl');

async function exported(where) {
  const file = newFile();
  await must(where, 'export', '--deployment', file);
  return file;
}

async function imported(file, from, engine) {
  const to = await place(engine);
  giveKey(from, to);
  await must(to, 'import', '--deployment', file);
  return to;
}

const text = (file) => readFileSync(file, 'utf8');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// Table → rows, each by its columns' names.
function tablesOf(file) {
  const lines = text(file).trimEnd().split('\n').map((line) => JSON.parse(line));
  const tables = {};
  let table;
  for (const line of lines.slice(1, -1)) {
    if (!Array.isArray(line)) tables[line.table] = table = Object.assign([], { columns: line.columns });
    else table.push(Object.fromEntries(line.map((cell, i) => [table.columns[i], cell])));
  }
  return { head: lines[0], tables, end: lines.at(-1) };
}

// A deployment with every kind of thing in it, and what its owners need to go on.
async function furnish(world) {
  const customer = await world.company('Customer "q" \u2028 Zürich');
  const agency = await world.company('Agency');
  const member = await world.hire(customer, ['USER_VIEW']);
  await world.connect(customer, agency, { roles: ['USER_VIEW'] });
  const room = await world.organization({ as: customer.boss, parent: customer });
  const { refreshToken: used } = member;
  Object.assign(member, await world.refreshed(member));
  const client = await world.client(customer.boss, ['users.read']);
  const { token: apiToken } = await world.done('/access/add-api-token', customer.boss, { name: 'machine', roles: ['USER_VIEW'] });
  const asked = { 'Idempotency-Key': randomUUID() };
  const body = { name: unique('Once'), description: 'two\nlines' };
  const once = await world.call('POST', '/api/v1/orgs', { as: customer.boss, body, headers: asked });
  assert.equal(once.status, 201, once.text);

  const third = await world.company('Third');
  const invitation = await world.invite(customer.boss, third.boss.email, third.name);
  const joins = await world.offerOne(customer.boss, [customer, room]);
  const provider = await world.provider();
  const abroad = await world.offerOne(world.admin, [customer], { group: 'Customer', IdentityProviderId: provider.id });
  const job = await submit(world, customer.boss, csv('Email', [address('one'), 'no address', address('two')]), {
    query: { groupId: world.group('Customer'), organizationIds: customer.orgId },
  });
  await follow(world, customer.boss, job);

  const clerk = await world.directory.clerk();
  const { providerId } = await world.directory.provider();
  await world.directory.gives(201, 'POST', 'UserProvider', { as: world.admin, body: { userId: clerk.id, providerId } });
  await world.must(401, 'POST', '/api/v1/auth/tokens', { body: { account: member.email, password: 'not the one' } });
  await world.mailsSettled();
  return { customer, agency, room, member, used, client, apiToken, asked, body, once, invitation, joins, abroad, clerk };
}

// What the world's owners could do, they can do on the server that it was moved to.
async function goesOn(world, things) {
  const { customer, agency, room, member, used, client, apiToken, asked, body, once, invitation, joins, clerk } = things;
  await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: member });
  for (const person of [customer.boss, agency.boss]) await world.signIn(person.email, kPassword);
  await world.directory.enter(clerk);
  Object.assign(member, await world.refreshed(member));
  const again = await world.call('POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token: member.token, refreshToken: used } });
  assert.notEqual(again.status, 201, 'what was used up is used up');
  await world.clientToken(client);
  assert.equal((await world.call('GET', '/access', { as: apiToken })).status, 200, 'the API token');

  const replayed = await world.call('POST', '/api/v1/orgs', { as: customer.boss, body, headers: asked });
  assert.deepEqual([replayed.status, replayed.json], [201, once.json], 'the kept answer, sealed with the master key');
  assert.equal((await world.activate(joins.token, kPassword)).status, 200, 'the link in a mail that was sent before');
  await world.signIn(joins.email);
  assert.deepEqual(await world.memberships(joins.id), [customer.orgId, room.orgId].sort());
  await world.accept(invitation.token);
  const { orgId } = await world.organization({ name: unique('Afterwards') });
  await world.placeLooksTheSame({ orgId });
  await world.placeLooksTheSame(customer);
}

let source;
let file;
let world;
let things;
before(async () => {
  source = await place('sqlite');
  world = await startSurfaces({ data: source.data, env: source.env });
  world.refreshed = async ({ token, refreshToken }) => {
    const json = await world.must(201, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token, refreshToken } });
    return { token: json.accessToken, refreshToken: json.refreshToken };
  };
  things = await furnish(world);
  const beside = newFile();
  await must(source, 'export', '--deployment', beside);  // beside the running service
  await world.stop();
  file = await exported(source);
});

test('the file holds everything, sealed or hashed, and is for its owner alone', () => {
  const { head, tables, end } = tablesOf(file);
  assert.equal(head.format, 'gatehouse deployment');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!existsSync(`${file}.partial`));
  const empty = Object.keys(tables).filter((name) => tables[name].length === 0).sort();
  assert.deepEqual(empty, ['import_held_back', 'imports'], 'the deployment has every kind of thing');
  assert.ok(!Object.keys(tables).some((name) => /^(schema_version|lane_|sqlite_|node)/.test(name)), Object.keys(tables).join());
  assert.equal(tables.changes.length, tables.log_head[0].revision, 'the whole log');
  assert.equal(end.tables, Object.keys(tables).length);
  assert.equal(end.rows, Object.values(tables).flat().length);
  const all = text(file);
  assert.equal(end.sha256, sha256(all.slice(0, all.lastIndexOf('\n', all.length - 2) + 1)));
  for (const secret of [...world.secrets, ...world.taken]) {
    assert.ok(!all.includes(secret) && !all.includes(Buffer.from(secret).toString('hex')), 'a secret as it is');
  }
  assert.ok(!all.includes(text(join(source.data, 'master.key')).trim()), 'the master key');
});

for (const [one, other] of [['sqlite', 'sqlite'], ['postgres', 'sqlite'], ['postgres', 'postgres']]) {
  test(`moved to ${one} and on to ${other}, the file is the same`, async () => {
    const first = await imported(file, source, one);
    await must(first, 'verify');
    const again = await exported(first);
    assert.ok(text(again) === text(file), 'byte by byte');
    const second = await imported(again, first, other);
    await must(second, 'verify');
    assert.ok(text(await exported(second)) === text(file), 'byte by byte');
  });
}

for (const engine of engines) {
  test(`on ${engine} everybody goes on`, async () => {
    const target = await imported(file, source, engine);
    const moved = await start({ data: target.data, env: target.env });
    Object.assign(world, { server: moved });
    Object.assign(world.directory, { server: moved });
    await goesOn(world, structuredClone(things));
    await moved.stop();
    await must(target, 'verify');
  });
}

for (const engine of engines) {
  test(`into ${engine}: refused is what would lose, mix or seal up`, async () => {
    const target = await place(engine);
    const broken = (name, change) => {
      const path = join(freshFolder('broken'), name);
      writeFileSync(path, change(text(file)));
      return path;
    };
    const take = (path) => ['import', '--deployment', path];
    await mustNot(/no master key .*put that of the deployment/, target, ...take(file));
    assert.ok(!existsSync(join(target.data, 'master.key')), 'and none is made');
    writeFileSync(join(target.data, 'master.key'), `${'ab'.repeat(32)}\n`, { mode: 0o600 });
    await mustNot(/master key/, target, ...take(file));
    giveKey(source, target);
    await mustNot(/damaged at line \d+: it ends there/, target, ...take(broken('cut', (all) => all.slice(0, all.length / 2))));
    await mustNot(/damaged at line \d+: what is before it/, target, ...take(broken('edited', (all) => all.replace('Agency', 'Agencz'))));
    await mustNot(/of schema 3 .*export it again/, target, ...take(broken('old', (all) => all.replace(/"schema":\d+/, '"schema":3'))));
    await mustNot(/none that `gatehouse export --deployment` writes/, target, ...take(broken('other', () => '{"email":"a@example.org"}\n')));
    await mustNot(/cannot read/, target, ...take(join(target.data, 'nothing')));
    await mustNot(/takes files, or --deployment/, target, 'import');
    await mustNot(/takes a directory, or --deployment/, target, 'export', 'here', '--deployment', 'there');
    if (engine === 'sqlite') assert.ok(!existsSync(join(target.data, 'gatehouse.db')), 'nothing was made for what is refused');

    assert.match(await must(target, ...take(file), '--dry-run'), /whole: \d+ rows .*nothing was changed/);
    await must(target, ...take(file));
    await mustNot(/holds a deployment already/, target, ...take(file));
    assert.ok(text(await exported(target)) === text(file), 'and left as it was');
    const server = await start({ data: target.data, env: target.env });
    await mustNot(engine === 'sqlite' ? /process \d+|in use/ : /holds a deployment already/, target, ...take(file));
    await server.stop();
  });

  test(`into ${engine}: killed in the middle, nothing is there, and the next attempt succeeds`, async () => {
    const many = bigger(file, 60_000);
    const target = await place(engine);
    giveKey(source, target);
    const args = ['import', '--deployment', many, '--data', target.data];
    // The first attempt tells how long one takes, in how much of the time it is killed.
    for (const share of [0.3, 0.6, 0.9]) {
      const child = spawn(defaultBinary, args, { stdio: 'ignore', env: await commandEnvironment(args, target.env) });
      const ended = new Promise((done) => child.on('close', (status, signal) => done(signal)));
      await until('the import to be that far', () => child.exitCode !== null || readSoFar(child.pid, many) >= share);
      child.kill('SIGKILL');
      assert.equal(await ended, 'SIGKILL', 'killed before it was through');
      if (engine === 'sqlite' && !existsSync(join(target.data, 'gatehouse.db'))) continue;
      const { tables } = await until('the store to be free', async () => {
        const left = newFile();
        return (await gatehouse(target, 'export', '--deployment', left)).status === 0 ? tablesOf(left) : null;
      });
      const rows = Object.entries(tables).filter(([, list]) => list.length > 0);
      assert.deepEqual(rows.map(([name]) => name), ['log_head', 'sequences'], 'like a new one');
      assert.equal(tables.log_head[0].revision, 0);
    }
    await must(target, 'import', '--deployment', many);
    assert.ok(text(await exported(target)) === text(many));
    await must(target, 'verify');
  });
}

// The same deployment with so many more kept mails, as a file.
function bigger(path, count) {
  const lines = text(path).trimEnd().split('\n');
  const end = JSON.parse(lines.pop());
  const at = lines.findIndex((line) => line.startsWith('{"table":"mails"'));
  const columns = JSON.parse(lines[at]).columns;
  let last = at + 1;
  while (lines[last]?.startsWith('[')) last += 1;
  const model = JSON.parse(lines[last - 1]);
  const more = Array.from({ length: count }, (_, i) => {
    const row = [...model];
    row[columns.indexOf('id')] = { hex: `ff${i.toString(16).padStart(30, '0')}` };
    return JSON.stringify(row);
  });
  lines.splice(last, 0, ...more);
  const all = `${lines.join('\n')}\n`;
  const made = newFile();
  writeFileSync(made, `${all}${JSON.stringify({ tables: end.tables, rows: end.rows + count, sha256: sha256(all) })}\n`);
  return made;
}

// How much of the file the process has read for the second time, of 1: the first time it only looks at it.
function readSoFar(pid, path) {
  try {
    const [, read] = readFileSync(`/proc/${pid}/io`, 'utf8').match(/rchar: (\d+)/);
    return Number(read) / statSync(path).size - 1;
  } catch {
    return 1;  // it is gone
  }
}
