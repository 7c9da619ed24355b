// The decision: OpenID AuthZEN Authorization API 1.0, clauses 5 to 7, 9 and the HTTPS binding, with our reasons and revisions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startWorld } from '../support/v1.mjs';

const kOne = '/access/v1/evaluation';
const kMany = '/access/v1/evaluations';
const kNobody = '01920000-0000-7000-8000-000000000000';
let world;
let ann;     // admin of top
let bob;     // viewer of middle
let eve;     // admin of her own
let top;
let middle;
let leaf;
let hers;
before(async () => {
  world = await startWorld();
  [ann, bob, eve] = [await world.person('Ann'), await world.person('Bob'), await world.person('Eve')];
  top = await world.organization({ as: ann });
  middle = await world.organization({ as: ann, parent: top });
  leaf = await world.organization({ as: ann, parent: middle });
  hers = await world.organization({ as: eve });
  await world.member(middle, bob, 'viewer', ann);
});
after(async () => { await world?.stop(); });

const question = (user, permission, organization, more = {}) => ({
  subject: { type: 'user', id: user.id ?? user }, action: { name: permission }, resource: { type: 'organization', id: organization.orgId ?? organization }, ...more,
});
async function decide(as, body) {
  const answer = await world.call('POST', kOne, { as, body });
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'], /^application\/json\b/);
  assert.equal(typeof answer.json.decision, 'boolean');
  return answer.json;
}

test('decisions: who may do what where', async (t) => {
  const root = world.admin;
  const rows = [
    ['an admin edits where it is held', ann, ann, 'organizations.edit', top, true],
    ['an admin edits below', ann, ann, 'organizations.edit', leaf, true],
    ['an admin sells below', ann, ann, 'orders.edit', leaf, true],
    ['an admin not elsewhere', ann, ann, 'organizations.edit', hers, false],
    ["an admin not on the platform's business", ann, ann, 'accounts.edit', top, false],
    ['a viewer views', ann, bob, 'organizations.view', middle, true],
    ['a viewer views below', ann, bob, 'users.view', leaf, true],
    ['a viewer not above', ann, bob, 'organizations.view', top, false],
    ['a viewer does not edit', ann, bob, 'organizations.edit', middle, false],
    ['a stranger holds nothing', ann, eve, 'organizations.view', top, false],
    ['a permission nobody knows', ann, ann, 'moon.land', top, false],
    ['a user nobody knows', ann, kNobody, 'organizations.view', top, false],
    ['a user that is no id', ann, 'alice', 'organizations.view', top, false],
    ['the platform administrator holds everything', root, root, 'accounts.edit', top, true],
    ['asked about oneself', bob, bob, 'organizations.view', middle, true],
    ['asked about oneself, denied', bob, bob, 'organizations.edit', middle, false],
    ['asked about oneself elsewhere', bob, bob, 'organizations.view', hers, false],
    ['asked about oneself nowhere', bob, bob, 'organizations.view', kNobody, false],
  ];
  for (const [name, as, subject, permission, organization, want] of rows) {
    await t.test(name, async () => {
      const { decision, context } = await decide(as, question(subject, permission, organization));
      assert.equal(decision, want, JSON.stringify(context));
      assert.ok(Number.isInteger(context.revision), 'the revision it was made at');
    });
  }
});

test('reasons: the role and where it is held, or what would have been enough', async () => {
  const allowed = await decide(ann, question(bob, 'users.view', leaf));
  const { reason } = allowed.context;
  assert.equal(reason.role, 'viewer');
  assert.equal(reason.held_at, middle.orgId, 'through the ancestor');
  const direct = await decide(ann, question(bob, 'users.view', middle));
  assert.equal(direct.context.reason.held_at, middle.orgId);
  const denied = await decide(ann, question(bob, 'organizations.edit', middle));
  assert.ok(denied.context.reason.enough.includes('admin'), JSON.stringify(denied));
  assert.ok(denied.context.reason.why_not);
  const orders = await decide(ann, question(bob, 'orders.edit', middle));
  assert.ok(orders.context.reason.enough.some((role) => ['ORDERS_EDIT', 'operator'].includes(role)), JSON.stringify(orders));
});

