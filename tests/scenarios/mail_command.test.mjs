// `gatehouse mail list` and `gatehouse mail retry`, beside the running service and without it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freshFolder, run, start } from '../support/gatehouse.mjs';
import { until } from '../support/mail.mjs';
import { address, emptied, failures, invite, listed, mailCommand, metrics, opened, startPost, tried } from '../support/outbox.mjs';
import { SmtpServer } from '../support/smtp.mjs';
import { engine } from '../support/store.mjs';

const kNobody = '01920000-0000-7000-8000-000000000000';
let smtp;
let world;
let mails;   // one of each status, oldest first
before(async () => {
  smtp = await SmtpServer.start();
  world = await startPost(smtp, { fakeTime: '+1h' });
  const [sent, dead, waiting] = [address('sent'), address('dead'), address('waiting')];
  await invite(world, { email: sent });
  await emptied(world.server);
  smtp.behave({ at: 'rcpt', does: 'refuse', code: 550, text: '5.1.1 No such user', to: dead });
  await invite(world, { email: dead });
  await emptied(world.server);
  smtp.behave({ at: 'rcpt', does: 'refuse', code: 450, text: '4.2.1 Later', to: waiting });
  await invite(world, { email: waiting });
  await failures(world.server, 2);
  // An hour earlier, what waits is not due while the tests last.
  await world.server.restart({ fakeTime: '+0' });
  await world.renew(world.host.boss);
  mails = await listed(world.server);
  assert.deepEqual(mails.map(({ to, status }) => [to, status]), [[sent, 'sent'], [dead, 'dead'], [waiting, 'waiting']]);
});
after(async () => {
  await world?.stop();
  await smtp?.stop();
});

// Does it beside the running service, and again while it is stopped.
async function bothWays(act) {
  await act('beside the running service');
  await world.server.stop();
  await act('without it');
  await world.server.start();
  await world.renew(world.host.boss);
}

test('mail list: who, what, how far and why not, and nothing of what a mail says', () => bothWays(async (how) => {
  assert.deepEqual(await listed(world.server), mails, how);
  const [sent, dead, waiting] = mails;
  assert.deepEqual([sent.attempts, sent.failure, dead.attempts, waiting.attempts], [1, undefined, 1, 1]);
  assert.match(dead.failure, /550 5\.1\.1 No such user/);
  assert.match(waiting.failure, /450 4\.2\.1 Later/);
  for (const one of mails) {
    assert.deepEqual(await listed(world.server, '--status', one.status), [one], how);
    assert.equal(one.template, 'invitation');
  }
  const { status, stdout, stderr } = await mailCommand(world.server, 'list');
  assert.deepEqual([status, stderr], [0, '']);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 3);
  [...mails].reverse().forEach(({ id, to, status: name, failure = '' }, i) => {
    for (const part of [id, to, name, failure]) assert.ok(lines[i].includes(part), `${part} in ${lines[i]}`);
  });
  assert.ok(!/gth_|token=/.test(stdout));
}));

test('mail list of an empty outbox is empty, and makes nothing', async () => {
  const folder = freshFolder();
  const nothing = await run(['mail', 'list', '--data', join(folder, 'none')]);
  assert.equal(nothing.status, 2);
  assert.match(nothing.stderr, /^gatehouse: [^\n]+\n$/);
  assert.deepEqual(readdirSync(folder), []);
});

test('wrong arguments end with status 2 and one sentence, and change nothing', async (t) => {
  const [, dead] = mails;
  const rows = [
    [], ['send'], ['list', '--status', 'lost'], ['list', '--status', 'DEAD'], ['list', '--status', 'all'], ['list', 'x'],
    ['retry'], ['retry', 'nonsense'], ['retry', ''], ['retry', dead.id.slice(1)], ['retry', dead.id, '--all'], ['retry', dead.id, kNobody], ['retry', '--all', '--status', 'dead'], ['retry', '../all'],
  ];
  await bothWays(async (how) => {
    for (const row of rows) {
      await t.test(`mail ${row.map((word) => word || "''").join(' ')} ${how}`, async () => {
        const { status, stdout, stderr } = await mailCommand(world.server, ...row);
        assert.deepEqual([status, stdout], [2, ''], stderr);
        assert.match(stderr, /^gatehouse: [^\n]+\n$/);
      });
    }
    assert.deepEqual(await listed(world.server), mails);
  });
});

test('mail retry ID without the service: an unknown mail, or one that was sent, is an error', async () => {
  await world.server.stop();
  for (const id of [kNobody, mails[0].id]) {
    const { status, stderr } = await mailCommand(world.server, 'retry', id);
    assert.equal(status, 2);
    assert.match(stderr, /^gatehouse: [^\n]+\n$/);
  }
  await world.server.start();
  assert.deepEqual(await listed(world.server), mails);
  await world.renew(world.host.boss);
});

