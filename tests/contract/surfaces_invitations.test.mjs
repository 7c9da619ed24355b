// Invitations across the surfaces: whoever is invited on the one is found, changed, deactivated and removed on the others before
// the answer, and what is answered then is what all four show. CONTRACTS.md sections 1, 2.2, 4 and 7, 4.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pairs, makeMember, removePerson, setEmail, setStatus, signIn } from '../support/surface_verbs.mjs';
import { address, kPassword, startSurfaces, unique } from '../support/surfaces.mjs';

let world;
let home;
let room;
before(async () => {
  world = await startSurfaces();
  home = await world.company('Home');
  world.host = home;
  room = await world.organization({ as: home.boss, parent: home, name: unique('Room') });
});
after(async () => { await world?.stop(); });

const places = () => [home, room];
const none = (roles) => Object.keys(roles).length === 0;
const offer = async (more) => {
  const person = await world.offerOne(home.boss, [home, room], { group: 'operator', ...more });
  return { id: person.id, email: person.email, userName: person.email, secret: person.token };
};
const activated = async (person) => {
  const { status, text } = await world.activate(person.secret, kPassword);
  assert.equal(status, 200, text);
  return Object.assign(person, { password: kPassword }, await world.signIn(person.email, kPassword));
};
const offersBoth = () => ({ places: places(), status: 'new', roles: none, offers: [home.orgId, room.orgId].sort() });
const heldInBoth = () => ({ places: places(), status: 'active', offers: [], roles: { [home.orgId]: ['operator'], [room.orgId]: ['operator'] } });

test('invited on the partner surface: known to all as somebody new who holds nothing; then a member on all', async () => {
  const person = await offer();
  await world.looksTheSame(person, { ...offersBoth(), firstName: 'Vera', lastName: 'Invited', displayName: 'Vera Invited' });
  for (const enter of Object.values(signIn)) await assert.rejects(enter(world, { ...person, password: kPassword }), /401|400/);
  await activated(person);
  await world.looksTheSame(person, heldInBoth());
});

test('changed by the others before the answer: the name, and the same offer', async () => {
  const person = await offer();
  await world.directory.gives(200, 'PUT', 'User', { as: world.admin, body: { userId: person.id, firstName: 'Wera', lastName: 'Else', phone: '1' } });
  await world.looksTheSame(person, { ...offersBoth(), firstName: 'Wera', displayName: 'Wera Else' });
  await world.directory.gives(200, 'PUT', 'UserStatus', { as: world.admin, body: { userId: person.id, status: 'Active' } });
  await world.looksTheSame(person, offersBoth());
  await activated(person);
  await world.looksTheSame(person, { ...heldInBoth(), firstName: 'Wera' });
});

test('deactivated and activated again before the answer, on whichever surface: as new as before, and able to accept', async (t) => {
  await pairs(t, setStatus, setStatus, async ({ act: off, then: on }) => {
    const person = await offer();
    await off(world, person, 'inactive');
    await world.looksTheSame(person, { places: places(), status: 'inactive', roles: none });
    assert.equal((await world.activate(person.secret, kPassword)).status, 400, 'not while it is deactivated');
    await on(world, person, 'active');
    await world.looksTheSame(person, offersBoth());
    await activated(person);
    await world.looksTheSame(person, heldInBoth());
  });
});

test('made a member by another surface before the answer: there already, and the rest when it accepts', async (t) => {
  for (const [surface, make] of Object.entries(makeMember)) {
    if (surface === 'partner') continue;
    await t.test(surface, async () => {
      const person = await offer();
      await make(world, home, person);
      const { roles, offers } = await world.looksTheSame(person, { places: places(), status: 'new' });
      assert.deepEqual([Object.keys(roles), offers], [[home.orgId], [room.orgId]]);
      await activated(person);
      const { roles: after } = await world.looksTheSame(person, { places: places(), status: 'active', offers: [] });
      assert.ok(after[home.orgId].includes('operator') && after[room.orgId].includes('operator'), JSON.stringify(after));
    });
  }
});

test('another e-mail before the answer: the secret that went to the old one is nobody\'s', async (t) => {
  for (const [surface, change] of Object.entries(setEmail)) {
    await t.test(surface, async () => {
      const person = await offer();
      const former = person.email;
      person.email = address('moved');
      await change(world, person, person.email);
      await world.looksTheSame(person, { places: places(), email: person.email, status: 'new', roles: none });
      assert.equal((await world.activate(person.secret, kPassword)).status, 400, 'whoever reads the old mailbox');
      await world.looksTheSame(person, { places: places(), status: 'new', roles: none });
      const lettersToFormer = (await world.mail.to(former)).length;
      const [again] = await world.offer(home.boss, [world.entry(person.email, { group: 'operator' })], [home, room]);
      assert.equal(again.userId, person.id, 'the same person at the new address');
      await world.mailsSettled();
      assert.deepEqual([(await world.mail.to(former)).length, (await world.mail.to(person.email)).length], [lettersToFormer, 1], 'the mail goes to the new address, and to no other');
      person.secret = (await world.letter(person.email)).token;
      await activated(person);
      await world.looksTheSame(person, heldInBoth());
    });
  }
});

