// Clients that make secrets, use them on the other node, offer those for one use on both at once, and take them back.
import { ask } from './asking.mjs';
import { Life, chance, kPassword } from './life.mjs';

const opened = ({ status }) => (status === 200 ? 'allowed' : status === 401 ? 'refused' : 'none');
const kCurrent = '/api/v1/auth/tokens/current';

// Sign-in, refresh, sign-out.
export class Sessions extends Life {
  async begin() {
    this.person = await this.person();
    return this;
  }

  async step() {
    const { id, email } = this.person;
    const signedIn = await this.change('session.create', ['POST', '/api/v1/auth/tokens'], {
      token: null,
      json: { account: email, password: kPassword },
      entries: [{ action: 'session.created', after: { userId: id } }],
    });
    if (signedIn.outcome !== 'acknowledged') return false;
    let { answer } = signedIn;
    await this.use('a token of a session', answer, 'GET', kCurrent, { token: answer.json.accessToken });
    answer = await this.refresh(answer.json);
    if (!answer) return false;
    if (chance(0.6)) return this.race(answer.json);
    const { accessToken: token } = answer.json;
    const signedOut = await this.change('session.end', ['DELETE', kCurrent], { token });
    if (signedOut.outcome !== 'acknowledged') return false;
    await this.probe('a session that was ended', signedOut, opened, 'GET', kCurrent, { token });
    return true;
  }

  // On one node: the answer with the next pair.
  async refresh(pair) {
    const answer = await this.present(this.one(), pair);
    this.recorder.operation('session.refresh', [answer]);
    return answer.outcome === 'acknowledged' ? answer : null;
  }

  // The same token on both nodes at once. Within seconds the second answer is a success as well, for the sake of clients whose
  // answer was lost, but then only one of both successors is good; so it is them who are counted.
  async race(pair) {
    const answers = await Promise.all(this.nodes.map((node) => this.present(node, pair)));
    this.recorder.operation('session.refresh', answers);
    const got = answers.filter(({ outcome }) => outcome === 'acknowledged');
    const counted = got.length < 2 ? answers : await Promise.all(this.nodes.map((node, i) => this.present(node, got[i].json)));
    this.recorder.secret(`a refresh token of ${this.name}`, counted);
    return got.length > 0;
  }

  present(node, { accessToken: token, refreshToken }) {
    return ask(node, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { json: { token, refreshToken } });
  }
}

// API tokens of an organization and machine clients of a person.
export class Credentials extends Life {
  async begin() {
    this.boss = await this.boss();
    this.world.bosses.push(this.boss);
    return this;
  }

  async step() {
    const first = await this.apiToken();
    return (await this.machine()) && first;
  }

  async apiToken() {
    const { token: as } = this.boss;
    const name = this.unique('token');
    const key = `api token ${name}`;
    const made = await this.change('api_token.create', ['POST', '/access/add-api-token'], {
      token: as,
      json: { name, roles: ['USER_VIEW'] },
      effects: [{ key, value: 'there' }],
      entries: [{ action: 'api_token.created', after: { name } }],
    });
    if (made.outcome !== 'acknowledged') return false;
    const { id, token } = made.answer.json.data;
    await this.use('an API token', made.answer, 'GET', '/access', { token });
    const revoked = await this.change('api_token.revoke', ['POST', `/access/api-tokens/${id}/revoke`], {
      token: as,
      effects: [{ key, value: null }],
      entries: [{ action: 'api_token.removed', target: id }],
    });
    if (revoked.outcome !== 'acknowledged') return false;
    await this.probe('an API token that was revoked', revoked, opened, 'GET', '/access', { token });
    return true;
  }

  async machine() {
    const { token: as } = this.boss;
    const name = this.unique('client');
    const key = `client ${name}`;
    const made = await this.create('client.create', ['POST', '/api/v1/oauth2/client-credentials'], {
      token: as,
      json: { name, scopes: ['organizations.read'] },
      effects: [{ key, value: 'there' }],
      entries: [{ action: 'client.created', after: { name } }],
    });
    if (made.outcome !== 'acknowledged') return false;
    const { clientCredentialId: id, clientId, clientSecret } = made.answer.json;
    // What is wrong with a secret is told at once, so whoever comes from another node says which revision must be known.
    const node = this.other(this.nodes.find((one) => one.name === made.answer.node));
    const headers = { 'gatehouse-at-least-revision': made.answer.headers['gatehouse-revision'] };
    const asked = await ask(node, 'POST', '/api/v1/auth/tokens?grant_type=client_credentials', { json: { clientId, clientSecret }, headers });
    this.recorder.use('a new client', asked);
    const removed = await this.change('client.remove', ['DELETE', `/api/v1/oauth2/client-credentials/${id}`], {
      token: as,
      effects: [{ key, value: null }],
      entries: [{ action: 'client.removed', target: id }],
    });
    if (removed.outcome !== 'acknowledged' || asked.outcome !== 'acknowledged') return false;
    await this.probe('a token of a removed client', removed, opened, 'GET', kCurrent, { token: asked.json.accessToken });
    return true;
  }
}

// Invitations: the secret of the mail is offered on both nodes at once, or the invitation is taken back.
export class Invitations extends Life {
  async begin() {
    this.boss = await this.boss();
    this.world.bosses.push(this.boss);
    this.open = [];
    return this;
  }

  async step() {
    if (this.open.length < 3) await this.invite();
    const arrived = [];
    for (const one of this.open) if ((one.token = await this.world.mails.tokenFor(one.email))) arrived.push(one);
    if (arrived.length === 0) return false;
    const [one] = arrived;
    this.open.splice(this.open.indexOf(one), 1);
    return chance(0.75) ? this.accept(one) : this.reject(one);
  }

  async invite() {
    const email = this.address('invited');
    const company = this.unique('invited');
    const { outcome, answer } = await this.change('invitation.create', ['POST', '/access/invite'], {
      token: this.boss.token,
      json: { email, company_name: company, relation_type: chance(0.5) ? 'agency' : 'customer' },
      effects: [{ key: `invitation ${email}`, value: 'pending' }],
      entries: [{ action: 'invitation.created', after: { email } }],
    });
    if (outcome !== 'acknowledged') return;
    this.world.mails.expected.add(email);
    this.open.push({ id: answer.json.data.invitation_id, email, company });
  }

  async accept({ id, email, company, token }) {
    const answers = await Promise.all(this.nodes.map((node) => ask(node, 'POST', '/access/invite/accept', { json: { token } })));
    this.recorder.secret(`the invitation of ${email}`, answers);
    const effects = [[`invitation ${email}`, 'accepted'], [`organization ${company}`, ''], [`user ${email}`, '|active']];
    const { outcome } = this.recorder.operation('invitation.accept', answers, {
      effects: effects.map(([key, value]) => ({ key, value })),
      entries: [{ action: 'invitation.accepted', target: id }, { action: 'organization.created', after: { name: company } }, { action: 'user.created', after: { userName: email } }],
    });
    return outcome === 'acknowledged';
  }

  async reject({ id, email }) {
    const { outcome } = await this.change('invitation.reject', ['POST', `/access/invite/${id}/reject`], {
      token: this.boss.token,
      effects: [{ key: `invitation ${email}`, value: 'rejected' }],
      entries: [{ action: 'invitation.rejected', target: id }],
    });
    return outcome === 'acknowledged';
  }
}
