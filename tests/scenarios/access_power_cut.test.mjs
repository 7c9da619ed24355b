// kill -9 under load on the access surface, again and again: what was acknowledged is there afterwards, an acceptance is there
// whole or not at all, a secret that was used stays used, `gatehouse verify` finds everything of one mind, and in the end
// every invitation's mail has arrived, and no mail of an invitation that is not there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sorted } from '../support/access.mjs';
import { Company } from '../support/access_load.mjs';
import { run } from '../support/gatehouse.mjs';
import { emptied, metrics, opened, startPost } from '../support/outbox.mjs';
import { SmtpServer } from '../support/smtp.mjs';
import { greet } from '../support/v1.mjs';

const kRounds = Number(process.env.GATEHOUSE_TEST_ROUNDS ?? 10);
const kClients = 8;

const only = (list, what) => {
  assert.equal(list.length, 1, `${what}: ${JSON.stringify(list)}`);
  return list[0];
};

test(`nothing acknowledged is missing after ${kRounds} power cuts, and no acceptance is there in part`, async (t) => {
  const smtp = await SmtpServer.start();
  t.after(() => smtp.stop());
  const world = await startPost(smtp, { t });
  const { server } = world;
  const companies = [];
  for (let i = 0; i < kClients; i += 1) companies.push(new Company(world, smtp, await world.company(`Client ${i}`)));

  for (let round = 0; round < kRounds; round += 1) {
    let on = true;
    const working = companies.map((company) => company.work(() => on));
    await Promise.race([pause(150 + Math.random() * 250), ...working]);
    on = false;
    await server.kill9();
    await Promise.all(working);
    const verified = await run(['verify', '--data', server.data]);
    assert.equal(verified.status, 0, `round ${round}: ${verified.stdout}${verified.stderr}`);
    await server.start();
    await greet(world);
    for (const company of companies) await checkCompany(world, company, `round ${round}`);
  }

  await emptied(server);
  assert.equal((await metrics(server)).dead, 0);
  const all = companies.flatMap(({ invitations }) => invitations);
  assert.ok(all.length > 5 * kRounds, `the load was one: ${all.length}`);
  checkMails(smtp, all);
  for (const status of ['pending', 'accepted', 'rejected']) assert.ok(all.some((one) => one.status === status), `the load was one: ${status}`);
  for (const company of companies) {
    const waiting = company.invitations.filter(({ status }) => status === 'pending');
    if (waiting.length === 0) continue;
    assert.ok(company.token(waiting[0]), 'a mail with its secret');
    assert.equal((await world.accept(waiting[0].token)).invitation_id, waiting[0].id);
  }
  await server.stop();
  const verified = await run(['verify', '--data', server.data]);
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
});

// Everything of the company: what was acknowledged or was under way against what is there now, which is remembered instead.
async function checkCompany(world, company, round) {
  const { boss } = company;
  const seen = {};
  for (const name of ['invite', 'connections', 'clients', 'notifications', 'api-tokens']) seen[name] = await world.list(`/access/${name}`, boss);
  const known = new Set();
  for (const one of company.invitations) {
    const found = seen.invite.find(({ id, email }) => (one.id ? id === one.id : email === one.email));
    const said = `${round}, ${company.name}, ${JSON.stringify({ ...one, token: undefined })}, ${JSON.stringify(found)}`;
    if (!found) {
      assert.equal(one.open?.act, 'invite', `an acknowledged invitation is gone: ${said}`);
      one.gone = true;
      continue;
    }
    known.add(found.id);
    const changed = one.open !== undefined || one.checked !== `${one.status} ${one.ended} ${one.roles}`;
    checkStatus(one, found, said);
    checkOwnSide(company, one, found, seen, said);
    if (changed) await checkOtherSide(world, company, one, said);
    delete one.open;
    one.checked = `${one.status} ${one.ended} ${one.roles}`;
  }
  assert.deepEqual(seen.invite.filter(({ id }) => !known.has(id)), [], `${round}: an invitation that nobody made`);
  company.invitations = company.invitations.filter(({ gone }) => !gone);
  for (const one of company.tokens) {
    const found = seen['api-tokens'].filter(({ name }) => name === one.name);
    assert.ok(found.length === 1 || (found.length === 0 && !one.id), `${round}: an acknowledged API token is gone: ${one.name}`);
    one.gone = found.length === 0;
    if (!one.token || one.checked) continue;
    assert.ok((await world.list('/access', one.token)).length > 0, `${round}: an acknowledged API token works`);
    one.checked = true;
  }
  company.tokens = company.tokens.filter(({ gone }) => !gone);
}

// What it may be, after what was acknowledged and what was under way.
function checkStatus(one, found, said) {
  const { act, password, roles } = one.open ?? {};
  const may = { invite: ['pending'], accept: ['pending', 'accepted'], reject: ['pending', 'rejected'] }[act] ?? [one.status];
  assert.ok(may.includes(found.status), said);
  if (act === 'accept' && found.status === 'accepted') Object.assign(one, { password, roles: [] });
  Object.assign(one, { id: found.id, status: found.status });
  if (one.status !== 'accepted') return assert.equal(found.connection_id, null, said);
  if (one.connection_id && found.connection_id) assert.equal(found.connection_id, one.connection_id, said);
  const ended = found.connection_id === null;
  assert.ok(ended === Boolean(one.ended) || act === 'end', said);
  Object.assign(one, { connection_id: one.connection_id ?? found.connection_id, ended });
  if (act === 'edit') one.mayHold = [one.roles, roles].map(String);
}