test('removed before the answer, on whichever surface: the offer is gone with the account', async (t) => {
  for (const [surface, remove] of Object.entries(removePerson)) {
    await t.test(surface, async () => {
      const person = await offer();
      await remove(world, person);
      await world.isGone(person, places());
      assert.equal((await world.activate(person.secret, kPassword)).status, 400);
      await world.isGone(person, places());
    });
  }
});

test('a password given by the identity manager before the answer: active, and what was offered is to be offered anew', async () => {
  const person = await offer();
  await world.directory.gives(204, 'PUT', 'Password', { as: world.admin, body: { userId: person.id, newPassword: kPassword } });
  Object.assign(person, { password: kPassword }, await signIn['identity manager'](world, { ...person, password: kPassword }));
  await world.looksTheSame(person, { places: places(), status: 'active', roles: none });
  const { status, text } = await world.activate(person.secret);
  assert.equal(status, 400, `somebody else knows the password: ${text}`);
  await world.looksTheSame(person, { places: places(), status: 'active', roles: none });
});

test('an organization that is gone is offered on no surface, and the others still', async () => {
  const gone = await world.organization({ as: home.boss, parent: home, name: unique('Gone') });
  const { id, email, token } = await world.offerOne(home.boss, [home, gone], { group: 'viewer' });
  const person = { id, email, userName: email, secret: token };
  await world.looksTheSame(person, { places: [home, gone], offers: [home.orgId, gone.orgId].sort() });
  await world.must(204, 'DELETE', `/api/v1/orgs/${gone.orgId}`, { as: home.boss });
  await world.looksTheSame(person, { places: places(), offers: [home.orgId] });
  await activated(person);
  await world.looksTheSame(person, { places: places(), roles: { [home.orgId]: ['viewer'] }, offers: [] });
});

test('accepted on the access surface: somebody who has accepted, as on the partner surface', async (t) => {
  const accept = { access: (token) => world.accept(token), 'with a password, on the page': (token) => world.must(200, 'POST', '/invitations/accept', { body: { token, password: kPassword } }) };
  for (const [name, act] of Object.entries(accept)) {
    await t.test(name, async () => {
      const email = address('accepts');
      const company = unique('Accepted');
      await act((await world.invite(home.boss, email, company)).token);
      const [{ userId: id }] = await world.all('/api/v1/users', { search: email });
      const { roles } = await world.looksTheSame({ id }, { places: places(), email, status: 'active', offers: [] });
      assert.deepEqual(Object.values(roles), [['admin']]);
    });
  }
});

test('invited on the one surface and known on the other: one account, whoever comes first', async (t) => {
  const first = {
    v1: async (email) => (await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: { userName: email, email } })).userId,
    'identity manager': async (email) => (await world.directory.user({ email })).id,
    partner: async (email) => (await world.offerOne(home.boss, [home], { email })).id,
    access: async (email) => {
      await world.accept((await world.invite(home.boss, email, unique('First'))).token);
      return (await world.all('/api/v1/users', { search: email }))[0].userId;
    },
  };
  for (const [surface, make] of Object.entries(first)) {
    await t.test(surface, async () => {
      const email = address('once');
      const id = await make(email);
      await world.must(409, 'POST', '/api/v1/users', { as: world.admin, body: { userName: unique('other').replaceAll(' ', '.'), email: email.toUpperCase() } });
      await world.directory.gives(409, 'POST', 'User', { as: world.admin, body: world.directory.profile({ email }) });
      const [user] = await world.offer(home.boss, [world.entry(email, { group: 'viewer' })], [room]);
      assert.deepEqual([user.userId, user.isNewUser], [id, false]);
      assert.equal((await world.done('/access/add', home.boss, { email }).catch(() => ({ id }))).id, id);
      await world.looksTheSame({ id, displayName: surface === 'v1' && ' ' }, { places: places(), email });
      await world.invite(home.boss, email, unique('Later')).then(() => {}, (error) => assert.match(error.message, /400/));
      assert.equal((await world.all('/api/v1/users', { search: email })).length, 1);
    });
  }
});
