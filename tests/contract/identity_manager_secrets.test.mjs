// A password that was sent is nowhere afterwards: in no answer, no line of the log, no metric, and no file of the data
// directory, whether it was taken or refused.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { kNobody, startDirectory } from '../support/identity_manager.mjs';

let world;
before(async () => { world = await startDirectory({ env: { GATEHOUSE_LOG_REQUESTS: 'all' } }); });
after(async () => { await world?.stop(); });

const sent = [];
const secret = (more = '') => {
  const word = `Geheim-${Math.random().toString(36).slice(2, 12)}-${sent.length}${more}`;
  sent.push(word);
  return word;
};

test('no password is shown or kept', async () => {
  const as = world.admin;
  const answers = [];
  const ask = async (expect, method, name, options) => {
    const answer = await world.api(method, name, options);
    assert.equal(answer.status, expect, `${answer.request}: ${answer.text}`);
    answers.push(answer);
    return answer.json;
  };
  const first = secret();
  const ann = { ...world.profile({ password: first }) };
  ann.id = (await ask(201, 'POST', 'User', { as, body: ann })).userId;
  await ask(409, 'POST', 'User', { as, body: { ...ann, password: secret() } });
  await ask(400, 'POST', 'User', { as, body: world.profile({ password: secret('x'.repeat(200)) }) });
  await ask(400, 'POST', 'User', { as, body: world.profile({ password: secret(), roleIds: [kNobody] }) });
  await ask(400, 'POST', 'User', { as, raw: `{"userName":"x","password":"${secret()}"`, type: 'application/json' });
  await ask(415, 'POST', 'User', { as, raw: `{"password":"${secret()}"}`, type: 'text/plain' });
  await ask(401, 'POST', 'User', { as: null, body: world.profile({ password: secret() }) });
  await ask(401, 'POST', 'Authentication', { body: { userName: ann.userName, password: secret() } });
  await ask(401, 'POST', 'Authentication', { body: { userName: 'nobody.of.this.name', password: secret() } });
  await ask(400, 'POST', 'Authentication', { body: { password: secret() } });
  await ask(400, 'POST', 'Authentication', { body: { userName: 1, password: { text: secret() } } });
  await ask(400, 'POST', 'Authentication', { query: { userName: ann.userName, password: secret() }, body: {} });
  const { token } = await ask(200, 'POST', 'Authentication', { body: { userName: ann.userName, password: first } });
  const me = { token };
  const second = secret();
  await ask(403, 'PUT', 'Password', { as: me, body: { userId: ann.id, currentPassword: secret(), newPassword: secret() } });
  await ask(400, 'PUT', 'Password', { as: me, body: { userId: ann.id, newPassword: secret() } });
  await ask(400, 'PUT', 'Password', { as, body: { userId: ann.id, newPassword: [secret()] } });
  await ask(204, 'PUT', 'Password', { as: me, body: { userId: ann.id, currentPassword: first, newPassword: second } });
  await ask(204, 'PUT', 'Password', { as, body: { userId: ann.id, newPassword: secret() } });
  await ask(404, 'PUT', 'Password', { as, body: { userId: kNobody, newPassword: secret() } });
  await ask(200, 'PUT', 'User', { as, body: { userId: ann.id, firstName: 'Ann', password: secret() } });
  await ask(200, 'PUT', 'UserStatus', { as, body: { userId: ann.id, status: 'Inactive', password: secret() } });
  for (const name of ['User', 'Role', 'Company', 'Provider', 'IdentificationType']) await ask(200, 'GET', name, { as });

  assert.ok(sent.length > 15);
  for (const answer of answers) {
    for (const word of sent) assert.ok(!answer.text.includes(word) && !JSON.stringify(answer.headers).includes(word), `${answer.request} shows a password`);
    assert.ok(!/"[^"]*password[^"]*":/i.test(answer.text) || answer.status >= 400, `${answer.request} has a member for a password`);
  }
  const folder = join(freshFolder('export'), 'out');
  assert.equal((await run(['export', folder, '--data', world.server.data])).status, 0);
  const exported = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')).join();
  for (const word of sent) assert.ok(!exported.includes(word), 'the export shows a password');
  assert.match(world.server.stderr(), /"\/api\/[Uu]ser"/, 'the log has lines of these requests');
  await world.assertNowhere([...sent, token]);
  await world.server.restart();
  await world.assertNowhere([...sent, token]);
});
