// Store: any
// The page that an invitation's link opens, in a real browser against the real binary: it says who invites whom to what,
// takes an answer once, and shows its secret to nobody: no address, no log, no history.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { texts } from '../../src/api/invitation_page/page/texts.js';
import { unique } from '../support/access.mjs';
import { address, answers, assertOver, heading, linkIn, startInvitations } from '../support/invitation_tab.mjs';
import { includes, kPassword } from '../support/v1.mjs';

let house;
let world;
before(async () => {
  house = await startInvitations();
  ({ world } = house);
});
after(async () => { await house?.stop(); });

test('somebody new accepts with a password, bad ones being refused, and signs in to the new organization', async (t) => {
  const seen = await house.opened(t);
  const { page, company, name, email, token } = seen;
  assert.equal(await heading(page).innerText(), `${company.name} invites ${name} to be its agency`);
  assert.equal(await page.locator('#inviter').innerText(), `${company.boss.displayName}\n${company.name}`);
  assert.equal(await page.locator('#invited').innerText(), `${name}\n${email}`);
  const [since, until] = await Promise.all(['#since', '#until'].map((id) => page.locator(id).getAttribute('datetime')));
  assert.equal(Date.parse(until) - Date.parse(since), 7 * 86_400_000);
  assert.match(await page.locator('#until').innerText(), /^\d{1,2} \w+ \d{4} at \d\d:\d\d$/);
  assert.equal(await page.getByLabel('E-mail').inputValue(), email);

  const [password, again] = [page.getByLabel('Password', { exact: true }), page.getByLabel('Password again')];
  for (const field of [password, again]) assert.equal(await field.getAttribute('autocomplete'), 'new-password');
  const refusals = [
    ['', '', 'password.missing', password],
    ['seven c', 'seven c', 'password.too_short', password],
    ['a good long password', 'a good long passwort', 'password.differs', again],
    [email, email, 'password.like_account', password],
    ['password1234', 'password1234', 'password.too_common', password],
    ['ñ'.repeat(129), 'ñ'.repeat(129), 'password.too_long', password],
  ];
  for (const [first, second, code, field] of refusals) {
    await password.fill(first);
    await again.fill(second);
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByText(texts.en[code], { exact: true }).waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true', code);
    assert.ok(await field.evaluate((element) => element === document.activeElement), `${code}: the field has the focus`);
  }
  assert.equal(answers(seen).length, 3, 'what the page itself can see does not reach the server');
  for (const field of [password, again]) await field.fill(kPassword);
  await page.getByRole('button', { name: 'Accept' }).click();
  await assertOver(page, texts.en.accepted);
  assert.ok((await page.locator('#outcome').innerText()).includes(`Sign in with ${email}`));
  await house.assertDiscreet(seen, kPassword);
  for (const path of ['preview', 'accept']) {
    assert.ok(world.server.logs().some((line) => line.path === `/invitations/${path}`), `the log has the line of ${path}`);
  }

  const person = await world.signIn(email, kPassword);
  const { items } = await world.must(200, 'GET', '/api/v1/orgs', { as: person });
  assert.deepEqual(items.map((one) => one.name).sort(), [company.name, name].sort(), 'the new organization, and its customer');
  includes(await world.list('/access/connections', company.boss), [{ company_name: name, side: 'customer' }]);
  await page.goto(linkIn(seen.mail));
  await assertOver(page, texts.en['invitation.not_pending']);
  assert.equal((await world.call('POST', '/invitations/preview', { body: { token } })).status, 409);
});

test('somebody known is asked for no password', async (t) => {
  const other = await world.company('Known');
  const seen = await house.opened(t, { email: other.boss.email, name: other.name, relation: 'customer' });
  const { page, company } = seen;
  assert.equal(await heading(page).innerText(), `${company.name} offers to work for ${other.name} as its agency`);
  assert.equal(await page.locator('input:visible').count(), 0);
  await page.getByRole('button', { name: 'Accept' }).click();
  await assertOver(page, texts.en.accepted);
  includes(await world.list('/access/connections', other.boss), [{ company_name: company.name, side: 'customer' }]);
  await house.assertDiscreet(seen);
});

test('declining: the inviting side sees it, and the link is dead', async (t) => {
  const seen = await house.opened(t);
  await seen.page.getByRole('button', { name: 'Decline' }).click();
  await assertOver(seen.page, texts.en.declined);
  includes(await world.list('/access/invite', seen.company.boss), [{ id: seen.invitation_id, status: 'rejected' }]);
  await seen.page.goto(linkIn(seen.mail));
  await assertOver(seen.page, texts.en['invitation.not_pending']);
  await house.assertDiscreet(seen);
});

