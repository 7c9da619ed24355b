// A headless Chromium as a test of pages sees it: tabs in profiles of their own, in any language, light or dark, wide or
// narrow. Knows no page. Refuses to hide anything: what a page writes to the console as an error or a warning, what it does
// not catch, and what its content security policy blocks are the tab's `complaints`; every address that it asks for, with
// what it sent along, is in its `sent`.
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const patience_ms = 20_000;
const wide = { width: 1280, height: 900 };
const narrow = { width: 360, height: 740 };

// The browser says this of every refused request, which is the server's word and not a fault of the page.
const isRefusal = (text) => /^Failed to load resource: the server responded with a status of 4\d\d/.test(text);

class Tab {
  sent = [];        // { method, url, headers, body }
  complaints = [];

  constructor(page) {
    this.page = page;
    page.on('request', (request) => {
      this.sent.push({ method: request.method(), url: request.url(), headers: request.headers(), body: request.postData() });
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !isRefusal(message.text())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('crash', () => this.complaints.push('the page has crashed'));
  }
}

class Browser {
  #browser;

  constructor(browser) {
    this.#browser = browser;
  }

  // A tab in a profile of its own, which ends with the test when its context is given.
  async open({ t, locale = 'en-GB', phone = false, dark = false, script = true } = {}) {
    const context = await this.#browser.newContext({
      locale,
      timezoneId: 'UTC',
      viewport: phone ? narrow : wide,
      hasTouch: phone,
      colorScheme: dark ? 'dark' : 'light',
      javaScriptEnabled: script,
    });
    context.setDefaultTimeout(patience_ms);
    t?.after(() => context.close());
    return new Tab(await context.newPage());
  }

  close() {
    return this.#browser.close();
  }
}

// With a profile in a temporary folder, which is gone when the browser is.
export async function startBrowser() {
  return new Browser(await chromium.launch({ executablePath, args, timeout: 60_000 }));
}
