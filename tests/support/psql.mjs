// PostgreSQL's own programs as a test runs them: asked, answered with text, or failed with what they said.
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const programs = '/usr/lib/postgresql/15/bin';

// libpq's own variables must not lead a test to another server.
export function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !/^LC_|^LANG/.test(name)));
}

export function output(program, args, options) {
  return new Promise((done, failed) => {
    execFile(program, args, { maxBuffer: 1 << 28, encoding: 'utf8', ...options }, (error, stdout, stderr) => {
      if (error) failed(new Error(`${program.split('/').pop()}: ${stderr.trim() || error.message}`));
      else done(stdout);
    });
  });
}

const psqlArgs = (url, statements) => ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url, ...statements.flatMap((sql) => ['-c', sql])];

// The rows of the statements as psql shows them: fields with | between them, a line each.
export function query(url, ...statements) {
  return output(join(programs, 'psql'), psqlArgs(url, statements), { env: environment() });
}

// The same where nothing can be waited for.
export function querySync(url, ...statements) {
  return execFileSync(join(programs, 'psql'), psqlArgs(url, statements), { env: environment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

// All that a database holds, as text.
export function dump(url) {
  return output(join(programs, 'pg_dump'), ['-d', url, '--inserts'], { env: environment() });
}
