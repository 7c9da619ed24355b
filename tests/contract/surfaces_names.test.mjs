// What a person is called: addresses and user names are compared in one way on every surface, in whatever case, width or form
// of the domain they are written, so that nobody has two accounts and nobody is missed. CONTRACTS.md section 1, Common limits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setEmail } from '../support/surface_verbs.mjs';
import { address, kPassword, startSurfaces, unique } from '../support/surfaces.mjs';

let world;
let home;
let serial = 0;
before(async () => {
  world = await startSurfaces();
  home = await world.company('Home');
  world.host = home;
});
after(async () => { await world?.stop(); });

// As it is given; and as others write it.
const kSpellings = {
  'the case': (name) => [`${name}@example.org`, [`${name.toUpperCase()}@EXAMPLE.org`, `${name[0].toUpperCase()}${name.slice(1)}@Example.Org`]],
  'a name in capitals': (name) => [`${name.toUpperCase()}@Example.ORG`, [`${name}@example.org`]],
  'an internationalized domain': (name) => [`${name}@bücher.example`, [`${name}@xn--bcher-kva.example`, `${name}@BÜCHER.example`, `${name}@XN--BCHER-KVA.example`]],
  'the same, in ASCII': (name) => [`${name}@xn--bcher-kva.example`, [`${name}@bücher.example`, `${name}@Bu\u0308cher.example`]],
  'a name in another script': (name) => [`люба.${name}@example.org`, [`ЛЮБА.${name}@example.org`]],
  'a composed name': (name) => [`zoé.${name}@example.org`, [`zoe\u0301.${name}@example.org`, `ZOÉ.${name}@example.org`]],
};

// Everything that finds a person by an address, on all surfaces: the id that it comes to.
const kFinders = {
  'v1: sign-in': async (email) => (await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: await world.signIn(email) })).userId,
  'identity manager: sign-in': async (email) => (await world.directory.authenticate({ userName: email })).json.userId,
  'identity manager: filter': async (email) => (await world.allOf('User', { email }))[0]?.userId,
  'v1: search': async (email) => (await world.all('/api/v1/users', { search: email }))[0]?.userId,
  'partner: search': async (email) => (await world.allUsers({ search: email }))[0]?.id,
  'partner: invite': async (email) => {
    const [{ userId, isNewUser }] = (await world.sendInvite(world.admin, [world.entry(email)], [home], { validateOnly: true })).json.users;
    return isNewUser ? 'somebody new' : userId;
  },
  'access: add and delete': async (email) => {
    const { id } = await world.done('/access/add', home.boss, { email });
    await world.done('/access/delete', home.boss, { email });
    return id;
  },
};
const kMakers = {
  v1: (email) => world.call('POST', '/api/v1/users', { as: world.admin, body: { userName: unique('made').replaceAll(' ', '.'), email, password: kPassword } }),
  'identity manager': (email) => world.directory.api('POST', 'User', { as: world.admin, body: world.directory.profile({ email }) }),
};

test('an address given on one surface finds its owner on all, however it is written, and is given to nobody else', async (t) => {
  for (const [what, spell] of Object.entries(kSpellings)) {
    for (const [surface, make] of Object.entries(kMakers)) {
      const [email, others] = spell(`somebody${(serial += 1)}`);
      const made = await make(email);
      assert.equal(made.status, 201, `${surface}, ${email}: ${made.text}`);
      const person = { id: made.json.userId, displayName: surface === 'v1' ? ' ' : undefined };
      const { email: kept } = await world.looksTheSame({ id: person.id });
      for (const other of [email, kept, ...others]) {
        for (const [name, find] of Object.entries(kFinders)) {
          await t.test(`${what}, made by ${surface}: ${name} as ${encodeURIComponent(other)}`, async () => {
            assert.equal(await find(other), person.id);
          });
        }
        for (const [name, again] of Object.entries(kMakers)) {
          await t.test(`${what}, made by ${surface}: ${name} makes no second as ${encodeURIComponent(other)}`, async () => {
            assert.equal((await again(other)).status, 409);
          });
        }
      }
    }
  }
});

