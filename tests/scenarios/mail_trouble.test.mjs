// A mail server that refuses, stalls, dies or is not there: mails wait and go out later, or are given up at once when the
// server will never take them. The service goes on, and no failure tells what a mail says.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { unique } from '../support/access.mjs';
import { defaultBinary, freshFolder } from '../support/gatehouse.mjs';
import { until } from '../support/mail.mjs';
import { address, emptied, failures, invite, listed, mailCommand, metrics, opened, startPost, tried } from '../support/outbox.mjs';
import { SmtpServer } from '../support/smtp.mjs';
import { engine } from '../support/store.mjs';

const kDelay_s = 30;
const kLongestDelay_s = 21_600;
const kAttempts = 14;

async function world(t, { env, ...options } = {}) {
  const smtp = await SmtpServer.start();
  t.after(() => smtp.stop());
  const made = await startPost(smtp, { t, env, ...options });
  return { smtp, made, server: made.server };
}

// That the mails to the address are one mail, with one secret, however often they came.
function assertOne(mails) {
  assert.ok(mails.length > 0, 'it came');
  assert.equal(new Set(mails.map(({ raw }) => raw)).size, 1, 'the same bytes');
  return opened(mails[0]);
}

async function restart(smtp) {
  await smtp.stop();
  await smtp.up();
}

// A service whose store can be made to refuse writing, and to take it again, while it reads: as on a full disk.
function fillable() {
  const binary = join(freshFolder('fillable'), 'gatehouse');
  writeFileSync(binary, `#!/bin/sh\ntrap '' XFSZ\nexec '${defaultBinary}' "$@"\n`, { mode: 0o755 });
  const limit = (server, size) => execFileSync('prlimit', [`--pid=${server.pid}`, `--fsize=${size}:`]);
  return { binary, fill: (server) => limit(server, 0), empty: (server) => limit(server, 'unlimited') };
}

const kStages = ['connect', 'mail', 'rcpt', 'data', 'end'];
const kPassing = [
  ...kStages.map((at) => ({ at, does: 'die' })),
  ...kStages.map((at) => ({ at, does: 'refuse', code: 451, text: '4.3.0 Not now' })),
  { at: 'connect', does: 'refuse', code: 554, text: 'No service' },   // of the session, not of the mail
  ...kStages.map((at) => ({ at, does: 'stall' })),
];

