// Bad input to every POST of the access surface: each member missing, null, of another type, empty, too long, of odd Unicode,
// with line breaks, and the ids of a foreign organization. Each is 400 with a detail, and changes nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertSameText, kNobody, startAccess, table, unique } from '../support/access.mjs';
import { includes } from '../support/v1.mjs';

let world;
let company;
let foreign;
let member;       // of the company
let made;         // the company's connection, as customer
let invitation;   // sent by the company
let apiToken;     // of the company
const theirs = {};  // ids of the foreign organization
before(async () => {
  world = await startAccess();
  [company, foreign] = [await world.company('Careful'), await world.company('Foreign')];
  const partner = await world.company('Partner');
  member = await world.account('member');
  await world.done('/access/add', company.boss, { email: member.email });
  made = await world.connect(company, partner, { roles: ['USER_VIEW'] });
  const pending = (boss) => world.invite(boss, address(), unique('Pending'));
  invitation = await pending(company.boss);
  apiToken = await world.done('/access/add-api-token', company.boss, { name: 'kept', roles: ['USER_VIEW'] });
  Object.assign(theirs, {
    user: foreign.boss.id,
    organization: foreign.orgId,
    invitation: (await pending(foreign.boss)).invitation_id,
    connection: (await world.connect(foreign, partner)).connection_id,
    apiToken: (await world.done('/access/add-api-token', foreign.boss, {})).id,
  });
});
after(async () => { await world?.stop(); });

const address = () => `${unique('invited').replaceAll(' ', '.')}@example.org`;
const kOtherTypes = { 'a number': 7, 'a fraction': 1.5, 'true': true, 'false': false, 'a list': ['x'], 'an object': { x: 'y' }, 'an empty object': {} };
const kOddText = {
  'a NUL': 'a\u0000b', 'a control character': 'a\u0007b', 'a delete': 'a\u007fb', 'a line break': 'a\nb', 'a carriage return': 'a\rb', 'a header': 'a\r\nBcc: evil@example.org',
  'a bidirectional override': 'a\u202eb', 'a bidirectional isolate': 'a\u2066b', 'a line separator': 'a\u2028b',
};
const kBadEmails = {
  'nothing': '', 'a blank': ' ', 'no at': 'example.org', 'nothing before the at': '@example.org', 'nothing behind the at': 'a@', 'two ats': 'a@b@example.org', 'a blank within': 'a b@example.org',
  'two dots': 'a..b@example.org', 'a name around': 'A <a@example.org>', 'two addresses': 'a@example.org,b@example.org', 'a dot at the end': 'a@example.org.', 'a hyphen first': 'a@-example.org',
  'a label too long': `a@${'x'.repeat(64)}.org`, '255 characters': `${'a'.repeat(64)}@${'b'.repeat(62)}.${'c'.repeat(62)}.${'d'.repeat(60)}.org`, '10,000 characters': `${'a'.repeat(10_000)}@example.org`,
  ...Object.fromEntries(Object.entries(kOddText).map(([name, text]) => [name, `${text}@example.org`])),
  'a line break behind': 'a@example.org\n', 'a header behind': 'a@example.org\r\nBcc: b@example.org', 'a NUL behind': 'a@example.org\u0000',
};
const kBadNames = {
  'nothing': '', 'blanks': '   ', '101 characters': 'x'.repeat(101), '101 characters beyond the BMP': '😀'.repeat(101), 'a million characters': 'x'.repeat(1_000_000),
  'nothing visible': '\u200b', ...kOddText,
};
const kBadIds = {
  'nothing': '', 'a word': 'ann', 'one too short': kNobody.slice(1), 'braces': `{${kNobody}}`, 'no hyphens': kNobody.replaceAll('-', ''), 'a blank behind': `${kNobody} `,
  'nobody': kNobody, 'zeros': '00000000-0000-0000-0000-000000000000', ...kOddText,
};
const kBadRoles = {
  'a text': 'USER_VIEW', 'a number': 1, 'true': true, 'an object': { 0: 'USER_VIEW' }, 'a list of numbers': [1], 'a list with a null': ['USER_VIEW', null], 'a list of lists': [['USER_VIEW']],
  'a list of objects': [{ name: 'USER_VIEW' }], 'an empty name': [''], 'a blank behind': ['USER_VIEW '], 'an unknown name': ['NO_SUCH_ROLE'], 'no names': [], 'a name too long': ['x'.repeat(10_000)],
  '101 names': Array(101).fill('USER_VIEW'), 'a name of odd text': ['USER_VIEW\u0000'], 'a name with an override': ['\u202eUSER_VIEW'],
};
// What the contract limits to 100 names is an edit. A token's name goes into no mail: line breaks in it are blanks, as in all names.
const { '101 names': _many, ...kBadRoleLists } = kBadRoles;
const kBadTokenNames = Object.fromEntries(['101 characters', '101 characters beyond the BMP', 'a million characters', 'a NUL', 'a control character', 'a delete', 'a bidirectional override'].map((name) => [name, kBadNames[name]]));