test('decisions follow changes at once, on the revision they tell', async () => {
  const cat = await world.person('Cat');
  const before = await decide(ann, question(cat, 'orders.edit', middle));
  assert.equal(before.decision, false);
  await world.member(top, cat, 'operator', ann);
  const after = await decide(ann, question(cat, 'orders.edit', middle));
  assert.equal(after.decision, true);
  assert.ok(after.context.revision > before.context.revision);
  await world.must(204, 'DELETE', `/api/v1/orgs/${top.orgId}/users/${cat.id}`, { as: ann });
  assert.equal((await decide(ann, question(cat, 'orders.edit', middle))).decision, false);
  const word = /^[A-Z]/.test((await world.must(200, 'GET', `/api/v1/users/${cat.id}`, { as: world.admin })).status) ? 'Inactive' : 'inactive';
  await world.member(top, cat, 'operator', ann);
  await world.must(200, 'PATCH', `/api/v1/users/${cat.id}`, { as: world.admin, body: { status: word } });
  const off = await decide(ann, question(cat, 'orders.edit', middle));
  assert.equal(off.decision, false, 'whoever is inactive holds nothing');
});

test('at least revision R: at what is, yes; from the future, no answer that is older', async () => {
  const { context: { revision } } = await decide(ann, question(bob, 'users.view', middle));
  const demand = (at_least_revision) => world.call('POST', kOne, { as: ann, body: question(bob, 'users.view', middle, { context: { at_least_revision } }) });
  const met = await demand(revision);
  assert.equal(met.status, 200);
  assert.ok(met.json.context.revision >= revision);
  const future = await demand(revision + 1_000_000);
  assert.ok(future.status !== 200 || future.json.decision === false, future.text);
  assert.ok([200, 409, 412, 503].includes(future.status), `${future.status}`);
  for (const bad of ['x', -1, 1.5, null]) assert.equal((await demand(bad)).status, 400, JSON.stringify(bad));
});

test('who may ask: those with decisions.evaluate there, and everybody about themselves', async (t) => {
  const bystander = await world.bystander(middle, ann);
  const rows = [
    ['an admin about a member', ann, () => question(bob, 'users.view', middle), 200],
    ['an admin about a stranger, at home', ann, () => question(eve, 'users.view', middle), 200],
    ['an admin about a stranger, elsewhere', ann, () => question(eve, 'users.view', hers), 403],
    ['an admin, nowhere', ann, () => question(eve, 'users.view', kNobody), 403],
    ['a viewer about another', bob, () => question(ann, 'users.view', middle), 403],
    ['a viewer about itself', bob, () => question(bob, 'users.view', middle), 200],
    ['a client about itself', bystander, () => ({ ...question(bob, 'orders.view', middle), subject: { type: 'client', id: bystander.clientId } }), 200],
    ['a client about another', bystander, () => question(ann, 'users.view', middle), 403],
    ['a platform administrator about anybody anywhere', null, () => question(eve, 'users.view', hers), 200],
    ['nobody', false, () => question(bob, 'users.view', middle), 401],
    ['garbage', 'garbage', () => question(bob, 'users.view', middle), 401],
  ];
  for (const [name, as, body, status] of rows) {
    await t.test(name, async () => {
      const answer = await world.call('POST', kOne, { as: as === null ? world.admin : as === false ? null : as, body: body() });
      assert.equal(answer.status, status, answer.text);
      if (status === 401) assert.match(answer.headers['www-authenticate'], /^Bearer/);
    });
  }
  const plain = (answer) => JSON.stringify({ ...answer.json, traceId: 0, instance: 0 }).replaceAll(hers.orgId, '*').replaceAll(kNobody, '*');
  const [hidden, unknown] = await Promise.all([hers, kNobody].map((where) => world.call('POST', kOne, { as: ann, body: question(eve, 'users.view', where) })));
  assert.equal(plain(hidden), plain(unknown), 'a hidden organization looks like none');
  const [selfHidden, selfUnknown] = await Promise.all([hers, kNobody].map((where) => decide(bob, question(bob, 'users.view', where))));
  assert.deepEqual(selfHidden, selfUnknown, 'also to those who ask about themselves');
});

