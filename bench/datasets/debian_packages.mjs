#!/usr/bin/env node
// Turns the package index of this machine into files that `gatehouse import` reads: distribution, sections and source
// packages as the tree, maintainers as users with the names and addresses they really have, each admin of its packages.
//
//   bench/datasets/debian_packages.mjs DIRECTORY [--packages N]
//
// Needs apt's lists: run `apt-get update` first where there are none.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

function refuse(sentence) {
  process.stderr.write(`debian_packages: ${sentence}\n`);
  process.exit(2);
}

const [directory, ...options] = process.argv.slice(2);
if (!directory || directory.startsWith('--')) refuse('usage: debian_packages.mjs DIRECTORY [--packages N]');
const limit = options[0] === '--packages' ? Number(options[1]) : Infinity;
if (Number.isNaN(limit)) refuse('--packages needs a number');

// "Jérémy Lal <kapouer@melix.org>", with or without quotes and angle brackets; some end with a comma.
function parseMaintainer(text) {
  const parts = /^(.*?)\s*<([^<>]*)>[\s,]*$/.exec(text);
  const name = (parts ? parts[1] : text).replace(/^"(.*)"$/, '$1').trim();
  return { name, email: (parts ? parts[2] : text).trim() };
}

// One stanza of the index as the fields that matter. Continuation lines begin with a blank.
async function* stanzas(stream) {
  let fields = {};
  for await (const line of createInterface({ input: stream })) {
    if (line === '') {
      if (fields.Package) yield fields;
      fields = {};
      continue;
    }
    const colon = line.indexOf(': ');
    if (colon > 0 && line[0] !== ' ') fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  if (fields.Package) yield fields;
}

async function collect() {
  const child = spawn('apt-cache', ['dumpavail'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(child, 'error').then(([error]) => refuse(`cannot run apt-cache: ${error.message}`));
  const packages = new Map();
  const read = (async () => {
    for await (const { Package, Source = Package, Section = 'misc', Maintainer = '' } of stanzas(child.stdout)) {
      const source = Source.split(' ')[0];
      if (!packages.has(source) && packages.size >= limit) continue;
      const known = packages.get(source) ?? { section: Section, maintainers: new Map() };
      packages.set(source, known);
      const maintainer = parseMaintainer(Maintainer);
      if (maintainer.email) known.maintainers.set(maintainer.email.toLowerCase(), maintainer);
    }
  })();
  await Promise.race([read, failed]);
  return packages;
}

class Lines {
  constructor(path) {
    this.stream = createWriteStream(path);
    this.count = 0;
  }
  async add(row) {
    this.count += 1;
    if (!this.stream.write(`${JSON.stringify(row)}\n`)) await once(this.stream, 'drain');
  }
  async end() {
    this.stream.end();
    await once(this.stream, 'finish');
  }
}

function distribution() {
  const file = '/etc/os-release';
  const line = existsSync(file) ? /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync(file, 'utf8')) : null;
  return line ? line[1] : 'Distribution';
}

const packages = await collect();
if (packages.size === 0) refuse('apt knows no packages: run `apt-get update` first');
mkdirSync(directory, { recursive: true });
const organizations = new Lines(join(directory, 'organizations.jsonl'));
const users = new Lines(join(directory, 'users.jsonl'));
const memberships = new Lines(join(directory, 'memberships.jsonl'));

await organizations.add({ external_key: 'distribution', parent_key: '', name: distribution() });
const sections = new Set();
const maintainers = new Set();
for (const [source, { section, maintainers: own }] of packages) {
  // Some sections and packages have one name ("perl", "science"): organizations must not.
  if (!sections.has(section)) {
    sections.add(section);
    const name = `Section ${section}`;
    await organizations.add({ external_key: `section:${section}`, parent_key: 'distribution', name });
  }
  await organizations.add({ external_key: `source:${source}`, parent_key: `section:${section}`, name: source });
  for (const [key, { name, email }] of own) {
    if (!maintainers.has(key)) {
      maintainers.add(key);
      await users.add({ external_key: `maintainer:${key}`, email, display_name: name });
    }
    await memberships.add({ user_key: `maintainer:${key}`, organization_key: `source:${source}`, roles: ['admin'] });
  }
}
await Promise.all([organizations.end(), users.end(), memberships.end()]);
process.stdout.write(`${organizations.count} organizations, ${users.count} users, ${memberships.count} memberships\n`);