function checkOwnSide({ name }, one, found, { connections, clients, notifications }, said) {
  const events = notifications.filter(({ invitation_id }) => invitation_id === one.id).map(({ event }) => event);
  const connection = connections.filter(({ invitation_id }) => invitation_id === one.id);
  const client = clients.filter(({ company_name }) => company_name === one.company_name);
  const expected = { pending: [], accepted: ['invitation.accepted'], rejected: ['invitation.rejected'] }[one.status];
  assert.deepEqual(events.filter((event) => event !== 'connection.ended'), [...expected, 'invitation.sent'], said);
  if (one.status !== 'accepted') return assert.deepEqual([connection, client], [[], []], said);
  const isAgency = one.relation_type === 'customer';
  assert.equal(client.length, isAgency ? 1 : 0, said);
  const ends = notifications.filter(({ event, connection_id }) => event === 'connection.ended' && connection_id === one.connection_id);
  assert.equal(ends.length, one.ended ? 1 : 0, said);
  if (isAgency) assert.equal(client[0].status, one.ended ? 'ended' : 'active', said);
  if (one.ended) return assert.deepEqual(connection, [], said);
  const { connection_id, company_name, side, roles } = only(connection, said);
  assert.deepEqual([connection_id, company_name, side, found.company_name], [one.connection_id, one.company_name, isAgency ? 'agency' : 'customer', one.company_name], `${name}: ${said}`);
  assert.ok((one.mayHold ?? [String(one.roles)]).includes(String(sorted(roles))), `an acknowledged edit of roles is gone: ${roles}, ${said}`);
  one.roles = sorted(roles);
  delete one.mayHold;
}

// The account, the organization and its membership, the connection and the notification there: all of them, or none.
async function checkOtherSide(world, company, one, said) {
  const { items: organizations } = await world.must(200, 'GET', '/api/v1/orgs', { as: world.admin, query: { name: one.company_name } });
  const { items: users } = await world.must(200, 'GET', '/api/v1/users', { as: world.admin, query: { search: one.email } });
  if (one.status !== 'accepted') {
    assert.deepEqual([organizations, users], [[], []], said);
    if (one.status === 'rejected' && company.token(one)) await world.refused(400, '/access/invite/accept', null, { token: one.token });
    return;
  }
  await world.refused(400, '/access/invite/accept', null, { token: one.token });
  const { orgId } = only(organizations, said);
  const { userId } = only(users, said);
  const { items: members } = await world.must(200, 'GET', `/api/v1/orgs/${orgId}/users`, { as: world.admin });
  assert.deepEqual(members.map((member) => [member.userId, member.orgRole]), [[userId, 'admin']], said);
  const person = one.password ? await world.signIn(one.email, one.password) : world.admin;
  if (!one.password) await world.switchTo(person, { name: one.company_name });
  const theirs = {};
  for (const name of ['invite', 'connections', 'clients', 'notifications']) theirs[name] = await world.list(`/access/${name}`, person);
  const { id, status, direction, connection_id } = only(theirs.invite, said);
  assert.deepEqual([id, status, direction, connection_id], [one.id, 'accepted', 'received', one.ended ? null : one.connection_id], said);
  assert.deepEqual(sorted(theirs.notifications.map(({ event }) => event)), [...(one.ended ? ['connection.ended'] : []), 'invitation.accepted'], said);
  const isAgency = one.relation_type === 'agency';
  assert.deepEqual(theirs.clients.map((client) => [client.company_name, client.status]), isAgency ? [[company.name, one.ended ? 'ended' : 'active']] : [], said);
  assert.deepEqual(theirs.connections.map((its) => [its.invitation_id, its.company_name]), one.ended ? [] : [[one.id, company.name]], said);
}

// Every mail at least once and always the same; of every invitation its own and that of its answer, and no other.
function checkMails(smtp, invitations) {
  const expected = new Set();
  let copies = 0;
  for (const one of invitations) {
    expected.add(one.email);
    const mails = byMessageId(smtp.to(one.email));
    for (const same of mails) {
      assert.equal(new Set(same.map(({ raw }) => raw)).size, 1, `copies are the same: ${one.email}`);
      opened(same[0]);
      copies += same.length - 1;
    }
    const answers = mails.filter(([{ text }]) => !text.includes('#token='));
    assert.deepEqual([mails.length - answers.length, answers.length], [1, one.status === 'pending' ? 0 : 1], `${one.status}: ${one.email}`);
  }
  assert.ok(copies <= kRounds, `${copies} copies: at most the one in hand at each power cut`);
  const invited = smtp.mails.filter(({ text }) => text.includes('#token=')).flatMap(({ envelope }) => envelope.to);
  assert.deepEqual(invited.filter((email) => !expected.has(email)), [], 'a mail of an invitation that is not there');
}

function byMessageId(mails) {
  const groups = new Map();
  for (const mail of mails) groups.set(mail.messageId, [...(groups.get(mail.messageId) ?? []), mail]);
  return [...groups.values()];
}