// Most of it is waiting.
describe('a mail server', { concurrency: 3 }, () => {
  test('a mail that was not taken waits, the next goes out, and half a minute later it goes out as well', async (t) => {
    const { smtp, made, server } = await world(t, { fakeTime: '+0', env: { GATEHOUSE_SMTP_TIMEOUT_S: '1' } });
    const troubled = [];
    for (const fault of kPassing) {
      await t.test(`${fault.does} ${fault.code ?? ''} at ${fault.at}`, async () => {
        if (fault.at === 'connect') await restart(smtp);   // so that there is a connection to make
        smtp.behave({ ...fault, times: 1 });
        const email = await invite(made, { email: address(`${fault.does}.${fault.at}`) });
        const next = await invite(made);
        await smtp.mailTo(next);
        const told = await tried(server, email);
        assert.equal(told.status, 'waiting', told.failure);
        assert.ok(told.failure.includes(`127.0.0.1:${smtp.port}: `), told.failure);
        if (fault.does === 'refuse' && fault.at !== 'connect') assert.match(told.failure, /451 4\.3\.0/);
        const delay_ms = Date.parse(told.next_attempt_at) - Date.now();
        assert.ok(delay_ms > 0 && delay_ms <= kDelay_s * 1000, `due in ${delay_ms} ms`);
        troubled.push([email, fault]);
      });
    }
    assert.deepEqual(await metrics(server).then(({ waiting, dead, failed_total }) => ({ waiting, dead, failed_total })), { waiting: kPassing.length, dead: 0, failed_total: kPassing.length });
    smtp.behave();
    server.setTime(`+${kDelay_s + 1}s`);
    for (const [email, { at, does }] of troubled) {
      // What came whole and was not answered for comes again.
      const twice = at === 'end' && does !== 'refuse';
      await smtp.mailTo(email, twice ? 2 : 1);
      assertOne(smtp.to(email));
      assert.deepEqual(smtp.to(email).map(({ answered }) => answered), twice ? [false, true] : [true]);
    }
    await emptied(server);
    for (const mail of await listed(server)) assert.deepEqual([mail.status, mail.failure, mail.attempts > 2], ['sent', undefined, false]);
  });

  test('what the server will never take is given up at once, and does not hold up the rest', async (t) => {
    const { smtp, made, server } = await world(t);
    const refused = [];
    for (const at of ['mail', 'rcpt', 'end']) {
      smtp.behave({ at, does: 'refuse', code: 550, text: '5.7.1 Not here', times: 1 });
      const email = await invite(made);
      await smtp.mailTo(await invite(made));
      const told = await tried(server, email);
      assert.deepEqual([told.status, told.attempts, told.next_attempt_at], ['dead', 1, undefined]);
      assert.match(told.failure, /550 5\.7\.1/);
      refused.push(email);
    }
    assert.deepEqual(await metrics(server), { waiting: 0, dead: 3, oldest_waiting_seconds: 0, sent_total: 3, failed_total: 3 });
    assert.equal((await mailCommand(server, 'retry', '--all')).status, 0);
    for (const email of refused) assertOne([await smtp.mailTo(email)]);
  });

  test('a refusal that quotes the mail does not bring its secret into the list or the log', async (t) => {
    const { smtp, made, server } = await world(t);
    for (const code of [452, 554]) {
      smtp.behave({ at: 'end', does: 'refuse', code, text: (raw) => raw.match(/https?:\S+#token=gth_\w+/)[0], times: 1 });
      assert.match((await tried(server, await invite(made))).failure, new RegExp(`${code}$`));
    }
    const seen = server.stderr() + (await mailCommand(server, 'list')).stdout;
    assert.ok(seen.includes('mail_failed') && !/gth_|token=|invitations\/accept/.test(seen), seen);
  });

  test('back-off: twice as long after every attempt, never before its time, and in the end the mail is given up', async (t) => {
    const { smtp, made, server } = await world(t, { fakeTime: '+0' });
    const email = address('never');
    smtp.behave({ at: 'rcpt', does: 'refuse', code: 450, text: '4.2.0 Later', to: email });
    await invite(made, { email });
    let told = await tried(server, email);
    let offset_s = 0;
    // Another mail on its way shows that the outbox was looked through.
    const turn = async (at) => {
      offset_s = Math.round((at - Date.now()) / 1000);
      server.setTime(`+${offset_s}s`);
      await made.renew(made.host.boss);
      await smtp.mailTo(await invite(made));
      return (await listed(server)).find(({ to }) => to === email);
    };
    for (let attempt = 1; attempt < kAttempts; attempt += 1) {
      assert.deepEqual([told.status, told.attempts], ['waiting', attempt]);
      assert.match(told.failure, /450 4\.2\.0/);
      const delay_s = Math.min(kDelay_s * 2 ** (attempt - 1), kLongestDelay_s);
      const due = Date.parse(told.next_attempt_at);
      const left_s = (due - Date.now()) / 1000 - offset_s;
      assert.ok(left_s > delay_s - 10 && left_s <= delay_s, `attempt ${attempt}: due in ${left_s} s, not ${delay_s} s`);
      assert.deepEqual(await turn(due - 5000), told, 'not before its time');
      told = await turn(due + 1000);
    }
    assert.deepEqual([told.status, told.attempts, told.next_attempt_at], ['dead', kAttempts, undefined]);
    await turn(Date.now() + offset_s * 1000 + 86_400_000);
    assert.equal(smtp.faults, kAttempts, 'what is dead is not tried again');
    assert.equal((await metrics(server)).dead, 1);
  });

  test('the age of the oldest mail that waits is a metric', async (t) => {
    const { smtp, made, server } = await world(t, { fakeTime: '+0' });
    smtp.behave({ at: 'mail', does: 'refuse', code: 450 });
    await invite(made);
    await failures(server, 1);
    server.setTime('+2h');
    const { waiting, oldest_waiting_seconds } = await metrics(server);
    assert.equal(waiting, 1);
    assert.ok(oldest_waiting_seconds >= 7200 && oldest_waiting_seconds < 7300, `${oldest_waiting_seconds}`);
  });

  test('while a server stalls the service answers, and it stops in time; the mails are there afterwards', async (t) => {
    const { smtp, made, server } = await world(t);   // with half a minute of patience
    smtp.behave({ at: 'data', does: 'stall' });
    const emails = [await invite(made)];
    await smtp.fault();
    for (let i = 0; i < 20; i += 1) {
      emails.push(await invite(made));
      await made.list('/access/invite', made.host.boss);
    }
    const { waiting, sent_total, failed_total } = await metrics(server);
    assert.deepEqual({ waiting, sent_total, failed_total }, { waiting: emails.length, sent_total: 0, failed_total: 0 }, 'nobody waited for the mail server');
    const began = Date.now();
    await server.stop();
    assert.ok(Date.now() - began < 15_000, `${Date.now() - began} ms`);
    smtp.behave();
    await server.start();
    for (const email of emails.slice(1)) assertOne([await smtp.mailTo(email)]);
    // The one in hand is tried again at its time, or now.
    await mailCommand(server, 'retry', '--all');
    assertOne([await smtp.mailTo(emails[0])]);
    await emptied(server);
    assert.equal(smtp.mails.length, emails.length);
  });

  test('a server that is down at first gets everything once it is up, the oldest first', async (t) => {
    const { smtp, made, server } = await world(t, { fakeTime: '+0' });
    await smtp.stop();
    const emails = [];
    for (let i = 0; i < 40; i += 1) emails.push(await invite(made, { company_name: unique(`Number ${i}`) }));
    await failures(server, emails.length);
    for (const { status, failure, attempts } of await listed(server)) {
      assert.deepEqual([status, attempts], ['waiting', 1]);
      assert.match(failure, /connect|refused/i);
    }
    await smtp.up();
    server.setTime('+2m');
    await smtp.mail(emails.length);
    await emptied(server);
    assert.deepEqual(smtp.mails.map(({ envelope }) => envelope.to[0]), emails, 'in order, each once');
  });

  test('a mail that its own server forgets between two others is not lost', async (t) => {
    const { smtp, made, server } = await world(t);
    // The connection is kept between mails, and the server leaves.
    for (let i = 0; i < 5; i += 1) {
      opened(await smtp.mailTo(await invite(made)));
      await restart(smtp);
    }
    await until('every mail', async () => (await metrics(server)).sent_total === 5);
    assert.equal((await metrics(server)).failed_total, 0, 'a connection that went away between two mails is no failure');
  });

  for (const [what, answer, status] of [
    ['is not sent again', null, 'sent'],
    ['that was refused is not tried again', { at: 'rcpt', does: 'refuse', code: 450, text: '4.2.1 Later' }, 'waiting'],
  ]) {
    // The disk of a server elsewhere is nothing that the process can fill.
    test(`a mail ${what} while the store is full, and what became of it is written once there is space`, { skip: engine === 'postgres' }, async (t) => {
      const { binary, fill, empty } = fillable();
      const { smtp, made, server } = await world(t, { binary });
      smtp.behave({ at: 'mail', does: 'hold' });
      const email = await invite(made);
      await smtp.fault();
      fill(server);
      smtp.behave(answer);
      // The outcome is told in vain, again and again; and it is asked for another attempt.
      const vain = () => server.logs().filter(({ event }) => event === 'mail_queue_failed').length;
      await until('outcomes that are not taken', () => vain() >= 2 || smtp.begun.length > 1);
      assert.equal((await mailCommand(server, 'retry', '--all')).status, 0);
      const before = vain();
      await until('more of them', () => vain() >= before + 2 || smtp.begun.length > 1);
      await made.list('/access/invite', made.host.boss);
      const refused = await made.server.request('POST', '/access/add', { token: made.host.boss.token, json: { email: made.admin.email } });
      assert.notEqual(refused.status, 200, 'nothing can be written');
      assert.equal(smtp.begun.length, 1, 'one attempt');
      const [{ attempts }] = await listed(server);
      assert.equal(attempts, 0, 'it is not in the store yet');
      // By the time it is asked to try again, it knows what was sent.
      empty(server);
      smtp.behave();
      await smtp.mailTo(await invite(made));
      await emptied(server);
      const [told] = await listed(server);
      assert.equal(told.status, 'sent');
      assert.equal(smtp.to(email).length, 1);
      assert.equal(smtp.begun.length, status === 'sent' ? 2 : 3);
      assert.equal((await metrics(server)).failed_total, status === 'sent' ? 0 : 1);
      await server.restart();
      await made.renew(made.host.boss);
      await smtp.mailTo(await invite(made));
      assert.equal(smtp.to(email).length, 1, 'nor after a restart');
    });
  }

  test('whatever else answers at the address, the mail waits, and the service is none the worse', async (t) => {
    const without_end = (text) => (socket) => {
      const write = () => { while (socket.write(text)); };
      socket.on('drain', write);
      write();
    };
    const kinds = {
      'a line without end': without_end('2'.repeat(65_536)),
      'a greeting without end': without_end('220-hello\r\n'.repeat(5_000)),
      'one letter now and then': (socket) => {
        const timer = setInterval(() => socket.write('2'), 300);
        socket.on('close', () => clearInterval(timer));
      },
      'another protocol': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'no protocol': (socket) => socket.end('\x16\x03\x01\0\r\n\xff\r\n'),
      'no words': (socket) => socket.end(),
      'no to everything': (socket) => socket.write('220 hello\r\n500 no\r\n500 no\r\n500 no\r\n'),
    };
    let talk;
    const stranger = createServer((socket) => {
      socket.on('error', () => {});
      talk(socket);
    });
    await new Promise((ready) => stranger.listen(0, '127.0.0.1', ready));
    t.after(() => stranger.close());
    const made = await startPost({ url: `smtp://127.0.0.1:${stranger.address().port}` }, { t, env: { GATEHOUSE_SMTP_TIMEOUT_S: '1' } });
    for (const [name, kind] of Object.entries(kinds)) {
      talk = kind;
      const { status, failure } = await tried(made.server, await invite(made));
      assert.equal(status, 'waiting', `${name}: ${failure}`);
    }
    assert.equal((await metrics(made.server)).failed_total, Object.keys(kinds).length);
  });
});
