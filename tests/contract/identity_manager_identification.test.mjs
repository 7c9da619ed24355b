// Identification types: CONTRACTS.md section 5, the row GET IdentificationType, "number format by type", and "Beyond the seed".
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codesOf, kNobody, sorted, startDirectory, table, unique } from '../support/identity_manager.mjs';
import { greet } from '../support/v1.mjs';

// Lengths of a number of the type, and whether letters belong to it.
const kFormats = {
  CC: { from: 5, to: 12 }, CE: { from: 6, to: 12 }, NIP: { from: 10, to: 10 }, TI: { from: 5, to: 11 }, PPT: { from: 14, to: 15, letters: true }, NIT: { from: 10, to: 10 }, PAS: { from: 6, to: 14, letters: true },
};
let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

let serial = 0;
// A number of so many digits that nobody has.
const digits = (count) => {
  serial += 1;
  return String(10 ** (count - 1) + serial);
};
const withNumber = (code, identificationNumber) => world.profile({ identificationTypeId: world.types[code], identificationNumber });
const types = async (as = world.admin) => world.gives(200, 'GET', 'IdentificationType', { as });
const code = () => unique('T').replaceAll(/[ -]/g, '').toUpperCase();

test('the seven of the start, for anyone who is signed in', async (t) => {
  const ann = await world.clerk();
  const list = await types(ann);
  assert.deepEqual(sorted(list.map((type) => type.code)), sorted(Object.keys(kFormats)));
  for (const { name } of list) assert.notEqual(name.trim(), '');
  assert.deepEqual(await types(), list);
  await table(t, world, [
    { name: 'a page', query: { page: 2, pageSize: 3 }, total: 7, then: ({ json }) => assert.deepEqual(json, list.slice(3, 6)) },
    { name: 'the last page', query: { page: 3, pageSize: 3 }, total: 7, then: ({ json }) => assert.deepEqual(json, list.slice(6)) },
    { name: 'beyond', query: { page: 4, pageSize: 3 }, total: 7, then: ({ json }) => assert.deepEqual(json, []) },
    { name: 'too long a page', query: { pageSize: 1001 }, expect: 400, fields: ['PageSize'] },
  ], { at: 'GET IdentificationType', as: ann, expect: 200 });
});

test('a number fits its type, when made and when changed', async (t) => {
  const ann = await world.user();
  const as = world.admin;
  for (const [type, { from, to, letters }] of Object.entries(kFormats)) {
    const good = { [`${from} digits`]: digits(from), [`${to} digits`]: digits(to), ...(letters && { 'letters and digits': `AB${digits(from - 2)}`, 'a letter behind': `${digits(to - 1)}Z` }) };
    const bad = {
      [`${from - 1} digits`]: digits(from - 1), [`${to + 1} digits`]: digits(to + 1), 'a blank': `${digits(from - 1)} `, 'a hyphen': `${digits(from - 2)}-1`, 'a dot': `${digits(from - 2)}.1`, 'a line break behind': `${digits(from)}\n`,
      'a NUL behind': `${digits(from)}\u0000`, 'Arabic digits': '٣'.repeat(from), 'a sign': `+${digits(from - 1)}`, 'other letters': 'Ñ'.repeat(from), ...(!letters && { 'a letter': `A${digits(from - 1)}` }),
    };
    await table(t, world, [
      ...Object.entries(good).flatMap(([name, number]) => [
        { name: `${type}: ${name}`, at: 'POST User', as, body: withNumber(type, number), expect: 201, has: { identificationTypeId: world.types[type], identificationNumber: number } },
        { name: `${type}: ${name}, taken`, at: 'POST User', as, body: withNumber(type, number), expect: 409 },
      ]),
      ...Object.entries(bad).flatMap(([name, number]) => [
        { name: `${type}: ${name}`, at: 'POST User', as, body: withNumber(type, number), expect: 400, fields: ['IdentificationNumber'] },
        { name: `${type}: changed to ${name}`, at: 'PUT User', as, body: { userId: ann.id, identificationTypeId: world.types[type], identificationNumber: number }, expect: 400, fields: ['IdentificationNumber'] },
      ]),
    ]);
  }
  assert.deepEqual(await world.shown(ann), ann.made);
});