test('clients as subjects: the owner’s rights, narrowed, and no more after the end', async () => {
  const owner = { ...ann, ...(await world.signIn(ann.email)) };
  const seller = await world.client(owner, ['orders.read']);
  const at = (permission, organization) => ({ ...question(ann, permission, organization), subject: { type: 'client', id: seller.clientId } });
  const { activeOrgId } = await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: owner });
  const home = [top, middle, leaf].find((organization) => organization.orgId === activeOrgId);
  assert.ok(home, 'the session is at work somewhere');
  assert.equal((await decide(world.admin, at('orders.view', home))).decision, true);
  assert.equal((await decide(world.admin, at('orders.edit', home))).decision, false, 'beyond the scope');
  assert.equal((await decide(world.admin, at('orders.view', hers))).decision, false, 'outside');
  await world.must(204, 'DELETE', `/api/v1/oauth2/client-credentials/${seller.clientCredentialId}`, { as: owner });
  assert.equal((await decide(world.admin, at('orders.view', home))).decision, false);
  assert.equal((await decide(world.admin, { ...at('orders.view', home), subject: { type: 'token', id: kNobody } })).decision, false);
});

test('requests that are none', async (t) => {
  const good = question(bob, 'users.view', middle);
  const without = (key) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== key));
  const rows = [
    ['no body', { raw: '', type: 'application/json' }, 400],
    ['no JSON', { raw: '{', type: 'application/json' }, 400],
    ['a list', { body: [] }, 400],
    ['a text', { body: 'x' }, 400],
    ['empty', { body: {} }, 400],
    ['no subject', { body: without('subject') }, 400],
    ['no action', { body: without('action') }, 400],
    ['no resource', { body: without('resource') }, 400],
    ['subject a text', { body: { ...good, subject: 'bob' } }, 400],
    ['subject null', { body: { ...good, subject: null } }, 400],
    ['subject without type', { body: { ...good, subject: { id: bob.id } } }, 400],
    ['subject without id', { body: { ...good, subject: { type: 'user' } } }, 400],
    ['subject id a number', { body: { ...good, subject: { type: 'user', id: 1 } } }, 400],
    ['subject type a list', { body: { ...good, subject: { type: ['user'], id: bob.id } } }, 400],
    ['subject properties a text', { body: { ...good, subject: { type: 'user', id: bob.id, properties: 'x' } } }, 400],
    ['action without name', { body: { ...good, action: {} } }, 400],
    ['action a text', { body: { ...good, action: 'users.view' } }, 400],
    ['action name a number', { body: { ...good, action: { name: 7 } } }, 400],
    ['resource without type', { body: { ...good, resource: { id: middle.orgId } } }, 400],
    ['resource without id', { body: { ...good, resource: { type: 'organization' } } }, 400],
    ['context a text', { body: { ...good, context: 'x' } }, 400],
    ['a subject twice', { raw: `{"subject":{"type":"user","id":"${bob.id}"},"subject":{"type":"user","id":"${ann.id}"},"action":{"name":"users.view"},"resource":{"type":"organization","id":"${middle.orgId}"}}`, type: 'application/json' }, 400],
    ['text/plain', { raw: JSON.stringify(good), type: 'text/plain' }, [400, 415]],
    ['too large', { body: { ...good, context: { pad: 'x'.repeat(1 << 20) } } }, 413],
    ['members nobody knows are ignored', { body: { ...good, extra: { a: 1 } } }, 200],
    ['properties and context are taken', { body: { ...good, subject: { ...good.subject, properties: { department: 'x' } }, action: { name: 'users.view', properties: { method: 'GET' } }, resource: { ...good.resource, properties: { a: [1, { b: null }] } }, context: { time: '2024-10-26T01:22-07:00' } } }, 200],
    ['the member order is no matter', { body: { resource: good.resource, action: good.action, subject: good.subject } }, 200],
  ];
  for (const [name, options, status] of rows) {
    await t.test(name, async () => {
      const answer = await world.call('POST', kOne, { as: ann, ...options });
      assert.ok([status].flat().includes(answer.status), `${answer.status} ${answer.text}`);
      if (answer.status === 200) assert.equal(answer.json.decision, true);
      else assert.ok(answer.text.length > 0, 'the binding: an error message');
    });
  }
  for (const [type, id] of [['subject', 'ghost'], ['resource', 'document']]) {
    const answer = await world.call('POST', kOne, { as: world.admin, body: { ...good, [type]: { type: id, id: 'x' } } });
    assert.ok(answer.status === 400 || (answer.status === 200 && answer.json.decision === false), `an unknown ${type} type: ${answer.text}`);
  }
  assert.equal((await world.call('GET', kOne, { as: ann })).status, 405);
});

