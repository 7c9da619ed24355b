// The first calls of README.md, executed as they are written: every ```sh block with `<!-- test -->` above it, in order, in
// one shell, against a fresh server. Only the address is put in its place.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freshFolder, start } from '../support/gatehouse.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const password = 'the password of the readme 1';

// The blocks of a Markdown text that ask to be tested.
function blocks(markdown) {
  return [...markdown.matchAll(/<!-- test -->\s*\n+```sh\n([\s\S]*?)```/g)].map((match) => match[1]);
}

test('the calls work as written', async (t) => {
  const written = blocks(readFileSync(join(root, 'README.md'), 'utf8'));
  assert.ok(written.length > 0, 'README.md has a block to test');
  const server = await start({ env: { GATEHOUSE_ADMIN_EMAIL: 'admin@localhost', GATEHOUSE_ADMIN_PASSWORD: password }, t });
  const script = ['set -euo pipefail', ...written.map((block) => block.replaceAll('http://127.0.0.1:8080', server.url).replaceAll('http://127.0.0.1:9080', server.managementUrl))].join('\n');
  const { code, stdout, stderr } = await new Promise((done) => {
    // PASSWORD is what the readme tells the reader to fill in with the one-time password that ./dev run printed.
    execFile('bash', ['-c', script], { cwd: freshFolder('readme'), env: { ...process.env, PASSWORD: password }, timeout: 60_000 }, (error, out, err) =>
      done({ code: error ? (error.code ?? -1) : 0, stdout: out, stderr: err }));
  });
  const all = `${script}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
  assert.equal(code, 0, all);
  assert.doesNotMatch(stdout, /"status":\s*[45]\d\d/, `no call is refused: ${all}`);
  for (const expected of written.join('\n').matchAll(/^# → (.+)$/gm)) {
    assert.ok(stdout.includes(expected[1]), `the readme promises ${expected[1]}: ${all}`);
  }
});

test('every command it names exists', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const dev = readFileSync(join(root, 'dev'), 'utf8');
  for (const [, command] of text.matchAll(/\.\/dev (\w+)/g)) assert.ok(new RegExp(`\\b${command}\\b`).test(dev), `./dev ${command}`);
});

test('every local link leads somewhere', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) assert.ok(readable(join(root, target)), `README.md links to ${target}`);
});

function readable(path) {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return error.code === 'EISDIR';
  }
}
