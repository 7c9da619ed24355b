// Clients that give and take rights, and try on both nodes what was given, and whether what was taken is gone.
import { ask } from './asking.mjs';
import { Life } from './life.mjs';

// Memberships of one organization: added, changed, removed; the member looks at the organization.
export class Memberships extends Life {
  async begin() {
    this.person = await this.person();
    return this;
  }

  async step() {
    const name = this.unique('club');
    const made = await this.create('organization.create', ['POST', '/api/v1/orgs'], {
      json: { name, description: 'club' },
      effects: [{ key: `organization ${name}`, value: 'club' }],
      entries: [{ action: 'organization.created', after: { name } }],
    });
    if (made.outcome !== 'acknowledged') return false;
    const { orgId } = made.answer.json;
    this.world.clubs.add(orgId);
    for (let round = 0; round < 2 && this.world.isOn(); round += 1) if (!(await this.round(orgId))) return false;
    return true;
  }

  async round(orgId) {
    const { id, token } = this.person;
    const key = `member ${orgId} ${id}`;
    const path = `/api/v1/orgs/${orgId}`;
    const entry = (action) => [{ action, target: id, organization: orgId }];
    const added = await this.change('membership.create', ['POST', `${path}/users`], { json: { userId: id, orgRole: 'viewer' }, effects: [{ key, value: 'viewer' }], entries: entry('membership.created') });
    if (added.outcome !== 'acknowledged') return false;
    await this.use('a new membership', added.answer, 'GET', path, { token });
    const edited = await this.change('membership.edit', ['PATCH', `${path}/users/${id}`], { json: { orgRole: 'operator' }, effects: [{ key, value: 'operator' }], entries: entry('membership.updated') });
    if (edited.outcome === 'unknown') return false;
    const removed = await this.change('membership.remove', ['DELETE', `${path}/users/${id}`], { effects: [{ key, value: null }], entries: entry('membership.removed') });
    if (removed.outcome !== 'acknowledged') return false;
    const verdict = ({ status }) => (status === 200 ? 'allowed' : [401, 403, 404].includes(status) ? 'refused' : 'none');
    await this.probe('the look at an organization', removed, verdict, 'GET', path, { token });
    return true;
  }
}

// A role everywhere, and the decisions that hang on it.
export class PlatformRoles extends Life {
  async begin() {
    const asked = await ask(this.nodes[0], 'GET', '/api/Role', { token: this.admin.token });
    this.roleId = asked.json.find(({ name }) => name === 'REPORTS_VIEW').roleId;
    this.place = await this.organization();
    return this;
  }

  async step() {
    const granted = await this.grant();
    if (granted?.outcome !== 'acknowledged') return false;
    await this.decide(granted);
    return this.revoke(granted.userId);
  }

  // To a new account: the operation with the account's id.
  async grant() {
    const userName = this.address('reporter');
    const made = await this.create('account.create', ['POST', '/api/v1/users'], {
      json: { userName, email: userName, displayName: 'reporter' },
      effects: [{ key: `user ${userName}`, value: 'reporter|new' }],
      entries: [{ action: 'user.created', after: { userName } }],
    });
    if (made.outcome !== 'acknowledged') return null;
    const userId = made.answer.json.userId;
    this.world.reporters.add(userId);
    const granted = await this.change('role.grant', ['POST', '/api/UserRole'], {
      json: { userId, roleId: this.roleId },
      effects: [{ key: `role REPORTS_VIEW of ${userId}`, value: 'held' }],
      entries: [{ action: 'membership.created', target: userId }],
    });
    return { ...granted, userId };
  }

  // Taken away, and then asked for on all nodes.
  async revoke(userId, node = this.one()) {
    const revoked = await this.change('role.revoke', ['DELETE', `/api/UserRole?userId=${userId}&roleId=${this.roleId}`], {
      node,
      effects: [{ key: `role REPORTS_VIEW of ${userId}`, value: null }],
      entries: [{ action: 'membership.removed', target: userId }],
    });
    if (revoked.outcome !== 'acknowledged') return false;
    const verdict = ({ status, json }) => (status !== 200 ? 'none' : json.decision ? 'allowed' : 'refused');
    await this.probe('a decision', revoked, verdict, 'POST', '/access/v1/evaluation', this.question(userId));
    return true;
  }

  question(userId) {
    const json = { subject: { type: 'user', id: userId }, action: { name: 'reports.view' }, resource: { type: 'organization', id: this.place.orgId } };
    return { token: this.admin.token, json };
  }

  // A decision at or after the revision of the grant must know of it: "no" is as wrong as a refusal to answer.
  async decide({ userId, answer }) {
    const revision = answer.headers['gatehouse-revision'];
    const node = this.other(this.nodes.find(({ name }) => name === answer.node));
    const headers = revision ? { 'gatehouse-at-least-revision': revision } : {};
    const decided = await ask(node, 'POST', '/access/v1/evaluation', { ...this.question(userId), headers });
    if (decided.status === 200 && decided.json.decision === false && revision) Object.assign(decided, { status: 403 });
    this.recorder.use(`a decision at revision ${revision}`, decided);
  }
}
