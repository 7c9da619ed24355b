// A real SMTP server as a test sees it: on a free port of this machine, it keeps the mails that it takes, and refuses, stalls
// or dies where it is told to. Knows nothing of what the mails say.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

import { freshFolder } from './gatehouse.mjs';

const waitTimeout_ms = 30_000;
const stages = ['connect', 'mail', 'rcpt', 'data', 'end'];
const does = ['refuse', 'stall', 'die', 'hold'];

// A key and a certificate that signs itself, for localhost and 127.0.0.1; valid for years, because tests move clocks.
export function selfSigned() {
  const folder = freshFolder('tls');
  const files = { key: join(folder, 'key.pem'), certificate: join(folder, 'certificate.pem') };
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', files.key];
  execFileSync('openssl', ['req', '-x509', '-days', '7300', ...key, ...subject, '-out', files.certificate], { stdio: 'pipe' });
  return files;
}

export class SmtpServer {
  #server;
  #options;
  #files = null;
  #fault = null;
  #held = [];
  #waiting = [];
  #stopped = true;

  // Every mail that came whole: { envelope: { from, to: [] }, answered, secure, user, raw, headers, subject, from, to, date,
  // messageId, text, html }; `from` and `to` are { name, address }, `answered` is whether the client was told that it is kept.
  mails = [];
  faults = 0;  // how often the fault struck
  connections = 0;
  begun = [];    // of every mail that was begun, whether it went over TLS
  signIns = [];  // every attempt: { user, password, secure }

  // tls: 'none', 'starttls' or 'implicit' (smtps). auth: { user, password }, then nothing goes without.
  static async start({ tls = 'none', auth = null, host = '127.0.0.1' } = {}) {
    const server = new SmtpServer();
    server.#options = { tls, auth, host };
    if (tls !== 'none') server.#files = selfSigned();
    server.caFile = server.#files?.certificate;
    await server.up();
    return server;
  }

