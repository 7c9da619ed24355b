// A PostgreSQL server of the test's own, from Debian's package: started in a folder of its own under /tmp, reached by a Unix
// socket in it and by a port of the loopback interface, thrown away when the process that started it ends, however it ends.
// It sorts by the rules of a language (ICU, en-US) and lives in an odd time zone, so that a store that leaves either to the
// server is found out. It does not survive a power cut unless it was asked to be `durable`.
// Refuses to take over a server that somebody else runs.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { beginning, childrenOf, send } from './processes.mjs';
import { environment, output, programs, query } from './psql.mjs';

// Not TMPDIR: a socket's path has room for 107 bytes, and the user postgres must get there.
const places = '/tmp';
const prefix = 'gatehouse-postgres-';
const startTimeout_ms = 60_000;

const quick = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', wal_level: 'minimal', max_wal_senders: '0' };
const usual = {
  max_connections: '300',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  timezone: 'Asia/Kolkata',
  lc_messages: 'C',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] %d ',
  // In the folder and not in /dev/shm, where what a killed server leaves would stay.
  dynamic_shared_memory_type: 'mmap',
};

// PostgreSQL refuses root; then it is the package's user.
function identity() {
  if (process.getuid() !== 0) return {};
  const number = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: number('-u'), gid: number('-g') };
}

// The folders of servers whose process was killed. The servers themselves ended with it.
function sweep() {
  for (const name of readdirSync(places)) {
    const [, pid, began] = name.match(/^gatehouse-postgres-(\d+)-(\d+)-/) ?? [];
    if (!pid || beginning(pid) === began) continue;
    try {
      rmSync(join(places, name), { recursive: true, force: true });
    } catch {
      // another user's, or another sweeps as well
    }
  }
}

const running = new Set();
process.on('exit', () => {
  for (const server of running) server.abandon();
});

export class PrivatePostgres {
  #folder = mkdtempSync(join(places, `${prefix}${process.pid}-${beginning(process.pid)}-`));
  #who = identity();
  #password = randomBytes(12).toString('hex');
  #settings;
  #port;
  #child;
  #ended;
  #databases = 0;

  // `durable` keeps what was committed through kill -9 of the machine's buffers; `settings` are postgresql.conf's.
  static async start({ durable = false, settings = {} } = {}) {
    sweep();
    const server = new PrivatePostgres({ ...usual, ...(durable ? {} : quick), ...settings });
    await server.#create();
    await server.start();
    return server;
  }

  constructor(settings) {
    this.#settings = settings;
  }

