// The configuration files of tests/faults/ha with the values of one host put in. Refuses a name that has no value.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'faults/ha');

export function filled(file, values) {
  return readFileSync(join(folder, file), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (values[name] === undefined) throw new Error(`${file}: nothing is known for ${name}`);
    return values[name];
  });
}
