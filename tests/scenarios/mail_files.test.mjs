// Without SMTP, mails are files that only their owner reads. And with or without it: never a mail for a change that was
// refused, and nothing of what a waiting mail says in clear in the data directory.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startAccess, unique } from '../support/access.mjs';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { address, emptied, failures, invite, listed, mailCommand, metrics, opened, startPost } from '../support/outbox.mjs';
import { SmtpServer } from '../support/smtp.mjs';
import { engine, storedText } from '../support/store.mjs';

const kFile = /^\d{8}T\d{6}\.\d{6}Z-([0-9a-f-]{36})\.eml$/;
const mode = (path) => (statSync(path).mode & 0o777).toString(8);

let world;
before(async () => {
  world = await startAccess();
  world.host = await world.company('Host');
});
after(async () => { await world?.stop(); });

const folder = () => join(world.server.data, 'mail');
const files = () => readdirSync(folder()).sort();

// A mail behind all others: what is not there by now was never to be sent.
async function barrier() {
  await world.mail.wait(await invite(world));
  await emptied(world.server);
}

test('every mail is one file of RFC 5322, named by its time and its id, for its owner alone', async () => {
  const emails = [];
  for (let i = 0; i < 5; i += 1) emails.push(await invite(world, { company_name: unique('Größe "Öl" 😀') }));
  await emptied(world.server);
  const list = await listed(world.server);
  assert.equal(files().length, 5, 'no other file, not for a moment');
  files().forEach((file, i) => {
    assert.match(file, kFile);
    assert.equal(file.match(kFile)[1], list[i].id, 'names sort by time');
    assert.equal(Date.parse(list[i].created_at), Date.parse(file.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}).*$/, '$1-$2-$3T$4:$5:$6Z')));
    assert.equal(mode(join(folder(), file)), '600');
  });
  assert.equal(mode(folder()), '700');
  const mails = await world.mail.all();
  assert.deepEqual(mails.map(({ to }) => to), emails.map((email) => [email]));
  for (const mail of mails) {
    assert.ok(!/[^\r]\n/.test(mail.raw), 'lines end with CRLF');
    const { token } = opened({ ...mail, envelope: { to: mail.to } });
    assert.ok(mail.raw.includes(`#token=${token}`), 'a plain search finds the link');
    assert.ok(mail.messageId.startsWith(`<${mail.file.match(kFile)[1]}@`));
  }
});

test('the files are for their owner alone whatever the umask says', async (t) => {
  const before = process.umask(0o000);
  t.after(() => process.umask(before));
  const open = await startAccess({ t });
  open.host = await open.company('Host');
  await open.mail.wait(await invite(open));
  const place = join(open.server.data, 'mail');
  assert.deepEqual([mode(place), ...readdirSync(place).map((file) => mode(join(place, file)))], ['700', '600']);
});

