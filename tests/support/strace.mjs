// strace at a running process: what it asks of the kernel, and calls that fail on purpose. What it does to the process ends
// when it is detached. Says why where that is not permitted.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { freshFolder } from './gatehouse.mjs';

const kAttachTimeout_ms = 60_000;

// Why no process can be traced here, or null.
export async function whyNoTrace() {
  const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    await (await Trace.attach(sleeper.pid, ['-e', 'trace=fsync'])).detach();
    return null;
  } catch (error) {
    return error.message;
  } finally {
    sleeper.kill();
  }
}

export class Trace {
  #child;
  #file = join(freshFolder('trace'), 'trace');
  #ended;

  // To a process, or to several; what they start is traced as well. `args` say which calls, and what becomes of them: see
  // strace(1).
  static async attach(pids, args) {
    const trace = new Trace();
    const child = spawn('strace', ['-f', '-tt', '-o', trace.#file, ...args, ...[pids].flat().flatMap((pid) => ['-p', String(pid)])], { stdio: ['ignore', 'ignore', 'pipe'] });
    trace.#child = child;
    trace.#ended = new Promise((done) => child.on('close', () => done('it ended')).on('error', ({ message }) => done(message)));
    const said = [];
    const attached = new Promise((done) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line);
        if (/: Process \d+ attached/.test(line)) done(true);
      });
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), kAttachTimeout_ms);
    const isAttached = await Promise.race([attached, trace.#ended]);
    clearTimeout(timer);
    if (isAttached !== true) throw new Error(`strace (the Debian package of that name) cannot attach: ${isAttached}: ${said.join('; ')}`);
    return trace;
  }

  // The process goes on as if nothing had been; also when it has ended already. What was traced, line by line.
  async detach() {
    this.#child.kill('SIGTERM');
    await this.#ended;
    return this.lines();
  }

  lines() {
    return readFileSync(this.#file, 'latin1').split('\n').filter(Boolean);
  }
}

// From now until the trace is detached these calls fail on what stands at the path. `when` as in strace(1): which of them.
export function failing(pid, calls, error, path, when) {
  const which = when === undefined ? '' : `:when=${when}`;
  return Trace.attach(pid, ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}${which}`, ...(path ? ['-P', path] : [])]);
}
