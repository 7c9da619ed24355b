// Store: any
// The way to the mail server: TLS when it is offered, none without a certificate that verifies, and a password that nobody
// hears of but that server.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { emptied, invite, listed, mailCommand, metrics, opened, sending, startPost, tried } from '../support/outbox.mjs';
import { SmtpServer, selfSigned } from '../support/smtp.mjs';
import { storedText } from '../support/store.mjs';

const kAuth = { user: 'post@example.test', password: 'p@ss:w/ö%rd;#? [1]+&=' };

// A server that is stopped when the test ends, after the world that sends to it.
async function server(t, options) {
  const smtp = await SmtpServer.start(options);
  t.after(() => smtp.stop());
  return smtp;
}

// That a mail to `smtp` waits, with a failure that fits, after a server that heard of no mail.
async function waits(t, smtp, env, failure) {
  const world = await startPost(smtp, { t, env });
  const told = await tried(world.server, await invite(world));
  assert.equal(told.status, 'waiting', told.failure);
  assert.match(told.failure, failure);
  assert.ok(told.failure.includes(`:${smtp.port}: `), `which server: ${told.failure}`);
  assert.ok(smtp.connections > 0 && smtp.mails.length === 0);
  assert.deepEqual(smtp.begun, [], 'no mail was begun, in clear neither');
  return world;
}

for (const tls of ['starttls', 'implicit']) {
  test(`${tls}: the mail goes over TLS, with sign-in`, async (t) => {
    const smtp = await server(t, { tls, auth: kAuth });
    const world = await startPost(smtp, { t, env: { GATEHOUSE_SMTP_TLS: tls === 'starttls' ? 'required' : 'auto' } });
    for (let i = 0; i < 3; i += 1) {
      const mail = await smtp.mailTo(await invite(world));
      opened(mail);
      assert.deepEqual([mail.secure, mail.user], [true, kAuth.user]);
    }
    assert.ok(smtp.signIns.every(({ secure, user, password }) => secure && user === kAuth.user && password === kAuth.password), JSON.stringify(smtp.signIns));
  });

  test(`${tls}: a certificate of an unknown authority is not trusted`, async (t) => {
    const smtp = await server(t, { tls, auth: kAuth });
    await waits(t, smtp, { GATEHOUSE_SMTP_CA_FILE: selfSigned().certificate }, /certificate/i);
    assert.deepEqual(smtp.signIns, []);
  });
}

test("a certificate for another host is not trusted, and neither is this machine's own without its file", async (t) => {
  const smtp = await server(t, { tls: 'starttls' });
  const elsewhere = await server(t, { tls: 'starttls', host: '127.0.0.2' });   // its certificate is for 127.0.0.1
  await waits(t, elsewhere, {}, /certificate|match/i);
  await waits(t, smtp, { GATEHOUSE_SMTP_CA_FILE: '' }, /certificate/i);
});

test('STARTTLS is taken when it is offered, though nobody asked for it', async (t) => {
  const smtp = await server(t, { tls: 'starttls' });
  const world = await startPost(smtp, { t });
  assert.equal((await smtp.mailTo(await invite(world))).secure, true);
  assert.deepEqual([...new Set(smtp.begun.map(({ secure }) => secure))], [true]);
});

test('smtp_tls=required: nothing is sent to a server without STARTTLS, until it offers it', async (t) => {
  const smtp = await server(t);
  const world = await waits(t, smtp, { GATEHOUSE_SMTP_TLS: 'required' }, /STARTTLS|SSL|TLS/i);
  const secure = await server(t, { tls: 'starttls' });
  await world.server.stop();
  assert.equal((await mailCommand(world.server, 'retry', '--all')).status, 0);
  await world.server.start({ env: { ...sending(secure), GATEHOUSE_SMTP_TLS: 'required' } });
  assert.equal((await secure.mail(1)).secure, true);
});

test('a password is not shown to another machine without TLS', async (t) => {
  const other = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === 'IPv4' && !internal);
  if (!other) return t.skip('this machine has no address but its own');
  const smtp = await server(t, { auth: kAuth, host: other.address });
  await waits(t, smtp, {}, /STARTTLS|SSL|TLS/i);
  assert.deepEqual(smtp.signIns, []);
});

// Every way to write it that a leak could take.
function writings({ user, password }) {
  const base64 = (text) => Buffer.from(text).toString('base64');
  return [password, encodeURIComponent(password), base64(password), base64(`\0${user}\0${password}`), JSON.stringify(password).slice(1, -1)];
}

