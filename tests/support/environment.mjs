// What the binary under test finds in its environment: the caller's without what is meant for the tests, its store, its clock.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { storeEnvironment } from './store.mjs';

// The caller's environment without GATEHOUSE_* (the binary refuses those that it does not know).
function cleanEnvironment(extra) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GATEHOUSE_') && name !== 'NODE_TEST_CONTEXT');
  return { ...Object.fromEntries(kept), ...extra };
}

function libfaketime() {
  for (const folder of readdirSync('/usr/lib', { withFileTypes: true })) {
    const library = join('/usr/lib', folder.name, 'faketime/libfaketimeMT.so.1');
    if (folder.isDirectory() && existsSync(library)) return library;
  }
  throw new Error('libfaketimeMT.so.1 is missing; install the Debian package faketime (./dev test does)');
}

// The wall clock is read from the file at every call, so it can be moved while the process runs; the monotonic clock stays
// true, because timers hang on it. ASan wants to be the first library unless it is told not to look.
export function fakeTimeEnvironment(file) {
  const asan = [process.env.ASAN_OPTIONS, 'verify_asan_link_order=0'].filter(Boolean).join(':');
  return {
    LD_PRELOAD: libfaketime(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
    ASAN_OPTIONS: asan,
  };
}

// The environment of a command: what `--data` among its arguments stands for, and `extra`.
export async function commandEnvironment(args, extra = {}) {
  const at = args.indexOf('--data');
  const store = at === -1 || args.includes('--database-url') ? {} : await storeEnvironment(args[at + 1]);
  return cleanEnvironment({ ...store, ...extra });
}
