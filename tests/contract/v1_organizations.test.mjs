// Organizations of the v1 surface: CONTRACTS.md section 3, the rows /orgs …, ETag and the move of a branch.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertProblem, kTime, kUuid, startWorld, table, unique } from '../support/v1.mjs';

const kNobody = '01920000-0000-7000-8000-000000000000';
let world;
before(async () => { world = await startWorld(); });
after(async () => { await world?.stop(); });

test('create: the answer is the whole organization, with Location and ETag', async () => {
  const ann = await world.person('Ann');
  const name = unique('Acme');
  const answer = await world.call('POST', '/api/v1/orgs', { as: ann, body: { name, description: 'Anvils' } });
  assert.equal(answer.status, 201, answer.text);
  const { orgId, createdAt, updatedAt, ...rest } = answer.json;
  assert.deepEqual(rest, { name, description: 'Anvils', parentOrgId: null });
  assert.match(orgId, kUuid);
  assert.match(createdAt, kTime);
  assert.match(updatedAt, kTime);
  assert.ok(Math.abs(Date.now() - Date.parse(createdAt)) < 60_000);
  const path = new URL(answer.headers.location, world.url).pathname;
  assert.equal(path, `/api/v1/orgs/${orgId}`);
  assert.ok(answer.headers.etag);
  const got = await world.call('GET', path, { as: ann });
  assert.equal(got.status, 200);
  assert.deepEqual(got.json, answer.json);
  assert.equal(got.headers.etag, answer.headers.etag);
  const users = await world.must(200, 'GET', `${path}/users`, { as: ann });
  assert.deepEqual(users.items.map((user) => [user.userId, user.orgRole]), [[ann.id, 'admin']], 'any user may create at the top and becomes its first admin');
});

test('create: every limit and every fault', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const eve = await world.person('Eve');
  const parent = await world.organization({ as: ann });
  const hers = await world.organization({ as: eve });
  await world.member(parent, bob, 'viewer', ann);
  const taken = await world.organization({ as: ann, name: 'Über  Straße & Söhne' });
  const at = 'POST /api/v1/orgs';
  const long = (n, letter = 'x') => (unique('n') + letter.repeat(n)).slice(0, n);
  await table(t, world, [
    { name: 'no body', at, as: ann, type: 'application/json', raw: '', expect: 400 },
    { name: 'name missing', at, as: ann, body: {}, expect: 400, fields: ['name'] },
    { name: 'name null', at, as: ann, body: { name: null }, expect: 400, fields: ['name'] },
    { name: 'name a number', at, as: ann, body: { name: 5 }, expect: 400, fields: ['name'] },
    { name: 'name an object', at, as: ann, body: { name: {} }, expect: 400, fields: ['name'] },
    { name: 'name empty', at, as: ann, body: { name: '' }, expect: 400, fields: ['name'] },
    { name: 'name only blanks', at, as: ann, body: { name: ' \t \u00a0 ' }, expect: 400, fields: ['name'] },
    { name: 'name of 100 letters', at, as: ann, body: { name: long(100) }, expect: 201 },
    { name: 'name of 100 letters of two bytes', at, as: ann, body: { name: 'é'.repeat(100) }, expect: 201 },
    { name: 'name of 100 letters of four bytes', at, as: ann, body: { name: '\u{1F600}'.repeat(100) }, expect: 201 },
    { name: 'name of 101 letters', at, as: ann, body: { name: long(101) }, expect: 400, fields: ['name'] },
    { name: 'name of 101 letters of two bytes', at, as: ann, body: { name: 'ß'.repeat(101) }, expect: 400, fields: ['name'] },
    { name: 'description of 200', at, as: ann, body: { name: unique('D'), description: 'd'.repeat(200) }, expect: 201 },
    { name: 'description of 201', at, as: ann, body: { name: unique('D'), description: 'd'.repeat(201) }, expect: 400, fields: ['description'] },
    { name: 'description a list', at, as: ann, body: { name: unique('D'), description: [] }, expect: 400, fields: ['description'] },
    { name: 'every faulty field is named', at, as: ann, body: { name: '', description: 7, parentOrgId: 'x', admins: 'me' }, expect: 400, fields: ['name', 'description', 'parentOrgId', 'admins'] },
    { name: 'parent no GUID', at, as: ann, body: { name: unique('P'), parentOrgId: 'nonsense' }, expect: 400, fields: ['parentOrgId'] },
    { name: 'parent a number', at, as: ann, body: { name: unique('P'), parentOrgId: 1 }, expect: 400, fields: ['parentOrgId'] },
    { name: 'parent null is the top', at, as: ann, body: { name: unique('P'), parentOrgId: null }, expect: 201, has: { parentOrgId: null } },
    { name: 'parent unknown', at, as: ann, body: { name: unique('P'), parentOrgId: kNobody }, expect: 404, code: 'Org.NotFound' },
    { name: 'parent out of reach', at, as: ann, body: { name: unique('P'), parentOrgId: hers.orgId }, expect: 404, code: 'Org.NotFound' },
    { name: 'parent seen, not its admin', at, as: bob, body: { name: unique('P'), parentOrgId: parent.orgId }, expect: 403 },
    { name: 'below its own', at, as: ann, body: { name: unique('P'), parentOrgId: parent.orgId }, expect: 201, has: { parentOrgId: parent.orgId } },
    { name: 'an admin that is no GUID', at, as: ann, body: { name: unique('A'), admins: ['x'] }, expect: 400, fields: ['admins[0]'] },
    { name: 'an admin nobody knows', at, as: ann, body: { name: unique('A'), admins: [kNobody] }, expect: [400, 404] },
    { name: 'below a parent: an admin who is not admin there', at, as: ann, body: { name: unique('A'), parentOrgId: parent.orgId, admins: [bob.id] }, expect: [400, 403] },
    { name: 'the same name', at, as: eve, body: { name: taken.name }, expect: 409, code: 'Org.NameAlreadyExists' },
    { name: 'the same name in other case', at, as: eve, body: { name: 'üBER sTRAßE & SÖHNE' }, expect: 409, code: 'Org.NameAlreadyExists' },
    { name: 'the same name with other blanks', at, as: eve, body: { name: '  Über\tStraße   & Söhne ' }, expect: 409, code: 'Org.NameAlreadyExists' },
    { name: 'the same name below a parent', at, as: ann, body: { name: taken.name, parentOrgId: parent.orgId }, expect: 409 },
    { name: 'unknown members are ignored', at, as: ann, body: { name: unique('U'), colour: 'red', orgId: kNobody }, expect: 201, hasNot: [kNobody, 'red'] },
    { name: 'nobody', at, body: { name: unique('N') }, expect: 401 },
  ]);
});