// One row for every bad value of every member of a good body.
function bodies(good, faults, optional = []) {
  const rows = Object.keys(good).filter((key) => !optional.includes(key)).flatMap((key) => {
    const { [key]: _, ...rest } = good;
    return [[`${key}: missing`, rest], [`${key}: null`, { ...good, [key]: null }]];
  });
  for (const [key, values] of Object.entries(faults)) {
    for (const [name, value] of Object.entries(values)) rows.push([`${key}: ${name}`, { ...good, [key]: value }]);
  }
  return rows;
}

// Runs them all against one path; the state is compared once, because none of them may have changed it.
async function refuse(t, path, rows, as = company.boss) {
  await world.unchanged([company, foreign], () => table(t, world, rows.map(([name, body]) => ({ name, at: `POST ${path}`, as, body, expect: 400 }))));
}

const withTypes = (values) => ({ ...kOtherTypes, ...values });

test('POST /access/add', (t) => refuse(t, '/access/add', bodies({ email: 'nobody.at.all@example.org' }, { email: withTypes(kBadEmails) })));

test('POST /access/delete', (t) => refuse(t, '/access/delete', [
  ...bodies({ user_id: member.id }, { user_id: withTypes({ ...kBadIds, 'a foreign user': theirs.user, 'a foreign API token': theirs.apiToken, 'an organization': company.orgId, 'an invitation': invitation.invitation_id }) }),
  ...bodies({ email: member.email }, { email: withTypes(kBadEmails) }),
]));

test('POST /access/edit', (t) => refuse(t, '/access/edit', [
  ...bodies({ user_id: member.id, add: ['USER_ADD'] }, { user_id: withTypes({ ...kBadIds, 'a foreign user': theirs.user, 'an organization': company.orgId }), add: kBadRoles }),
  ...bodies({ user_id: member.id, remove: ['USER_ADD'] }, { remove: kBadRoles }),
  ['both: a good list beside a bad one', { user_id: member.id, add: ['USER_ADD'], remove: 'USER_VIEW' }],
]));

test('POST /access/invite', (t) => refuse(t, '/access/invite', bodies(
  { email: 'invited.nobody@example.org', company_name: 'Nobody Invited', relation_type: 'agency' },
  {
    email: withTypes(kBadEmails),
    company_name: withTypes(kBadNames),
    relation_type: withTypes({ 'nothing': '', 'another word': 'supplier', 'other case': 'Agency', 'a blank behind': 'agency ', 'both': 'agency,customer', ...kOddText }),
  },
)));

test('POST /access/invite/accept', async (t) => {
  await refuse(t, '/access/invite/accept', bodies({ token: '' }, { token: kOtherTypes }), null);
  const { token } = await world.invite(company.boss, address(), unique('Odd'));
  const unknown = {
    'nothing': '', 'a word': 'x', 'a blank behind': `${token} `, 'other case': token.toUpperCase(), 'percent-encoded': encodeURIComponent(`${token}=`), 'the link': `#token=${token}`, 'cut short': token.slice(0, -1), 'a letter more': `${token}0`,
    'another kind': token.replace('gth_invite_', 'gth_api_'), 'the last letter changed': token.slice(0, -1) + (token.endsWith('0') ? '1' : '0'), 'an id': kNobody, 'a NUL behind': `${token}\u0000`, 'a million letters': 'x'.repeat(1_000_000), ...kOddText,
  };
  const noText = ['nothing', 'a NUL', 'a NUL behind', 'a million letters'];  // may be refused as input before it is looked up
  await world.unchanged([company, foreign], () => table(t, world, Object.entries(unknown).map(([name, value]) => ({ name, at: 'POST /access/invite/accept', body: { token: value }, expect: noText.includes(name) ? [400, 401] : 401 }))));
  await world.accept(token);
});

test('POST /access/add-api-token', (t) => refuse(t, '/access/add-api-token', bodies({ name: 'bad', roles: ['USER_VIEW'] }, {
  name: withTypes(kBadTokenNames),
  roles: kBadRoleLists,
  expires_at: withTypes({ 'nothing': '', 'a word': 'never', 'the past': '2001-01-01T00:00:00Z', 'a day': '2099-01-01', 'no zone': '2099-01-01T00:00:00', 'the year 100,000': '100000-01-01T00:00:00Z', 'a NUL behind': '2099-01-01T00:00:00Z\u0000' }),
}, ['name', 'roles'])));

