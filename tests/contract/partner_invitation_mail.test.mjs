// The mail of an invitation to join: who invites, where, until when, and two links. CONTRACTS.md section 4, Lifecycle beyond
// the seed; section 1, Mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, kPassword, linksIn, startPartner, unique } from '../support/partner.mjs';

let world;
let company;
let rooms;
before(async () => {
  world = await startPartner();
  company = await world.company('Sends', { name: unique('Müller & Söhne <b>') });
  rooms = [];
  for (const stem of ['Nørrebro "Öl"', 'Zürich <i>']) rooms.push(await world.organization({ as: company.boss, parent: company, name: unique(stem) }));
});
after(async () => { await world?.stop(); });

const letters = async (email) => (await world.mail.to(email)).filter(({ text }) => linksIn(text).length > 0);

// A day as a mail may write it, in the time zone of the service.
function daysAs(time) {
  const day = new Date(time);
  const [month, short] = ['long', 'short'].map((form) => day.toLocaleString('en', { month: form, timeZone: 'UTC' }));
  const [date, year] = [day.getUTCDate(), day.getUTCFullYear()];
  return [day.toISOString().slice(0, 10), ...[month, short].flatMap((name) => [`${date} ${name} ${year}`, `${name} ${date}, ${year}`])];
}

test("the inviter's name, the platform, the organizations, two links and the last day", async () => {
  const { mail, email, invitationExpiresAt } = await world.offerOne(company.boss, [company, ...rooms]);
  assert.deepEqual(mail.to, [email]);
  assert.equal(mail.from.length, 1);
  assert.ok(!/[\r\n]/.test(mail.subject) && mail.subject.trim() !== '');
  assert.match(mail.messageId, /^<[^<>\s]+@[^<>\s]+>$/);
  assert.ok(mail.text.includes(company.boss.displayName), mail.text);
  assert.ok(mail.text.includes(world.url), mail.text);
  for (const { name } of [company, ...rooms]) assert.ok(mail.text.includes(name), `${name} in ${mail.text}`);
  assert.ok(daysAs(invitationExpiresAt).some((day) => mail.text.includes(day)), `${invitationExpiresAt} in ${mail.text}`);
  const links = [...new Set(mail.links)];
  assert.equal(links.length, 2, `one to activate and one to reject: ${links}`);
  for (const link of links) {
    assert.ok(link.startsWith(`${world.url}/`), link);
    assert.ok(link.endsWith(`#token=${encodeURIComponent(mail.token)}`), link);
  }
  assert.ok(links.some((link) => /activate|accept/i.test(link)) && links.some((link) => /reject|decline/i.test(link)), `${links}`);
});

test('HTML says the same, and names are only names in it', async () => {
  const { mail } = await world.offerOne(company.boss, [company, rooms[1]]);
  assert.ok(!mail.html.includes('Söhne <b>') && !mail.html.includes('Zürich <i>'), 'names are escaped');
  const inHtml = linksIn(mail.html.replaceAll('&amp;', '&')).map(({ link }) => link);
  assert.deepEqual([...new Set(inHtml)].sort(), [...new Set(mail.links)].sort());
});

test('each link opens a page of the service, which acts only when it is asked to', async () => {
  const person = await world.offerOne(company.boss, [company]);
  for (const link of person.mail.links) {
    const { pathname, search } = new URL(link);
    const page = await world.call('GET', `${pathname}${search}`);
    assert.equal(page.status, 200, `${link}: ${page.text.slice(0, 200)}`);
    assert.match(page.headers['content-type'], /^text\/html\b/);
  }
  assert.deepEqual(await world.memberships(person.id), [], 'opening a link answers nothing');
  assert.equal((await world.activate(person.token, kPassword)).status, 200);
});

test('only what is offered to whom it is offered', async () => {
  const stranger = await world.company('Stranger');
  const [one, two] = [address(), address()];
  await world.offer(company.boss, [world.entry(one, { organizations: [rooms[0]] }), world.entry(two, { organizations: [rooms[1]] })]);
  const [first, second] = [await world.letter(one), await world.letter(two)];
  assert.ok(first.text.includes(rooms[0].name) && !first.text.includes(rooms[1].name) && !first.text.includes(two), first.text);
  assert.ok(second.text.includes(rooms[1].name) && !second.text.includes(rooms[0].name) && !second.text.includes(one), second.text);
  assert.notEqual(first.token, second.token);
  await world.offer(stranger.boss, [world.entry(one)], [stranger]);
  const other = await world.letter(one);
  assert.ok(other.text.includes(stranger.name) && other.text.includes(stranger.boss.displayName), other.text);
});

test('names of people do not break out of the mail', async () => {
  for (const FirstName of ['<img src=x onerror=alert(1)>', '=1+1;${x}%s', 'O’Neil "Q"', '{{name}}']) {
    const { mail, email } = await world.offerOne(company.boss, [company], { FirstName });
    assert.deepEqual(mail.to, [email]);
    assert.ok(!mail.html.includes('<img src=x'), mail.html);
  }
});

test('mails only after success, one to each, and only to the one who is invited', async () => {
  const [good, bad] = [address(), address()];
  const refused = await world.sendInvite(company.boss, [world.entry(bad), world.entry('x')], [company]);
  assert.equal(refused.status, 400);
  const forbidden = await world.sendInvite(company.boss, [world.entry(bad, { group: 'Super Admin' })], [company]);
  assert.equal(forbidden.status, 403);
  await world.offer(company.boss, [world.entry(good)], [company, ...rooms]);
  await world.letter(good);
  await world.mailsSettled();
  assert.deepEqual(await world.mail.to(bad), []);
  assert.equal((await letters(good)).length, 1, 'one mail for three organizations');
  assert.deepEqual(await letters(company.boss.email), []);
});