test('create: listed admins become admins and the creator stays one', async () => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const organization = await world.organization({ as: ann, admins: [bob.id] });
  const { items } = await world.must(200, 'GET', `/api/v1/orgs/${organization.orgId}/users`, { as: bob });
  assert.deepEqual(items.map((user) => user.userId).sort(), [ann.id, bob.id].sort());
  assert.ok(items.every((user) => user.orgRole === 'admin'));
  const below = await world.organization({ as: ann, parent: organization, admins: [bob.id] });
  const there = await world.must(200, 'GET', `/api/v1/orgs/${below.orgId}/users`, { as: ann });
  assert.deepEqual(there.items.map((user) => [user.userId, user.orgRole]).sort(), [[ann.id, 'admin'], [bob.id, 'admin']].sort());
});

test('create: of many at once with one name, exactly one wins', async () => {
  const ann = await world.person('Ann');
  const name = unique('Race');
  const answers = await Promise.all(Array.from({ length: 12 }, () => world.call('POST', '/api/v1/orgs', { as: ann, body: { name } })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, ...Array(11).fill(409)]);
});

test('update: PUT replaces, PATCH changes what it names, the parent stands', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const eve = await world.person('Eve');
  const parent = await world.organization({ as: ann });
  const organization = await world.organization({ as: ann, parent, description: 'first' });
  const other = await world.organization({ as: ann });
  await world.member(organization, bob, 'operator', ann);
  const at = `PUT /api/v1/orgs/${organization.orgId}`;
  const patch = `PATCH /api/v1/orgs/${organization.orgId}`;
  const name = unique('Renamed');
  await table(t, world, [
    { name: 'a new name and description', at, as: ann, body: { name, description: 'second' }, expect: 200, has: { orgId: organization.orgId, name, description: 'second', parentOrgId: parent.orgId, createdAt: organization.createdAt, updatedAt: (time) => time > organization.updatedAt } },
    { name: 'its own name in other case is no clash', at, as: ann, body: { name: name.toUpperCase(), description: 'second' }, expect: 200, has: { name: name.toUpperCase() } },
    { name: 'the same parent', at, as: ann, body: { name, parentOrgId: parent.orgId }, expect: 200 },
    { name: 'another parent', at, as: ann, body: { name, parentOrgId: other.orgId }, expect: 400 },
    { name: 'no parent, though it has one', at, as: ann, body: { name, parentOrgId: null }, expect: 400 },
    { name: 'an unknown parent', at, as: ann, body: { name, parentOrgId: kNobody }, expect: 400 },
    { name: 'a parent that is no GUID', at, as: ann, body: { name, parentOrgId: '7' }, expect: 400, fields: ['parentOrgId'] },
    { name: 'name missing', at, as: ann, body: { description: 'x' }, expect: 400, fields: ['name'] },
    { name: 'name too long', at, as: ann, body: { name: 'x'.repeat(101) }, expect: 400, fields: ['name'] },
    { name: 'description too long', at, as: ann, body: { name, description: 'x'.repeat(201) }, expect: 400, fields: ['description'] },
    { name: "another's name", at, as: ann, body: { name: ` ${other.name.toLowerCase()} ` }, expect: 409, code: 'Org.NameAlreadyExists' },
    { name: 'an operator', at, as: bob, body: { name }, expect: 403 },
    { name: 'a stranger', at, as: eve, body: { name }, expect: 404, code: 'Org.NotFound', hasNot: [name] },
    { name: 'unknown', at: `PUT /api/v1/orgs/${kNobody}`, as: ann, body: { name }, expect: 404, code: 'Org.NotFound' },
    { name: 'nobody', at, body: { name }, expect: 401 },
    { name: 'PATCH of the description keeps the name', at: patch, as: ann, body: { description: 'third' }, expect: 200, has: { name, description: 'third' } },
    { name: 'PATCH of the name keeps the description', at: patch, as: ann, body: { name: `${name}!` }, expect: 200, has: { name: `${name}!`, description: 'third' } },
    { name: 'PATCH of nothing', at: patch, as: ann, body: {}, expect: 200, has: { name: `${name}!`, description: 'third' } },
    { name: 'PATCH with a blank name', at: patch, as: ann, body: { name: ' ' }, expect: 400, fields: ['name'] },
    { name: 'PATCH with another parent', at: patch, as: ann, body: { parentOrgId: other.orgId }, expect: 400 },
    { name: 'PATCH by an operator', at: patch, as: bob, body: { description: 'x' }, expect: 403 },
    { name: 'PATCH by a stranger', at: patch, as: eve, body: { description: 'x' }, expect: 404 },
  ]);
});

