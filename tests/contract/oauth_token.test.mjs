// POST /connect/token: the client credentials grant of RFC 6749 (4.4), its client authentication (2.3.1) and its errors (5.2).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { includes, startWorld } from '../support/v1.mjs';

let world;
let ann;
let client;
before(async () => {
  world = await startWorld();
  const person = await world.person('Ann');
  const organization = await world.organization({ as: person });
  ann = { ...person, ...(await world.signIn(person.email)), organization };
  client = await world.client(ann, ['organizations.read', 'orders.write']);
});
after(async () => { await world?.stop(); });

test('requests and answers', async (t) => {
  const { clientId: client_id, clientSecret: client_secret } = client;
  const grant_type = 'client_credentials';
  const good = { grant_type, client_id, client_secret };
  const basic = [client_id, client_secret];
  const token = { access_token: /^[\w-]+\.[\w-]+\.[\w-]+$/, token_type: /^bearer$/i, expires_in: (n) => Number.isInteger(n) && n > 0, scope: (text) => text.split(' ').sort().join() === 'orders.write,organizations.read' };
  const dead = await world.client(ann, ['orders.read']);
  await world.must(204, 'DELETE', `/api/v1/oauth2/client-credentials/${dead.clientCredentialId}`, { as: ann });
  const rows = [
    ['in the body', { form: good }, 200],
    ['Basic', { form: { grant_type }, basic }, 200],
    ['Basic and the same client_id', { form: { grant_type, client_id }, basic }, 200],
    ['Basic with the scheme in other case', { form: { grant_type }, headers: { Authorization: `bAsIc ${Buffer.from(basic.join(':')).toString('base64')}` } }, 200],
    ['a charset', { raw: new URLSearchParams(good).toString(), type: 'application/x-www-form-urlencoded; charset=UTF-8' }, 200],
    ['a scope of its own', { form: { ...good, scope: 'organizations.read' } }, 200, { scope: (text) => text.split(' ').includes('organizations.read') }],
    ['an empty scope is none', { form: { ...good, scope: '' } }, 200],
    ['an unknown parameter is ignored', { form: { ...good, audience: 'x', resource: 'y' } }, 200],
    ['Basic and the secret in the body', { form: good, basic }, 400, 'invalid_request'],
    ['Basic and another client_id', { form: { grant_type, client_id: ann.id }, basic }, 400, 'invalid_request'],
    ['a parameter twice', { form: `${new URLSearchParams(good)}&client_id=${client_id}` }, 400, 'invalid_request'],
    ['no grant type', { form: { client_id, client_secret } }, 400, 'invalid_request'],
    ['an empty body', { form: '' }, 400, ['invalid_request', 'invalid_client']],
    ['broken percent-encoding', { form: `${new URLSearchParams(good)}&scope=%zz` }, 400, 'invalid_request'],
    ['JSON', { body: good }, [400, 415], ['invalid_request']],
    ['another grant type', { form: { ...good, grant_type: 'password' } }, 400, 'unsupported_grant_type'],
    ['an unknown grant type', { form: { ...good, grant_type: 'x' } }, 400, ['unsupported_grant_type']],
    ['a scope beyond its own', { form: { ...good, scope: 'organizations.read users.read' } }, 400, 'invalid_scope'],
    ['a scope that is none', { form: { ...good, scope: '*' } }, 400, 'invalid_scope'],
    ['no client', { form: { grant_type } }, [400, 401], ['invalid_request', 'invalid_client']],
    ['no secret', { form: { grant_type, client_id } }, [400, 401], ['invalid_request', 'invalid_client']],
    ['a wrong secret', { form: { ...good, client_secret: 'x' } }, 401, 'invalid_client'],
    ['an unknown client', { form: { ...good, client_id: '01920000-0000-7000-8000-000000000000' } }, 401, 'invalid_client'],
    ['a client that is no GUID', { form: { ...good, client_id: "x' OR 1=1" } }, 401, 'invalid_client'],
    ['a deleted client', { form: { ...good, client_id: dead.clientId, client_secret: dead.clientSecret } }, 401, 'invalid_client'],
    ['Basic with a wrong secret', { form: { grant_type }, basic: [client_id, 'x'] }, 401, 'invalid_client', 'Basic'],
    ['Basic that is no base64', { form: { grant_type }, headers: { Authorization: 'Basic !!!' } }, 401, 'invalid_client', 'Basic'],
    ['Basic without a colon', { form: { grant_type }, headers: { Authorization: `Basic ${Buffer.from('x').toString('base64')}` } }, 401, 'invalid_client', 'Basic'],
    ['a bearer token as the client', { form: { grant_type }, as: client.token }, [400, 401], ['invalid_request', 'invalid_client']],
  ];
  for (const [name, options, status, want, challenge] of rows) {
    await t.test(name, async () => {
      const answer = await world.call('POST', '/connect/token', options);
      assert.ok([status].flat().includes(answer.status), `${answer.status} ${answer.text}`);
      assert.match(answer.headers['content-type'], /^application\/json\b/);
      assert.match(answer.headers['cache-control'] ?? '', /no-store/, '5.1 and 5.2');
      if (answer.status === 200) {
        includes(answer.json, typeof want === 'object' ? { ...token, ...want } : token);
        assert.ok(!('refresh_token' in answer.json), '4.4.3: no refresh token');
      } else {
        assert.ok([want].flat().includes(answer.json.error), answer.text);
        assert.match(answer.json.error_description ?? 'x', /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, '5.2: its characters');
        if (challenge) assert.match(answer.headers['www-authenticate'] ?? '', /^Basic\b/);
        for (const secret of [client_secret, dead.clientSecret]) assert.ok(!answer.text.includes(secret));
      }
    });
  }
});

test('the token works as a bearer and dies with the client', async () => {
  const own = await world.client(ann, ['organizations.read']);
  const form = { grant_type: 'client_credentials', client_id: own.clientId, client_secret: own.clientSecret };
  const { access_token: token } = await world.must(200, 'POST', '/connect/token', { form });
  const path = `/api/v1/orgs/${ann.organization.orgId}`;
  await world.must(200, 'GET', path, { as: token });
  const [, claims] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')));
  assert.equal(claims.client_id, own.clientId);
  assert.equal(claims.sub, own.clientId, 'RFC 9068 2.2: without a resource owner the subject is the client');
  await world.must(204, 'DELETE', `/api/v1/oauth2/client-credentials/${own.clientCredentialId}`, { as: ann });
  await world.must(401, 'GET', path, { as: token });
  const after = await world.call('POST', '/connect/token', { form });
  assert.deepEqual([after.status, after.json.error], [401, 'invalid_client']);
});

test('only POST', async () => {
  const answer = await world.call('GET', '/connect/token?grant_type=client_credentials');
  assert.equal(answer.status, 405);
  assert.match(answer.headers.allow, /\bPOST\b/);
});
