// All clients at work on a pair of nodes, from the beginning until it is said to be enough.
import { must } from './asking.mjs';
import { Credentials, Invitations, Sessions } from './lives_credentials.mjs';
import { Accounts, Organizations, Pulse } from './lives_directory.mjs';
import { Memberships, PlatformRoles } from './lives_rights.mjs';
import { Recorder } from './recorder.mjs';

// `nodes`: [{ name, url }]; `admin`: { account, password } of the first administrator; `mails`: a Mails.
export class Traffic {
  #on = true;

  constructor(nodes, mails) {
    Object.assign(this, { nodes, mails, recorder: new Recorder(), clubs: new Set(), reporters: new Set(), bosses: [] });
  }

  isOn() {
    return this.#on;
  }

  async begin({ account, password }) {
    const { accessToken: token } = await must(this.nodes[0], 'POST', '/api/v1/auth/tokens', { json: { account, password } });
    const { userId: id } = await must(this.nodes[0], 'GET', '/api/v1/auth/tokens/current', { token });
    this.admin = { id, token };
    const made = [Organizations, Organizations, Accounts, Memberships, PlatformRoles, Sessions, Credentials, Invitations].map((Kind) => new Kind(this, Kind.name.toLowerCase()));
    made.push(...this.nodes.map((node) => new Pulse(this, node)));
    this.lives = [];
    for (const life of made) this.lives.push(await life.begin());
    this.working = Promise.all(this.lives.map((life) => life.run()));
    this.working.catch(() => {});  // whoever waits for it hears of it
  }

  async end() {
    this.#on = false;
    await this.working;
    return this.recorder.history;
  }
}

export const kinds = [
  'organization.create', 'organization.edit', 'organization.move', 'organization.remove', 'account.create', 'account.edit', 'account.deactivate', 'account.remove',
  'membership.create', 'membership.edit', 'membership.remove', 'role.grant', 'role.revoke', 'session.create', 'session.refresh', 'session.end',
  'api_token.create', 'api_token.revoke', 'client.create', 'client.remove', 'invitation.create', 'invitation.accept', 'invitation.reject',
];