test('ETag and If-Match: a change on a stale copy is refused and changes nothing', async () => {
  const ann = await world.person('Ann');
  const { orgId, name } = await world.organization({ as: ann });
  const path = `/api/v1/orgs/${orgId}`;
  const { headers: { etag: first } } = await world.call('GET', path, { as: ann });
  assert.match(first, /^"[^"]*"$/, 'a strong ETag');
  const changed = await world.call('PUT', path, { as: ann, headers: { 'If-Match': first }, body: { name, description: 'one' } });
  assert.equal(changed.status, 200);
  assert.notEqual(changed.headers.etag, first);
  for (const [method, body] of [['PUT', { name, description: 'two' }], ['PATCH', { description: 'two' }], ['DELETE', undefined]]) {
    for (const stale of [first, '"nonsense"', `W/${changed.headers.etag}`]) {
      const answer = await world.call(method, path, { as: ann, headers: { 'If-Match': stale }, body });
      assert.ok(stale === '"nonsense"' ? [400, 412].includes(answer.status) : answer.status === 412, `${method} If-Match: ${stale} → ${answer.status}`);
      assertProblem(answer);
    }
  }
  const after = await world.call('GET', path, { as: ann });
  assert.equal(after.json.description, 'one');
  assert.equal(after.headers.etag, changed.headers.etag);
  await world.must(200, 'PATCH', path, { as: ann, headers: { 'If-Match': '*' }, body: { description: 'three' } });
  const now = (await world.call('GET', path, { as: ann })).headers.etag;
  await world.must(200, 'PATCH', path, { as: ann, headers: { 'If-Match': `"0000", ${now}` }, body: { description: 'four' } });
});

test('If-Match: of two who change the same version, one wins', async () => {
  const ann = await world.person('Ann');
  const { orgId } = await world.organization({ as: ann });
  const path = `/api/v1/orgs/${orgId}`;
  const { headers: { etag } } = await world.call('GET', path, { as: ann });
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) =>
    world.call('PATCH', path, { as: ann, headers: { 'If-Match': etag }, body: { description: `${i}` } })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(7).fill(412)]);
});