test('an address that was changed on one surface: the new one finds, the old one does not, and is free', async (t) => {
  for (const [surface, change] of Object.entries(setEmail)) {
    await t.test(surface, async () => {
      const person = await world.directory.user();
      const [former, email] = [person.email, address('Changed.To').toUpperCase()];
      await change(world, person, email);
      for (const [name, find] of Object.entries(kFinders)) assert.equal(await find(email.toLowerCase()), person.id, name);
      await world.looksTheSame(person, { email: (shown) => shown.toLowerCase() === email.toLowerCase() });
      assert.deepEqual(await world.allOf('User', { email: former }), []);
      await world.refused(400, '/access/add', home.boss, { email: former });
      const [{ isNewUser }] = (await world.sendInvite(home.boss, [world.entry(former)], [home], { validateOnly: true })).json.users;
      assert.equal(isNewUser, true);
      for (const [name, other] of Object.entries(setEmail)) {
        const clash = await world.directory.user();
        await assert.rejects(other(world, clash, email.toLowerCase()), /409/, name);
        await world.looksTheSame(clash, { email: clash.email });
      }
      assert.equal((await kMakers.v1(former)).status, 201);
    });
  }
});

test('whoever writes a foreign address into the own profile is found by it on no surface', async () => {
  const [thief, email] = [await world.directory.clerk(), address('victim')];
  await world.directory.gives(200, 'PUT', 'User', { as: thief, body: { userId: thief.id, email } });
  await world.looksTheSame(thief, { email });
  await world.refused(400, '/access/add', home.boss, { email });
  const { json, status, text } = await world.sendInvite(home.boss, [world.entry(email)], [home]);
  assert.equal(status, 200, text);
  assert.ok(json.users[0].isNewUser && json.users[0].userId !== thief.id, 'the one who is meant is somebody else');
  await world.looksTheSame(thief, { email: thief.email, places: [home], roles: (roles) => Object.keys(roles).length === 0, offers: [] });
});

// What nobody sees in an address makes of it another that looks the same.
const kUnseen = { 'a zero-width space': '\u200b', 'a joiner': '\u200d', 'a soft hyphen': '\u00ad', 'a word joiner': '\u2060', 'a byte order mark': '\ufeff', 'a filler': '\u3164', 'a variation selector': '\ufe0f', 'a mark of direction': '\u200e', 'a tag': '\u{e0061}', 'the blank of Braille': '\u2800' };

test('an address with something in it that nobody sees is refused on every surface', async (t) => {
  const person = await world.directory.clerk();
  const victim = await world.directory.user();
  const [local, domain] = victim.email.split('@');
  const answers = {
    'v1: an account': (email) => kMakers.v1(email),
    'identity manager: an account': (email) => kMakers['identity manager'](email),
    'partner: an invitation': (email) => world.sendInvite(home.boss, [world.entry(email)], [home]),
    'access: an invitation': (email) => world.ask('POST', '/access/invite', { as: home.boss, body: { email, company_name: unique('Guest'), relation_type: 'agency' } }),
    'v1: an administrator changes it': (email) => world.call('PATCH', `/api/v1/users/${person.id}`, { as: world.admin, body: { email } }),
    'identity manager: an administrator changes it': (email) => world.directory.api('PUT', 'User', { as: world.admin, body: { userId: person.id, email } }),
    'identity manager: the owner changes it': (email) => world.directory.api('PUT', 'User', { as: person, body: { userId: person.id, email } }),
  };
  const before = (await world.allOf('User')).length;
  for (const [what, unseen] of Object.entries(kUnseen)) {
    for (const [name, give] of Object.entries(answers)) {
      await t.test(`${what}, ${name}`, async () => {
        for (const email of [`${local}${unseen}@${domain}`, `${unseen}${local}@${domain}`, `${local}@ex${unseen}${domain}`]) {
          const { status, text } = await give(email);
          assert.equal(status, 400, `${encodeURIComponent(email)}: ${text}`);
        }
      });
    }
  }
  assert.equal((await world.allOf('User')).length, before);
  await world.looksTheSame(person);
});

