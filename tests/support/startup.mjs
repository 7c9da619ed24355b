// Starts that must fail, and what a failed start looks like: one line on stderr that says what to do, and status 2.
import assert from 'node:assert/strict';
import { join } from 'node:path';

import { freshFolder, run } from './gatehouse.mjs';

// What `serve` does when everything but the arguments of the test is right.
export function serve({ args = [], env = {}, data = join(freshFolder(), 'data') }) {
  const listen = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
  return run(['serve', '--data', data, ...listen, ...args], { env });
}

export function assertRefused({ status, signal, stderr, stdout }, ...says) {
  assert.equal(signal, null, `it had to be killed: it serves, or hangs\n${stderr}`);
  assert.equal(status, 2, `exit status ${status}\n${stderr}`);
  assert.equal(stdout, '');
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 1, `not one line but ${lines.length}:\n${stderr}`);
  assert.match(lines[0], /^gatehouse: \S/);
  assert.ok(lines[0].length > 30, `too short to say what to do: ${lines[0]}`);
  for (const piece of says) assert.ok(lines[0].includes(piece), `it does not say "${piece}": ${lines[0]}`);
}
