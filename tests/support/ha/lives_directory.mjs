// Clients that make, change, move and remove organizations and accounts, and such as may not.
import { setTimeout as pause } from 'node:timers/promises';
import { Life, any, chance } from './life.mjs';

export class Organizations extends Life {
  async begin() {
    this.parents = [await this.organization(), await this.organization()];
    this.stranger = await this.person('stranger');
    return this;
  }

  async step() {
    const name = this.unique('organization');
    const parent = any(this.parents);
    const made = await this.create('organization.create', ['POST', '/api/v1/orgs'], {
      json: { name, description: 'made', parentOrgId: parent.orgId },
      effects: [{ key: `organization ${name}`, value: 'made' }, { key: `parent of ${name}`, value: parent.name }],
      entries: [{ action: 'organization.created', after: { name } }],
    });
    if (made.outcome !== 'acknowledged') return false;
    const { orgId } = made.answer.json;
    for (let edits = 0; edits < 3; edits += 1) {
      const edited = await this.edit(name, orgId);
      if (edited.outcome === 'unknown') return false;
    }
    if (chance(0.3)) await this.trespass(name, orgId);
    if (chance(0.3) && (await this.move(name, orgId, parent)).outcome === 'unknown') return false;
    if (chance(0.4)) await this.remove(name, orgId);
    return true;
  }

  edit(name, orgId) {
    const description = this.unique('edit');
    return this.change('organization.edit', ['PATCH', `/api/v1/orgs/${orgId}`], {
      json: { description },
      effects: [{ key: `organization ${name}`, value: description }],
      entries: [{ action: 'organization.updated', target: orgId, after: { description } }],
    });
  }

  move(name, orgId, from) {
    const to = this.parents.find(({ orgId: id }) => id !== from.orgId);
    return this.change('organization.move', ['POST', `/api/v1/orgs/${orgId}/parent`], {
      json: { parentOrgId: to.orgId },
      effects: [{ key: `parent of ${name}`, value: to.name }],
      entries: [{ action: 'organization.moved', target: orgId }],
    });
  }

  remove(name, orgId) {
    return this.change('organization.remove', ['DELETE', `/api/v1/orgs/${orgId}`], {
      effects: [{ key: `organization ${name}`, value: null }, { key: `parent of ${name}`, value: null }],
      entries: [{ action: 'organization.removed', target: orgId }],
    });
  }

  // By somebody who has no right there, and under a name that is taken.
  async trespass(name, orgId) {
    const description = this.unique('trespass');
    const effects = [{ key: `organization ${name}`, value: description }];
    await this.change('organization.trespass', ['PATCH', `/api/v1/orgs/${orgId}`], { json: { description }, token: this.stranger.token, effects, mustRefuse: true });
    const parentOrgId = any(this.parents).orgId;
    await this.change('organization.imitate', ['POST', '/api/v1/orgs'], { json: { name: name.toUpperCase(), description, parentOrgId }, effects, mustRefuse: true });
  }
}

// One organization is edited again and again, without rest, on one node: its pace shows when writes stop.
export class Pulse extends Life {
  constructor(world, node) {
    super(world, `pulse of ${node.name}`);
    this.node = node;
  }

  async begin() {
    this.home = await this.organization();
    return this;
  }

  async step() {
    const description = this.unique('beat');
    const { outcome } = await this.change('organization.edit', ['PATCH', `/api/v1/orgs/${this.home.orgId}`], {
      node: this.node,
      json: { description },
      effects: [{ key: `organization ${this.home.name}`, value: description }],
      entries: [{ action: 'organization.updated', target: this.home.orgId, after: { description } }],
    });
    if (outcome === 'unknown') this.home = await this.next();
    return outcome === 'acknowledged';
  }

  async next() {
    for (;;) {
      const name = this.unique('home');
      const made = await this.create('organization.create', ['POST', '/api/v1/orgs'], {
        json: { name, description: 'home' },
        effects: [{ key: `organization ${name}`, value: 'home' }],
        entries: [{ action: 'organization.created', after: { name } }],
      });
      if (made.outcome === 'acknowledged') return made.answer.json;
      await pause(50);
    }
  }
}

export class Accounts extends Life {
  async begin() {
    return this;
  }

  async step() {
    const userName = this.address('account');
    const key = `user ${userName}`;
    const made = await this.create('account.create', ['POST', '/api/v1/users'], {
      json: { userName, email: userName, displayName: 'made' },
      effects: [{ key, value: 'made|new' }],
      entries: [{ action: 'user.created', after: { userName } }],
    });
    if (made.outcome !== 'acknowledged') return false;
    const id = made.answer.json.userId;
    const displayName = this.unique('name');
    const named = await this.change('account.edit', ['PATCH', `/api/v1/users/${id}`], {
      json: { displayName },
      effects: [{ key, value: `${displayName}|new` }],
      entries: [{ action: 'user.updated', target: id, after: { displayName } }],
    });
    if (named.outcome !== 'acknowledged') return false;
    const blocked = await this.change('account.deactivate', ['PUT', '/api/UserStatus'], {
      json: { userId: id, status: 'Inactive' },
      effects: [{ key, value: `${displayName}|inactive` }],
      entries: [{ action: 'user.updated', target: id, after: { status: 'inactive' } }],
    });
    if (blocked.outcome === 'unknown') return false;
    if (chance(0.5)) {
      await this.change('account.remove', ['DELETE', `/api/v1/users/${id}`], { effects: [{ key, value: null }], entries: [{ action: 'user.removed', target: id }] });
    }
    return true;
  }
}
