// Invitations between organizations, from either side: CONTRACTS.md section 2.2, the rows /access/invite…; A9 to A12, A14,
// A15, and section 7, 2 and 4. What may be offered to whom, what acceptance makes, who hears of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kTime, kUuid, sorted, startAccess, table, unique } from '../support/access.mjs';
import { includes } from '../support/v1.mjs';

const kItem = ['can_resend', 'company_name', 'connection_id', 'created_at', 'direction', 'email', 'id', 'inviter_company', 'last_sent_at', 'relation_type', 'responded_at', 'status'];
const kOther = { agency: 'customer', customer: 'agency' };
let world;
before(async () => { world = await startAccess(); });
after(async () => { await world?.stop(); });

const address = (stem = 'invited') => `${unique(stem).replaceAll(' ', '.')}@example.org`.toLowerCase();
const found = async (as, id) => (await world.list('/access/invite', as)).find((item) => item.id === id);
const totals = async () => (({ organizations, users }) => ({ organizations, users }))(await world.state());

for (const relation_type of ['agency', 'customer']) {
  test(`an invitation to become ${relation_type}: both sides see it, accept it from the mail, and are connected`, async () => {
    const [mine, other] = [await world.company('Mine'), await world.company('Other')];
    const { email } = other.boss;
    const made = await world.ask('POST', '/access/invite', { as: mine.boss, body: { email, company_name: other.name, relation_type } });
    assert.equal(made.status, 200, made.text);
    assert.deepEqual(sorted(Object.keys(made.json.data)), ['invitation_id', 'status']);
    includes(made.json.data, { invitation_id: kUuid, status: 'pending' });
    const id = made.json.data.invitation_id;
    const common = { id, status: 'pending', relation_type, email, company_name: other.name, inviter_company: mine.name, connection_id: null, created_at: kTime, last_sent_at: kTime, responded_at: null, can_resend: false };
    for (const [as, direction] of [[mine.boss, 'sent'], [other.boss, 'received']]) {
      const list = await world.list('/access/invite', as);
      assert.equal(list.length, 1);
      assert.deepEqual(sorted(Object.keys(list[0])), kItem);
      includes(list[0], { ...common, direction });
      assert.deepEqual(await world.list('/access/connections', as), []);
    }
    const mail = await world.mail.invitation(email);
    const data = await world.accept(mail.token);
    assert.deepEqual(sorted(Object.keys(data)), ['connection_id', 'invitation_id', 'status']);
    includes(data, { invitation_id: id, connection_id: kUuid, status: 'accepted' });
    const { connection_id } = data;
    for (const [as, side, partner, direction] of [[mine.boss, kOther[relation_type], other, 'sent'], [other.boss, relation_type, mine, 'received']]) {
      includes(await found(as, id), { ...common, direction, status: 'accepted', connection_id, responded_at: kTime });
      const connections = await world.list('/access/connections', as);
      assert.deepEqual(connections.map(({ created_at, ...rest }) => rest), [{ connection_id, invitation_id: id, side, company_id: partner.orgId, company_name: partner.name, roles: [] }]);
      assert.match(connections[0].created_at, kTime);
      const clients = await world.list('/access/clients', as);
      assert.equal(clients.length, side === 'agency' ? 1 : 0, "the record is the agency's");
      if (side === 'agency') {
        assert.deepEqual(sorted(Object.keys(clients[0])), ['company_id', 'company_name', 'connection_id', 'created_at', 'id', 'status']);
        includes(clients[0], { id: kUuid, company_id: partner.orgId, company_name: partner.name, connection_id, status: 'active', created_at: kTime });
      }
    }
    assert.deepEqual((await world.list('/access', mine.boss)).map((user) => user.id), [mine.boss.id], 'nobody became a member');
  });
}

