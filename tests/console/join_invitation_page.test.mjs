// Store: any
// The page that the links of an invitation to join open, in a real browser against the real binary: it names the
// organizations, asks for a password only who needs one, and declines nothing that nobody clicked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { texts } from '../../src/api/invitation_page/page/texts.js';
import { unique } from '../support/access.mjs';
import { address, answers, assertOver, heading, linkIn, startInvitations } from '../support/invitation_tab.mjs';
import { kPassword } from '../support/v1.mjs';

let house;
let world;
let group;  // what people are invited as
before(async () => {
  house = await startInvitations();
  ({ world } = house);
  const roles = await world.must(200, 'GET', '/partner/v1/roles', { as: world.admin });
  group = roles.find(({ name }) => name === 'Customer');
});
after(async () => { await house?.stop(); });

const button = (page, name) => page.getByRole('button', { name, exact: true });
const rejectLinkIn = (mail) => mail.text.match(/^https?:\/\/\S+\/invitations\/reject#token=\S+$/m)[0];
const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, word) => values[word]);
const namesOn = (page) => page.locator('#organizations').getByRole('listitem').allInnerTexts();

async function fillPasswords(page, password = kPassword) {
  for (const label of ['Password', 'Password again']) await page.getByLabel(label, { exact: true }).fill(password);
}

async function organizations(count, name = () => unique('Joined')) {
  const made = [];
  for (let i = 0; i < count; i += 1) {
    const given = name();
    made.push({ name: given, ...(await world.organization({ name: given })) });
  }
  return made;
}

async function identityProvider(name = unique('Login')) {
  const body = {
    name, prefix: unique('idp').replaceAll(/\W/g, ''), enabled: true, type: 'oidc',
    issuer: 'https://login.example.test', clientId: 'gatehouse', clientSecret: 'a secret of the provider',
  };
  return { name, ...(await world.must(201, 'POST', '/partner/v1/identity-providers', { as: world.admin, body })) };
}

// Invites somebody new: { email, userId, mail, token, organizations, provider }.
async function invited({ into, provider } = {}) {
  const email = address();
  const joined = into ?? (await organizations(3));
  const user = { Email: email, FirstName: 'Dana', LastName: 'Reyes', GroupId: group.id, ...(provider && { IdentityProviderId: provider.id }) };
  const body = { Users: [user], OrganizationIds: joined.map(({ orgId }) => orgId) };
  const { users } = await world.must(200, 'POST', '/partner/v1/users/invite', { as: world.admin, body });
  const mail = await world.mail.newest(email);
  const [token, ...others] = mail.tokens;
  assert.match(token, /^gth_join_[0-9A-Za-z]{49}$/);
  assert.deepEqual([others, rejectLinkIn(mail).endsWith(`#token=${token}`)], [[], true], 'both links have the one secret');
  return { email, userId: users[0].userId, mail, token, organizations: joined, provider };
}

// Such an invitation, and a tab in which one of its links is open and the offer shown. `look` is the tab's.
async function opened(t, { into, provider, link = linkIn, ...look } = {}) {
  const invitation = await invited({ into, provider });
  const tab = await house.browser.open({ t, ...look });
  await tab.page.goto(link(invitation.mail));
  await tab.page.locator('#offer').waitFor();
  const { page, sent, complaints } = tab;
  return { page, sent, complaints, ...invitation };
}

// In how many of the organizations the person is a member.
async function memberships({ userId, organizations: joined }) {
  let found = 0;
  for (const { orgId } of joined) {
    const { items } = await world.must(200, 'GET', `/api/v1/orgs/${orgId}/users`, { as: world.admin });
    found += items.filter((item) => item.userId === userId).length;
  }
  return found;
}

async function assertDead({ page, mail }) {
  for (const link of [linkIn(mail), rejectLinkIn(mail)]) {
    await page.goto(link);
    await assertOver(page, texts.en['invitation.not_pending']);
  }
}

