// The real binary as a test sees it: start it on a fresh data directory, stop it, kill it, start it again, move its clock.
// Knows no endpoint. Refuses to hide anything: a process that dies unasked, ends with another status than 0 or writes a
// sanitizer's report makes the test fail, with what it wrote on stderr.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Client } from './client.mjs';
import { commandEnvironment, fakeTimeEnvironment } from './environment.mjs';
import { releaseStores } from './store.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const defaultBinary = process.env.GATEHOUSE_BINARY ?? join(root, 'build/debug/gatehouse');
export const admin = { email: 'admin@example.test', password: 'a long first password 1!' };

const startTimeout_ms = 60_000;
const stopTimeout_ms = 60_000;
const sanitizerReport = /(Address|Leak|Thread|UndefinedBehavior)Sanitizer|: runtime error: /;

const folders = new Set();
const servers = new Set();
process.on('exit', () => {
  for (const server of servers) server.abandon();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  releaseStores();
});

// A folder that is removed when the test process ends.
export function freshFolder(name = 'data') {
  const folder = mkdtempSync(join(tmpdir(), `gatehouse-${name}-`));
  folders.add(folder);
  return folder;
}

// Runs the binary to its end: { status, signal, stdout, stderr }. For commands and for starts that must fail.
export async function run(args, { env = {}, binary = defaultBinary, input = '', cwd, timeout_ms = 60_000 } = {}) {
  const environment = await commandEnvironment(args, env);
  return new Promise((done, failed) => {
    const child = spawn(binary, args, { env: environment, cwd, timeout: timeout_ms, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.stdin.on('error', () => {});  // it may end without reading
    child.stdin.end(input);
    child.on('error', failed);
    child.on('close', (status, signal) => {
      if (sanitizerReport.test(stderr)) failed(new Error(`${args.join(' ')}: a sanitizer reports:\n${stderr}`));
      else done({ status, signal, stdout, stderr });
    });
  });
}

class Server {
  #options;
  #child;
  #stderr = [];
  #ended;  // resolves with { status, signal } when the process is gone
  #leaving = false;
  #clock;

  constructor(options) {
    this.#options = options;
    this.data = options.data ?? freshFolder();
    this.client = new Client(this);
  }

  // Set while it runs: url and managementUrl, both without a slash at the end, and pid.

  async start({ args, env, fakeTime } = {}) {
    Object.assign(this.#options, args && { args }, env && { env }, fakeTime && { fakeTime });
    const options = this.#options;
    let fake = {};
    if (options.fakeTime) {
      this.#clock ??= join(freshFolder('clock'), 'time');
      this.setTime(options.fakeTime);
      fake = fakeTimeEnvironment(this.#clock);
    }
    const listen = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
    const environment = { GATEHOUSE_ADMIN_EMAIL: admin.email, GATEHOUSE_ADMIN_PASSWORD: admin.password, ...fake, ...options.env };
    const command = ['serve', '--data', this.data, ...listen, ...options.args];
    const child = spawn(options.binary, command, {
      env: await commandEnvironment(command, environment),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.#leaving = false;
    this.#stderr = [];
    servers.add(this);
    this.#ended = new Promise((done) => {
      child.on('error', (error) => done({ status: -1, signal: null, error }));
      child.on('close', (status, signal) => done({ status, signal }));
    });
    const listening = new Promise((done) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        this.#stderr.push(line);
        if (this.#stderr.length > 20_000) this.#stderr.shift();
        const entry = parseLog(line);
        if (entry?.event === 'listening') done(entry);
      });
    });
    const entry = await this.#within(startTimeout_ms, 'it did not begin to listen', Promise.race([listening, this.#ended]));
    if (entry.event !== 'listening') {
      servers.delete(this);
      throw this.#failure(entry.error ? `cannot be run: ${entry.error.message}` : `ended at once (${ending(entry)})`);
    }
    this.url = entry.url.replace(/\/$/, '');
    this.managementUrl = entry.management_url.replace(/\/$/, '');
    this.pid = child.pid;
    this.#ended.then((how) => {
      if (!this.#leaving) console.error(this.#failure(`died while it was needed (${ending(how)})`).message);
    });
    child.unref();  // a test that forgets it does not hang; the exit hook ends it
    child.stderr.unref?.();
    return this;
  }

  // SIGTERM; resolves when the process has ended as it should: status 0, no sanitizer's report.
  async stop() {
    if (!servers.has(this)) return;
    const died = this.#child.exitCode !== null || this.#child.signalCode !== null;
    await this.#end('SIGTERM');
    const how = await this.#ended;
    if (this.report()) throw this.#failure('a sanitizer reports');
    if (how.status !== 0) throw this.#failure(died ? `had died (${ending(how)})` : `did not stop cleanly (${ending(how)})`);
  }

  // As if the machine had lost power, but for what the kernel still holds.
  async kill9() {
    await this.#end('SIGKILL');
    if (this.report()) throw this.#failure('a sanitizer reports');
  }

  // Stops and starts again on the same data directory; args, env and fakeTime replace those of before.
  async restart(changes) {
    await this.stop();
    return this.start(changes);
  }

  // An offset such as '+16m', '-1d', '+0'; only for servers started with fakeTime. Counts from the next reading of the clock.
  setTime(offset) {
    if (!this.#clock) throw new Error('start the server with fakeTime to move its clock');
    writeFileSync(this.#clock, `${offset}\n`);
  }

  // The log so far, one object a line; a line that is not JSON stays a string.
  logs() {
    return this.#stderr.map((line) => parseLog(line) ?? line);
  }

  stderr() {
    return this.#stderr.join('\n');
  }

  report() {
    return sanitizerReport.test(this.stderr());
  }

  request(method, path, options) {
    return this.client.request(method, path, options);
  }

  // An error that tells what the process said, for a request that got no answer. A process that is dying is given the
  // time to finish its report.
  async explain(error) {
    let timer;
    const alive = new Promise((done) => (timer = setTimeout(done, 3000, null)));
    const how = await Promise.race([this.#ended, alive]);
    clearTimeout(timer);
    if (how) return this.#failure(`gave no answer and is gone (${ending(how)}): ${error.message}`);
    return this.report() ? this.#failure(`gave no answer: ${error.message}`) : error;
  }

  // At the end of the test process only: no time is left to wait.
  abandon() {
    this.#leaving = true;
    if (this.report()) {
      console.error(this.#failure('a sanitizer reports').message);
      process.exitCode = 1;
    }
    this.#child.kill('SIGKILL');
  }

  async #end(signal) {
    this.#leaving = true;
    this.#child.ref();
    this.#child.kill(signal);
    await this.#within(stopTimeout_ms, `it did not end on ${signal}`, this.#ended);
    servers.delete(this);
  }

  async #within(limit_ms, what, promise) {
    let timer;
    const late = new Promise((_, failed) => {
      timer = setTimeout(() => {
        this.#child.kill('SIGKILL');
        failed(this.#failure(`${what} within ${limit_ms / 1000} s`));
      }, limit_ms);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #failure(what) {
    return new Error(`gatehouse ${what}; its stderr ends with:\n${this.#stderr.slice(-60).join('\n')}`);
  }
}

function parseLog(line) {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const ending = ({ status, signal }) => (signal ? `killed by ${signal}` : `exit status ${status}`);

// A running server on a data directory of its own, or on `data`. `env` adds to or replaces the environment; `fakeTime`
// is an offset such as '+16m'. With `t`, the test's context, it is stopped when the test ends.
export async function start({ args = [], env = {}, data, binary = defaultBinary, fakeTime, t } = {}) {
  const server = await new Server({ args, env, data, binary, fakeTime }).start();
  t?.after(() => server.stop());
  return server;
}
