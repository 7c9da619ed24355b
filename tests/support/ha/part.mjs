// One program of the set-up: started on one host, its output kept in a file, killed or stopped, started again. Says what it
// wrote last when something goes wrong.
import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

// Asks again and again until the answer is something: the one way in which the scenario waits.
export async function until(what, ask, { limit_ms = 60_000, every_ms = 50 } = {}) {
  const end = Date.now() + limit_ms;
  let last;
  for (;;) {
    try {
      const found = await ask();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${limit_ms / 1000} s${last ? ` (${last.message})` : ''}`);
    await pause(every_ms);
  }
}

export class Part {
  #child = null;

  // `command` is [program, ...arguments] as it runs on the host.
  constructor(name, host, command, { env = {}, log, user } = {}) {
    Object.assign(this, { name, host, command, env, log, user });
  }

  get pid() {
    return this.#child?.pid;
  }
  get isRunning() {
    return this.#child !== null;
  }

  start() {
    const [program, ...args] = this.host.run(this.command, this.user);
    const output = openSync(this.log, 'a');
    const child = spawn(program, args, { env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...this.env }, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#child = child;
    this.ended = new Promise((done) => {
      const gone = (status, signal) => {
        if (this.#child === child) this.#child = null;
        done({ status, signal });
      };
      child.on('error', () => gone(-1, null));
      child.on('close', gone);
    });
    return this;
  }

  async end(signal = 'SIGTERM') {
    this.#child?.kill(signal);
    return this.ended;
  }

  text() {
    return readFileSync(this.log, 'utf8');
  }

  tail(lines = 12) {
    return this.text().trimEnd().split('\n').slice(-lines).map((line) => `    ${line.slice(0, 400)}`).join('\n');
  }
}