test('type and number change together, and stay a pair that fits and nobody else has', async (t) => {
  const { types: { CC, CE, PAS, NIP } } = world;
  const ann = await world.user({ identificationNumber: '54321' });
  const bob = await world.user({ identificationTypeId: PAS, identificationNumber: 'AB123456' });
  await table(t, world, [
    { name: 'another number', body: { userId: ann.id, identificationNumber: '54322' }, expect: 200, has: { identificationTypeId: CC, identificationNumber: '54322' } },
    { name: 'a type that the number does not fit', body: { userId: ann.id, identificationTypeId: CE }, expect: 400 },
    { name: 'another type with a number that fits', body: { userId: ann.id, identificationTypeId: PAS, identificationNumber: 'XY123456' }, expect: 200, has: { identificationTypeId: PAS, identificationNumber: 'XY123456' } },
    { name: "another's pair", body: { userId: ann.id, identificationNumber: 'AB123456' }, expect: 409 },
    { name: 'the own pair', body: { userId: bob.id, identificationTypeId: PAS, identificationNumber: 'AB123456' }, expect: 200 },
    { name: 'an unknown type', body: { userId: ann.id, identificationTypeId: kNobody, identificationNumber: '1234567890' }, expect: 400, fields: ['IdentificationTypeId'] },
    { name: 'a number that is none', body: { userId: ann.id, identificationNumber: 123456 }, expect: 400, fields: ['IdentificationNumber'] },
    { name: 'the pair is free', body: { userId: bob.id, identificationTypeId: CC, identificationNumber: '54322' }, expect: 200 },
    { name: 'and so is the other', body: { userId: ann.id, identificationNumber: 'AB123456' }, expect: 200 },
  ], { at: 'PUT User', as: world.admin });
  const [one, two] = [await world.user(), await world.user()];
  const answers = await Promise.all([one, two].map(({ id }) => world.api('PUT', 'User', { as: world.admin, body: { userId: id, identificationTypeId: NIP, identificationNumber: '9876543210' } })));
  assert.deepEqual(codesOf(answers), [200, 409]);
});

test('types are made, changed and removed by administrators', async (t) => {
  const as = await world.administrator();
  const [first, other] = [code(), code()];
  const at = 'POST IdentificationType';
  const put = 'PUT IdentificationType';
  const made = await world.api('POST', 'IdentificationType', { as, body: { code: first, name: 'Carné', pattern: '[A-Z]{2}[0-9]{4}' } });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual([made.json.code, made.json.name], [first, 'Carné']);
  assert.match(new URL(made.headers.location, world.url).pathname, /^\/api\/IdentificationType/);
  const { identificationTypeId } = made.json;
  const numbered = (identificationNumber) => world.profile({ identificationTypeId, identificationNumber });
  await table(t, world, [
    { name: 'a number of its pattern', at: 'POST User', as, body: numbered('AB1234'), expect: 201 },
    ...['xAB1234', 'AB1234x', 'AB123', 'ab1234', 'AB1234\n', 'CD5678\nAB1234'].map((number) => ({ name: `${JSON.stringify(number)} is none`, at: 'POST User', as, body: numbered(number), expect: 400, fields: ['IdentificationNumber'] })),
    { name: 'without a pattern', at, as, body: { code: other, name: 'Libreta' }, expect: 201, has: { code: other, name: 'Libreta' } },
    { name: 'a code that is taken', at, as, body: { code: first, name: 'Other' }, expect: 409 },
    { name: 'a code that is taken in other case', at, as, body: { code: first.toLowerCase(), name: 'Other' }, expect: 409 },
    { name: 'nothing', at, as, body: {}, expect: 400, fields: ['Code', 'Name'] },
    { name: 'of other types', at, as, body: { code: 1, name: [], pattern: 7 }, expect: 400, fields: ['Code', 'Name', 'Pattern'] },
    { name: 'empty', at, as, body: { code: '', name: '' }, expect: 400, fields: ['Code', 'Name'] },
    { name: 'endless', at, as, body: { code: 'C'.repeat(5000), name: 'n'.repeat(5000) }, expect: 400, fields: ['Code', 'Name'] },
    { name: 'a pattern that is none', at, as, body: { code: code(), name: 'Broken', pattern: '[A-' }, expect: 400, fields: ['Pattern'] },
    { name: 'an endless pattern', at, as, body: { code: code(), name: 'Endless', pattern: '[0-9]'.repeat(10_000) }, expect: 400, fields: ['Pattern'] },
    { name: 'another name', at: put, as, body: { identificationTypeId, code: first, name: 'Carnet', pattern: '[A-Z]{2}[0-9]{4}' }, expect: 200, has: { identificationTypeId, code: first, name: 'Carnet' } },
    { name: 'another pattern', at: put, as, body: { identificationTypeId, code: first, name: 'Carnet', pattern: '[0-9]{3}' }, expect: 200 },
    { name: 'a number of the new pattern', at: 'POST User', as, body: numbered('777'), expect: 201 },
    { name: 'a number of the old one', at: 'POST User', as, body: numbered('EF9999'), expect: 400, fields: ['IdentificationNumber'] },
    { name: "another's code", at: put, as, body: { identificationTypeId, code: other, name: 'Carnet' }, expect: 409 },
    { name: 'an unknown one', at: put, as, body: { identificationTypeId: kNobody, code: code(), name: 'None' }, expect: 404 },
    { name: 'no id', at: put, as, body: { code: code(), name: 'None' }, expect: 400, fields: ['IdentificationTypeId'] },
  ]);
});