test('delete: refuses what would orphan something, then takes the organization away', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const eve = await world.person('Eve');
  const top = await world.organization({ as: ann });
  const middle = await world.organization({ as: ann, parent: top });
  const leaf = await world.organization({ as: ann, parent: middle });
  const shared = await world.organization({ as: ann, parent: top });
  await world.member(shared, bob, 'viewer', ann);
  const named = await world.organization({ as: ann, parent: top });
  const at = (organization, query = '') => `DELETE /api/v1/orgs/${organization.orgId}${query}`;
  await table(t, world, [
    { name: 'has sub-organizations', at: at(middle), as: ann, expect: 403, code: 'Org.HasChildren' },
    { name: 'has other users', at: at(shared), as: ann, expect: 403 },
    { name: 'a viewer', at: at(shared), as: bob, expect: 403 },
    { name: 'a stranger', at: at(leaf), as: eve, expect: 404, code: 'Org.NotFound' },
    { name: 'unknown', at: `DELETE /api/v1/orgs/${kNobody}`, as: ann, expect: 404, code: 'Org.NotFound' },
    { name: 'nobody', at: at(leaf), expect: 401 },
    { name: 'another orgName', at: at(named, '?orgName=Wrong'), as: ann, expect: 400 },
    { name: 'orgName in other case does not match exactly', at: at(named, `?orgName=${encodeURIComponent(named.name.toUpperCase())}`), as: ann, expect: 400 },
    { name: 'the exact orgName', at: at(named, `?orgName=${encodeURIComponent(named.name)}`), as: ann, expect: 204 },
    { name: 'a leaf', at: at(leaf), as: ann, expect: 204, then: (answer) => assert.equal(answer.text, '') },
    { name: 'a second time', at: at(leaf), as: ann, expect: 404 },
    { name: 'gone', at: `GET /api/v1/orgs/${leaf.orgId}`, as: ann, expect: 404 },
    { name: 'its users are gone with it', at: `GET /api/v1/orgs/${leaf.orgId}/users`, as: ann, expect: 404 },
    { name: 'now the middle has no children', at: at(middle), as: ann, expect: 204 },
    { name: 'its name is free again', at: 'POST /api/v1/orgs', as: ann, body: { name: middle.name }, expect: 201 },
    { name: 'a top organization, by its admin', at: at(await world.organization({ as: ann })), as: ann, expect: 403 },
    { name: 'a top organization with children, by a platform administrator', at: at(top), as: world.admin, expect: 403, code: 'Org.HasChildren' },
    { name: 'a top organization with other users, by a platform administrator', at: at(await world.organization({ as: ann })), as: world.admin, expect: 403 },
    { name: 'an empty top organization, by a platform administrator', at: at(await world.organization()), as: world.admin, expect: 204 },
  ]);
});

test('delete: of many at once one does it; what belonged to it ends', async () => {
  const ann = await world.person('Ann');
  const top = await world.organization({ as: ann });
  const room = await world.organization({ as: ann, parent: top });
  const bob = await world.person('Bob');
  await world.member(room, bob, 'viewer', ann);
  Object.assign(bob, await world.signIn(bob.email));
  const client = await world.client(bob, ['organizations.read']);
  await world.must(200, 'GET', `/api/v1/orgs/${room.orgId}`, { as: client });
  await world.must(204, 'DELETE', `/api/v1/orgs/${room.orgId}/users/${bob.id}`, { as: ann });
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.call('DELETE', `/api/v1/orgs/${room.orgId}`, { as: ann })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [204, ...Array(7).fill(404)]);
  const after = await world.call('GET', `/api/v1/orgs/${room.orgId}`, { as: client });
  assert.ok([401, 404].includes(after.status), `${after.status}`);
  assert.equal((await world.call('GET', '/api/v1/auth/tokens/current', { as: bob })).status, 200, 'his session lives on elsewhere');
});

