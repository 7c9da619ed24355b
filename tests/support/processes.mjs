// What the kernel tells of processes, for tests that start, stop and kill them.
import { readFileSync, readdirSync } from 'node:fs';

// When a process began, in the kernel's ticks: with its number that names it for good. Null when it is gone.
export function beginning(pid) {
  try {
    const [, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/^.*\) (.*)$/s);
    const fields = rest.split(' ');
    return fields[0] === 'Z' ? null : fields[19];
  } catch {
    return null;
  }
}

export function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/stat`, 'utf8').match(/^.*\) \S (\d+) /s)[1] === String(pid);
      } catch {
        return false;
      }
    })
    .map(Number);
}

// Refuses nothing: a process that is gone needs no signal.
export function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // it is gone already
  }
}
