// Which processes there are, from /proc, and their sudden end.
import { readFileSync, readdirSync } from 'node:fs';

// { pid, state, parent } of every process; those that vanish meanwhile are left out.
function processes() {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      return [{ pid: Number(pid), state, parent: Number(parent) }];
    } catch {
      return [];
    }
  });
}

export function childrenOf(pid) {
  return processes().filter(({ parent }) => parent === pid).map((one) => one.pid);
}

// Not ended, and not dead and still unburied.
export function livingOf(pids) {
  const wanted = new Set(pids);
  return processes().filter(({ pid, state }) => wanted.has(pid) && state !== 'Z').map(({ pid }) => pid);
}

export function kill9(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended by itself, or with its parent
    }
  }
}