test('mail retry beside the running service asks it, and it tries at once', async () => {
  const { server } = world;
  const [sent, dead, waiting] = mails;
  for (const json of [[], ['--json']]) {
    for (const { id, to } of [dead, waiting]) {
      smtp.behave({ at: 'rcpt', does: 'refuse', code: 450, text: '4.3.2 Still not', to });
      const faults = (await metrics(server)).failed_total;
      const { status, stdout } = await mailCommand(server, 'retry', id, ...json);
      assert.equal(status, 0);
      // Where several processes may write, the command does it itself.
      if (json.length > 0) assert.deepEqual(JSON.parse(stdout), engine === 'sqlite' ? { asked: true } : { due: 1 });
      await failures(server, faults + 1);
      const told = await tried(server, to);
      // It has all its attempts again.
      assert.deepEqual([told.status, told.attempts], ['waiting', 1]);
      assert.match(told.failure, /450 4\.3\.2/);
    }
  }
  // Whatever lies among the requests is no order of its own: neither a mail that was sent nor one that is unknown.
  const unheard = engine === 'sqlite' ? 0 : 2;
  for (const id of [sent.id, kNobody]) assert.equal((await mailCommand(server, 'retry', id)).status, unheard);
  smtp.behave();
  assert.equal((await mailCommand(server, 'retry', '--all')).status, 0);
  for (const { to } of [dead, waiting]) opened(await smtp.mailTo(to));
  await emptied(server);
  assert.deepEqual(mails.map(({ to }) => smtp.to(to).length), [1, 1, 1]);
  const requests = join(server.data, 'mail-retry');
  await until('requests that are answered', () => !existsSync(requests) || readdirSync(requests).length === 0);
  assert.equal((await metrics(server)).dead, 0);
});

test('the place for requests is the service’s own from its start, whoever asks first', async (t) => {
  const before = process.umask(0o000);
  t.after(() => process.umask(before));
  const server = await start({ t });
  const place = statSync(join(server.data, 'mail-retry'));
  assert.deepEqual([place.isDirectory(), place.uid, (place.mode & 0o777).toString(8)], [true, process.getuid(), '700']);
});

// As when what lies there belongs to another user.
test('a request that the service cannot take away is not heard again and again', async () => {
  const { server } = world;
  const stubborn = join(server.data, 'mail-retry/all');
  mkdirSync(join(stubborn, 'kept'), { recursive: true });
  const email = address('later');
  smtp.behave({ at: 'rcpt', does: 'refuse', code: 450, to: email });
  const { failed_total } = await metrics(server);
  await invite(world, { email });
  await tried(server, email);
  for (let i = 0; i < 5; i += 1) await smtp.mailTo(await invite(world));
  const faults = (await metrics(server)).failed_total - failed_total;
  rmSync(stubborn, { recursive: true });
  smtp.behave();
  await mailCommand(server, 'retry', '--all');
  await smtp.mailTo(email);
  await emptied(server);
  assert.ok(faults <= 2, `the mail was tried ${faults} times`);
});

test('mail retry without the service: what is due goes out at its start', async (t) => {
  const { server } = world;
  for (const json of [[], ['--json']]) {
    const [dead, waiting] = [address('dead'), address('waiting')];
    smtp.behave({ at: 'rcpt', does: 'refuse', code: 550, to: dead });
    await invite(world, { email: dead });
    await tried(server, dead);
    smtp.behave({ at: 'rcpt', does: 'refuse', code: 450, to: waiting });
    await invite(world, { email: waiting });
    const { id } = await tried(server, waiting);
    smtp.behave();
    await server.stop();
    const one = await mailCommand(server, 'retry', id, ...json);
    assert.equal(one.status, 0, one.stderr);
    assert.ok(json.length > 0 ? JSON.parse(one.stdout).due === 1 : /^1 mail is due/.test(one.stdout), one.stdout);
    const all = await mailCommand(server, 'retry', '--all', ...json);
    assert.ok(json.length > 0 ? JSON.parse(all.stdout).due === 2 : /^2 mails are due/.test(all.stdout), all.stdout);
    assert.deepEqual((await listed(server, '--status', 'waiting')).map(({ to, attempts }) => [to, attempts]), [[dead, 0], [waiting, 0]]);
    await server.start();
    for (const email of [dead, waiting]) opened(await smtp.mailTo(email));
    await emptied(server);
    await world.renew(world.host.boss);
  }
  await t.test('and nothing is due when all is sent', async () => {
    await server.stop();
    const { status, stdout } = await mailCommand(server, 'retry', '--all', '--json');
    assert.deepEqual([status, JSON.parse(stdout)], [0, { due: 0 }]);
    await server.start();
  });
});

test('the metrics of mail have their types, and count since the start', async () => {
  const { server } = world;
  await server.restart();
  assert.deepEqual(await metrics(server), { waiting: 0, dead: 0, oldest_waiting_seconds: 0, sent_total: 0, failed_total: 0 });
  const { text } = await server.request('GET', `${server.managementUrl}/metrics`);
  for (const [name, type] of [['waiting', 'gauge'], ['dead', 'gauge'], ['oldest_waiting_seconds', 'gauge'], ['sent_total', 'counter'], ['failed_total', 'counter']]) {
    assert.ok(text.includes(`# TYPE gatehouse_mail_${name} ${type}\n`) && text.includes(`# HELP gatehouse_mail_${name} `), name);
  }
});
