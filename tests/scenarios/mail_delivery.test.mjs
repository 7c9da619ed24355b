// An invitation on its way to a real SMTP server: who it goes to, what it says in which language, and that no name and no
// address can make of it anything else than one mail to one person.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kUuid, unique } from '../support/access.mjs';
import { run } from '../support/gatehouse.mjs';
import { address, emptied, invite, listed, mailCommand, opened, sending, startPost } from '../support/outbox.mjs';
import { SmtpServer } from '../support/smtp.mjs';
import { includes } from '../support/v1.mjs';

const kSender = { GATEHOUSE_MAIL_FROM: 'post@mail.example.test', GATEHOUSE_MAIL_FROM_NAME: 'Größe & Söhne, "Post"' };
let smtp;
let world;
before(async () => {
  smtp = await SmtpServer.start();
  world = await startPost(smtp, { env: kSender });
});
after(async () => {
  await world?.stop();
  await smtp?.stop();
});

// Invites, and waits for what arrives.
async function sent(more) {
  const mail = await smtp.mailTo(await invite(world, more));
  return { ...mail, ...opened(mail) };
}

// The host's boss acts for an organization of this name.
async function actAs(name) {
  await world.organization({ as: world.host.boss, name });
  await world.renew(world.host.boss);
  await world.switchTo(world.host.boss, { name });
}

const call = (as, body) => world.call('PATCH', `/api/v1/users/${as.id}`, { as, body });

test('an invitation reaches the invited address as one mail of two parts, and its link is good', async () => {
  const [email, company_name] = [address(), unique('Meridian')];
  const began = Date.now();
  const { envelope, from, to, date, subject, text, html, messageId, token, raw } = await sent({ email, company_name });
  assert.deepEqual(envelope, { from: 'post@mail.example.test', to: [email] });
  assert.deepEqual(from, { address: 'post@mail.example.test', name: 'Größe & Söhne, "Post"' });
  assert.deepEqual(to, { address: email, name: '' });
  assert.ok(Math.abs(date - began) < 60_000, `${date}`);
  assert.match(messageId.slice(1, -1).split('@')[0], kUuid);
  assert.equal(messageId.split('@')[1], 'mail.example.test>');
  for (const name of [world.host.name, company_name]) assert.ok(subject.includes(name) && text.includes(name) && html.includes(name), raw);
  assert.ok(text.includes(world.host.boss.displayName), text);
  assert.ok(text.split('\n').includes(`${world.url}/invitations/accept#token=${token}`), 'the link stands alone on its line');
  assert.ok(html.startsWith('<!DOCTYPE html>') && html.includes('<html lang="en">'));
  assert.ok(!subject.includes('gth_'), subject);
  const page = await world.call('GET', '/invitations/accept', { check: false });
  assert.match(page.text, /<!doctype html>/i);
  const data = await world.accept(token);
  includes(data, { status: 'accepted', connection_id: kUuid });
  await world.refused(400, '/access/invite/accept', null, { token });
  assert.equal(smtp.to(email).filter((mail) => mail.text.includes('#token=')).length, 1);
});

test('who invited and who was invited are told of the answer, without a secret', async () => {
  const email = address();
  const { token } = await sent({ email });
  const before = smtp.to(world.host.boss.email).length;
  await world.accept(token);
  for (const mail of [await smtp.mailTo(email, 2), await smtp.mailTo(world.host.boss.email, before + 1)]) {
    assert.equal(opened(mail).token, undefined);
    assert.ok(!mail.raw.includes('gth_') && mail.text.includes(world.host.name), mail.raw);
  }
});

test('the invitation is Spanish when it is asked for, and so is what is told of the answer', async () => {
  const email = address();
  const { subject, text, html, token } = await sent({ email, locale: 'es', company_name: unique('Compañía Ñandú') });
  assert.match(subject, / invita a Compañía Ñandú .* a ser su agencia$/);
  assert.match(text, /^Hola:\n/);
  assert.ok(html.includes('<html lang="es">') && text.includes('Compañía Ñandú') && html.includes('Compañía Ñandú'));
  await world.accept(token);
  assert.match((await smtp.mailTo(email, 2)).text, /^Hola:\n/);
  await world.refused(400, '/access/invite', world.host.boss, { email: address(), company_name: unique('x'), relation_type: 'agency', locale: 'de' });
});