test('somebody new sees who invites into what, chooses a password and is a member of all', async (t) => {
  const seen = await opened(t);
  const { page, email, mail } = seen;
  const inviter = await page.locator('#inviter').innerText();
  assert.ok(mail.text.includes(`${inviter} invites you to join`), inviter);
  assert.equal(await heading(page).innerText(), filled(texts.en.offer_join_by_many, { person: inviter, count: 3 }));
  assert.equal(await page.locator('#invited').innerText(), email);
  assert.deepEqual((await namesOn(page)).sort(), seen.organizations.map(({ name }) => name).sort());
  const [since, until] = await Promise.all(['#since', '#until'].map((id) => page.locator(id).getAttribute('datetime')));
  assert.equal(Date.parse(until) - Date.parse(since), 7 * 86_400_000);
  assert.equal(await page.getByLabel('E-mail').inputValue(), email);
  await button(page, 'Accept').click();
  await page.getByText(texts.en['password.missing']).waitFor();
  await fillPasswords(page, 'password1234');
  await button(page, 'Accept').click();
  await page.getByText(texts.en['password.too_common']).waitFor();
  assert.equal(await memberships(seen), 0);
  await fillPasswords(page);
  await button(page, 'Accept').click();
  await assertOver(page, texts.en.accepted_join_many);
  assert.ok((await page.locator('#outcome').innerText()).includes(filled(texts.en.sign_in_password, { email })));
  await house.assertDiscreet(seen, kPassword);
  assert.equal(await memberships(seen), 3);
  await world.signIn(email, kPassword);
  await assertDead(seen);
});

test('one organization is named in the title', async (t) => {
  const { page, organizations: [only] } = await opened(t, { into: await organizations(1) });
  assert.ok((await heading(page).innerText()).endsWith(`invites you to join ${only.name}`));
  assert.deepEqual(await namesOn(page), [only.name]);
});

test('who signs in elsewhere is asked for no password', async (t) => {
  const seen = await opened(t, { provider: await identityProvider('Contoso & <Söhne>') });
  const { page, provider } = seen;
  assert.equal(await page.locator('input:visible').count(), 0);
  assert.ok((await page.locator('#meaning').innerText()).includes(filled(texts.en.meaning_provider, { provider: provider.name })));
  await button(page, 'Accept').click();
  await assertOver(page, texts.en.accepted_join_many);
  assert.ok((await page.locator('#outcome').innerText()).includes(filled(texts.en.sign_in_provider, { provider: provider.name })));
  assert.equal(await memberships(seen), 3);
  await house.assertDiscreet(seen);
});

test('who has a password is asked for none', async (t) => {
  const { page } = await house.browser.open({ t });
  const { mail, email } = await invited();
  await page.route('**/invitations/preview', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), needs_password: false } });
  });
  await page.goto(linkIn(mail));
  await page.getByText(filled(texts.en.meaning_known, { email })).waitFor();
  assert.equal(await page.locator('input:visible').count(), 0);
});

test('the link for declining does nothing by itself; declining is the first choice there, and ends both links', async (t) => {
  const seen = await opened(t, { link: rejectLinkIn });
  const { page } = seen;
  assert.equal(page.url(), `${world.url}/invitations/reject`);
  assert.equal(await heading(page).innerText(), filled(texts.en.declining_join_many, { count: 3 }));
  assert.equal(await page.locator('input:visible').count(), 0);
  assert.equal((await namesOn(page)).length, 3);
  await page.reload();
  await page.locator('#offer').waitFor();
  assert.deepEqual(await page.getByRole('button').allInnerTexts(), [texts.en.decline, texts.en.accept_instead]);
  assert.deepEqual(answers(seen), [], 'nothing is sent without a click');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await assertOver(page, texts.en.declined_join);
  assert.equal(answers(seen).length, 1);
  assert.equal(await memberships(seen), 0);
  await house.assertDiscreet(seen);
  await assertDead(seen);
});