test('a link that gives nothing says why, and offers nothing', async (t) => {
  const { page, complaints } = await house.browser.open({ t });
  const company = await world.company('Host');
  const { mail, token } = await world.invite(company.boss, address(), unique('New'));
  const { mail: withdrawn, invitation_id } = await world.invite(company.boss, address(), unique('New'));
  await world.done(`/access/invite/${invitation_id}/reject`, company.boss);
  const at = `${world.url}/invitations/accept`;
  const rows = [
    [at, 'no_token'],
    [`${at}#`, 'no_token'],
    [`${at}#token=`, 'no_token'],
    [`${at}#token=gth_invite_0`, 'invitation.token_unknown'],
    [`${at}#token=${token.slice(0, -1)}`, 'invitation.token_unknown'],
    [`${at}#token=${'x'.repeat(5000)}`, 'invitation.token_unknown'],
    [`${at}#token=%3Cimg%20src%3Dx%3E`, 'invitation.token_unknown'],
    [linkIn(withdrawn), 'invitation.not_pending'],
  ];
  for (const [link, code] of rows) {
    await page.goto('about:blank');
    await page.goto(link);
    await assertOver(page, texts.en[code]);
  }
  await world.travel('+8d');
  t.after(() => world.travel('+0'));
  await page.goto(linkIn(mail));
  await assertOver(page, texts.en['invitation.expired']);
  assert.deepEqual(complaints, []);
});

test('an invitation that expires while it is read is not accepted', async (t) => {
  const { page, name } = await house.opened(t);
  for (const label of ['Password', 'Password again']) await page.getByLabel(label, { exact: true }).fill(kPassword);
  await world.travel('+8d');
  t.after(() => world.travel('+0'));
  await page.getByRole('button', { name: 'Accept' }).click();
  await assertOver(page, texts.en['invitation.expired']);
  assert.equal((await world.must(200, 'GET', '/api/v1/orgs', { as: world.admin, query: { name } })).totalCount, 0);
});

test('what cannot be accepted may still be declined', async (t) => {
  const taken = await world.company('Taken');
  const { page, company, invitation_id } = await house.opened(t, { name: taken.name });
  for (const label of ['Password', 'Password again']) await page.getByLabel(label, { exact: true }).fill(kPassword);
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByText(`There is a company named ${taken.name} here already`).waitFor();
  await page.getByRole('button', { name: 'Decline' }).click();
  await assertOver(page, texts.en.declined);
  includes(await world.list('/access/invite', company.boss), [{ id: invitation_id, status: 'rejected' }]);
});

test('names are text, whatever is in them, and never widen the page', async (t) => {
  const hostile = () => unique(`<img src=x onerror=alert(1)> "&amp; ${'W'.repeat(30)}`);
  const company = await world.company('Hostile', { name: hostile() });
  const seen = await house.opened(t, { company, name: hostile(), phone: true });
  const { page, name } = seen;
  assert.equal(await heading(page).innerText(), `${company.name} invites ${name} to be its agency`);
  assert.equal(await page.locator('img, script:not([src])').count(), 0);
  const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(needed <= there, `${needed} > ${there}`);
  for (const button of await page.getByRole('button').all()) assert.ok((await button.boundingBox()).height >= 44, 'fit for a thumb');
  await page.getByRole('button', { name: 'Decline' }).click();
  await assertOver(page, texts.en.declined);
  assert.ok((await page.locator('#outcome').innerText()).includes(company.name));
  await house.assertDiscreet(seen);
});

test('the page speaks Spanish to those who read it, and English to everybody else', async (t) => {
  const { page, company, name } = await house.opened(t, { locale: 'es-MX' });
  assert.equal(await page.locator('html').getAttribute('lang'), 'es');
  assert.equal(await heading(page).innerText(), `${company.name} invita a ${name} a ser su agencia`);
  assert.match(await page.locator('#until').innerText(), /^\d{1,2} de [a-z]+ de \d{4}/);
  await page.getByRole('button', { name: 'Aceptar' }).click();
  await page.getByText(texts.es['password.missing']).waitFor();
  await page.getByRole('button', { name: 'Rechazar' }).click();
  await assertOver(page, texts.es.declined, 'es');

  const shape = (value) => (Array.isArray(value) ? value.map(shape) : (value.match(/\{\w+\}/g) ?? []).sort().join());
  const shapes = (language) => Object.fromEntries(Object.entries(texts[language]).map(([key, value]) => [key, shape(value)]));
  assert.deepEqual(shapes('es'), shapes('en'), 'the same texts with the same words in them');
  const french = await house.browser.open({ t, locale: 'fr-FR' });
  await french.page.goto(`${world.url}/invitations/accept`);
  await assertOver(french.page, texts.en.no_token);
});

test('with the keyboard alone', async (t) => {
  const { page, email } = await house.opened(t);
  const { keyboard } = page;
  assert.equal(await page.evaluate(() => document.activeElement.id), 'offer-title');
  const steps = [];
  for (const text of [null, kPassword, kPassword, null, null, null]) {
    await keyboard.press('Tab');
    steps.push(await page.evaluate(() => document.activeElement.id));
    if (text) await keyboard.type(text);
  }
  assert.deepEqual(steps, ['account', 'password', 'again', 'show', 'accept', 'decline']);
  await keyboard.press('Shift+Tab');
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', 'the focus is seen');
  await keyboard.press('Enter');
  await assertOver(page, texts.en.accepted);
  await world.signIn(email, kPassword);
});
