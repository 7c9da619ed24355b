// Bad input to the bodies of the partner surface: each member missing, null, of another type, empty, too long, of odd Unicode.
// Each is a 400 that names the path, and changes nothing. (Identity providers have their own table.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, assertFaults, kActivate, kInvite, kNobody, kPassword, kReject, startPartner, table } from '../support/partner.mjs';

let world;
let company;
before(async () => {
  world = await startPartner();
  company = await world.company('Careful');
});
after(async () => { await world?.stop(); });

const kOtherTypes = { 'a number': 7, 'a fraction': 1.5, 'true': true, 'false': false, 'a list': ['x'], 'an object': { x: 'y' }, 'an empty object': {} };
const kOddText = { 'a NUL': 'a\u0000b', 'a control character': 'a\u0007b', 'a delete': 'a\u007fb', 'a bidirectional override': 'a\u202eb', 'a bidirectional isolate': 'a\u2066b' };
const kBreaks = { 'a line break': 'a\nb', 'a carriage return': 'a\rb', 'a header': 'a\r\nBcc: evil@example.org', 'a line separator': 'a\u2028b' };
const kBadEmails = {
  'nothing': '', 'a blank': ' ', 'no at': 'example.org', 'nothing before the at': '@example.org', 'nothing behind the at': 'a@', 'two ats': 'a@b@example.org', 'a blank within': 'a b@example.org',
  'two dots': 'a..b@example.org', 'a name around': 'A <a@example.org>', 'two addresses': 'a@example.org,b@example.org', 'a dot at the end': 'a@example.org.', 'a hyphen first': 'a@-example.org',
  '10,000 characters': `${'a'.repeat(10_000)}@example.org`, 'a header behind': 'a@example.org\r\nBcc: b@example.org', 'a NUL behind': 'a@example.org\u0000',
  ...Object.fromEntries(Object.entries({ ...kOddText, ...kBreaks }).map(([name, text]) => [name, `${text}@example.org`])),
};
const kBadNames = { ...kOddText, '10,000 characters': 'x'.repeat(10_000), '101 characters beyond the BMP': '😀'.repeat(101) };
const kBadIds = { 'nothing': '', 'a word': 'Customer', 'one too short': kNobody.slice(1), 'braces': `{${kNobody}}`, 'no hyphens': kNobody.replaceAll('-', ''), 'a blank behind': `${kNobody} `, 'nobody': kNobody, 'zeros': '00000000-0000-0000-0000-000000000000', ...kOddText };
const at = `POST ${kInvite}`;
const paths = (answer) => Object.keys(answer.json.errors ?? {});

// One request for each bad value of a member of the second user.
function rowsOf(member, values, allowed = new RegExp(`^Users\\[1\\]\\.${member}(\\[\\d+\\]|$)`)) {
  return Object.entries(values).map(([name, value]) => ({
    name: `${member}: ${name}`, at, as: company.boss, expect: 400,
    body: { Users: [world.entry(), { ...world.entry(), [member]: value }], OrganizationIds: [company.orgId] },
    then: (answer) => assert.ok(paths(answer).length > 0 && paths(answer).every((path) => allowed.test(path)), answer.text),
  }));
}

test('members of a user', (t) => world.unchanged([company], () => table(t, world, [
  ...rowsOf('Email', { ...kOtherTypes, ...kBadEmails, 'null': null }),
  ...rowsOf('GroupId', { ...kOtherTypes, ...kBadIds, 'null': null }),
  ...rowsOf('FirstName', { ...kOtherTypes, ...kBadNames }),
  ...rowsOf('LastName', { ...kOtherTypes, ...kBadNames }),
  ...rowsOf('IdentityProviderId', { ...kOtherTypes, ...kBadIds }),
  ...rowsOf('IdentityProviderPrefix', { ...kOtherTypes, ...kOddText, 'a word': 'unheard-of', '10,000 characters': 'x'.repeat(10_000) }),
  ...rowsOf('OrganizationIds', { 'a text': company.orgId, 'a number': 1, 'true': true, 'an object': { 0: company.orgId }, 'numbers': [1], 'a null within': [company.orgId, null], 'lists': [[company.orgId]], 'objects': [{ id: company.orgId }], 'no GUID': ['x'], 'nobody': [kNobody] }),
])));

