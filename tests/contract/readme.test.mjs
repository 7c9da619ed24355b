// Store: any
// What README.md and the guide show, executed as it is written: every ```sh block with `<!-- test -->` above it, in order, in
// one shell, against a fresh server. Each `# → text` line of a block must be in what that block printed, in that order, and no
// refusal is printed that no such line promises.
// A ```toml block with `<!-- config -->` above it is the configuration that the server is started with.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { freshFolder, run, start } from '../support/gatehouse.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const password = 'the password of the reader 1';
const documents = ['README.md', 'docs/guide.md'];
const linked = [...documents, 'docs/operations.md', 'docs/secret-scanning.md', 'docs/decisions/README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

const read = (document) => readFileSync(join(root, document), 'utf8');
const blocks = (markdown, mark, language) =>
  [...markdown.matchAll(new RegExp(`<!-- ${mark} -->\\s*\\n\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]);

// A line between the blocks tells what each of them printed.
const border = (index) => `--- block ${index} has ended ---`;

function shell(script, environment) {
  return new Promise((done) => {
    const options = { cwd: freshFolder('reader'), env: { ...process.env, ...environment }, timeout: 120_000 };
    execFile('bash', ['-c', script], options, (error, stdout, stderr) => done({ code: error ? (error.code ?? -1) : 0, stdout, stderr }));
  });
}

function assertShown(block, printed, all) {
  const expected = [...block.matchAll(/^ *# → (.+)$/gm)].map((match) => match[1]);
  let from = 0;
  for (const text of expected) {
    const at = printed.indexOf(text, from);
    assert.notEqual(at, -1, `the text promises ${text}\n--- the block printed\n${printed}\n${all}`);
    from = at + text.length;
  }
  const refusal = /"status":[45]\d\d|\{"detail":/g;  // as a problem, or in the words of the access surface
  const refused = printed.match(refusal) ?? [];
  const promised = expected.filter((text) => text.match(refusal));
  assert.equal(refused.length, promised.length, `refusals that the text does not promise\n--- the block printed\n${printed}\n${all}`);
}

for (const document of documents) {
  test(`${document}: the calls work as written`, async (t) => {
    const text = read(document);
    const written = blocks(text, 'test', 'sh');
    assert.ok(written.length > 0, `${document} has a block to test`);
    const configuration = join(freshFolder('reader'), 'gatehouse.toml');
    writeFileSync(configuration, blocks(text, 'config', 'toml').join('\n'));
    const env = { GATEHOUSE_ADMIN_EMAIL: 'admin@localhost', GATEHOUSE_ADMIN_PASSWORD: password };
    const server = await start({ t, env, args: ['--config', configuration] });

    const script = ['set -euo pipefail', ...written.flatMap((block, index) => [block, `echo; echo '${border(index)}'`])].join('\n');
    const { code, stdout, stderr } = await shell(script, { URL: server.url, PASSWORD: password, DATA: server.data });
    const all = `--- stdout\n${stdout}\n--- stderr\n${stderr}`;
    let rest = stdout;
    written.forEach((block, index) => {
      const end = rest.indexOf(border(index));
      assert.notEqual(end, -1, `the shell ended in this block with status ${code}:\n${block}\n${all}`);
      assertShown(block, rest.slice(0, end), all);
      rest = rest.slice(end + border(index).length);
    });
    assert.equal(code, 0, all);
  });
}

test('docs/operations.md lists every configuration key with its default', async () => {
  const { status, stdout, stderr } = await run(['config', 'show', '--json']);
  assert.equal(status, 0, stderr);
  const rows = [...read('docs/operations.md').matchAll(/^\| `(\w+)` \| (?:`([^`]*)`)? *\| .+ \|$/gm)].map(([, key, value]) => [key, value ?? '']);
  assert.deepEqual(rows, Object.entries(JSON.parse(stdout)).map(([key, { value }]) => [key, value]));
});

test('every command that the texts name exists', () => {
  const dev = read('dev');
  for (const document of linked) {
    for (const [, command] of read(document).matchAll(/\.\/dev (\w+)/g)) {
      assert.match(dev, new RegExp(`^  ${command}( \\||\\))`, 'm'), `${document}: ./dev ${command}`);
    }
  }
});

test('every local link leads somewhere', () => {
  for (const document of linked) {
    for (const [, target] of read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      const path = join(root, dirname(document), target);
      assert.ok(statSync(path, { throwIfNoEntry: false }), `${document} links to ${target}`);
    }
  }
});