  // Again at its old address, after stop().
  async up() {
    const { tls, auth, host } = this.#options;
    const files = this.#files;
    this.#stopped = false;
    this.#server = new SMTPServer({
      logger: false,
      closeTimeout: 1,
      disableReverseLookup: true,
      secure: tls === 'implicit',
      ...(files && { key: readFileSync(files.key), cert: readFileSync(files.certificate) }),
      hideSTARTTLS: tls !== 'starttls',
      disabledCommands: [...(tls === 'starttls' ? [] : ['STARTTLS']), ...(auth ? [] : ['AUTH'])],
      allowInsecureAuth: tls === 'none',
      authOptional: !auth,
      onAuth: ({ username, password }, session, done) => {
        this.signIns.push({ user: username, password, secure: session.secure });
        this.#look();
        if (username === auth.user && password === auth.password) done(null, { user: username });
        // Tells what it was told: nobody must repeat it.
        else done(Object.assign(new Error(`5.7.8 Wrong: ${username} ${password}`), { responseCode: 535 }));
      },
      onConnect: (session, done) => this.#pass('connect', session, done),
      onMailFrom: (address, session, done) => {
        this.begun.push({ secure: session.secure });
        this.#pass('mail', session, done);
      },
      onRcptTo: ({ address }, session, done) => this.#pass('rcpt', session, done, address),
      onData: (stream, session, done) => this.#take(stream, session, done),
    });
    this.#server.server.on('connection', () => (this.connections += 1));
    this.#server.on('error', () => {});  // of connections that die, by our hand mostly
    await new Promise((ready) => this.#server.listen(this.port ?? 0, host, ready));
    const credentials = auth ? `${encodeURIComponent(auth.user)}:${encodeURIComponent(auth.password)}@` : '';
    this.port = this.#server.server.address().port;
    this.url = `${tls === 'implicit' ? 'smtps' : 'smtp'}://${credentials}${host}:${this.port}`;
  }

  // From now on. at: 'connect', 'mail', 'rcpt', 'data' (the body has begun) or 'end' (it is whole). does: 'refuse' (with `code`
  // and `text`, which at 'end' may be made of the mail by a function), 'stall' (says nothing more), 'die' (the connection
  // breaks) or 'hold' (goes on when behave() is called again; not at 'data'). `to` spares other recipients (at 'rcpt'),
  // `after` is how many are spared first, `times` is how often; afterwards, and after behave() without a fault, everything is
  // taken.
  behave(fault = null) {
    if (fault && (!stages.includes(fault.at) || !does.includes(fault.does) || (fault.at === 'data' && fault.does === 'hold'))) {
      throw new Error(`no such fault: ${JSON.stringify(fault)}`);
    }
    for (const go of this.#held.splice(0)) go();
    this.#fault = fault && { code: 550, text: '5.0.0 Refused', times: Infinity, after: 0, ...fault };
    this.faults = 0;
  }

  // The fault that strikes here and now, if any.
  #strikes(at, address) {
    const fault = this.#fault;
    if (!fault || fault.at !== at || fault.times <= 0 || (fault.to && fault.to !== address)) return null;
    fault.after -= 1;
    if (fault.after >= 0) return null;
    fault.times -= 1;
    this.faults += 1;
    this.#look();
    return fault;
  }

  #strike(fault, session, done, raw) {
    const said = () => (typeof fault.text === 'function' ? fault.text(raw) : fault.text);
    if (fault.does === 'refuse') done(Object.assign(new Error(said()), { responseCode: fault.code }));
    if (fault.does === 'hold') this.#held.push(done);
    if (fault.does === 'die') this.#destroy((connection) => connection.id === session.id);
  }

  #pass(at, session, done, address) {
    const fault = this.#strikes(at, address);
    if (fault) this.#strike(fault, session, done);
    else done();
  }

  async #take(stream, session, done) {
    const fault = this.#strikes('data');
    if (fault && fault.does !== 'refuse') {
      stream.once('data', () => this.#strike(fault, session, done));  // then nothing more is read
      stream.once('error', () => {});
      return;
    }
    try {
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      if (fault) return void this.#strike(fault, session, done);
      await this.#keep(Buffer.concat(chunks), session, done);
    } catch (error) {
      done(error);  // the connection died below it
    }
  }

  async #keep(raw, session, done) {
    const { from, to, ...parsed } = await simpleParser(raw);
    const fault = this.#strikes('end');
    let mail = null;
    if (fault?.does !== 'refuse') {
      mail = {
        ...parsed,
        envelope: { from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(({ address }) => address) },
        answered: false,
        secure: session.secure,
        user: session.user ?? null,
        raw: raw.toString('utf8'),
        from: from?.value[0],
        to: to?.value[0],
      };
      this.mails.push(mail);
    }
    const answer = (error) => {
      if (mail) mail.answered = !error;
      done(error);
    };
    if (fault) this.#strike(fault, session, answer, raw.toString('utf8'));
    else answer();
    this.#look();
  }

  // The mails that came to the address, without regard to case.
  to(address) {
    const key = address.toLowerCase();
    return this.mails.filter(({ envelope }) => envelope.to.some((one) => one.toLowerCase() === key));
  }

  // The newest of them, as soon as there are so many.
  async mailTo(address, count = 1) {
    await this.#until(() => this.to(address).length >= count, () => `mail ${count} to ${address}`);
    return this.to(address).at(-1);
  }

  // The n-th mail, counted from 1.
  async mail(n) {
    await this.#until(() => this.mails.length >= n, () => `mail ${n} of ${this.mails.length}`);
    return this.mails[n - 1];
  }

  // That the fault struck for the n-th time.
  fault(n = 1) {
    return this.#until(() => this.faults >= n, () => `fault ${n} of ${this.faults}`);
  }

  #until(met, what) {
    return new Promise((done, failed) => {
      const waiting = { met, done, failed };
      waiting.timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        failed(new Error(`the SMTP server waited in vain for ${what()}`));
      }, waitTimeout_ms);
      this.#waiting.push(waiting);
      this.#look();
    });
  }

  #look() {
    const met = this.#waiting.filter((waiting) => waiting.met());
    this.#waiting = this.#waiting.filter((waiting) => !met.includes(waiting));
    for (const { timer, done } of met) {
      clearTimeout(timer);
      done();
    }
  }

  #destroy(which) {
    for (const connection of this.#server.connections) if (which(connection)) connection._socket.destroy();
  }

  // Breaks what is open, stalled connections too. The port is closed: the next connection is refused, until up().
  async stop() {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const { timer, failed } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      failed(new Error('the SMTP server was stopped'));
    }
    const closed = new Promise((done) => this.#server.close(done));
    this.#destroy(() => true);
    await closed;
  }
}
