// Store: any
// docs/high_availability.md shows the configuration files that the scenario uses, to the letter.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const blocks = [...read('docs/high_availability.md').matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, text]) => text);

for (const file of readdirSync(new URL('tests/faults/ha', root))) {
  test(`the documentation shows ${file} as it is used`, () => {
    assert.ok(blocks.includes(read(`tests/faults/ha/${file}`)), `no code block of docs/high_availability.md is tests/faults/ha/${file}`);
  });
}

test('operators are led there', () => {
  assert.match(read('docs/operations.md'), /\(high_availability\.md\)/);
});
