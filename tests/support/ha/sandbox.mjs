// A machine within the machine: a script that runs in its own process, network and mount namespaces, so that it can make
// hosts, cut cables and take any port, and so that all it started ends with it, whatever ends it. Works as root and, where
// the kernel lets users make namespaces, as anybody. Knows nothing of what the script does.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const kPrefix = 'gatehouse-ha-';
const kPrograms = ['/usr/lib/postgresql/15/bin/postgres', '/usr/bin/patroni', '/usr/bin/etcd', '/usr/sbin/haproxy', '/sbin/ip'];

// Namespaces of its own; as another than root one of users as well, in which it may what root may and is still itself.
function unshare() {
  const user = process.getuid() === 0 ? [] : ['--user', '--map-current-user', '--keep-caps'];
  return ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...user, '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
}

// bash reaps what is orphaned here, as the first process of a machine must.
function inside(command) {
  const [program, ...args] = [...unshare(), 'bash', '-c', 'mount -t tmpfs run /run && ip link set lo up && "$@"; exit $?', 'init', ...command];
  return { program, args };
}

// Why there can be no such machine here, or null.
export function whyNot() {
  if (process.platform !== 'linux') return 'namespaces need Linux';
  const missing = kPrograms.filter((path) => !existsSync(path));
  if (missing.length > 0) return `${missing.join(', ')} missing: the Debian packages of scripts/packages`;
  const { program, args } = inside(['ip', 'link', 'add', 'probe', 'type', 'bridge']);
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? null : `no namespaces may be made here: ${(error?.message ?? stderr).trim()}`;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// By a process that outlives us: the files of three databases take their time. Whose they were is forgotten last.
function remove(folder) {
  spawn('sh', ['-c', 'rm -rf "$1"/[!o]*; rm -rf "$1"', 'remove', folder], { detached: true, stdio: 'ignore' }).unref();
}

// Its folder says whose it is, so that the next run removes what a killed one has left. Nothing else outlives it.
function freshFolder() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(kPrefix))) {
    const folder = join(tmpdir(), name);
    try {
      if (!isAlive(Number(readFileSync(join(folder, 'owner'), 'utf8')))) remove(folder);
    } catch {
      // another user's, or just being made
    }
  }
  const folder = mkdtempSync(join(tmpdir(), kPrefix));
  chmodSync(folder, 0o755);  // what runs in there as another user reaches its own folders
  writeFileSync(join(folder, 'owner'), `${process.pid}\n`);
  return folder;
}

// Runs `node script folder ...args` in there: { status, signal, folder }. Every line of its stdout goes to `said`; its stderr
// goes to ours. The folder is removed when this process ends.
export function runInside(script, args, { env = {}, limit_ms, said }) {
  const folder = freshFolder();
  process.on('exit', () => remove(folder));
  const { program, args: all } = inside([process.execPath, script, folder, ...args]);
  return new Promise((done, failed) => {
    const child = spawn(program, all, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), limit_ms);
    let rest = '';
    child.stdout.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      lines.forEach(said);
    });
    child.on('error', failed);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      done({ status, signal, folder });
    });
  });
}
