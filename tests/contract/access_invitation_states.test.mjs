// Every state of an invitation × every action × every side, in both directions, and what time does to it: CONTRACTS.md
// section 2.2, A11 to A13, section 7, 3. A cell has an organization and an invitation of its own.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { kTime, startAccess, unique } from '../support/access.mjs';

// host: invites, with USER_ADD; watcher: of the inviting side, with USER_VIEW; boss: of the invited side, with USER_ADD;
// guest: the invited person, without a role; idle: of the invited side, without a role; stranger: of neither.
const kSides = ['host', 'watcher', 'boss', 'guest', 'idle', 'stranger'];
const kPending = ['young', 'old', 'lapsed'];
const kOver = ['accepted', 'rejected', 'ended'];
const kWhen = { young: '+0', old: '+3d', lapsed: '+8d', accepted: '+0', rejected: '+0', ended: '+0' };

// The status that is due; several where two reasons of the contract meet and it does not say which is told.
function due(state, action, side) {
  const pending = kPending.includes(state);
  if (action === 'accept') return state === 'young' || state === 'old' ? [200] : [400];
  if (side === 'stranger') return [400];
  if (side === 'watcher') return pending ? [403] : [400, 403];
  if (side === 'idle') return pending && action === 'reject' ? [403] : [400, 403];
  if (action === 'reject') return pending ? [200] : [400];
  if (side === 'boss') return [400];
  if (side === 'guest') return [400, 403];
  return state === 'old' || state === 'lapsed' ? [200] : [400];
}

let world;
let people;
let agency;
before(async () => {
  world = await startAccess({ fakeTime: '+0' });
  agency = await world.company('Agency');
  const stranger = await world.company('Stranger');
  const [host, watcher] = [await world.person('Host'), await world.person('Watcher')];
  const [guest, idle] = [await world.hire(agency, [], 'Guest'), await world.hire(agency, [], 'Idle')];
  people = { host, watcher, boss: agency.boss, guest, idle, stranger: stranger.boss };
});
after(async () => { await world?.stop(); });
// Node runs this before every subtest too, so a subtest that needs another time travels by itself.
beforeEach(() => world.travel('+0', ...Object.values(people)));

const listed = async (as, id) => (await world.list('/access/invite', as)).find((item) => item.id === id);

// An organization of the host's own that has invited the guest.
async function invited(relation) {
  const { host, watcher, guest } = people;
  const name = unique('Inviter');
  const { orgId } = await world.organization({ as: host, name });
  await world.switchTo(host, { name });
  await world.done('/access/add', host, { email: watcher.email });
  await world.done('/access/edit', host, { user_id: watcher.id, add: ['USER_VIEW'] });
  return { name, orgId, relation, ...(await world.invite(host, guest.email, agency.name, relation)) };
}

async function cell(state, relation) {
  const made = await invited(relation);
  if (state === 'rejected') await world.done(`/access/invite/${made.invitation_id}/reject`, people.host);
  if (state === 'accepted' || state === 'ended') made.connection_id = (await world.accept(made.token)).connection_id;
  if (state === 'ended') await world.end({ boss: people.host }, made);
  return made;
}

async function attempt(state, action, side, made) {
  const id = made.invitation_id;
  await world.travel(kWhen[state], ...Object.values(people));
  await world.switchTo(people.host, made);
  if (side === 'watcher') await world.switchTo(people.watcher, made);
  const before = await listed(people.host, id);
  const path = action === 'accept' ? '/access/invite/accept' : `/access/invite/${id}/${action}`;
  const answer = await world.ask('POST', path, action === 'accept' ? { body: { token: made.token } } : { as: people[side] });
  const expected = due(state, action, side);
  assert.ok(expected.includes(answer.status), `${answer.status}, not ${expected.join(' or ')}: ${answer.text}`);
  const after = await listed(people.host, id);
  if (answer.status !== 200) return assert.deepEqual(after, before, 'a refusal changes nothing');
  const { data } = answer.json;
  if (action === 'reject') {
    assert.deepEqual(data, { invitation_id: id, status: 'rejected', rejected_by: side === 'host' ? 'inviter' : 'invitee' });
    assert.deepEqual({ ...after, responded_at: null }, { ...before, status: 'rejected', can_resend: false });
    await world.refused(400, '/access/invite/accept', null, { token: made.token });
  } else if (action === 'resend') {
    assert.deepEqual(data, { invitation_id: id, last_sent_at: after.last_sent_at });
    assert.match(data.last_sent_at, kTime);
    assert.deepEqual({ ...after, last_sent_at: before.last_sent_at }, before);
    assert.notEqual(after.last_sent_at, before.last_sent_at);
    const { token } = await world.mail.invitation(made.email);
    assert.notEqual(token, made.token);
    await world.refused([400, 401], '/access/invite/accept', null, { token: made.token });
    assert.equal((await world.accept(token)).invitation_id, id, 'the new secret works');
    const events = (await world.list('/access/notifications', people.host)).filter((item) => item.invitation_id === id).map(({ event }) => event);
    assert.deepEqual(events, ['invitation.accepted', 'invitation.resent', 'invitation.sent']);
  } else {
    assert.deepEqual([after.status, after.connection_id], ['accepted', data.connection_id]);
  }
}