test('batch: order, defaults, and one evaluation that comes alone', async () => {
  const answer = await world.must(200, 'POST', kMany, { as: ann, body: {
    subject: { type: 'user', id: bob.id }, resource: { type: 'organization', id: middle.orgId },
    evaluations: [
      { action: { name: 'users.view' } },
      { action: { name: 'organizations.edit' } },
      { action: { name: 'organizations.edit' }, subject: { type: 'user', id: ann.id } },
      { action: { name: 'users.view' }, resource: { type: 'organization', id: top.orgId } },
    ],
  } });
  assert.deepEqual(answer.evaluations.map((item) => item.decision), [true, false, true, false]);
  assert.ok(!('decision' in answer), '7.2: the decision of the whole is left out');
  for (const body of [question(bob, 'users.view', middle), { ...question(bob, 'users.view', middle), evaluations: [] }]) {
    const single = await world.must(200, 'POST', kMany, { as: ann, body });
    assert.equal(single.decision, true, '7.1: without evaluations it is a single one');
  }
  const alone = await world.must(200, 'POST', kMany, { as: ann, body: { evaluations: [question(bob, 'users.view', middle)] } });
  assert.deepEqual(alone.evaluations.map((item) => item.decision), [true]);
  const revisions = new Set(answer.evaluations.map((item) => item.context.revision));
  assert.equal(revisions.size, 1, 'one batch is decided at one revision');
});

test('batch: a default member is replaced whole, not mixed', async () => {
  const answer = await world.must(200, 'POST', kMany, { as: ann, body: {
    ...question(bob, 'users.view', middle),
    evaluations: [{}, { subject: { type: 'user' } }, { resource: { id: top.orgId } }],
  } });
  assert.equal(answer.evaluations[0].decision, true);
  for (const item of answer.evaluations.slice(1)) {
    assert.equal(item.decision, false);
    assert.equal(item.context.error.status, 400);
  }
});

test('batch: semantics', async (t) => {
  const item = (permission) => ({ action: { name: permission } });
  const [yes, no] = [item('users.view'), item('organizations.edit')];
  const rows = [
    [undefined, [yes, no, yes], [true, false, true]],
    ['execute_all', [no, yes, no], [false, true, false]],
    ['deny_on_first_deny', [yes, no, yes], [true, false]],
    ['deny_on_first_deny', [yes, yes], [true, true]],
    ['deny_on_first_deny', [no, yes], [false]],
    ['deny_on_first_deny', [yes, {}, yes], [true, false]],
    ['permit_on_first_permit', [no, yes, no], [false, true]],
    ['permit_on_first_permit', [no, no], [false, false]],
    ['permit_on_first_permit', [yes, no], [true]],
    ['permit_on_first_permit', [{}, yes, no], [false, true]],
  ];
  const common = { subject: { type: 'user', id: bob.id }, resource: { type: 'organization', id: middle.orgId } };
  for (const [semantic, evaluations, want] of rows) {
    await t.test(`${semantic ?? 'none said'} ${want}`, async () => {
      const options = semantic === undefined ? {} : { options: { evaluations_semantic: semantic } };
      const answer = await world.must(200, 'POST', kMany, { as: ann, body: { ...common, ...options, evaluations } });
      assert.deepEqual(answer.evaluations.map((one) => one.decision), want);
    });
  }
  for (const bad of ['all', '', 1, null, ['execute_all']]) {
    const answer = await world.call('POST', kMany, { as: ann, body: { ...common, options: { evaluations_semantic: bad }, evaluations: [yes] } });
    assert.equal(answer.status, 400, `${JSON.stringify(bad)}: ${answer.text}`);
  }
  await world.must(200, 'POST', kMany, { as: ann, body: { ...common, options: { another_option: 'value' }, evaluations: [yes] } });
});