test('somebody unknown: acceptance makes a top-level organization and its admin, who has no password yet', async () => {
  const company = await world.company('Host');
  const [email, company_name] = [address(), unique('Newborn')];
  const before = await totals();
  const { token, invitation_id } = await world.invite(company.boss, email, company_name);
  assert.deepEqual(await totals(), before, 'nothing is made before it is accepted');
  const { connection_id } = await world.accept(token);
  assert.deepEqual(await totals(), { organizations: before.organizations + 1, users: before.users + 1 });
  const { items: [organization] } = await world.must(200, 'GET', '/api/v1/orgs', { as: world.admin, query: { name: company_name } });
  includes(organization, { name: company_name, parentOrgId: null });
  const { items: users } = await world.must(200, 'GET', `/api/v1/orgs/${organization.orgId}/users`, { as: world.admin });
  includes(users, [{ email, userName: email, orgRole: 'admin' }]);
  for (const password of ['', ' ', company_name, token]) {
    const { status } = await world.call('POST', '/api/v1/auth/tokens', { body: { account: email, password } });
    assert.ok([400, 401].includes(status), `signed in with "${password}"`);
  }
  includes(await world.list('/access/connections', company.boss), [{ connection_id, invitation_id, company_id: organization.orgId, company_name, side: 'customer', roles: [] }]);
});

test('the list is newest first, and nobody else sees of it', async () => {
  const [company, stranger] = [await world.company('Lists'), await world.company('Stranger')];
  const ids = [];
  for (let i = 0; i < 4; i += 1) ids.unshift((await world.invite(company.boss, address(), unique('New'))).invitation_id);
  assert.deepEqual((await world.list('/access/invite', company.boss)).map(({ id }) => id), ids);
  assert.deepEqual(await world.list('/access/invite', stranger.boss), []);
});

test('what may be offered to whom', async (t) => {
  const [company, other] = [await world.company('Offers'), await world.company('Invited', { name: unique('Meridian Freight Forwarding') })];
  const [partner, elsewhere] = [await world.company('Partner'), await world.company('Elsewhere')];
  const colleague = await world.hire(company, [], 'Colleague');
  const loner = await world.account('loner');
  const twins = await world.company('Twins', { name: unique('Helios Renewable Energy Partners').replace(/ \S+$/, ' One') });
  const second = await world.organization({ as: twins.boss, name: twins.name.replace(/One$/, 'Two') });
  await world.connect(company, partner);
  const fresh = [address('a'), unique('Fresh')];
  const at = 'POST /access/invite';
  const row = (name, expect, email, company_name, relation_type = 'agency', more = {}) => ({ name, at, as: company.boss, body: { email, company_name, relation_type }, expect, ...more });
  const fine = { data: { invitation_id: kUuid, status: 'pending' }, then: ({ json }) => assert.deepEqual(Object.keys(json.data).length, 2) };
  await table(t, world, [
    row('somebody unknown', 200, ...fresh, 'agency', fine),
    row('the same as a customer', 200, ...fresh, 'customer', fine),
    row('a known one', 200, other.boss.email, other.name, 'agency', fine),
    row('a known one by another writing of the name', 200, other.boss.email, `  ${other.name.toUpperCase().replaceAll(' ', '   ')} `, 'customer', fine),
    row('an unknown address with the name of an organization that exists', 200, address(), elsewhere.name, 'agency', fine),
    row('a connected one in the other relation', 200, partner.boss.email, partner.name, 'customer', fine),
    { ...row('the other side may offer the same', 200, fresh[0], fresh[1], 'agency', fine), as: elsewhere.boss },
  ]);
  await world.unchanged([company, other, partner, twins], () => table(t, world, [
    row('an equal one that is pending', 400, ...fresh),
    row('an equal one in other writing', 400, fresh[0].toUpperCase(), ` ${fresh[1].toLowerCase()} `),
    row('an equal one to a known person', 400, other.boss.email, other.name),
    row('the own organization, through a colleague', 400, colleague.email, company.name),
    row('the own organization, through oneself', 400, company.boss.email, company.name, 'customer'),
    row('the own organization, through an unknown address', 400, address(), company.name),
    row('one connected in that relation', 400, partner.boss.email, partner.name),
    row('a known person who is not of that organization', 400, other.boss.email, elsewhere.name, 'agency', { hasNot: [other.name] }),
    row('a known person under a name that is nowhere', 400, other.boss.email, 'Zq Vx Wholly Unlike', 'agency', { hasNot: [other.name] }),
    row('a known person of no organization', 400, loner.email, unique('Lonely')),
    row('a known person of two that are equally alike', 400, twins.boss.email, twins.name.replace(/ One$/, ''), 'agency', { hasNot: [twins.name, second.name] }),
    row('no relation', 400, address(), unique('x'), 'partner'),
    row('a relation in other case', 400, address(), unique('x'), 'AGENCY'),
    { ...row('the agency offers what is there already', 400, company.boss.email, company.name, 'customer'), as: partner.boss },
  ]));
});

