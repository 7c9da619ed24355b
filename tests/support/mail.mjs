// The mails that a server without SMTP leaves as files in <data>/mail: parsed, and found by their address. A mail is
// written after the answer to the request that caused it, so whoever asks for one here waits for it, up to a deadline.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { simpleParser } from 'mailparser';

const kDeadline_ms = 30_000;
const kLink = /https?:\/\/\S+\/invitations\/accept#token=([\w%]+)/g;

// Asks again and again until the answer is something; the one way in which these tests wait.
export async function until(what, ask, deadline_ms = kDeadline_ms) {
  const end = Date.now() + deadline_ms;
  for (;;) {
    const found = await ask();
    if (found) return found;
    assert.ok(Date.now() < end, `${what}: not within ${deadline_ms / 1000} s`);
    await pause(20);
  }
}

const addresses = (field) => [field ?? []].flat().flatMap(({ value }) => value).map(({ address }) => address.toLowerCase());

// The secrets of invitations that a text shows, decoded.
export function tokensIn(text) {
  return [...new Set([...(text ?? '').matchAll(kLink)].map((match) => decodeURIComponent(match[1])))];
}

export class Mailbox {
  #server;
  #read = new Map();   // file name → mail
  #taken = new Set();  // secrets that a test was given

  constructor(server) {
    this.#server = server;
  }

  // All mails of the server: {file, raw, to, subject, text, html, messageId, headers, tokens}, the oldest first.
  async all() {
    const folder = join(this.#server.data, 'mail');
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.eml')).sort() : [];
    for (const file of files) {
      if (this.#read.has(file)) continue;
      const raw = readFileSync(join(folder, file));
      const { subject, text, html, to, from, messageId, headers } = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
      const mail = { file, raw: raw.toString('utf8'), to: addresses(to), from: addresses(from), subject, text, html, messageId, headers, tokens: tokensIn(text) };
      this.#read.set(file, mail);
    }
    return files.map((file) => this.#read.get(file));
  }

  // All mails to the address that there are now.
  async to(address) {
    return (await this.all()).filter((mail) => mail.to.includes(address.toLowerCase()));
  }

  // The mails to the address that fit, as soon as there are so many.
  async wait(address, { count = 1, where = () => true } = {}) {
    return until(`${count} mails to ${address}`, async () => {
      const found = (await this.to(address)).filter(where);
      return found.length >= count ? found : null;
    });
  }

  async newest(address, options) {
    return (await this.wait(address, options)).at(-1);
  }

  // The oldest mail to the address with a secret that no test has taken yet; the secret is its `token`.
  async invitation(address) {
    const fresh = (mail) => mail.tokens.some((token) => !this.#taken.has(token));
    const [mail] = await this.wait(address, { where: fresh });
    assert.equal(mail.tokens.length, 1, `one secret in ${mail.file}`);
    const [token] = mail.tokens;
    assert.match(token, /^gth_invite_[0-9A-Za-z]{49}$/);
    this.#taken.add(token);
    return { ...mail, token };
  }

  // Every secret that a mail has shown, for those who look for it where it must not be.
  async secrets() {
    return [...new Set((await this.all()).flatMap((mail) => mail.tokens))];
  }
}
