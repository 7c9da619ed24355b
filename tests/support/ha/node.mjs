// A Gatehouse node on its host, with the HAProxy that leads it to the primary. Killed, stopped and started again on the same
// data folder.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask } from './asking.mjs';
import { asPostgres } from './network.mjs';
import { Part, until } from './part.mjs';
import { filled } from './templates.mjs';

const sanitizerReport = /(Address|Leak|Thread|UndefinedBehavior)Sanitizer|: runtime error: /;
export const administrator = { account: 'admin@example.test', password: 'a long first password 1!' };

export class Node {
  // `shared`: { binary, masterKeyFile, databaseUrlFile }
  constructor(host, folder, shared) {
    this.host = host;
    this.name = host.name;
    this.data = join(folder, host.name);
    this.url = `http://${host.frontAddress}:8080`;
    this.management = { name: host.name, url: `http://${host.frontAddress}:9080` };
    mkdirSync(this.data);
    this.config = join(folder, `${host.name}.toml`);
    writeFileSync(this.config, filled('gatehouse.toml', { front_address: host.frontAddress, data: this.data, master_key_file: shared.masterKeyFile }));
    const proxyConfig = join(folder, `${host.name}-haproxy.cfg`);
    writeFileSync(proxyConfig, filled('haproxy.cfg', {}));
    this.env = {
      GATEHOUSE_DATABASE_URL_FILE: shared.databaseUrlFile,
      GATEHOUSE_ADMIN_EMAIL: administrator.account,
      GATEHOUSE_ADMIN_PASSWORD: administrator.password,
      // Many sign in at the same time here, on few cores.
      GATEHOUSE_PASSWORD_MEMORY_KIB: '8192',
      GATEHOUSE_PASSWORD_PASSES: '1',
      ...Object.fromEntries(['ASAN_OPTIONS', 'UBSAN_OPTIONS'].filter((name) => process.env[name]).map((name) => [name, process.env[name]])),
    };
    this.binary = shared.binary;
    this.proxy = new Part(`haproxy of ${this.name}`, host, ['/usr/sbin/haproxy', '-db', '-f', proxyConfig], { user: asPostgres, log: join(folder, `haproxy-${this.name}.log`) });
    this.gatehouse = new Part(`gatehouse of ${this.name}`, host, [this.binary, 'serve', '--config', this.config], { env: this.env, log: join(folder, `gatehouse-${this.name}.log`) });
    this.parts = [this.proxy, this.gatehouse];
  }

  async start() {
    if (!this.proxy.isRunning) this.proxy.start();
    this.gatehouse.start();
    await this.ready();
    return this;
  }

  async ready() {
    await until(`${this.name} is ready`, async () => {
      // A node that does not reach its database at the start ends, and a service manager starts it again.
      if (!this.gatehouse.isRunning) this.gatehouse.start();
      return (await ask(this.management, 'GET', '/readyz', { patience_ms: 2000 })).status === 200;
    }, { every_ms: 200 });
  }

  async kill9() {
    await this.gatehouse.end('SIGKILL');
  }

  // In order: status 0, and no sanitizer's report, now or before.
  async stop() {
    const { status, signal } = await this.gatehouse.end('SIGTERM');
    if (status !== 0) throw new Error(`gatehouse of ${this.name} ended with ${signal ?? status}`);
    const report = this.gatehouse.text().split('\n').filter((line) => sanitizerReport.test(line));
    if (report.length > 0) throw new Error(`gatehouse of ${this.name}: ${report[0]}`);
  }

  // A command of the program on this host: { status, said }.
  async command(...args) {
    try {
      const { stdout, stderr } = await this.#execute(this.binary, ...args, '--config', this.config);
      return { status: 0, said: stdout + stderr };
    } catch (error) {
      return { status: error.code, said: `${error.stdout}${error.stderr}` };
    }
  }

  #execute(...command) {
    const [program, ...args] = this.host.run(command);
    return promisify(execFile)(program, args, { env: { PATH: process.env.PATH, ...this.env } });
  }
}
