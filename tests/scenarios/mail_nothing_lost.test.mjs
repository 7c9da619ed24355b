// Many mails, and a service that stops or is killed among them: all arrive, once when nothing fails, and whatever comes twice
// comes with the same Message-ID.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../support/mail.mjs';
import { address, emptied, invite, listed, metrics, opened, startPost } from '../support/outbox.mjs';
import { SmtpServer } from '../support/smtp.mjs';
import { engine } from '../support/store.mjs';

const kMails = 200;
const kClients = 8;
const kKills = 5;

let smtp;
let world;
before(async () => {
  smtp = await SmtpServer.start();
  world = await startPost(smtp);
});
after(async () => {
  await world?.stop();
  await smtp?.stop();
});

// So many invitations, from several clients at once: the addresses.
async function inviteMany(count) {
  const emails = Array.from({ length: count }, () => address());
  const rest = [...emails];
  const client = async () => {
    while (rest.length > 0) await invite(world, { email: rest.pop() });
  };
  await Promise.all(Array.from({ length: kClients }, client));
  return emails;
}

// Each arrived, at most `extra` of them more than once; copies are the same mail.
function assertArrived(emails, extra) {
  let copies = 0;
  const ids = new Set();
  for (const email of emails) {
    const mails = smtp.to(email);
    assert.ok(mails.length > 0, `${email} got no mail`);
    assert.equal(new Set(mails.map(({ raw }) => raw)).size, 1, 'copies are the same, their Message-ID too');
    opened(mails[0]);
    ids.add(mails[0].messageId);
    copies += mails.length - 1;
  }
  assert.equal(ids.size, emails.length, 'every mail has a Message-ID of its own');
  assert.ok(copies <= extra, `${copies} copies`);
}

test(`${kMails} mails arrive, each exactly once`, async () => {
  const emails = await inviteMany(kMails);
  await smtp.mail(kMails);
  await emptied(world.server);
  const { sent_total, failed_total, dead } = await metrics(world.server);
  assert.deepEqual({ sent_total, failed_total, dead }, { sent_total: kMails, failed_total: 0, dead: 0 });
  assertArrived(emails, 0);
  assert.equal(smtp.mails.length, kMails);
  assert.ok(smtp.connections < kMails / 2, `the connection is kept between mails: ${smtp.connections}`);
});

test('a service that is stopped among its mails finishes the one in hand, and sends the rest after its start: each once', async () => {
  const { server } = world;
  const there = smtp.mails.length;
  const emails = [];
  for (let stop = 1; stop <= 3; stop += 1) {
    smtp.behave({ at: stop === 1 ? 'mail' : 'end', does: 'hold', after: 5 });
    emails.push(...await inviteMany(30));
    await smtp.fault();
    const stopping = server.stop();
    await until('SIGTERM', () => server.logs().some(({ event }) => event === 'stopping'));
    smtp.behave();
    await stopping;
    const { length } = await listed(server, '--status', 'waiting');
    // A store that takes longer to part from lets more of them go meanwhile.
    assert.ok(engine === 'sqlite' ? length === 24 : length > 0 && length <= 24, `five and one were sent, ${length} wait`);
    await server.start();
    await world.renew(world.host.boss);
    await emptied(server);
  }
  assertArrived(emails, 0);
  assert.equal(smtp.mails.length - there, emails.length);
});

for (const at of ['connect', 'mail', 'rcpt', 'data', 'end']) {
  test(`a service that is killed with a mail in hand, at ${at}, loses none`, async () => {
    const { server } = world;
    if (at === 'connect') {
      await smtp.stop();
      await smtp.up();
    }
    smtp.behave({ at, does: 'stall', after: at === 'connect' ? 0 : 5 });
    const emails = await inviteMany(15);
    await smtp.fault();
    await server.kill9();
    smtp.behave();
    await server.start();
    await world.renew(world.host.boss);
    await emptied(server);
    assertArrived(emails, at === 'end' ? 1 : 0);
  });
}

test(`a service that is killed ${kKills} times, wherever it is, loses none`, async () => {
  const { server } = world;
  const emails = [];
  for (let kill = 1; kill <= kKills; kill += 1) {
    smtp.behave({ at: 'end', does: 'hold', after: 2 });
    emails.push(...await inviteMany(25));
    await smtp.fault();
    const there = smtp.mails.length;
    smtp.behave();
    await smtp.mail(there + kill * 2);
    await server.kill9();
    await server.start();
    await world.renew(world.host.boss);
  }
  await emptied(server);
  assertArrived(emails, kKills);
});
