// The lint checks: formatting, clang-tidy and the layers. Each is one check with findings; `node scripts/lint.mjs [NAME]`
// runs them alone, run_tests.mjs counts them as tests.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { checkLayers } from './check_layers.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const database = 'build/debug';

function cppFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : cppFiles(path);
    return /\.[ch]pp$/.test(entry.name) ? [path] : [];
  });
}

function run(command, args) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => done({ status: -1, output: `${command}: ${error.message}` }));
    child.on('close', (status) => done({ status, output }));
  });
}

async function checkFormat() {
  const files = ['src', 'bench', 'tests'].flatMap(cppFiles);
  if (files.length === 0) return [];
  const { status, output } = await run('clang-format', ['--dry-run', '-Werror', ...files]);
  const places = output.split('\n').filter((line) => /: (error|warning): /.test(line));
  const first = new Map();  // one finding a file is enough
  for (const place of places) {
    const [file, line] = place.split(':');
    if (!first.has(file)) first.set(file, `${file}:${line}: not formatted; run ./dev format`);
  }
  return status !== 0 && first.size === 0 ? [output] : [...first.values()];
}

// A file and everything of ours that it includes, however deep.
function closure(file, include, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/gm)) {
    const found = [dirname(file), ...include].map((folder) => join(folder, target)).find(existsSync);
    if (found) closure(found, include, seen);
  }
  return seen;
}

// clang-tidy's verdict on a file holds as long as its closure, the checks, the tool and the flags stay. Clean verdicts are
// kept outside the tree, so that a fresh clone profits too.
async function checkTidy() {
  const compileCommands = join(root, database, 'compile_commands.json');
  if (!existsSync(compileCommands)) return [`${database}/compile_commands.json: missing; run ./dev lint, which makes it`];
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gatehouse', 'tidy');
  mkdirSync(cache, { recursive: true });
  const salt = readFileSync(join(root, '.clang-tidy'), 'utf8') + spawnSync('clang-tidy', ['--version']).stdout;
  const work = [];
  for (const { file, command } of JSON.parse(readFileSync(compileCommands, 'utf8'))) {
    const path = relative(root, file);
    if (!path.startsWith('src/') || path.endsWith('_test.cpp') || !existsSync(file)) continue;
    const hash = createHash('sha256').update(salt).update(command.replaceAll(root, '').replace(/ -o .*/, ''));
    for (const part of [...closure(file, [join(root, 'src'), join(root, database)])].sort()) {
      hash.update(relative(root, part)).update('\0').update(readFileSync(part)).update('\0');
    }
    const verdict = join(cache, hash.digest('hex'));
    if (!existsSync(verdict)) work.push({ path, verdict });
  }
  if (work.length > 0) console.error(`dev: clang-tidy reads ${work.length} files`);
  const findings = new Set();
  const lane = async () => {
    for (let next = work.pop(); next; next = work.pop()) {
      const { status, output } = await run('clang-tidy', ['--quiet', '-p', database, next.path]);
      if (status === 0) writeFileSync(next.verdict, '');
      const lines = output.split('\n').filter((line) => /: (error|warning): /.test(line));
      for (const line of lines) findings.add(line.replace(`${root}/`, '').replace(',-warnings-as-errors', ''));
      if (status !== 0 && lines.length === 0) findings.add(`${next.path}:1: clang-tidy failed: ${output.trim()}`);
    }
  };
  await Promise.all(Array.from({ length: cpus().length }, lane));
  return [...findings].sort();
}

export const checks = [
  { name: 'lint: format', run: checkFormat },
  { name: 'lint: layers', run: async () => checkLayers(root) },
  { name: 'lint: tidy', run: checkTidy },
];

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  let failed = 0;
  for (const check of checks.filter(({ name }) => name.includes(process.argv[2] ?? ''))) {
    const findings = await check.run();
    console.log(`${findings.length === 0 ? 'ok' : 'FAILED'}  ${check.name}`);
    for (const finding of findings) console.log(`  ${finding}`);
    if (findings.length > 0) ++failed;
  }
  process.exitCode = failed > 0 ? 1 : 0;
}