test('a known person is found by a name that is nearly right, and the invitation is for that organization', async () => {
  const company = await world.company('Host');
  const other = await world.company('Near', { name: unique('Northwind Shipping Services') });
  await world.organization({ as: other.boss, name: unique('Qzx Bvk') });
  const before = await totals();
  const { token } = await world.invite(company.boss, other.boss.email, other.name.replace('Shipping', 'Shiping'));
  const { connection_id } = await world.accept(token);
  assert.deepEqual(await totals(), before, 'no second organization');
  includes(await world.list('/access/connections', company.boss), [{ connection_id, company_id: other.orgId, company_name: other.name }]);
});

test('either side declines, and what was declined may be offered again', async () => {
  const [company, other] = [await world.company('Asks'), await world.company('Declines')];
  const guest = await world.hire(other, [], 'Guest');
  for (const [as, rejected_by] of [[company.boss, 'inviter'], [other.boss, 'invitee'], [guest, 'invitee']]) {
    const { invitation_id, token } = await world.invite(company.boss, guest.email, other.name);
    const data = await world.done(`/access/invite/${invitation_id}/reject`, as);
    assert.deepEqual(data, { invitation_id, status: 'rejected', rejected_by });
    for (const side of [company.boss, other.boss]) includes(await found(side, invitation_id), { status: 'rejected', connection_id: null, responded_at: kTime, can_resend: false });
    await world.refused(400, '/access/invite/accept', null, { token });
  }
  await world.accept((await world.invite(company.boss, guest.email, other.name)).token);
});

test('both sides are told of every change, newest first, in notifications and by mail', async () => {
  const [company, other] = [await world.company('Tells'), await world.company('Hears')];
  const seen = async ({ boss }) => {
    const list = await world.list('/access/notifications', boss);
    for (const item of list) assert.deepEqual(sorted(Object.keys(item)), ['company_name', 'connection_id', 'created_at', 'event', 'id', 'invitation_id', 'status']);
    for (const item of list) includes(item, { id: kUuid, created_at: kTime });
    const times = list.map(({ created_at }) => Date.parse(created_at));
    assert.ok(times.every((time, i) => i === 0 || time <= times[i - 1]), `newest first: ${times}`);
    return list;
  };
  const first = await world.invite(company.boss, other.boss.email, other.name);
  await world.done(`/access/invite/${first.invitation_id}/reject`, other.boss);
  const { invitation_id, token } = await world.invite(company.boss, other.boss.email, other.name);
  const made = await world.accept(token);
  await world.end(other, made);
  const [ours, theirs] = [await seen(company), await seen(other)];
  assert.deepEqual(ours.map(({ event }) => event), ['connection.ended', 'invitation.accepted', 'invitation.sent', 'invitation.rejected', 'invitation.sent']);
  assert.deepEqual(theirs.map(({ event }) => event), ['connection.ended', 'invitation.accepted', 'invitation.received', 'invitation.rejected', 'invitation.received']);
  for (const [list, name] of [[ours, other.name], [theirs, company.name]]) {
    assert.deepEqual([...new Set(list.map(({ company_name }) => company_name))], [name]);
    includes(list[1], { invitation_id, connection_id: made.connection_id });
    assert.deepEqual([list[0].connection_id, list[4].invitation_id], [made.connection_id, first.invitation_id]);
  }
  assert.equal(new Set([...ours, ...theirs].map(({ id }) => id)).size, 10);
  for (const { email } of [company.boss, other.boss]) {
    const told = await world.mail.wait(email, { count: 2, where: (mail) => mail.tokens.length === 0 });
    for (const mail of told) assert.ok(!mail.raw.includes('gth_invite_'), `${mail.file} shows a secret`);
  }
  const stranger = await world.company('Stranger');
  assert.deepEqual(await seen(stranger), []);
});