test('the list of users and the common organizations', (t) => {
  const good = () => world.entry();
  const row = (name, body, pattern) => ({ name, at, as: company.boss, body, expect: 400, then: (answer) => assert.ok(paths(answer).length > 0 && paths(answer).every((path) => pattern.test(path)), answer.text) });
  const users = { 'a text': 'x', 'a number': 1, 'an object': {}, 'null': null, 'true': true };
  const entries = { 'a text': 'a@example.org', 'a number': 1, 'null': null, 'a list': [], 'an empty object': {} };
  const organizations = { 'a text': company.orgId, 'a number': 1, 'an object': {}, 'true': true, 'numbers': [1], 'a null within': [company.orgId, null], 'lists': [[company.orgId]], 'no GUID': ['x'] };
  return world.unchanged([company], () => table(t, world, [
    ...Object.entries(users).map(([name, Users]) => row(`Users: ${name}`, { Users, OrganizationIds: [company.orgId] }, /^Users$/)),
    ...Object.entries(entries).map(([name, entry]) => row(`an entry: ${name}`, { Users: [good(), entry], OrganizationIds: [company.orgId] }, /^Users\[1\](\.|$)/)),
    ...Object.entries(organizations).map(([name, OrganizationIds]) => row(`OrganizationIds: ${name}`, { Users: [good()], OrganizationIds }, /^OrganizationIds(\[\d+\]|$)/)),
    row('an empty object', {}, /^Users$/),
  ]));
});

test('many faults of form at once', async () => {
  const Users = [{ ...world.entry(), Email: 5 }, { ...world.entry(), GroupId: {} }, { ...world.entry(), FirstName: [] }];
  assertFaults(await world.partner('POST', kInvite, { as: company.boss, body: { Users, OrganizationIds: [7] } }), ['Users[0].Email', 'Users[1].GroupId', 'Users[2].FirstName', 'OrganizationIds[0]']);
});

test('what readers could disagree about', async (t) => {
  const entry = JSON.stringify(world.entry());
  const raw = (name, text) => ({ name, at, as: company.boss, raw: text, type: 'application/json', expect: 400 });
  const all = `"OrganizationIds":["${company.orgId}"]`;
  await world.unchanged([company], () => table(t, world, [
    raw('a member twice', `{"Users":[${entry}],"Users":[],${all}}`),
    raw('a member twice, in another case', `{"Users":[${entry}],"users":[],${all}}`),
    raw('a member of a user twice, in another case', `{"Users":[${entry.replace('{', '{"email":"other@example.org",')}],${all}}`),
    raw('two values', `{"Users":[${entry}],${all}}{}`),
    raw('cut short', `{"Users":[${entry}],${all}`),
    raw('a list', `[${entry}]`), raw('a text', '"Users"'), raw('null', 'null'), raw('nothing', ''), raw('blanks', '  '),
    raw('deep', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`),
    raw('no UTF-8', Buffer.concat([Buffer.from(`{"Users":[${entry}],"More":"`), Buffer.from([0xc3, 0x28]), Buffer.from(`",${all}}`)])),
  ]));
});

test('answers to an invitation', async (t) => {
  const { token } = await world.offerOne(company.boss, [company]);
  const odd = {
    'nothing': '', 'a word': 'x', 'a blank behind': `${token} `, 'other case': token.toUpperCase(), 'percent-encoded': `${token}%3D`, 'the link': `#token=${token}`, 'cut short': token.slice(0, -1), 'a letter more': `${token}0`,
    'another kind': token.replace(/^gth_[a-z]+_/, 'gth_api_'), 'the last letter changed': token.slice(0, -1) + (token.endsWith('0') ? '1' : '0'), 'an id': kNobody, 'a NUL behind': `${token}\u0000`, 'a million letters': 'x'.repeat(1_000_000), 'null': null,
    ...kOtherTypes, ...kOddText,
  };
  const passwords = { ...kOtherTypes, 'seven characters': 'k9-Xq2!', '129 characters': `${'aB3$'.repeat(32)}!`, 'one that everybody has': 'password', 'nothing': '' };
  await world.unchanged([company], () => table(t, world, [
    ...[kActivate, kReject].flatMap((path) => [
      ...Object.entries(odd).map(([name, value]) => ({ name: `${path}: ${name}`, at: `POST ${path}`, body: { token: value }, expect: 400 })),
      { name: `${path}: missing`, at: `POST ${path}`, body: {}, expect: 400 },
      { name: `${path}: a list`, at: `POST ${path}`, body: [token], expect: 400 },
      { name: `${path}: no JSON`, at: `POST ${path}`, raw: `token=${token}`, type: 'application/json', expect: 400 },
    ]),
    ...Object.entries(passwords).map(([name, password]) => ({ name: `password: ${name}`, at: `POST ${kActivate}`, body: { token, password }, expect: 400, then: (answer) => {
      assert.ok(paths(answer).some((path) => /^password$/i.test(path)), answer.text);
      if (typeof password === 'string' && password.length > 3 && name !== 'one that everybody has') assert.ok(!answer.text.includes(password), 'a refusal repeats no password');
    } })),
  ]));
  assert.equal((await world.activate(token, kPassword)).status, 200, 'none of them used it up');
});

test('the password is not the address of the person', async () => {
  const email = address();
  const { token } = await world.offerOne(company.boss, [company], { email });
  for (const password of [email, email.toUpperCase()]) assert.equal((await world.activate(token, password)).status, 400);
  assert.equal((await world.activate(token, kPassword)).status, 200);
});