test('the name of a person or of an organization hides nothing, and keeps what its script needs', async (t) => {
  const { orgId } = await world.organization({ as: home.boss });
  const setters = {
    'v1: display name': (name) => world.call('POST', '/api/v1/users', { as: world.admin, body: { userName: unique('named').replaceAll(' ', '.'), email: address(), displayName: name } }),
    'identity manager: first name': (name) => world.directory.api('POST', 'User', { as: world.admin, body: world.directory.profile({ firstName: name }) }),
    'identity manager: last name': (name) => world.directory.api('POST', 'User', { as: world.admin, body: world.directory.profile({ lastName: name }) }),
    'v1: a new organization': (name) => world.call('POST', '/api/v1/orgs', { as: home.boss, body: { name: `${name} ${unique('x')}` } }),
    'v1: a renamed organization': (name) => world.call('PATCH', `/api/v1/orgs/${orgId}`, { as: home.boss, body: { name: `${name} ${unique('x')}` } }),
    'access: an invited company': (name) => world.ask('POST', '/access/invite', { as: home.boss, body: { email: address(), company_name: `${name} ${unique('x')}`, relation_type: 'agency' } }),
  };
  const bad = { ...kUnseen, 'an override': '\u202e', 'an embedding': '\u202a', 'an isolate': '\u2066', 'an end of isolates': '\u2069' };
  const good = { 'two parts of a Persian word': 'می\u200cرود', 'a half letter of Hindi': 'क\u094d\u200dष', 'a picture': '❤\ufe0f\u200d🔥', 'a mark beside Hebrew': 'אב (\u200fInc)' };
  for (const [surface, set] of Object.entries(setters)) {
    for (const [what, hidden] of Object.entries(bad)) {
      await t.test(`${surface}: ${what}`, async () => {
        const { status, text } = await set(`Acme${hidden}Ltd`);
        assert.equal(status, 400, text);
      });
    }
    for (const [what, name] of Object.entries(good)) {
      await t.test(`${surface}: ${what}`, async () => {
        const { status, text } = await set(name);
        assert.ok(status === 200 || status === 201, `${status}: ${text}`);
      });
    }
  }
});

test('a user name is one name on every surface: taken, and found, however it is written', async () => {
  const makers = {
    v1: (userName) => world.call('POST', '/api/v1/users', { as: world.admin, body: { userName, email: address(), password: kPassword } }),
    'identity manager': (userName) => world.directory.api('POST', 'User', { as: world.admin, body: world.directory.profile({ userName }) }),
  };
  for (const [surface, make] of Object.entries(makers)) {
    const userName = `Ågot.${surface[0]}.${(serial += 1)}`;
    const id = (await make(userName)).json.userId;
    const person = await world.looksTheSame({ id, displayName: surface === 'v1' ? ' ' : undefined });
    for (const other of [userName, userName.toLowerCase(), userName.toUpperCase(), userName.normalize('NFD'), person.userName]) {
      for (const again of Object.values(makers)) assert.equal((await again(other)).status, 409, other);
      assert.equal((await world.directory.authenticate({ userName: other })).json.userId, id, other);
      await world.signIn(other);
      assert.equal((await world.directory.gives(200, 'GET', 'UserByName', { as: world.admin, query: { userName: other } })).userId, id);
      assert.equal((await world.allOf('User', { userName: other }))[0]?.userId, id);
      assert.equal((await world.all('/api/v1/users', { search: other }))[0]?.userId, id, `v1 searches for ${other}`);
      assert.equal((await world.allUsers({ search: other }))[0]?.id, id, `partner searches for ${other}`);
    }
  }
});

test('an address of one person is no user name of another, on no surface', async () => {
  const person = await world.directory.user();
  const email = person.email.toUpperCase();
  await world.must(409, 'POST', '/api/v1/users', { as: world.admin, body: { userName: email, email: address() } });
  await world.directory.gives(409, 'POST', 'User', { as: world.admin, body: world.directory.profile({ userName: email }) });
  const other = await world.person('Other');
  await world.must(409, 'PATCH', `/api/v1/users/${other.id}`, { as: world.admin, body: { userName: person.email } });
  await world.looksTheSame(other);
});

test('of the same address made on all surfaces at once there is one account', async () => {
  for (let round = 0; round < 4; round += 1) {
    const email = address('race');
    const answers = await Promise.all([kMakers.v1(email.toUpperCase()), kMakers['identity manager'](email), world.sendInvite(home.boss, [world.entry(email)], [home])]);
    const [v1, directory, partner] = answers;
    assert.equal(partner.status, 200, 'whoever is there is invited');
    const made = [v1.status === 201, directory.status === 201, partner.json.users[0].isNewUser];
    assert.equal(made.filter(Boolean).length, 1, answers.map(({ text }) => text).join());
    const found = await world.allOf('User', { email });
    assert.equal(found.length, 1);
    assert.equal(found[0].userId, partner.json.users[0].userId);
    await world.looksTheSame({ id: found[0].userId }, { places: [home] });
  }
});