test('the mail says who invites whom, goes to the invited address alone, and shows one link', async () => {
  const company = await world.company('Sends', { name: `${unique('Müller & Söhne <b>')}` });
  const [email, company_name] = [address(), unique('Größe "Öl" 😀')];
  const { mail, token } = await world.invite(company.boss, email, company_name);
  assert.deepEqual(mail.to, [email]);
  assert.equal(mail.from.length, 1);
  assert.ok(mail.text.includes(company.name) && mail.text.includes(company_name), mail.text);
  assert.ok(!mail.html.includes('Söhne <b>'), 'names are escaped in HTML');
  assert.match(mail.messageId, /^<[^<>\s]+@[^<>\s]+>$/);
  assert.ok(mail.html.includes(`#token=${token}`));
  assert.ok(!/[\r\n]/.test(mail.subject));
  assert.equal((await world.mail.to(email)).length, 1);
});

test('nobody is buried in invitations: fifty a day from one organization to one address, however they are answered', async (t) => {
  const own = await startAccess({ t, fakeTime: '+0' });
  const [host, other, victim] = [await own.company('Host'), await own.company('Other'), await own.company('Victim')];
  const send = (as, email, company_name, relation_type = 'agency') => own.ask('POST', '/access/invite', { as, body: { email, company_name, relation_type } });
  const reject = async ({ json }, as) => own.done(`/access/invite/${json.data.invitation_id}/reject`, as);
  for (const [email, name] of [[victim.boss.email, victim.name], [address(), unique('Unknown')]]) {
    for (let i = 0; i < 50; i += 1) {
      const made = await send(host.boss, i % 3 === 0 ? email.toUpperCase() : email, name, i % 2 === 0 ? 'agency' : 'customer');
      assert.equal(made.status, 200, `${i + 1}: ${made.text}`);
      if (i < 49) await reject(made, email === victim.boss.email && i > 4 ? victim.boss : host.boss);
    }
    await own.unchanged([host, victim], async () => {
      for (const words of [[email, name], [email.toUpperCase(), name], [email, name, 'customer'], [email, unique('Another')]]) {
        assert.equal((await send(host.boss, ...words)).status, 400, words.join());
      }
    });
    assert.equal((await send(host.boss, address(), unique('Somebody else'))).status, 200);
    await reject(await send(other.boss, email, name), other.boss);
  }
  const sent = (await own.list('/access/invite', victim.boss)).filter(({ inviter_company }) => inviter_company === host.name);
  assert.equal(sent.length, 50);
  await own.travel('+23h', host.boss);
  assert.equal((await send(host.boss, victim.boss.email, victim.name, 'agency')).status, 400, 'not within the day');
  await own.travel('+25h', host.boss);
  await reject(await send(host.boss, victim.boss.email, victim.name, 'agency'), host.boss);
});

test('one invitation is sent ten times at most, its first time included', async (t) => {
  const own = await startAccess({ t, fakeTime: '+0' });
  const host = await own.company('Host');
  const email = address();
  const { invitation_id } = await own.invite(host.boss, email, unique('New'));
  const path = `/access/invite/${invitation_id}/resend`;
  await own.travel('+49h', host.boss);
  for (let i = 2; i <= 10; i += 1) await own.done(path, host.boss);
  await own.unchanged([host], () => own.refused(400, path, host.boss));
  await own.travel('+20d', host.boss);
  await own.refused(400, path, host.boss);
  const mails = await own.mail.wait(email, { count: 10 });
  assert.equal(mails.length, 10);
});