  // postgresql://… by the socket, which asks no password: nobody else may enter the folder.
  url(database = 'postgres') {
    return `postgresql://postgres@/${database}?host=${encodeURIComponent(this.#folder)}&port=${this.#port}`;
  }
  // postgresql://… over TCP, with the password in it.
  tcpUrl(database = 'postgres') {
    return `postgresql://postgres:${this.#password}@127.0.0.1:${this.#port}/${database}`;
  }
  get port() {
    return this.#port;
  }
  get password() {
    return this.#password;
  }
  // Where its files are.
  get data() {
    return join(this.#folder, 'data');
  }

  // The name of an empty database.
  async freshDatabase() {
    const name = `t${++this.#databases}`;
    await query(this.url(), `CREATE DATABASE ${name}`);
    return name;
  }

  async start() {
    for (let attempt = 1; ; ++attempt) {
      // Below the ports that the kernel hands out by itself; kept when it starts again.
      this.#port ??= 10_240 + Math.floor(Math.random() * 22_000);
      const died = await this.#run();
      if (!died) return;
      if (!/could not create any TCP\/IP sockets/.test(died) || attempt === 20) throw new Error(`PostgreSQL did not start:\n${died}`);
      this.#port = undefined;
    }
  }

  // Ends every connection at once and takes the folder away.
  async stop() {
    if (!running.has(this)) return;
    this.resume();
    this.#child.ref();
    this.#child.kill('SIGQUIT');
    await this.#ended;
    this.#forget();
  }

  // Stops the time for it: connections stay, nothing answers.
  pause() {
    this.#signal('SIGSTOP');
  }
  resume() {
    this.#signal('SIGCONT');
  }

  // As if the machine had died, but for what the kernel holds. start() brings it back at the same place.
  async kill9() {
    this.#child.ref();
    const all = [this.#child.pid, ...childrenOf(this.#child.pid)];
    for (const pid of all) send(pid, 'SIGKILL');
    await this.#ended;
    while (all.some((pid) => beginning(pid) !== null)) await sleep(5);
  }

  // Ends every connection to its databases, and takes new ones at once.
  async endConnections() {
    await query(this.url(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
  }

  // What it logged last.
  log() {
    return existsSync(this.#logFile()) ? readFileSync(this.#logFile(), 'utf8').slice(-8000) : '';
  }

  // At the end of the process only: no time is left to wait for events.
  abandon() {
    this.resume();
    spawnSync(join(programs, 'pg_ctl'), ['stop', '-D', this.data, '-m', 'immediate', '-w', '-t', '20'], { ...this.#options(), stdio: 'ignore' });
    this.#forget();
  }

  async #create() {
    try {
      if (this.#who.uid !== undefined) chownSync(this.#folder, this.#who.uid, this.#who.gid);
      const secret = join(this.#folder, 'password');
      writeFileSync(secret, `${this.#password}\n`, { mode: 0o600 });
      if (this.#who.uid !== undefined) chownSync(secret, this.#who.uid, this.#who.gid);
      const sorting = ['--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US', '--encoding=UTF8'];
      const access = ['--username=postgres', `--pwfile=${secret}`, '--auth-local=trust', '--auth-host=scram-sha-256'];
      await output(join(programs, 'initdb'), ['-D', this.data, '--no-sync', ...sorting, ...access], this.#options());
      rmSync(secret);
    } catch (error) {
      rmSync(this.#folder, { recursive: true, force: true });
      throw error;
    }
  }

  // Undefined when it answers; what it said when it ended instead.
  async #run() {
    const settings = { ...this.#settings, listen_addresses: '127.0.0.1', port: this.#port, unix_socket_directories: this.#folder };
    const args = ['-D', this.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const log = openSync(this.#logFile(), 'a');
    // It ends when this process does, also when that is killed.
    const become = this.#who.uid === undefined ? [] : [`--reuid=${this.#who.uid}`, `--regid=${this.#who.gid}`, '--clear-groups'];
    const wrapped = [...become, '--pdeathsig=QUIT', join(programs, 'postgres'), ...args];
    this.#child = spawn('setpriv', wrapped, { cwd: this.#folder, env: environment(), stdio: ['ignore', log, log] });
    closeSync(log);
    this.#ended = new Promise((done) => {
      this.#child.on('error', (error) => done(error.message));
      this.#child.on('close', () => done('it ended'));
    });
    running.add(this);
    let ended;
    this.#ended.then((how) => (ended = how));
    const late = Date.now() + startTimeout_ms;
    while (!ended && !this.#ready()) {
      if (Date.now() > late) {
        this.abandon();
        throw new Error(`PostgreSQL was not ready within ${startTimeout_ms / 1000} s:\n${this.log()}`);
      }
      await sleep(10);
    }
    if (ended) {
      running.delete(this);
      return `${ended}\n${this.log()}`;
    }
    this.#child.unref();
    return undefined;
  }

  // The last line of the file says so; pg_ctl looks there as well.
  #ready() {
    try {
      const lines = readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n');
      return Number(lines[0]) === this.#child.pid && lines[7]?.trim() === 'ready';
    } catch {
      return false;
    }
  }

  #signal(signal) {
    const parent = this.#child.pid;
    send(parent, signal);
    for (const pid of childrenOf(parent)) send(pid, signal);
  }

  #forget() {
    running.delete(this);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #options() {
    return { ...this.#who, cwd: this.#folder, env: environment() };
  }
  #logFile() {
    return join(this.#folder, 'log');
  }
}
