// Invitations in a browser: the world of the access surface beside a Chromium, links opened from the mail, and what must be
// true of the page whatever happens: an end is an end, and the secret is seen nowhere.
import assert from 'node:assert/strict';

import { startAccess, unique } from './access.mjs';
import { startBrowser } from './browser.mjs';

export const address = () => `${unique('invited').replaceAll(' ', '.')}@example.org`;
export const linkIn = (mail) => mail.text.match(/https?:\/\/\S+#token=\S+/)[0];
export const heading = (page) => page.getByRole('heading', { level: 1 });
export const answers = ({ sent }) => sent.filter(({ method, url }) => method === 'POST' && /\/(accept|reject)$/.test(url));

// Nothing is left to do in the tab, which shows this and has forgotten the secret.
export async function assertOver(page, [title], language = 'en') {
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  assert.equal(await page.title(), title);
  assert.equal(await page.getByRole('button').count(), 0, 'nothing is left to do');
  assert.equal(await page.locator('input:visible').count(), 0);
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, 'the tab has forgotten the secret');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'outcome-title', 'who cannot see hears the outcome');
}

class InvitationHouse {
  constructor(world, browser) {
    this.world = world;
    this.browser = browser;
  }

  // An invitation, and a tab in which its link is open and the offer shown. `look` is the tab's.
  async opened(t, { company, email = address(), name = unique('Invited'), relation = 'agency', ...look } = {}) {
    const host = company ?? (await this.world.company('Host'));
    const invitation = await this.world.invite(host.boss, email, name, relation);
    const tab = await this.browser.open({ t, ...look });
    await tab.page.goto(linkIn(invitation.mail));
    await tab.page.locator('#offer').waitFor();
    const { page, sent, complaints } = tab;
    return { page, sent, complaints, company: host, name, ...invitation };
  }

  // Nothing was complained of, and neither the invitation's secret nor these were anywhere but in bodies.
  async assertDiscreet({ page, sent, complaints, token }, ...more) {
    assert.deepEqual(complaints, []);
    assert.ok(sent.length >= 5, `the page, its files and what it asks: ${sent.length}`);
    const log = this.world.server.stderr();
    for (const secret of [token, ...more]) {
      for (const { url, headers } of sent) {
        const { pathname, search } = new URL(url);  // the fragment of the link stays in the browser
        assert.ok(!`${pathname}${search}`.includes(secret), `an address shows a secret: ${url}`);
        assert.ok(!JSON.stringify(headers).includes(secret), `a header shows a secret: ${url}`);
      }
      assert.ok(!log.includes(secret), 'the log shows a secret');
      assert.ok(!(await page.content()).includes(secret), 'the page shows a secret');
    }
    assert.ok(log.includes('"/invitations/preview"'), 'the log has the line of the question');
    assert.ok(!page.url().includes('#'), page.url());
  }

  async stop() {
    await this.browser.close();
    await this.world.stop();
  }
}

// The clock of the world can be moved.
export async function startInvitations() {
  const [world, browser] = await Promise.all([startAccess({ env: { GATEHOUSE_LOG_REQUESTS: 'all' }, fakeTime: '+0' }), startBrowser()]);
  return new InvitationHouse(world, browser);
}
