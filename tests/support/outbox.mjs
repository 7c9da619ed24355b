// The outbox as its operator sees it: a world whose service sends through an SMTP server of the test, what `gatehouse mail`
// tells about it, and its metrics. Every line of `mail list` is held against its shape; a mail, against its headers.
import assert from 'node:assert/strict';
import { startAccess, unique } from './access.mjs';
import { run } from './gatehouse.mjs';
import { tokensIn, until } from './mail.mjs';
import { kTime, kUuid } from './v1.mjs';

const kHeaders = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'];
const kMembers = ['attempts', 'created_at', 'failure', 'id', 'next_attempt_at', 'sent_at', 'status', 'template', 'to'];

export const address = (stem = 'invited') => `${unique(stem).replaceAll(' ', '.')}@example.org`.toLowerCase();

// A world that sends through `smtp`, with one company in it that invites.
export async function startPost(smtp, { env = {}, ...options } = {}) {
  const world = await startAccess({ ...options, env: { ...sending(smtp), ...env } });
  world.host = await world.company('Host');
  return world;
}

// The environment of a service that sends through `smtp`.
export function sending(smtp) {
  return { GATEHOUSE_SMTP_URL: smtp.url, ...(smtp.caFile && { GATEHOUSE_SMTP_CA_FILE: smtp.caFile }) };
}

// Invites somebody unknown, as the host; the address.
export async function invite(world, { email = address(), company_name = unique('Newcomer'), ...more } = {}) {
  await world.done('/access/invite', world.host.boss, { email, company_name, relation_type: 'agency', ...more });
  return email;
}

// gatehouse mail …, on the data directory of the server.
export const mailCommand = (server, ...args) => run(['mail', ...args, '--data', server.data]);

// What `gatehouse mail list --json` tells, the oldest first.
export async function listed(server, ...args) {
  const { status, stdout, stderr } = await mailCommand(server, 'list', '--json', ...args);
  assert.equal(status, 0, stderr);
  const mails = stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)).reverse();
  for (const mail of mails) {
    assert.deepEqual(Object.keys(mail).filter((name) => !kMembers.includes(name)), [], 'nothing of what a mail says');
    for (const time of ['created_at', mail.status === 'waiting' && 'next_attempt_at', mail.status === 'sent' && 'sent_at']) {
      if (time) assert.match(mail[time], kTime, `${time} of ${JSON.stringify(mail)}`);
    }
    assert.match(mail.id, kUuid);
    assert.ok(['waiting', 'sent', 'dead'].includes(mail.status) && Number.isInteger(mail.attempts), JSON.stringify(mail));
    assert.ok(!/[\r\n]|gth_/.test(mail.failure ?? ''), mail.failure);
  }
  return mails;
}

// The mail to the address in the list, as soon as it was tried so often.
export function tried(server, email, attempts = 1) {
  return until(`attempt ${attempts} to ${email}`, async () => {
    const found = (await listed(server)).find(({ to }) => to === email);
    return found && found.attempts >= attempts ? found : null;
  });
}

// The numbers of the outbox among the metrics: { waiting, dead, oldest_waiting_seconds, sent_total, failed_total }.
export async function metrics(server) {
  const { text } = await server.request('GET', `${server.managementUrl}/metrics`);
  const found = {};
  for (const [, name, value] of text.matchAll(/^gatehouse_mail_(\w+) (\S+)$/gm)) found[name] = Number(value);
  assert.deepEqual(Object.keys(found).sort(), ['dead', 'failed_total', 'oldest_waiting_seconds', 'sent_total', 'waiting']);
  return found;
}

// Until nothing waits.
export const emptied = (server) => until('an empty outbox', async () => (await metrics(server)).waiting === 0);
export const failures = (server, count) => until(`${count} failures`, async () => (await metrics(server)).failed_total >= count);

// A mail as it left: one set of headers, one recipient, two parts. The secret of an invitation, when it shows one.
export function opened(mail) {
  const head = mail.raw.slice(0, mail.raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const names = head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
  assert.deepEqual(names.sort(), kHeaders, mail.raw);
  assert.match(mail.messageId, /^<[0-9a-f-]{36}@[a-z0-9.-]+>$/);
  assert.equal(mail.envelope.to.length, 1, mail.envelope.to.join());
  assert.equal(mail.headers.get('content-type').value, 'multipart/alternative');
  assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
  const [token, ...others] = tokensIn(mail.text);
  assert.deepEqual(others, []);
  assert.deepEqual(tokensIn(mail.html.replaceAll('&amp;', '&')), token === undefined ? [] : [token]);
  return { token };
}