test('who came to decline may still accept', async (t) => {
  const seen = await opened(t, { link: rejectLinkIn });
  const { page, email } = seen;
  await button(page, texts.en.accept_instead).click();
  await page.getByLabel('Password again').waitFor();
  assert.ok((await heading(page).innerText()).endsWith('invites you to join 3 organizations'));
  assert.equal(page.url(), `${world.url}/invitations/accept`);
  assert.deepEqual(await page.getByRole('button').allInnerTexts(), [texts.en.accept, texts.en.decline]);
  assert.deepEqual(answers(seen), []);
  await page.reload();
  await fillPasswords(page);
  await page.keyboard.press('Enter');
  await assertOver(page, texts.en.accepted_join_many);
  await house.assertDiscreet(seen, kPassword);
  await world.signIn(email, kPassword);
});

test('an invitation to connect can be declined at that address too', async (t) => {
  const company = await world.company('Host');
  const { mail, invitation_id } = await world.invite(company.boss, address(), unique('New'));
  const { page } = await house.browser.open({ t });
  await page.goto(linkIn(mail).replace('/accept#', '/reject#'));
  await page.getByRole('heading', { name: filled(texts.en.declining_connect, { inviter: company.name }), exact: true }).waitFor();
  assert.equal(await page.locator('#organizations:visible').count(), 0);
  await button(page, 'Decline').click();
  await assertOver(page, texts.en.declined);
  const [{ id, status }] = await world.list('/access/invite', company.boss);
  assert.deepEqual([id, status], [invitation_id, 'rejected']);
});

test('a hundred organizations are all there, in a list that scrolls, also by the keyboard and on a phone', async (t) => {
  const into = await organizations(100, () => unique(`<img src=x onerror=alert(1)> "&amp; ${'W'.repeat(30)}`));
  for (const phone of [false, true]) {
    const seen = await opened(t, { into, phone });
    const { page } = seen;
    assert.deepEqual((await namesOn(page)).sort(), into.map(({ name }) => name).sort());
    assert.equal(await page.locator('img, script:not([src])').count(), 0, 'names are text');
    const [needed, there] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(needed <= there, `${needed} > ${there}`);
    const list = page.getByRole('group', { name: texts.en.organizations });
    assert.ok((await list.boundingBox()).height <= 300);
    const last = list.getByRole('listitem').last();
    const isSeen = () => last.evaluate((item) => item.getBoundingClientRect().bottom <= item.closest('#organizations').getBoundingClientRect().bottom + 1);
    assert.equal(await isSeen(), false);
    await page.keyboard.press('Tab');
    assert.ok(await list.evaluate((element) => element === document.activeElement), 'the list is the first stop of the keyboard');
    await page.keyboard.press('End');
    await page.waitForFunction(() => {
      const box = document.querySelector('#organizations');
      return box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
    });
    assert.ok(await isSeen());
    await button(page, 'Decline').click();
    await assertOver(page, texts.en.declined_join);
    await house.assertDiscreet(seen);
  }
});

test('in Spanish, and when it expires while it is read', async (t) => {
  const { page } = await opened(t, { locale: 'es-MX', link: rejectLinkIn });
  assert.equal(await heading(page).innerText(), filled(texts.es.declining_join_many, { count: 3 }));
  await button(page, texts.es.accept_instead).click();
  await page.getByRole('heading', { name: 'le invita a unirse a 3 organizaciones' }).waitFor();
  await world.travel('+8d');
  t.after(() => world.travel('+0'));
  await button(page, 'Rechazar').click();
  await assertOver(page, texts.es['invitation.expired'], 'es');
});

test('both addresses serve the page under the same policy', async () => {
  const [accept, reject] = await Promise.all(['accept', 'reject'].map((path) => world.call('GET', `/invitations/${path}`)));
  assert.deepEqual([reject.status, reject.text], [200, accept.text]);
  for (const name of ['content-type', 'content-security-policy', 'x-content-type-options', 'referrer-policy', 'cache-control']) {
    assert.ok(reject.headers[name], name);
    assert.equal(reject.headers[name], accept.headers[name], name);
  }
});
