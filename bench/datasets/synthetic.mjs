#!/usr/bin/env node
// Makes organizations, users and memberships for `gatehouse import`, as many as asked for, the same for the same seed.
//
//   bench/datasets/synthetic.mjs DIRECTORY [--users N] [--organizations N] [--memberships N] [--seed N]
//
// Without numbers: 1,000,000 users, 100,000 organizations to depth 8, 10,000,000 memberships. The tree is balanced;
// every user is in about as many organizations as any other, drawn evenly, with one of the three organization roles.
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const kDepth = 8;
const kChunk = 1 << 20;

function refuse(sentence) {
  process.stderr.write(`synthetic: ${sentence}\n`);
  process.exit(2);
}

function parseArguments([directory, ...options]) {
  const usage = 'usage: synthetic.mjs DIRECTORY [--users N] [--organizations N] [--memberships N] [--seed N]';
  if (!directory || directory.startsWith('--')) refuse(usage);
  const numbers = { users: 1_000_000, organizations: 100_000, memberships: 10_000_000, seed: 1 };
  for (let i = 0; i < options.length; i += 2) {
    const name = options[i].slice(2);
    const number = Number(options[i + 1]);
    if (!(name in numbers) || !Number.isSafeInteger(number) || number < 1) refuse(usage);
    numbers[name] = number;
  }
  if (numbers.memberships > numbers.users * numbers.organizations) refuse('more memberships than pairs');
  return { directory, ...numbers };
}

// Mulberry32: repeatable, not secret.
function randomOf(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * bound);
  };
}

async function write(directory, name, header, fill) {
  const stream = createWriteStream(join(directory, name), { highWaterMark: 4 * kChunk });
  let text = `${header}\n`;
  for (const line of fill) {
    text += line;
    if (text.length < kChunk) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await once(stream, 'finish');
}

function* organizationLines({ organizations }) {
  const children = Math.max(2, Math.ceil(organizations ** (1 / kDepth)));
  for (let i = 0; i < organizations; i += 1) {
    const parent = i < children ? '' : `o${Math.floor(i / children) - 1}`;
    yield `o${i},${parent},Organization ${i},\n`;
  }
}

function* userLines({ users }) {
  for (let i = 0; i < users; i += 1) yield `u${i},user${i},user${i}@example.com,User ${i}\n`;
}

function* membershipLines({ users, organizations, memberships, seed }) {
  const random = randomOf(seed);
  const roles = ['viewer', 'viewer', 'viewer', 'viewer', 'viewer', 'viewer', 'viewer', 'operator', 'operator', 'admin'];
  let written = 0;
  for (let user = 0; user < users; user += 1) {
    const due = Math.round((memberships * (user + 1)) / users);
    const own = new Set();
    while (written + own.size < due) own.add(random(organizations));
    written = due;
    for (const organization of own) yield `u${user},o${organization},${roles[random(10)]}\n`;
  }
}

const given = parseArguments(process.argv.slice(2));
mkdirSync(given.directory, { recursive: true });
await write(given.directory, 'organizations.csv', 'external_key,parent_key,name,description', organizationLines(given));
await write(given.directory, 'users.csv', 'external_key,user_name,email,display_name', userLines(given));
await write(given.directory, 'memberships.csv', 'user_key,organization_key,roles', membershipLines(given));