test('POST /access/switch-company', async (t) => {
  const bad = { ...kBadNames, 'an id': company.orgId, 'an SQL wildcard': '%', 'a quote': "' OR 1=1 --", 'a foreign name': foreign.name };
  await refuse(t, '/access/switch-company', bodies({ company: 'Zq Vx Wholly Unlike' }, { company: withTypes(bad) }));
});

test('POST /access/invite/{connection_id}/agency-roles/edit', async (t) => {
  const path = `/access/invite/${made.connection_id}/agency-roles/edit`;
  await refuse(t, path, [
    ...bodies({ add: ['USER_ADD'] }, { add: kBadRoles }),
    ...bodies({ remove: ['USER_VIEW'] }, { remove: kBadRoles }),
    ['both: one name in both', { add: ['USER_ADD'], remove: ['USER_ADD'] }],
    ['both: empty', { add: [], remove: [] }],
  ]);
});

test('ids in paths: what is no id, nobody’s, another’s, or of something else', async (t) => {
  const ids = () => ({ invitation: invitation.invitation_id, connection: made.connection_id, apiToken: apiToken.id });
  const paths = {
    invitation: [['POST', '/access/invite/{id}/reject'], ['POST', '/access/invite/{id}/resend']],
    connection: [['GET', '/access/invite/{id}/agency-roles'], ['POST', '/access/invite/{id}/agency-roles/edit', { add: ['USER_ADD'] }], ['POST', '/access/connections/{id}/end']],
    apiToken: [['POST', '/access/api-tokens/{id}/revoke']],
  };
  const odd = {
    'a word': 'x', 'a number': '1', 'one too short': kNobody.slice(1), 'one too long': `${kNobody}0`, 'braces': `{${kNobody}}`, 'a NUL': `${kNobody}\u0000`, 'a quote': "' OR 1=1",
    'dots': '..x', 'other letters': '日本', 'a blank': ' ', '5,000 letters': 'x'.repeat(5000), 'zeros': '00000000-0000-0000-0000-000000000000', 'nobody': kNobody,
    'an organization': company.orgId, 'a user': member.id,
  };
  await world.unchanged([company, foreign], async () => {
    for (const [kind, list] of Object.entries(paths)) {
      for (const [method, path, body] of list) {
        const wrong = { ...odd, [`another's ${kind}`]: theirs[kind], ...Object.fromEntries(Object.entries(ids()).filter(([name]) => name !== kind)) };
        await table(t, world, Object.entries(wrong).map(([name, id]) => ({ name: `${method} ${path}: ${name}`, at: `${method} ${path.replace('{id}', encodeURIComponent(id))}`, as: company.boss, body, expect: 400 })));
        const ask = (id) => world.ask(method, path.replace('{id}', id), { as: company.boss, body });
        assertSameText(await ask(theirs[kind]), await ask(kNobody), theirs[kind], kNobody);
      }
    }
  });
});

test('what is merely unusual is taken, and kept as it was sent', async (t) => {
  const as = company.boss;
  const good = {
    'of a hundred characters': unique('x'.repeat(80)).padEnd(100, 'x'),
    'of the other planes': unique('😀𠜎'),
    'of combining marks': unique('q\u0323\u0307'),
    'with quotes': unique('O’Neil "&" <Söhne>'),
    'from right to left': unique('شركة'),
    'like a formula': unique('=1+1;${x}%s'),
  };
  await table(t, world, Object.entries(good).map(([title, company_name]) => ({
    name: `a company name ${title}`, at: 'POST /access/invite', as, body: { email: address(), company_name, relation_type: 'customer', more: 'unknown' }, expect: 200,
    then: async ({ json }) => includes((await world.list('/access/invite', as)).find(({ id }) => id === json.data.invitation_id), { company_name, relation_type: 'customer' }),
  })));
  await table(t, world, Object.entries(good).map(([title, text]) => ({ name: `a token name ${title}`, at: 'POST /access/add-api-token', as, body: { name: text, roles: ['USER_VIEW'], more: [] }, expect: 200, data: { name: text } })));
  const long = `${'a'.repeat(64)}@${'b'.repeat(61)}.${'c'.repeat(62)}.${'d'.repeat(60)}.org`;
  for (const email of ['josé.ñandú@exämple.org', 'plus+tag@example.org', "o'neil@example.org", 'under_score@sub.example.org', long]) {
    assert.ok(email.length <= 254);
    const { status, text } = await world.ask('POST', '/access/invite', { as, body: { email, company_name: unique('Address'), relation_type: 'agency' } });
    assert.equal(status, 200, `${email}: ${text}`);
  }
  for (const [path, body] of [[`/access/invite/${invitation.invitation_id}/reject`, {}], [`/access/api-tokens/${apiToken.id}/revoke`, undefined], [`/access/connections/${made.connection_id}/end`, { reason: 'unknown' }]]) {
    await world.done(path, as, body);
  }
});
