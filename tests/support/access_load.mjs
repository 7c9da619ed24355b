// Clients of the access surface at work: each acts for one company, invites, accepts and rejects with the secrets of the mails,
// edits agency roles, ends connections, makes API tokens; and remembers of each thing what was acknowledged, and what was
// under way when the power went.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { tokensIn } from './mail.mjs';
import { address } from './outbox.mjs';
import { kPassword, unique } from './v1.mjs';

const kRoles = ['ORDERS_VIEW', 'ORDERS_EDIT', 'REPORTS_VIEW', 'USER_VIEW'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

export class Company {
  // `company`: { orgId, name, boss }. Of each invitation: { email, company_name, relation_type, id, status, connection_id, ended,
  // roles, token, password }, as acknowledged; `open` is what is under way: { act, … }.
  constructor(world, smtp, company) {
    Object.assign(this, { world, smtp, ...company });
    this.invitations = [];
    this.tokens = [];   // { name, token } when acknowledged
  }

  // The secret from the mail, when it has come.
  token(invitation) {
    invitation.token ??= this.smtp.to(invitation.email).map(({ text }) => tokensIn(text)[0]).find(Boolean);
    return invitation.token;
  }

  // Until on() says no; a request that got no answer by then is remembered as open.
  async work(on) {
    while (on()) {
      try {
        await this.#step();
      } catch (error) {
        if (on() || error.code === 'ERR_ASSERTION') throw error;
      }
    }
  }

  async #step() {
    const free = this.invitations.filter(({ open, id }) => !open && id);
    const pending = free.filter((one) => one.status === 'pending' && this.token(one));
    const standing = free.filter(({ status, ended }) => status === 'accepted' && !ended);
    const chance = Math.random();
    if (chance < 0.35 && pending.length > 0) return this.#accept(pick(pending));
    if (chance < 0.45 && pending.length > 0) return this.#reject(pick(pending));
    if (chance < 0.6 && standing.some(({ relation_type }) => relation_type === 'agency')) {
      return this.#editRoles(pick(standing.filter(({ relation_type }) => relation_type === 'agency')));
    }
    if (chance < 0.68 && standing.length > 0) return this.#end(pick(standing));
    if (chance < 0.76) return this.#addToken();
    if (free.length - standing.length < 40) return this.#invite();
    return pause(1);
  }

  async #act(thing, open, path, as, body) {
    thing.open = open;
    const data = await this.world.done(path, as, body);
    delete thing.open;
    return data;
  }

  async #invite() {
    const one = { email: address(), company_name: unique('Newcomer'), relation_type: pick(['agency', 'customer']), roles: [] };
    this.invitations.push(one);
    const { email, company_name, relation_type } = one;
    const { invitation_id } = await this.#act(one, { act: 'invite' }, '/access/invite', this.boss, { email, company_name, relation_type });
    Object.assign(one, { id: invitation_id, status: 'pending' });
  }

  // Half of them as the invitation's page does it, with a first password.
  async #accept(one) {
    if (Math.random() < 0.5) {
      one.open = { act: 'accept', password: kPassword };
      await this.world.must(200, 'POST', '/invitations/accept', { body: { token: one.token, password: kPassword }, check: false });
      Object.assign(one, { status: 'accepted', password: kPassword, open: undefined });
      return;
    }
    const { connection_id } = await this.#act(one, { act: 'accept' }, '/access/invite/accept', null, { token: one.token });
    Object.assign(one, { status: 'accepted', connection_id });
  }

  async #reject(one) {
    await this.#act(one, { act: 'reject' }, `/access/invite/${one.id}/reject`, this.boss);
    one.status = 'rejected';
  }

  async #editRoles(one) {
    if (!one.connection_id) return;
    const role = pick(kRoles);
    const held = one.roles.includes(role);
    const roles = held ? one.roles.filter((name) => name !== role) : [...one.roles, role].sort();
    const edit = held ? { add: [], remove: [role] } : { add: [role], remove: [] };
    const data = await this.#act(one, { act: 'edit', roles }, `/access/invite/${one.connection_id}/agency-roles/edit`, this.boss, edit);
    one.roles = [...data.roles].sort();
  }

  async #end(one) {
    if (!one.connection_id) return;
    await this.#act(one, { act: 'end' }, `/access/connections/${one.connection_id}/end`, this.boss);
    one.ended = true;
  }

  async #addToken() {
    if (this.tokens.length >= 30) return;
    const one = { name: `token ${randomUUID()}` };
    this.tokens.push(one);
    const { id, token } = await this.#act(one, { act: 'add' }, '/access/add-api-token', this.boss, { name: one.name });
    Object.assign(one, { id, token });
  }
}
