// What every operation of /api/{Name} has in common: CONTRACTS.md section 5, "Conventions", and section 1, "Common limits" and
// "Error body". Names and members in any case, routes, methods, bodies, sizes, and problem details in ASP.NET's habit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertDialect, kNobody, kOperations, startDirectory, table, unique } from '../support/identity_manager.mjs';

const kMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const kNames = [...new Set(Object.keys(kOperations).map((call) => call.split(' ')[1]))];
const methodsOf = (name) => kMethods.filter((method) => kOperations[`${method} ${name}`]);
const mixed = (name) => [...name].map((letter, i) => (i % 2 === 0 ? letter.toLowerCase() : letter.toUpperCase())).join('');

let world;
let ann;
before(async () => {
  world = await startDirectory();
  ann = await world.clerk();
});
after(async () => { await world?.stop(); });

test('names in any case are the same operation', async (t) => {
  for (const name of kNames) {
    for (const spelled of [name.toLowerCase(), name.toUpperCase(), mixed(name)]) {
      await table(t, world, methodsOf(name).map((method) => ({
        name: `${method} ${spelled}`, at: `${method} ${spelled}`, as: world.admin, ...(['POST', 'PUT'].includes(method) && { body: {} }),
        expect: method === 'GET' && name !== 'UserByName' ? 200 : 400,
      })));
    }
  }
  await table(t, world, [
    { name: 'a user by name', at: 'GET userbyname', as: world.admin, query: { USERNAME: ann.userName }, expect: 200, has: { userId: ann.id } },
    { name: 'users by a filter', at: 'GET USER', as: world.admin, query: { UserID: ann.id, PAGESIZE: 1 }, expect: 200, ids: [ann], total: 1 },
    { name: 'a made provider', at: 'POST provider', as: world.admin, body: { NAME: unique('Cased'), ACTIVE: false }, expect: 201, has: { active: false } },
  ]);
});

test('unknown routes', async (t) => {
  const paths = ['Nothing', 'Users', 'User/x', `User/${kNobody}`, 'User/Role', 'UserRole/x', 'v2/User', 'U%C5%BFer', 'User%20', 'User.json', 'User%00'];
  for (const as of [ann, null]) {
    const who = as ? 'somebody' : 'nobody';
    await table(t, world, paths.flatMap((path) => ['GET', 'POST', 'DELETE'].map((method) => ({
      name: `${method} ${path} as ${who}`, at: `${method} ${path}`, as, ...(method === 'POST' && { body: {} }), expect: path.includes('%00') ? [400, 404] : 404,
    }))));
  }
  assertDialect(await world.call('GET', '/api', { as: ann }), 'GET');
});

test('another method is refused with those that are allowed', async (t) => {
  for (const name of kNames) {
    for (const [spelled, as] of [[name, ann], [name.toLowerCase(), null]]) {
      await table(t, world, kMethods.filter((method) => !methodsOf(name).includes(method)).map((method) => ({
        name: `${method} ${spelled} as ${as ? 'somebody' : 'nobody'}`, at: `${method} ${spelled}`, as, ...(method !== 'GET' && method !== 'DELETE' && { body: {} }), expect: 405,
        then: ({ headers }) => {
          const allowed = (headers.allow ?? '').split(',').map((word) => word.trim()).filter((word) => !['HEAD', 'OPTIONS'].includes(word));
          assert.deepEqual(allowed.sort(), methodsOf(name).sort());
        },
      })));
    }
  }
});

test('HEAD is GET without the body', async () => {
  for (const name of ['User', 'Role', 'role', 'Company', 'Provider', 'IdentificationType']) {
    const { status, text, headers } = await world.call('HEAD', `/api/${name}`, { as: ann, check: false });
    assert.deepEqual([status, text], [200, ''], name);
    assert.match(headers['x-total-count'] ?? '', /^\d+$/, name);
  }
});

test('nobody, or a bearer that is none: 401 with the challenge, before anything is read', async (t) => {
  for (const call of Object.keys(kOperations).filter((name) => name !== 'POST Authentication')) {
    const json = /^(POST|PUT)/.test(call) && { body: {} };
    await table(t, world, [
      { name: `${call}: nobody`, at: call, as: null, ...json, expect: 401 },
      { name: `${call}: garbage`, at: call, as: 'garbage', ...json, expect: 401 },
      { name: `${call}: another scheme`, at: call, as: null, headers: { Authorization: 'Basic YTpi' }, ...json, expect: 401 },
      ...(json ? [{ name: `${call}: malformed`, at: call, as: null, raw: '{', type: 'application/json', expect: 401 }] : []),
    ]);
  }
});