test('the password is in no log, no listing, no metric, no file and no answer, whether it is right or wrong', async (t) => {
  const smtp = await server(t, { tls: 'starttls', auth: kAuth });
  const wrong = { user: kAuth.user, password: 'Wröng/p@ssword%20 123' };
  const world = await startPost(smtp, { t, env: { GATEHOUSE_LOG_REQUESTS: 'all' } });
  const { server: gatehouse } = world;
  await smtp.mailTo(await invite(world));
  const [log] = [gatehouse.stderr()];
  const url = smtp.url.replace(encodeURIComponent(kAuth.password), encodeURIComponent(wrong.password));
  const file = join(freshFolder('secret'), 'smtp_url');
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
  const env = { GATEHOUSE_SMTP_URL_FILE: file, GATEHOUSE_SMTP_CA_FILE: smtp.caFile, GATEHOUSE_LOG_REQUESTS: 'all' };
  await gatehouse.restart({ env });
  await world.renew(world.host.boss);
  const told = await tried(gatehouse, await invite(world));
  assert.equal(told.status, 'waiting', 'it may be right later');
  assert.match(told.failure, /login|denied|authenticat|535/i);
  assert.equal(smtp.signIns.at(-1).password, wrong.password, 'read from the file');
  const shown = [];
  for (const extra of [[], ['--json']]) {
    for (const more of [env, { GATEHOUSE_SMTP_URL: smtp.url }]) shown.push((await run(['config', 'show', ...extra], { env: more })).stdout);
    shown.push((await mailCommand(gatehouse, 'list', ...extra)).stdout);
  }
  assert.ok(shown.every((text) => text.length > 0) && shown[0].includes('smtp_url'));
  const { text } = await gatehouse.request('GET', `${gatehouse.managementUrl}/metrics`);
  const places = { 'an earlier log': log, 'the log': gatehouse.stderr(), 'what commands show': shown.join('\n'), 'the metrics': text, 'the data directory': await storedText(gatehouse) };
  for (const [place, seen] of Object.entries(places)) {
    for (const secret of [kAuth, wrong].flatMap(writings)) {
      assert.ok(!seen.includes(secret) && !seen.includes(Buffer.from(secret).toString('latin1')), `${place} shows ${secret}`);
    }
  }
  assert.ok(gatehouse.logs().some(({ event }) => event === 'mail_failed'), gatehouse.stderr());
});

test('an SMTP URL that is refused at the start is not repeated', async () => {
  const urls = ['smtp://ann:hunter22@', 'smtp://ann:hunter22@host:99999', 'smpt://ann:hunter22@host', 'smtp://ann:hunter22@host/x', 'smtp://ann:hunter;22@host', 'ann:hunter22@host'];
  for (const url of urls) {
    const { status, stdout, stderr } = await run(['config', 'show'], { env: { GATEHOUSE_SMTP_URL: url } });
    assert.equal(status, 2, url);
    assert.match(stderr, /^gatehouse: [^\n]+\n$/);
    assert.ok(!/hunter/.test(stdout + stderr), stderr);
  }
});

test('what waited because of the password goes out once it is right', async (t) => {
  const smtp = await server(t, { tls: 'implicit', auth: kAuth });
  const world = await startPost(smtp, { t, env: { GATEHOUSE_SMTP_URL: smtp.url.replace('%40ss', 'xx') } });
  const email = await invite(world);
  await tried(world.server, email);
  await world.server.stop();
  await mailCommand(world.server, 'retry', '--all');
  await world.server.start({ env: sending(smtp) });
  opened(await smtp.mailTo(email));
  await emptied(world.server);
  assert.deepEqual((await listed(world.server)).map(({ status }) => status), ['sent']);
  assert.equal((await metrics(world.server)).sent_total, 1);
});

test('a file of authorities that is not there is refused at the start, in one sentence', async () => {
  const env = { GATEHOUSE_SMTP_URL: 'smtp://127.0.0.1:2525', GATEHOUSE_SMTP_CA_FILE: '/nonexistent/ca.pem' };
  const listen = ['--listen', '127.0.0.1:0', '--management-listen', '127.0.0.1:0'];
  const { status, stderr } = await run(['serve', '--data', freshFolder(), ...listen], { env, timeout_ms: 3000 });
  assert.equal(status, 2, stderr);
  assert.match(stderr, /^gatehouse: [^\n]*ca\.pem[^\n]*\n$/);
});
