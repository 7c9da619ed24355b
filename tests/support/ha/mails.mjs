// The mails that the nodes leave as files, each in a folder of its own; which node sends one is not known beforehand. Finds the
// secret of an invitation by its address, and counts copies.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { tokensIn } from '../mail.mjs';

export class Mails {
  expected = new Set();  // addresses of invitations that were acknowledged
  #read = new Map();     // path → { to, token, messageId }

  constructor(folders) {
    this.folders = folders;
  }

  async #look() {
    for (const folder of this.folders.filter(existsSync)) {
      for (const name of readdirSync(folder).filter((one) => one.endsWith('.eml'))) {
        const path = join(folder, name);
        if (this.#read.has(path)) continue;
        const { to, text, messageId } = await simpleParser(readFileSync(path), { skipHtmlToText: true, skipTextToHtml: true });
        this.#read.set(path, { to: to.value[0].address.toLowerCase(), token: tokensIn(text)[0], messageId });
      }
    }
    return [...this.#read.values()];
  }

  async tokenFor(email) {
    return (await this.#look()).find(({ to, token }) => to === email && token)?.token;
  }

  // { missing: addresses without their mail, copies: mails that are there more than once }
  async account() {
    const mails = await this.#look();
    const invited = new Set(mails.filter(({ token }) => token).map(({ to }) => to));
    return { missing: [...this.expected].filter((email) => !invited.has(email)), copies: mails.length - new Set(mails.map(({ messageId }) => messageId)).size };
  }
}