test('a tree has an end: the deepest is refused, never an error of the server', async () => {
  const ann = await world.person('Ann');
  const chain = [await world.organization({ as: ann })];
  for (;;) {
    const body = { name: unique('deep'), parentOrgId: chain.at(-1).orgId };
    const answer = await world.call('POST', '/api/v1/orgs', { as: ann, body });
    if (answer.status !== 201) {
      assert.ok([400, 403, 409].includes(answer.status), answer.text);
      assertProblem(answer);
      break;
    }
    chain.push(answer.json);
    assert.ok(chain.length < 300, 'somewhere is a limit');
  }
  assert.ok(chain.length >= 33, 'children can be asked for 32 levels');
  const parents = await world.must(200, 'GET', `/api/v1/orgs/${chain.at(-1).orgId}/parents`, { as: ann });
  assert.deepEqual(parents.items.map((item) => item.orgId), chain.slice(0, -1).map((item) => item.orgId));
  const children = await world.must(200, 'GET', `/api/v1/orgs/${chain[0].orgId}/children`, { as: ann, query: { depth: 32 } });
  assert.deepEqual(children.items.map((item) => [item.orgId, item.level]), chain.slice(1, 33).map((item, i) => [item.orgId, i + 1]));
  const branch = await world.organization({ as: ann });
  const tooDeep = await world.call('POST', `/api/v1/orgs/${chain[0].orgId}/parent`, { as: world.admin, body: { parentOrgId: branch.orgId } });
  assert.ok([400, 403, 409].includes(tooDeep.status), tooDeep.text);
});

test('list: what the caller reaches and nothing else, paged, sorted, filtered', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const mark = unique('List').replace(/ /g, '');
  const top = await world.organization({ as: ann, name: `${mark} top` });
  const names = ['delta', 'Alpha', 'charlie', 'Bravo'];
  const children = [];
  for (const name of names) children.push(await world.organization({ as: ann, parent: top, name: `${mark} ${name}` }));
  const deep = await world.organization({ as: ann, parent: children[0], name: `${mark} deep` });
  await world.member(children[0], bob, 'viewer', ann);
  await world.member(children[1], bob, 'operator', ann);
  const at = 'GET /api/v1/orgs';
  const named = (...list) => list.map((name) => ({ name: `${mark} ${name}` }));
  await table(t, world, [
    { name: 'everything below what one is admin of, by name', at, as: ann, expect: 200, has: { totalCount: 6, items: named('Alpha', 'Bravo', 'charlie', 'deep', 'delta', 'top') } },
    { name: 'a viewer of one branch and operator of another', at, as: bob, expect: 200, has: { totalCount: 3, items: named('Alpha', 'deep', 'delta') } },
    { name: 'a page', at, as: ann, query: { skipCount: 1, maxResultCount: 2 }, expect: 200, has: { totalCount: 6, items: named('Bravo', 'charlie') } },
    { name: 'past the end', at, as: ann, query: { skipCount: 100 }, expect: 200, has: { totalCount: 6, items: [] } },
    { name: 'by name, descending', at, as: ann, query: { sorting: 'name desc', maxResultCount: 2 }, expect: 200, has: { items: named('top', 'delta') } },
    { name: 'by name, said so', at, as: ann, query: { sorting: 'name asc', maxResultCount: 1 }, expect: 200, has: { items: named('Alpha') } },
    { name: 'by age', at, as: ann, query: { sorting: 'createdAt', maxResultCount: 2 }, expect: 200, has: { items: named('top', 'delta') } },
    { name: 'by youth', at, as: ann, query: { sorting: 'createdAt desc', maxResultCount: 1 }, expect: 200, has: { items: named('deep') } },
    { name: 'by a part of the name, in any case', at, as: ann, query: { name: 'ALPH' }, expect: 200, has: { totalCount: 1, items: named('Alpha') } },
    { name: 'a part that is a pattern elsewhere', at, as: ann, query: { name: '%' }, expect: 200, has: { totalCount: 0, items: [] } },
    { name: 'of one parent', at, as: ann, query: { parentOrgId: top.orgId }, expect: 200, has: { totalCount: 4, items: named('Alpha', 'Bravo', 'charlie', 'delta') } },
    { name: 'of one parent and a name', at, as: ann, query: { parentOrgId: children[0].orgId, name: 'dee' }, expect: 200, has: { totalCount: 1, items: [{ orgId: deep.orgId }] } },
    { name: 'a parent that is no GUID', at, as: ann, query: { parentOrgId: 'x' }, expect: 400, fields: ['parentOrgId'] },
    { name: 'maxResultCount 1000', at, as: ann, query: { maxResultCount: 1000 }, expect: 200 },
    { name: 'maxResultCount 1001', at, as: ann, query: { maxResultCount: 1001 }, expect: 400, fields: ['maxResultCount'] },
    { name: 'maxResultCount -1', at, as: ann, query: { maxResultCount: -1 }, expect: 400, fields: ['maxResultCount'] },
    { name: 'maxResultCount no number', at, as: ann, query: { maxResultCount: 'many' }, expect: 400, fields: ['maxResultCount'] },
    { name: 'skipCount -1', at, as: ann, query: { skipCount: -1 }, expect: 400, fields: ['skipCount'] },
    { name: 'skipCount no number', at, as: ann, query: { skipCount: '1e3' }, expect: 400, fields: ['skipCount'] },
    { name: 'skipCount beyond any integer', at, as: ann, query: { skipCount: '99999999999999999999' }, expect: 400, fields: ['skipCount'] },
    { name: 'sorting by what there is not', at, as: ann, query: { sorting: 'colour' }, expect: 400, fields: ['sorting'] },
    { name: 'sorting in no direction', at, as: ann, query: { sorting: 'name sideways' }, expect: 400, fields: ['sorting'] },
    { name: 'sorting by SQL', at, as: ann, query: { sorting: 'name; DROP TABLE users' }, expect: 400, fields: ['sorting'] },
    { name: 'both faults named', at, as: ann, query: { skipCount: -1, maxResultCount: 0.5 }, expect: 400, fields: ['skipCount', 'maxResultCount'] },
    { name: 'nobody', at, expect: 401 },
  ]);
  const all = await world.must(200, 'GET', '/api/v1/orgs', { as: world.admin, query: { maxResultCount: 1000 } });
  assert.ok(all.totalCount >= 6);
  assert.ok(all.items.every((item) => item.parentOrgId === null || all.items.some((other) => other.orgId === item.parentOrgId)), 'the platform itself is never shown');
  const lonely = await world.person('Lonely');
  assert.deepEqual(await world.must(200, 'GET', '/api/v1/orgs', { as: lonely }), { totalCount: 0, items: [] });
});

