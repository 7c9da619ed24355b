// Store: any
// The page that an invitation's link opens when things go wrong: loaded again, sent twice, cut off on the way, without
// JavaScript. An answer is sent once, and what became of it is never guessed.
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

const button = (page, name) => page.getByRole('button', { name });
const click = (page, name) => button(page, name).click();

async function fillPasswords(page, password = kPassword) {
  for (const label of ['Password', 'Password again']) await page.getByLabel(label, { exact: true }).fill(password);
}

test('the secret leaves the address and the history at once; the tab can be loaded again until there is an answer', async (t) => {
  const seen = await house.opened(t);
  const { page, token } = seen;
  const at = `${world.url}/invitations/accept`;
  assert.equal(page.url(), at);
  await page.reload();
  await page.locator('#offer').waitFor();
  await page.goto('about:blank');
  await page.goBack();
  await page.locator('#offer').waitFor();
  assert.equal(page.url(), at);
  assert.ok(!JSON.stringify(await page.evaluate(() => performance.getEntries().map(({ name }) => name))).includes(token));
  const otherTab = await page.context().newPage();
  await otherTab.goto(at);
  await assertOver(otherTab, texts.en.no_token);
  await click(page, 'Decline');
  await assertOver(page, texts.en.declined);
  await page.reload();
  await assertOver(page, texts.en.no_token);
  await house.assertDiscreet(seen);
});

test('another link in the same tab is another invitation', async (t) => {
  const { page, company } = await house.opened(t);
  const name = unique('Second');
  const { mail, invitation_id } = await world.invite(company.boss, address(), name);
  await page.evaluate((link) => { location.href = link; }, linkIn(mail));
  await page.getByRole('heading', { level: 1, name: `${company.name} invites ${name} to be its agency` }).waitFor();
  assert.equal(page.url(), `${world.url}/invitations/accept`);
  await click(page, 'Decline');
  await assertOver(page, texts.en.declined);
  const pending = (await world.list('/access/invite', company.boss)).map(({ id, status }) => [id === invitation_id, status]);
  assert.deepEqual(pending, [[true, 'rejected'], [false, 'pending']]);
});

test('while an answer is on its way nothing can be sent', async (t) => {
  const { page, sent } = await house.opened(t);
  let go;
  const held = new Promise((resolve) => { go = resolve; });
  await page.route('**/invitations/accept', async (route) => {
    await held;
    await route.continue();
  });
  await fillPasswords(page);
  await click(page, 'Accept');
  await page.getByText(texts.en.sending).waitFor();
  for (const name of ['Accept', 'Decline']) {
    assert.ok(await button(page, name).isDisabled(), name);
    await button(page, name).dispatchEvent('click');
  }
  await page.locator('#form').evaluate((form) => form.dispatchEvent(new Event('submit', { cancelable: true })));
  go();
  await assertOver(page, texts.en.accepted);
  assert.equal(answers({ sent }).length, 1);
});

test('a server that cannot be reached: nothing is lost, and one may look again', async (t) => {
  const { page } = await house.browser.open({ t });
  const company = await world.company('Host');
  const { mail } = await world.invite(company.boss, address(), unique('New'));
  await page.route('**/invitations/preview', (route) => route.abort('connectionrefused'));
  await page.goto(linkIn(mail));
  await page.getByRole('heading', { name: texts.en.unreachable[0] }).waitFor();
  assert.equal(await page.getByRole('button').count(), 1);
  await page.unroute('**/invitations/preview');
  await page.route('**/invitations/preview', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }));
  await click(page, 'Check again');
  await page.getByRole('heading', { name: texts.en.unreachable[0] }).waitFor();
  await page.unroute('**/invitations/preview');
  await click(page, 'Check again');
  await page.locator('#offer').waitFor();
});

for (const arrives of [true, false]) {
  test(`an answer whose ${arrives ? 'reply' : 'request'} is lost is not sent again by itself`, async (t) => {
    const { page, sent, company, invitation_id } = await house.opened(t);
    await page.route('**/invitations/accept', async (route) => {
      if (arrives) await route.fetch();
      await route.abort('connectionreset');
    });
    await fillPasswords(page);
    await click(page, 'Accept');
    await page.getByRole('heading', { name: texts.en.uncertain[0] }).waitFor();
    assert.equal(await button(page, 'Accept').count(), 0);
    await page.unroute('**/invitations/accept');
    await click(page, 'Check again');
    if (arrives) {
      await assertOver(page, texts.en['invitation.not_pending']);
    } else {
      await page.locator('#offer').waitFor();
      assert.equal(answers({ sent }).length, 1);
      await fillPasswords(page);
      await click(page, 'Accept');
      await assertOver(page, texts.en.accepted);
    }
    includes(await world.list('/access/invite', company.boss), [{ id: invitation_id, status: 'accepted' }]);
  });
}

test('without JavaScript the page says how to go on', async (t) => {
  const { page } = await house.browser.open({ t, script: false });
  await page.goto(`${world.url}/invitations/accept`);
  const shown = await page.locator('body').innerText();
  for (const text of ['This page needs JavaScript', 'Esta página necesita JavaScript', 'POST /access/invite/accept']) assert.ok(shown.includes(text), shown);
  assert.equal(await page.getByRole('button').count(), 0);
  assert.equal(await heading(page).count(), 1);
});

test('the page and its files come with a policy that lets nothing else in', async () => {
  const paths = { accept: 'text/html', 'page/page.js': 'text/javascript', 'page/texts.js': 'text/javascript', 'page/page.css': 'text/css' };
  for (const [path, type] of Object.entries(paths)) {
    const { status, headers } = await world.call('GET', `/invitations/${path}`);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], `${type}; charset=utf-8`);
    assert.match(headers['content-security-policy'], /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/);
    assert.deepEqual([headers['x-content-type-options'], headers['referrer-policy']], ['nosniff', 'no-referrer']);
  }
  for (const name of ['nothing.js', '..%2Finvitation_page.cpp', 'INDEX.HTML']) {
    assert.equal((await world.call('GET', `/invitations/page/${name}`)).status, 404, name);
  }
});
