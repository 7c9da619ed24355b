// Three hosts with etcd, Patroni and PostgreSQL: started, asked who is primary, killed, cut off, switched over, brought back.
// Looks at Patroni's REST interface from outside, as an operator does.
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asPostgres } from './network.mjs';
import { Part, until } from './part.mjs';
import { childrenOf, kill9 } from './processes.mjs';
import { filled } from './templates.mjs';

const secret = () => randomBytes(18).toString('hex');
const kRest_ms = 1000;

function rest(address, path, { method = 'GET', json } = {}) {
  return new Promise((done, failed) => {
    const body = json ? JSON.stringify(json) : undefined;
    const asked = http.request({ host: address, port: 8008, path, method, timeout: json ? 30_000 : kRest_ms, agent: false }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      done({ status: answer.statusCode, text });
    });
    asked.on('timeout', () => asked.destroy(new Error(`${address}${path}: no answer`)));
    asked.on('error', failed);
    asked.end(body);
  });
}

class Member {
  constructor(host, folder, secrets) {
    this.host = host;
    this.name = host.name;
    this.folder = join(folder, host.name);
    mkdirSync(this.folder, { mode: 0o700 });
    const values = { name: host.name, address: host.address, data: this.folder, ...secrets };
    for (const file of ['etcd.yml', 'patroni.yml']) writeFileSync(join(this.folder, file), filled(file, values), { mode: 0o600 });
    if (asPostgres.length > 0) execFileSync('chown', ['-R', 'postgres:postgres', this.folder]);
    const env = { HOME: this.folder, PYTHONUNBUFFERED: '1', PGPASSWORD: '' };
    const part = (name, command) => new Part(`${name} of ${host.name}`, host, command, { env, user: asPostgres, log: join(folder, `${name}-${host.name}.log`) });
    this.etcd = part('etcd', ['etcd', '--config-file', join(this.folder, 'etcd.yml'), '--log-outputs', 'stderr', '--logger', 'zap']);
    this.patroni = part('patroni', ['patroni', join(this.folder, 'patroni.yml')]);
  }

  start() {
    this.etcd.start();
    this.patroni.start();
  }

  async rest(path, options) {
    return rest(this.host.address, path, options);
  }
}

export class Cluster {
  constructor(hosts, folder) {
    this.secrets = { superuser_password: secret(), replication_password: secret() };
    this.password = secret();  // of Gatehouse's own user
    this.members = hosts.map((host) => new Member(host, folder, this.secrets));
    this.parts = this.members.flatMap(({ etcd, patroni }) => [etcd, patroni]);
  }

  async start() {
    this.members.forEach((member) => member.start());
    await this.healthy();
    await this.sql(`CREATE ROLE gatehouse LOGIN PASSWORD '${this.password}'`);
    await this.sql("CREATE DATABASE gatehouse OWNER gatehouse TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'");
  }

  // Of those that say so of themselves; there is never more than one.
  async primary() {
    const asked = await Promise.allSettled(this.members.map((member) => member.rest('/primary')));
    const found = this.members.filter((_, i) => asked[i].value?.status === 200);
    if (found.length > 1) throw new Error(`${found.map(({ name }) => name).join(' and ')} say both that they are primary`);
    return found[0];
  }

  // A primary, and one that holds a copy of every commit, and all of them running: what a fault begins from.
  async healthy({ except = [], limit_ms = 90_000 } = {}) {
    const wanted = this.members.filter((member) => !except.includes(member));
    return until('a primary and its standbys', async () => {
      const primary = await this.primary();
      if (!primary) return null;
      const { members } = JSON.parse((await primary.rest('/cluster')).text);
      const good = wanted.every(({ name }) => members.some((one) => one.name === name && ['running', 'streaming'].includes(one.state) && (one.role === 'leader' || (one.lag ?? 0) < 1_000_000)));
      const copies = members.filter(({ role }) => role === 'sync_standby').length;
      return good && copies === 1 && (await this.#allStream(primary, wanted.length - 1)) ? primary : null;
    }, { limit_ms, every_ms: 200 });
  }

  async #allStream(primary, count) {
    const found = await this.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", { on: primary });
    return Number(found) >= count;
  }

  // psql as superuser, on the primary; rows as lines, columns with | between.
  async sql(text, { on, database = 'postgres' } = {}) {
    const member = on ?? (await this.primary());
    if (!member) throw new Error('there is no primary');
    const env = { PATH: process.env.PATH, PGPASSWORD: this.secrets.superuser_password, PGCONNECT_TIMEOUT: '3', PGOPTIONS: '-c statement_timeout=30000' };
    const { stdout } = await promisify(execFile)('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', member.host.address, '-U', 'postgres', '-d', database, '-c', text], { env, maxBuffer: 1 << 28 });
    return stdout.trimEnd();
  }

  // Only PostgreSQL; Patroni lives on and sees it.
  killPostgres(member) {
    const pid = Number(readFileSync(join(member.folder, 'postgresql/postmaster.pid'), 'utf8').split('\n')[0]);
    kill9([pid, ...childrenOf(pid)]);
  }

  async switchover(from) {
    const { status, text } = await from.rest('/switchover', { method: 'POST', json: { leader: from.name } });
    if (status !== 200) throw new Error(`switchover: ${status} ${text}`);
  }
}