test('a type in use stays; one that is not goes', async (t) => {
  const as = world.admin;
  const at = 'DELETE IdentificationType';
  const { identificationTypeId } = await world.gives(201, 'POST', 'IdentificationType', { as, body: { code: code(), name: 'Short-lived' } });
  const ann = await world.user({ identificationTypeId, identificationNumber: 'anything-1' });
  await table(t, world, [
    { name: 'in use', at, query: { identificationTypeId }, expect: 409 },
    { name: 'unknown', at, query: { identificationTypeId: kNobody }, expect: 404 },
    { name: 'none', at, expect: 400, fields: ['IdentificationTypeId'] },
    { name: 'no id', at, query: { identificationTypeId: 'CC' }, expect: 400, fields: ['IdentificationTypeId'] },
    { name: 'its last user goes', at: 'DELETE User', query: { userId: ann.id }, expect: 204 },
    { name: 'in use no longer', at, query: { identificationTypeId }, expect: 204 },
    { name: 'once more', at, query: { identificationTypeId }, expect: 404 },
    { name: 'and cannot be used', at: 'POST User', body: world.profile({ identificationTypeId, identificationNumber: '12345' }), expect: 400, fields: ['IdentificationTypeId'] },
  ], { as });
  const ti = world.types.TI;
  const users = await world.gives(200, 'GET', 'User', { as, query: { pageSize: 1000 } });
  for (const { userId } of users.filter((user) => user.identificationTypeId === ti)) await world.gives(204, 'DELETE', 'User', { as, query: { userId } });
  await world.gives(204, 'DELETE', 'IdentificationType', { as, query: { identificationTypeId: ti } });
  await world.server.restart();
  await greet(world);
  assert.ok(!(await types()).some((type) => type.identificationTypeId === ti), 'what was removed of the start set stays away');
});

test('a pattern that would take for ever does not stop the service', async () => {
  for (const pattern of ['(a+)+b', '(a|aa)+b', '(.*)*b', '([a-z]+)*[0-9]']) {
    const answer = await world.api('POST', 'IdentificationType', { as: world.admin, body: { code: code(), name: 'Slow', pattern } });
    assert.ok([201, 400].includes(answer.status), answer.text);
    if (answer.status === 400) continue;
    const started = Date.now();
    const { identificationTypeId } = answer.json;
    const refused = await world.api('POST', 'User', { as: world.admin, body: world.profile({ identificationTypeId, identificationNumber: 'a'.repeat(60) }) });
    assert.equal(refused.status, 400, refused.text);
    assert.ok(Date.now() - started < 5000, `${pattern}: ${Date.now() - started} ms`);
  }
});