test('with mail_locale=es nobody needs to ask for Spanish, and who asks for English gets it', async (t) => {
  const spanish = await startPost(smtp, { t, env: { GATEHOUSE_MAIL_LOCALE: 'es' } });
  assert.match((await smtp.mailTo(await invite(spanish))).text, /^Hola:\n/);
  const english = await smtp.mailTo(await invite(spanish, { locale: 'en' }));
  assert.match(english.text, /^Hello,\n/);
  assert.equal(english.from.address, 'gatehouse@localhost', 'the sender when none is configured');
});

const kEscaped = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text) => text.replace(/[&<>"']/g, (c) => kEscaped[c]);

test('names of every kind are text in a mail, and nothing else', async (t) => {
  const names = [
    '<script>alert("x")</script>',
    `" onmouseover='steal()' x="`,
    '{{link}} {{#inviter_person}}x{{/inviter_person}}',
    '</bdi></p><a href="https://evil.test">click</a>',
    'A & B &amp; C &#60;b&#62;',
    'חברת הדגמה בע״מ <b>',
    'شركة المثال ‏123',
    '株式会社サンプル 😀 Ω',
    '=?utf-8?q?Bcc:_x=40evil.test?=',
    'x@evil.test, "y" <z@evil.test>',
    '100% $1 \\0 %s ${x} #{y}',
    `${'Ö'.repeat(97)} .`,
  ];
  for (const name of names) {
    await t.test(name, async () => {
      const company_name = [...name].length > 95 ? `Z${name.slice(1)}` : `${name} II`;
      await actAs(name);
      assert.equal((await call(world.host.boss, { displayName: name })).status, 200);
      const { subject, text, html, to, headers, envelope } = await sent({ company_name });
      assert.equal(subject, `${name} invites ${company_name} to be its agency`);
      assert.ok(text.includes(`\n${name} of ${name} invites ${company_name} to be the agency of ${name}.\n`), text);
      assert.ok(html.includes(`<bdi>${escaped(name)}</bdi> of <bdi>${escaped(name)}</bdi> invites <bdi>${escaped(company_name)}</bdi>`), html);
      assert.equal(html.match(/<a /g).length, 2, 'no other link than that of the invitation, twice');
      assert.ok(!/<script|onmouseover='/i.test(html), html);
      assert.deepEqual([[to.address], headers.has('bcc')], [envelope.to, false]);
    });
  }
  await world.switchTo(world.host.boss, world.host);
});

test('addresses of every language are taken, and the mail goes exactly there', async (t) => {
  const addresses = [
    'josé.garcía@example.org', '用户@例子.example', 'δοκιμή@παράδειγμα.example', 'info@bücher.example', 'info@xn--strae-oqa.example', 'info@XN--BCHER-KVA.example',
    "o'brien+tag=1@example.org", 'Upper.Case@Example.ORG', '!#$%&\'*+-/=?^_`{|}~@example.org', 'someone@localhost',
    `${'l'.repeat(64)}@${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.org`,
  ];
  for (const email of addresses) {
    await t.test(email, async () => {
      const company_name = unique('Somewhere');
      await invite(world, { email, company_name });
      await emptied(world.server);
      const mail = smtp.mails.find(({ subject }) => subject.includes(company_name));
      assert.ok(mail, JSON.stringify((await listed(world.server)).find(({ to }) => to === email)));
      opened(mail);
      const canonical = (text) => { const [local, domain] = text.split('@'); return `${local}@${new URL(`http://${domain}`).hostname}`; };
      assert.deepEqual(mail.envelope.to.map(canonical), [canonical(email)]);
      assert.equal(canonical(mail.to.address), canonical(email));
    });
  }
});

test('what could end a header or name a second address is refused, and no mail is written', async (t) => {
  const emails = [
    'a@example.org\r\nBcc: x@evil.test', 'a@example.org\n', '\ra@example.org', 'a@example.org\r\n\r\nbody', 'a@example.org>\r\nRCPT TO:<x@evil.test',
    'a@example.org,x@evil.test', 'a@example.org x@evil.test', 'a@example.org;x@evil.test', '<a@example.org>', 'Ann <a@example.org>',
    '"a\r\nBcc: x"@example.org', 'a@example.org\u0000', 'a@example.org\u0085', 'a\u2028@example.org', 'a@example.org\u202e', 'a@[127.0.0.1]', 'a(x)@example.org', 'group: a@example.org;',
  ];
  const companies = ['Evil\r\nBcc: x@evil.test', 'Evil\nInc', 'Evil\rInc', 'Evil\tInc', 'Evil\u0000Inc', 'Evil\u0085Inc', 'Evil\u2028Inc', 'Evil\u2029Inc', 'Evil\u202eInc', 'Evil\u007fInc'];
  const before = (await listed(world.server)).length;
  const rows = [...emails.map((email) => ({ email, company_name: unique('Fine') })), ...companies.map((company_name) => ({ email: address(), company_name }))];
  for (const body of rows) {
    await t.test(JSON.stringify(body), () => world.refused(400, '/access/invite', world.host.boss, { ...body, relation_type: 'agency' }));
  }
  assert.equal((await listed(world.server)).length, before);
});

test("the inviter's own name adds no header", async () => {
  const refusedOrLine = ['Eve\r\nBcc: x@evil.test', 'Eve\n\nbody', 'Eve\tTab', 'Eve\u0000', 'Eve\u0085Bcc: x@evil.test', 'Eve\u2028Bcc: x@evil.test', 'Eve\u202e', '"Eve" <x@evil.test>,', '=?utf-8?q?=0D=0ABcc:_x=40evil.test?='];
  for (const displayName of refusedOrLine) {
    const { status } = await call(world.host.boss, { displayName });
    assert.ok([200, 400].includes(status), `${status}`);
    const mail = await sent();   // of exactly the headers that a mail has
    assert.ok(!/^(bcc|x):|^body/im.test(mail.raw), mail.raw);
    if (status === 200) assert.ok(mail.text.includes(displayName.replace(/[\s\u0085]+/g, ' ')), mail.text);
  }
});

test('a sender whose domain is of another language is one, given or by default', async (t) => {
  const other = await startPost(smtp, { t });
  const { server } = other;
  for (const [variable, value, expected] of [
    ['GATEHOUSE_PUBLIC_URL', 'https://bücher.example', /^gatehouse@(bücher|xn--bcher-kva)\.example$/],
    ['GATEHOUSE_PUBLIC_URL', 'https://xn--bcher-kva.example:8443/gate', /^gatehouse@(bücher|xn--bcher-kva)\.example$/],
    ['GATEHOUSE_MAIL_FROM', 'büro@exämple.test', /^büro@(exämple|xn--exmple-cua)\.test$/],
  ]) {
    await smtp.stop();
    const email = await invite(other);
    await server.stop();
    await smtp.up();
    assert.equal((await mailCommand(server, 'retry', '--all')).status, 0);
    await server.start({ env: { ...sending(smtp), [variable]: value } });
    await emptied(server);
    const told = (await listed(server)).at(-1);
    assert.equal(told.status, 'sent', `${value}: ${told.failure}`);
    const mail = await smtp.mailTo(email);
    opened(mail);
    assert.match(mail.envelope.from, expected);
    await server.restart({ env: sending(smtp) });
    await other.renew(other.host.boss);
  }
});

test('a sender that cannot stand in a header is refused at the start, in one sentence', async (t) => {
  const rows = {
    mail_from_name: ['Post\r\nBcc: x@evil.test', 'Post\nOffice', 'Post\u0001', 'Post\u2028'],
    mail_from: ['nobody', 'a@example.org\r\nBcc: x@evil.test', 'Post <a@example.org>', 'a@example.org, b@example.org'],
    mail_locale: ['de', 'ES'],
    smtp_tls: ['yes', 'AUTO'],
    smtp_timeout_s: ['0', '601', 'soon'],
    smtp_url: ['127.0.0.1', 'http://127.0.0.1', 'smtp://', 'smtp://host:0', 'smtp://host:99999', 'smtp://host/path', 'smtp://user@host', 'smtp://host\r\nx'],
  };
  for (const [key, values] of Object.entries(rows)) {
    for (const value of values) {
      await t.test(`${key}=${JSON.stringify(value)}`, async () => {
        const { status, stdout, stderr } = await run(['config', 'show'], { env: { [`GATEHOUSE_${key.toUpperCase()}`]: value } });
        assert.equal(status, 2, stdout);
        assert.match(stderr, /^gatehouse: [^\n]+\n$/);
        assert.ok(stderr.includes(key === 'smtp_url' ? 'SMTP' : key), stderr);
      });
    }
  }
});