test('batch: a faulty or forbidden evaluation is answered in its place', async () => {
  const answer = await world.must(200, 'POST', kMany, { as: ann, body: { evaluations: [
    question(bob, 'users.view', middle),
    { subject: { type: 'user', id: bob.id }, action: { name: 'users.view' } },
    question(eve, 'users.view', hers),
    'x',
    question(bob, 'users.view', leaf),
  ] } });
  assert.deepEqual(answer.evaluations.map((item) => item.decision), [true, false, false, false, true]);
  assert.deepEqual(answer.evaluations.map((item) => item.context.error?.status), [undefined, 400, 403, 400, undefined]);
  assert.ok(answer.evaluations[1].context.error.message.length > 0);
});

test('batch: limits', async () => {
  const common = { subject: { type: 'user', id: bob.id }, resource: { type: 'organization', id: middle.orgId } };
  const many = (n) => ({ ...common, evaluations: Array.from({ length: n }, (_, i) => ({ action: { name: i % 2 ? 'users.view' : 'organizations.edit' } })) });
  const answer = await world.must(200, 'POST', kMany, { as: ann, body: many(1000) });
  assert.equal(answer.evaluations.length, 1000);
  assert.ok(answer.evaluations.every((item, i) => item.decision === (i % 2 === 1)));
  assert.ok([400, 413].includes((await world.call('POST', kMany, { as: ann, body: many(1001) })).status));
  for (const evaluations of ['x', {}, 5]) assert.equal((await world.call('POST', kMany, { as: ann, body: { ...common, evaluations } })).status, 400);
  assert.equal((await world.call('POST', kMany, { body: many(1) })).status, 401);
});

test('X-Request-ID comes back', async () => {
  for (const [as, body] of [[ann, question(bob, 'users.view', middle)], [ann, {}], [null, {}]]) {
    const answer = await world.call('POST', kOne, { as, body, headers: { 'X-Request-ID': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' } });
    assert.equal(answer.headers['x-request-id'], 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716');
  }
});

test('metadata: what is offered and where, on the configured public address', async () => {
  const answer = await world.call('GET', '/.well-known/authzen-configuration', { headers: { Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' } });
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type'], /^application\/json\b/);
  const metadata = answer.json;
  assert.ok(!answer.text.includes('evil'), 'never a request’s Host');
  const base = metadata.policy_decision_point;
  assert.match(base, /^https?:\/\/[^?#]+$/);
  assert.equal(metadata.access_evaluation_endpoint, `${base}${kOne}`);
  assert.equal(metadata.access_evaluations_endpoint, `${base}${kMany}`);
  for (const [name, value] of Object.entries(metadata)) assert.ok(value !== null && (!Array.isArray(value) || value.length > 0), `${name}: without values it is left out`);
});

test('the engine and the surface agree', async () => {
  for (const [person, organization] of [[ann, top], [ann, leaf], [ann, hers], [bob, top], [bob, middle], [bob, leaf], [eve, middle], [eve, hers]]) {
    const may = (await decide(world.admin, question(person, 'organizations.edit', organization))).decision;
    const { status } = await world.call('PATCH', `/api/v1/orgs/${organization.orgId}`, { as: person, body: {} });
    assert.equal(status === 200, may, `${person.displayName} at ${organization.name}: ${status}`);
  }
});