test('list: 100 by default, and pages that neither repeat nor lose', async () => {
  const ann = await world.person('Ann');
  const top = await world.organization({ as: ann });
  await Promise.all(Array.from({ length: 104 }, (_, i) => world.organization({ as: ann, parent: top, name: unique(`Leaf ${i % 7}`) })));
  const first = await world.must(200, 'GET', '/api/v1/orgs', { as: ann });
  assert.equal(first.totalCount, 105);
  assert.equal(first.items.length, 100);
  for (const sorting of ['name', 'createdAt desc']) {
    const seen = [];
    for (let skipCount = 0; skipCount < 105; skipCount += 13) {
      seen.push(...(await world.must(200, 'GET', '/api/v1/orgs', { as: ann, query: { skipCount, maxResultCount: 13, sorting } })).items.map((item) => item.orgId));
    }
    assert.equal(seen.length, 105);
    assert.equal(new Set(seen).size, 105);
  }
  const below = await world.must(200, 'GET', `/api/v1/orgs/${top.orgId}/children`, { as: ann });
  assert.deepEqual([below.totalCount, below.items.length], [104, 100]);
});

test('get: reach decides, and what is hidden looks like what does not exist', async (t) => {
  const ann = await world.person('Ann');
  const eve = await world.person('Eve');
  await world.organization({ as: eve });
  const top = await world.organization({ as: ann });
  const middle = await world.organization({ as: ann, parent: top });
  const leaf = await world.organization({ as: ann, parent: middle });
  const member = await world.bystander(middle, ann);
  const at = (organization) => `GET /api/v1/orgs/${organization.orgId}`;
  await table(t, world, [
    { name: 'its admin', at: at(leaf), as: ann, expect: 200, has: leaf },
    { name: 'one who merely reaches it', at: at(middle), as: member, expect: 200, has: { orgId: middle.orgId } },
    { name: 'one who merely reaches it, below', at: at(leaf), as: member, expect: 404, code: 'Org.NotFound' },
    { name: 'one who merely reaches it, above', at: at(top), as: member, expect: 404, code: 'Org.NotFound', hasNot: [top.name] },
    { name: "another tenant's admin", at: at(leaf), as: eve, expect: 404, code: 'Org.NotFound', hasNot: [leaf.name] },
    { name: 'a platform administrator', at: at(leaf), as: world.admin, expect: 200 },
    { name: 'no GUID', at: 'GET /api/v1/orgs/nonsense', as: ann, expect: [400, 404] },
    { name: 'in capitals', at: `GET /api/v1/orgs/${leaf.orgId.toUpperCase()}`, as: ann, expect: [200, 404] },
    { name: 'nobody', at: at(leaf), expect: 401 },
  ]);
  const hidden = await world.call('GET', `/api/v1/orgs/${leaf.orgId}`, { as: eve });
  const unknown = await world.call('GET', `/api/v1/orgs/${kNobody}`, { as: eve });
  const plain = ({ traceId, instance, ...rest }) => JSON.stringify(rest).replaceAll(leaf.orgId, '*').replaceAll(kNobody, '*');
  assert.equal(plain(hidden.json), plain(unknown.json));
});

