// Runs everything that was built: the GoogleTest programs, the Node tests, lint. What touches the store runs on each engine,
// on SQLite and on a private PostgreSQL that is started and stopped here. Prints each failure when it happens and again at the
// end, and ends with the line `N passed, M failed`. `node scripts/run_tests.mjs [FILTER]` takes only what the filter names: a
// GoogleTest name, a Node test file's path, a lint check. GATEHOUSE_TEST_ENGINE=sqlite or =postgres takes one engine only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { run as runNodeTests } from 'node:test';
import { fileURLToPath } from 'node:url';

import { PrivatePostgres } from '../tests/support/postgres.mjs';
import { checks } from './lint.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const filter = process.argv[2] ?? '';
const programTimeout_ms = 15 * 60_000;
const results = 'build/test-results';
const sanitizers = {
  ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_init_order=1',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
  TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1',
};
Object.assign(process.env, sanitizers, { GATEHOUSE_BINARY: join(root, 'build/debug/gatehouse') });

// What is about neither engine runs with the first.
const engines = process.env.GATEHOUSE_TEST_ENGINE ? [process.env.GATEHOUSE_TEST_ENGINE] : ['sqlite', 'postgres'];
const onEachEngine = ['api_test', 'domain_test', 'rules_test', 'server_test'];

let passed = 0;
let skipped = 0;
const failures = [];

function fail(name, text) {
  failures.push({ name, text: text.trim() });
  console.log(`FAILED  ${name}`);
  if (text.trim()) console.log(indent(text.trim()));
}

function indent(text, limit = 200) {
  const lines = text.split('\n');
  const shown = lines.slice(0, limit).map((line) => `    ${line}`);
  if (lines.length > limit) shown.push(`    … ${lines.length - limit} lines more`);
  return shown.join('\n');
}