for (const state of [...kPending, ...kOver]) {
  test(`${state}: accept, reject and resend from every side`, async (t) => {
    const cells = [];
    for (const relation of ['agency', 'customer']) {
      cells.push({ action: 'accept', side: 'nobody', made: await cell(state, relation) });
      for (const action of ['reject', 'resend']) {
        for (const side of kSides) cells.push({ action, side, made: await cell(state, relation) });
      }
    }
    for (const { action, side, made } of cells) {
      await t.test(`${action} by ${side}, invited as ${made.relation}`, () => attempt(state, action, side, made));
    }
  });
}

test('the list says what may be sent again: pending ones older than two days, on the side that sent them', async () => {
  const made = {};
  for (const state of ['young', 'accepted', 'rejected', 'ended']) made[state] = await cell(state, 'agency');
  for (const [offset, again] of [['+47h', false], ['+49h', true], ['+8d', true]]) {
    await world.travel(offset, ...Object.values(people));
    for (const [state, { name, invitation_id }] of Object.entries(made)) {
      await world.switchTo(people.host, { name });
      const [sent, received] = [await listed(people.host, invitation_id), await listed(people.boss, invitation_id)];
      assert.deepEqual([sent.direction, sent.can_resend], ['sent', again && state === 'young'], `${state} at ${offset}`);
      assert.deepEqual([received.direction, received.can_resend], ['received', false]);
      assert.equal(sent.status, { young: 'pending', ended: 'accepted' }[state] ?? state, 'a lapsed one still reads pending, an ended one accepted');
    }
  }
});

test('two days are the age of the invitation, not of its last mail, and not a minute less', async () => {
  const made = await invited('agency');
  const path = `/access/invite/${made.invitation_id}/resend`;
  await world.travel('+2879m', people.host);
  await world.refused(400, path, people.host);
  await world.travel('+2881m', people.host);
  const secrets = [];
  for (let i = 0; i < 2; i += 1) {
    await world.done(path, people.host);
    secrets.push((await world.mail.invitation(made.email)).token);
  }
  const answers = [];
  for (const token of [made.token, ...secrets]) answers.push((await world.ask('POST', '/access/invite/accept', { body: { token } })).status);
  assert.equal(answers.at(-1), 200, `of all secrets only the last works: ${answers}`);
  for (const status of answers.slice(0, -1)) assert.ok([400, 401].includes(status), `${answers}`);
});

test('seven days count from the last mail, and a lapsed invitation lives again when it is sent again', async () => {
  const [late, kept, dead] = [await invited('agency'), await invited('agency'), await invited('customer')];
  const again = async (made) => {
    await world.switchTo(people.host, made);
    await world.done(`/access/invite/${made.invitation_id}/resend`, people.host);
    made.token = (await world.mail.invitation(made.email)).token;
  };
  await world.travel('+3d', people.host);
  await again(kept);
  await world.travel('+9d', people.host);
  await world.accept(kept.token);
  for (const { token } of [late, dead]) await world.refused(400, '/access/invite/accept', null, { token });
  await again(late);
  await again(dead);
  await world.accept(late.token);
  await world.travel('+17d', people.host);
  await world.refused(400, '/access/invite/accept', null, { token: dead.token });
});

test('what was never an invitation of the caller reads like what never was', async () => {
  const made = await invited('agency');
  const words = [made.invitation_id, '01920000-0000-7000-8000-000000000000'];
  for (const action of ['reject', 'resend']) {
    const [foreign, unknown] = await Promise.all(words.map((id) => world.refused(400, `/access/invite/${id}/${action}`, people.stranger)));
    assert.equal(foreign.json.detail.replaceAll(words[0], '…'), unknown.json.detail.replaceAll(words[1], '…'));
  }
  for (const path of ['agency-roles', 'agency-roles/edit']) {
    const method = path === 'agency-roles' ? 'GET' : 'POST';
    for (const id of words) {
      const answer = await world.ask(method, `/access/invite/${id}/${path}`, { as: people.host, ...(method === 'POST' ? { body: { add: ['USER_VIEW'] } } : {}) });
      assert.equal(answer.status, 400, `before acceptance there are no agency roles: ${answer.text}`);
    }
  }
});