test('children and parents: levels, breadth first, from the top down, within reach', async (t) => {
  const ann = await world.person('Ann');
  const viewer = await world.person('Viewer');
  const eve = await world.person('Eve');
  const top = await world.organization({ as: ann, name: unique('top') });
  const mark = unique('').trim();
  const make = (name, parent) => world.organization({ as: ann, parent, name: `${name} ${mark}` });
  const b = await make('b', top);
  const a = await make('A', top);
  const c = await make('c', top);
  const b2 = await make('b2', b);
  const a2 = await make('a2', a);
  const a3 = await make('a3', a2);
  await world.member(a, viewer, 'viewer', ann);
  const member = await world.bystander(a, ann);
  const children = (organization, query = '') => `GET /api/v1/orgs/${organization.orgId}/children${query}`;
  const parents = (organization, query = '') => `GET /api/v1/orgs/${organization.orgId}/parents${query}`;
  const level = (n, organization) => ({ orgId: organization.orgId, level: n, name: organization.name });
  await table(t, world, [
    { name: 'direct children by default', at: children(top), as: ann, expect: 200, has: { totalCount: 3, items: [level(1, a), level(1, b), level(1, c)] } },
    { name: 'two levels, breadth first', at: children(top, '?depth=2'), as: ann, expect: 200, has: { totalCount: 5, items: [level(1, a), level(1, b), level(1, c), level(2, a2), level(2, b2)] } },
    { name: 'all levels', at: children(top, '?depth=32'), as: ann, expect: 200, has: { totalCount: 6 } },
    { name: 'a page across levels', at: children(top, '?depth=3&skipCount=2&maxResultCount=2'), as: ann, expect: 200, has: { totalCount: 6, items: [level(1, c), level(2, a2)] } },
    { name: 'a leaf has none', at: children(a3), as: ann, expect: 200, has: { totalCount: 0, items: [] } },
    { name: 'the answer is a whole organization and its level', at: children(b), as: ann, expect: 200, has: { totalCount: 1, items: [{ ...b2, level: 1 }] } },
    { name: 'depth 0', at: children(top, '?depth=0'), as: ann, expect: 400, fields: ['depth'] },
    { name: 'depth 33', at: children(top, '?depth=33'), as: ann, expect: 400, fields: ['depth'] },
    { name: 'depth no number', at: children(top, '?depth=all'), as: ann, expect: 400, fields: ['depth'] },
    { name: 'depth 1.5', at: children(top, '?depth=1.5'), as: ann, expect: 400, fields: ['depth'] },
    { name: 'maxResultCount too many', at: children(top, '?maxResultCount=1001'), as: ann, expect: 400, fields: ['maxResultCount'] },
    { name: 'a viewer sees below', at: children(a, '?depth=5'), as: viewer, expect: 200, has: { totalCount: 2, items: [level(1, a2), level(2, a3)] } },
    { name: 'a viewer does not see beside', at: children(b), as: viewer, expect: 404, code: 'Org.NotFound' },
    { name: 'one who merely reaches it sees nothing below', at: children(a, '?depth=5'), as: member, expect: 200, has: { totalCount: 0, items: [] } },
    { name: 'a stranger', at: children(top), as: eve, expect: 404, code: 'Org.NotFound' },
    { name: 'unknown', at: `GET /api/v1/orgs/${kNobody}/children`, as: ann, expect: 404, code: 'Org.NotFound' },
    { name: 'nobody', at: children(top), expect: 401 },
    { name: 'parents from the topmost down to the direct one', at: parents(a3), as: ann, expect: 200, has: { totalCount: 3, items: [{ orgId: top.orgId }, { orgId: a.orgId }, { orgId: a2.orgId }] } },
    { name: 'every parent has a level', at: parents(a3), as: ann, expect: 200, has: { items: [{ level: Number.isInteger }, { level: Number.isInteger }, { level: Number.isInteger }] } },
    { name: 'the top has none', at: parents(top), as: ann, expect: 200, has: { totalCount: 0, items: [] } },
    { name: 'not even for a platform administrator', at: parents(top), as: world.admin, expect: 200, has: { totalCount: 0, items: [] } },
    { name: 'parents out of reach are left out', at: parents(a3), as: viewer, expect: 200, has: { totalCount: 2, items: [{ orgId: a.orgId }, { orgId: a2.orgId }] }, hasNot: [top.name] },
    { name: 'one who merely reaches it sees no parent', at: parents(a), as: member, expect: 200, has: { totalCount: 0, items: [] } },
    { name: 'parents: a stranger', at: parents(a3), as: eve, expect: 404, code: 'Org.NotFound' },
    { name: 'parents: nobody', at: parents(a3), expect: 401 },
  ]);
});