function stage(name, started, before) {
  if (filter && passed === before.passed && failures.length === before.failed) return;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${failures.length > before.failed ? 'FAILED' : 'ok'}  ${name}: ${passed - before.passed} passed (${seconds} s)`);
}

async function timed(name, work) {
  const started = Date.now();
  const before = { passed, failed: failures.length };
  await work();
  stage(name, started, before);
}

// ThreadSanitizer of GCC 12 cannot place its shadow where kernels randomize addresses widely.
const fixedAddresses = spawnSync('setarch', ['-R', 'true']).status === 0 ? ['setarch', '-R'] : [];

function programsOf(configuration) {
  const found = [];
  const walk = (folder) => {
    if (!existsSync(folder)) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'CMakeFiles') walk(path);
      if (entry.isFile() && entry.name.endsWith('_test')) found.push(path);
    }
  };
  walk(join('build', configuration));
  return found.sort();
}

// What runs on this engine is told where its store is by the environment.
function useEngine(engine) {
  process.env.GATEHOUSE_TEST_ENGINE = engine;
  return engine === 'sqlite' ? '' : ` on ${engine}`;
}

function runProgram(program, report, wrapper) {
  const args = [...wrapper, program, `--gtest_output=json:${report}`, '--gtest_brief=1'];
  if (filter) args.push(`--gtest_filter=*${filter}*`);
  return new Promise((done) => {
    const child = spawn(args[0], args.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (data) => (output = (output + data).slice(-200_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => child.kill('SIGKILL'), programTimeout_ms);
    child.on('error', (error) => done({ ended: error.message, output }));
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      done({ status, ended: signal ? `killed by ${signal}` : `exit status ${status}`, output });
    });
  });
}

async function runGoogleTests(configuration, engine) {
  const on = useEngine(engine);
  const takes = (program) => engine === engines[0] || onEachEngine.includes(basename(program));
  for (const program of programsOf(configuration).filter(takes)) {
    const name = `${configuration} ${basename(program)}${on}`;
    const report = join(results, `${configuration}-${basename(program)}${on.replaceAll(' ', '-')}.json`);
    await timed(name, async () => {
      const outcome = await runProgram(program, report, configuration === 'tsan' ? fixedAddresses : []);
      let failedHere = 0;
      if (existsSync(report)) {
        const suites = JSON.parse(readFileSync(report, 'utf8')).testsuites;
        for (const test of suites.flatMap((suite) => suite.testsuite)) {
          if (test.status !== 'RUN') continue;
          if (test.result === 'SKIPPED') ++skipped;
          else if (!test.failures) ++passed;
          else {
            ++failedHere;
            fail(`${name} ${test.classname}.${test.name}`, test.failures.map(({ failure }) => failure).join('\n'));
          }
        }
      }
      // A crash, a sanitizer's report or a leak at the end has no test of its own.
      if (outcome.status !== 0 && failedHere === 0) fail(`${name}: ${outcome.ended}`, outcome.output);
    });
  }
}

// The engines that a test file is for: see tests/support/store.mjs.
function enginesOf(file) {
  const [, store] = readFileSync(file, 'utf8').match(/^\/\/ Store: (\w+)\n/) ?? [];
  if (store === 'any') return [engines[0]];
  return store ? [store] : ['sqlite', 'postgres'];
}

function nodeTestFiles() {
  const folders = ['scripts', 'tests/contract', 'tests/console', 'tests/scenarios', 'tests/faults', 'tests/rules', 'tests/support'];
  return folders
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.test.mjs') && path.includes(filter));
}

async function runNode(engine) {
  const on = useEngine(engine);
  const files = nodeTestFiles().filter((file) => enginesOf(file).includes(engine));
  if (files.length === 0) return;
  const counted = new Map(files.map((file) => [file, 0]));
  const output = new Map();
  const fromRoot = (path) => relative(root, path.startsWith('file:') ? fileURLToPath(path) : resolve(root, path));
  const isFile = (name) => files.includes(fromRoot(name));
  const fileOf = (event) => fromRoot(event.file ?? event.name);
  const describe = ({ error }) => {
    const cause = error?.cause ?? error;
    const text = String(typeof cause === 'object' ? (cause?.stack ?? cause?.message ?? error?.message) : cause);
    return text.replace(/\n +at [^\n]*node:internal[^\n]*/g, '');
  };
  const stream = runNodeTests({ files: files.map((file) => join(root, file)), concurrency: 2, timeout: programTimeout_ms });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite' || isFile(event.name)) return;
    if (event.skip !== undefined || event.todo !== undefined) ++skipped;
    else ++passed;
    counted.set(fileOf(event), (counted.get(fileOf(event)) ?? 0) + 1);
  });
  stream.on('test:fail', (event) => {
    const file = fileOf(event);
    counted.set(file, (counted.get(file) ?? 0) + 1);
    const code = event.details.error?.failureType;
    // A parent that failed only because of its children has no failure of its own.
    if (code === 'subtestsFailed') return;
    const extra = isFile(event.name) ? `\n${output.get(file) ?? ''}` : '';
    fail(isFile(event.name) ? `${file}${on}` : `${file}${on}: ${event.name}`, describe(event.details) + extra);
  });
  const keep = (event) => {
    const file = fileOf(event);
    output.set(file, ((output.get(file) ?? '') + event.message).slice(-50_000));
  };
  // What a test measured. A file's own figures, which Node adds, say nothing here.
  stream.on('test:diagnostic', ({ message }) => {
    if (!/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/.test(message)) console.log(`    ${message}`);
  });
  stream.on('test:stdout', keep);
  stream.on('test:stderr', keep);
  await new Promise((done) => stream.on('end', done).resume());
  for (const file of files) {
    if (counted.get(file) === 0) fail(`${file}${on}`, `no test ran in it\n${output.get(file) ?? ''}`);
  }
}

async function runLint() {
  for (const check of checks.filter(({ name }) => name.includes(filter))) {
    await timed(check.name, async () => {
      const findings = await check.run();
      if (findings.length === 0) ++passed;
      else fail(check.name, findings.join('\n'));
    });
  }
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const server = engines.includes('postgres') ? await PrivatePostgres.start() : undefined;
if (server) process.env.GATEHOUSE_TEST_POSTGRES = server.url();
for (const engine of engines) await runGoogleTests('debug', engine);
await runGoogleTests('tsan', engines[0]);
for (const engine of engines) await timed(`node tests on ${engine}`, () => runNode(engine));
await runLint();
await server?.stop();

if (passed + failures.length === 0) fail(filter ? `nothing is named ${filter}` : 'no test ran', '');
if (failures.length > 0) {
  console.log('\nWhat failed:');
  for (const { name, text } of failures) {
    console.log(`  ${name}`);
    if (text) console.log(indent(text, 12));
  }
}
console.log(`\n${skipped > 0 ? `${skipped} skipped\n` : ''}${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