test('no mail for what was refused', async () => {
  const [other, partner] = [await world.company('Other'), await world.company('Partner')];
  const viewer = await world.hire(world.host, ['USER_VIEW'], 'Viewer');
  const email = await invite(world, { email: other.boss.email, company_name: other.name });
  const { token } = await world.mail.invitation(email);
  const { invitation_id } = (await world.list('/access/invite', world.host.boss)).map(({ id, ...rest }) => ({ invitation_id: id, ...rest }))[0];
  const gone = await world.invite(world.host.boss, partner.boss.email, partner.name);
  await world.done(`/access/invite/${gone.invitation_id}/reject`, partner.boss);
  await world.mail.wait(world.host.boss.email);
  await barrier();
  const before = files();
  const body = { email, company_name: other.name, relation_type: 'agency' };
  const refusals = [
    [400, '/access/invite', world.host.boss, body],
    [400, '/access/invite', world.host.boss, { ...body, email: email.toUpperCase() }],
    [403, '/access/invite', viewer, { ...body, email: address() }],
    [401, '/access/invite', null, { ...body, email: address() }],
    [400, '/access/invite', world.host.boss, { ...body, email: 'nonsense' }],
    [400, '/access/invite', world.host.boss, { ...body, company_name: world.host.name, email: address() }],
    [400, '/access/invite', world.host.boss, { ...body, relation_type: 'friend', email: address() }],
    [400, '/access/invite', world.host.boss, { email: address() }],
    [400, `/access/invite/${invitation_id}/resend`, world.host.boss],
    [400, `/access/invite/${gone.invitation_id}/reject`, world.host.boss],
    [400, `/access/invite/${invitation_id}/reject`, partner.boss],
    [403, `/access/invite/${invitation_id}/reject`, viewer],
    [400, '/access/invite/accept', null, { token: gone.token }],
    [401, '/access/invite/accept', null, { token: `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}` }],
    [400, '/access/invite/accept', null, {}],
  ];
  for (const [status, path, as, sent] of refusals) await world.refused(status, path, as, sent);
  await barrier();
  assert.equal(files().length, before.length + 1, 'the barrier and nothing else');
  // 16 at once: one is made, and one mail.
  const race = { ...body, email: address(), company_name: unique('Race') };
  const answers = await Promise.all(Array.from({ length: 16 }, () => world.ask('POST', '/access/invite', { as: world.host.boss, body: race })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(15).fill(400)]);
  const accepts = await Promise.all(Array.from({ length: 16 }, () => world.ask('POST', '/access/invite/accept', { body: { token } })));
  assert.equal(accepts.filter(({ status }) => status === 200).length, 1);
  await barrier();
  assert.equal((await world.mail.to(race.email)).length, 1);
  assert.equal((await world.mail.to(email)).length, 2, 'the invitation, and that it was accepted');
});

test('a folder that cannot be written to is trouble like any other: the mails wait', async (t) => {
  const other = await startAccess({ t, fakeTime: '+0' });
  other.host = await other.company('Host');
  const place = join(other.server.data, 'mail');
  writeFileSync(place, 'in the way');
  const email = await invite(other);
  await failures(other.server, 1);
  const [told] = await listed(other.server);
  assert.equal(told.status, 'waiting');
  assert.match(told.failure, /directory|exist/i);
  rmSync(place);
  other.server.setTime('+1m');
  await other.mail.wait(email);
});

const kBytes = (path) => readdirSync(path, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
  .map((entry) => [join(entry.path, entry.name), readFileSync(join(entry.path, entry.name))]);

test('what a waiting mail says is nowhere in clear in the data directory, a backup or an export', async (t) => {
  const smtp = await SmtpServer.start();
  t.after(() => smtp.stop());
  await smtp.stop();
  const other = await startPost(smtp, { t, env: { GATEHOUSE_LOG_REQUESTS: 'all' } });
  const { server } = other;
  const emails = [await invite(other), await invite(other, { locale: 'es' })];
  await failures(server, 2);
  const copies = freshFolder('copies');
  const copy = async (name) => writeFileSync(join(copies, name), await storedText(server), 'latin1');
  await copy('waiting');
  if (engine === 'sqlite') assert.equal((await run(['backup', join(copies, 'backup'), '--data', server.data])).status, 0);
  await smtp.up();
  await server.stop();
  assert.equal((await run(['export', join(copies, 'export'), '--data', server.data])).status, 0);
  assert.equal((await mailCommand(server, 'retry', '--all')).status, 0);
  await copy('due');
  const log = server.stderr();
  await server.start();
  const tokens = [];
  for (const email of emails) tokens.push(opened(await smtp.mailTo(email)).token);
  await emptied(server);
  await copy('sent');
  writeFileSync(join(copies, 'log'), log + server.stderr());
  const found = kBytes(copies);
  for (const name of ['waiting', ...(engine === 'sqlite' ? ['backup'] : []), 'export', 'due', 'sent', 'log']) assert.ok(found.some(([path]) => path.includes(name)), name);
  assert.ok(found.some(([, bytes]) => bytes.includes(emails[0])), 'the search finds what is there');
  for (const [path, bytes] of found) {
    for (const secret of [...tokens, ...tokens.map((token) => token.replace('gth_invite_', '')), '#token=', 'invitations/accept#']) {
      assert.ok(!bytes.includes(secret), `${path} shows ${secret}`);
    }
  }
  for (const token of tokens) await other.accept(token);
  assert.equal((await metrics(server)).dead, 0);
});