test('move: a branch goes in one step, grants follow the tree, cycles are refused', async (t) => {
  const ann = await world.person('Ann');
  const bob = await world.person('Bob');
  const eve = await world.person('Eve');
  const from = await world.organization({ as: ann });
  const to = await world.organization({ as: ann });
  const branch = await world.organization({ as: ann, parent: from });
  const twig = await world.organization({ as: ann, parent: branch });
  const hers = await world.organization({ as: eve });
  await world.member(from, bob, 'admin', ann);
  await world.member(to, eve, 'admin', ann);
  const move = (organization) => `POST /api/v1/orgs/${organization.orgId}/parent`;
  await table(t, world, [
    { name: 'bob reaches the twig from above', at: `GET /api/v1/orgs/${twig.orgId}`, as: bob, expect: 200 },
    { name: 'eve does not', at: `GET /api/v1/orgs/${twig.orgId}`, as: eve, expect: 404 },
    { name: 'below itself', at: move(branch), as: ann, body: { parentOrgId: branch.orgId }, expect: 409 },
    { name: 'below its own twig', at: move(branch), as: ann, body: { parentOrgId: twig.orgId }, expect: 409 },
    { name: 'to an unknown parent', at: move(branch), as: ann, body: { parentOrgId: kNobody }, expect: 404, code: 'Org.NotFound' },
    { name: 'to a parent out of reach', at: move(branch), as: ann, body: { parentOrgId: hers.orgId }, expect: 404, code: 'Org.NotFound' },
    { name: 'to no GUID', at: move(branch), as: ann, body: { parentOrgId: 'x' }, expect: 400, fields: ['parentOrgId'] },
    { name: 'to nowhere said', at: move(branch), as: ann, body: {}, expect: 400, fields: ['parentOrgId'] },
    { name: 'by the admin of the old parent only', at: move(branch), as: bob, body: { parentOrgId: to.orgId }, expect: [403, 404] },
    { name: 'by the admin of the new parent only', at: move(branch), as: eve, body: { parentOrgId: to.orgId }, expect: 404 },
    { name: 'by nobody', at: move(branch), body: { parentOrgId: to.orgId }, expect: 401 },
    { name: 'by the admin of all three', at: move(branch), as: ann, body: { parentOrgId: to.orgId }, expect: 200, has: { orgId: branch.orgId, parentOrgId: to.orgId } },
    { name: 'now eve holds from above', at: `PATCH /api/v1/orgs/${twig.orgId}`, as: eve, body: { description: 'mine' }, expect: 200 },
    { name: 'and bob no longer', at: `GET /api/v1/orgs/${twig.orgId}`, as: bob, expect: 404 },
    { name: 'the breadcrumbs follow', at: `GET /api/v1/orgs/${twig.orgId}/parents`, as: ann, expect: 200, has: { items: [{ orgId: to.orgId }, { orgId: branch.orgId }] } },
    { name: 'the old parent has no children left', at: `GET /api/v1/orgs/${from.orgId}/children`, as: ann, expect: 200, has: { totalCount: 0 } },
    { name: 'to where it is', at: move(branch), as: ann, body: { parentOrgId: to.orgId }, expect: 200, has: { parentOrgId: to.orgId } },
    { name: 'to the top, by a platform administrator', at: move(branch), as: world.admin, body: { parentOrgId: null }, expect: 200, has: { parentOrgId: null } },
    { name: 'and eve is out', at: `GET /api/v1/orgs/${twig.orgId}`, as: eve, expect: 404 },
  ]);
});

test('move: two moves that would make a cycle together: one is refused', async () => {
  for (let round = 0; round < 5; round += 1) {
    const ann = world.admin;
    const top = await world.organization({ as: ann });
    const left = await world.organization({ as: ann, parent: top });
    const right = await world.organization({ as: ann, parent: top });
    const answers = await Promise.all([[left, right], [right, left]].map(([what, parent]) =>
      world.call('POST', `/api/v1/orgs/${what.orgId}/parent`, { as: ann, body: { parentOrgId: parent.orgId } })));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
  }
});