test('bodies: JSON objects of the right type, and nothing that readers disagree about', async (t) => {
  const json = (raw, more = {}) => ({ raw, type: 'application/json', ...more });
  const name = () => JSON.stringify(unique('body'));
  const sized = (bytes) => {
    const head = `{"name":${name()},"pad":"`;
    return `${head}${'x'.repeat(bytes - Buffer.byteLength(head) - 2)}"}`;
  };
  const common = { at: 'POST Provider', as: world.admin };
  const rows = [
    { name: 'plain', ...json(`{"name":${name()}}`), expect: 201 },
    { name: 'with blanks around', ...json(` \r\n\t{"name":${name()}}\n `), expect: 201 },
    { name: 'with a charset, in other case', ...json(`{"name":${name()}}`), type: 'Application/JSON; charset=utf-8', expect: 201 },
    { name: 'a name twice', ...json('{"name":"x","name":"y"}'), expect: 400 },
    { name: 'a name twice, in two cases', ...json('{"name":"x","Name":"y"}'), expect: 400 },
    { name: 'a name twice, far down', ...json(`{"name":${name()},"x":[{"a":1,"a":1}]}`), expect: 400 },
    { name: '20 levels', ...json(`{"name":${name()},"x":${'['.repeat(20)}${']'.repeat(20)}}`), expect: 201 },
    { name: '1 MiB', ...json(sized(1 << 20)), expect: 201 },
    { name: '1 MiB and a byte', ...json(sized((1 << 20) + 1)), expect: 413 },
    { name: '3 MiB', ...json(sized(3 << 20)), expect: 413 },
    { name: 'text/plain', ...json(`{"name":${name()}}`), type: 'text/plain', expect: 415 },
    { name: 'a form', form: { name: 'x' }, expect: 415 },
    { name: 'XML', ...json('<name>x</name>'), type: 'application/xml', expect: 415 },
    { name: 'something that begins like JSON', ...json(`{"name":${name()}}`), type: 'application/jsonish', expect: 415 },
    { name: 'no type', raw: `{"name":${name()}}`, expect: 415 },
  ];
  const refused = {
    'empty': '', 'only blanks': '  ', 'cut short': '{"name":"x"', 'no JSON': 'name=x', 'a comma too many': '{"name":"x",}', 'two values': '{"name":"x"}{"name":"y"}',
    'a NUL behind': '{"name":"x"}\u0000', 'a comment': '{"name":"x"/**/}', 'a list': '[]', 'a list of one': '[{"name":"x"}]', 'null': 'null', 'a number': '1', 'a text': '"x"',
    'half a surrogate': '{"name":"x\\ud800"}', 'bytes that are no UTF-8': Buffer.from('7b226e616d65223a22fffe227d', 'hex'), '100 levels': `{"x":${'['.repeat(100)}${']'.repeat(100)}}`,
  };
  await table(t, world, [...rows, ...Object.entries(refused).map(([title, raw]) => ({ name: title, ...json(raw), expect: 400 }))], common);
  for (const call of Object.keys(kOperations).filter((one) => /^(POST|PUT)/.test(one))) {
    await table(t, world, [
      { name: `${call}: malformed`, at: call, ...json('{'), expect: 400 },
      { name: `${call}: as text`, at: call, raw: '{}', type: 'text/plain', expect: 415 },
    ], { as: world.admin });
  }
});

test('several faults are told at once, each by its path in PascalCase', async (t) => {
  const all = ['UserName', 'Password', 'FirstName', 'LastName', 'Email', 'IdentificationTypeId', 'IdentificationNumber'];
  const faults = { username: 1, PASSWORD: 2, FirstName: 3, LASTNAME: 4, eMail: 5, identificationtypeid: 6, identificationNumber: 7, roleids: [8, 'x'], CompanyIds: ['y'], providerIDS: 'z' };
  await table(t, world, [
    { name: 'nothing', at: 'POST User', body: {}, fields: all },
    { name: 'all of another type, in any case', at: 'POST User', body: faults, fields: [...all, 'RoleIds[0]', 'RoleIds[1]', 'CompanyIds[0]', 'ProviderIds'] },
    { name: 'of the query', at: 'GET User', query: { page: 0, PAGESIZE: 1001, roleid: 'x', status: 'Asleep' }, fields: ['Page', 'PageSize', 'RoleId', 'Status'] },
    { name: 'of a query that stands for a body', at: 'DELETE UserRole', query: { userid: 'x' }, fields: ['RoleId', 'UserId'] },
    { name: 'of a body that stands for a query', at: 'DELETE UserRole', body: { userID: 7 }, fields: ['RoleId', 'UserId'] },
  ], { as: world.admin, expect: 400 });
});

test('DELETE takes the query, or the same as JSON', async (t) => {
  const company = await world.company('Taken');
  const { providerId } = await world.provider();
  const things = { UserRole: ['roleId', world.roles.viewer], UserCompany: ['companyId', company.orgId], UserProvider: ['providerId', providerId] };
  for (const [name, [member, id]] of Object.entries(things)) {
    const body = { userId: ann.id, [member]: id };
    const upper = Object.fromEntries(Object.entries(body).map(([key, value]) => [key.toUpperCase(), value]));
    for (const [how, options] of Object.entries({ query: { query: body }, body: { body }, 'query in upper case': { query: upper }, 'body in upper case': { body: upper } })) {
      await t.test(`${name} by ${how}`, async () => {
        await world.gives(201, 'POST', name, { as: world.admin, body });
        await world.gives(204, 'DELETE', name, { as: world.admin, ...options });
        await world.gives(404, 'DELETE', name, { as: world.admin, ...options });
      });
    }
  }
  const made = await world.user();
  await world.gives(204, 'DELETE', 'User', { as: world.admin, body: { UserId: made.id } });
  await world.gives(204, 'DELETE', 'Provider', { as: world.admin, body: { PROVIDERID: providerId } });
});

test('traceId is the X-Request-ID, the one that was sent or one of its own', async () => {
  for (const [method, name, options] of [['GET', 'Nothing', {}], ['GET', 'User', { as: null }], ['PATCH', 'User', { body: {} }], ['GET', 'UserByName', {}], ['DELETE', 'User', { query: { userId: kNobody } }]]) {
    const id = unique('trace').replaceAll(' ', '-');
    const answer = await world.api(method, name, { as: ann, ...options, headers: { 'X-Request-ID': id } });
    assert.deepEqual([answer.json.traceId, answer.headers['x-request-id']], [id, id], answer.text);
    const other = await world.api(method, name, { as: ann, ...options });
    assert.notEqual(other.json.traceId, id);
  }
});
