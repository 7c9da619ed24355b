// The secret of an invitation proves one mailbox. An address that is written nearly like somebody's must neither reach
// that account from another mailbox nor lead anywhere that its owner can go; and whoever lets somebody into an agency gives
// what its connections carry.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startAccess, unique } from '../support/access.mjs';

let world;
before(async () => { world = await startAccess(); });
after(async () => { await world?.stop(); });

const kTheirs = 'a password that they chose 9';

// What is stored, what is written instead (letters that case folding or normalization would make the same), and whether
// that is the same address: its owner then gets the mail.
const kNearly = [
  ['fiona@gross.example', 'fiona@gro\u00df.example', false],
  ['fiona2@corp.example', '\ufb01ona2@corp.example', false],
  ['sos@corp.example', '\u017fos@corp.example', false],
  ['kim@corp.example', '\u212aim@corp.example', true],
  ['ann@corp.example', 'ANN@CORP.example', true],
];

for (const [stored, written, same] of kNearly) {
  test(`an invitation to ${written} opens nothing of ${stored} to another mailbox`, async () => {
    const [victim, other] = [await world.company('Victim'), await world.company('Other')];
    const { userId } = await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: { userName: stored, email: stored } });
    await world.must(201, 'POST', `/api/v1/orgs/${victim.orgId}/users`, { as: victim.boss, body: { userId, orgRole: 'admin' } });
    await world.done('/access/invite', other.boss, { email: written, company_name: victim.name, relation_type: 'customer' });
    const { token } = await world.mail.invitation(same ? stored : written);
    if (same) return;
    const answer = await world.call('POST', '/invitations/accept', { body: { token, password: kTheirs }, check: false });
    const entered = await world.call('POST', '/api/v1/auth/tokens', { body: { account: stored, password: kTheirs } });
    assert.equal(entered.status, 401, `acceptance ${answer.status} made a password for somebody else's account`);
    const connections = await world.list('/access/connections', victim.boss);
    assert.deepEqual(connections, [], 'and connected an organization that its mailbox does not belong to');
  });
}

test('who lets somebody into an agency gives what its connections carry, and must hold it', async () => {
  const [customer, agency] = [await world.company('Customer'), await world.company('Agency')];
  await world.connect(customer, agency, { roles: ['admin'] });
  const [stranger, colleague] = [await world.account('stranger'), await world.account('colleague')];
  const token = await world.done('/access/add-api-token', agency.boss, { roles: ['USER_ADD'] });
  await world.refused(403, '/access/add', { token: token.token }, { email: stranger.email });
  await world.done('/access/add', agency.boss, { email: colleague.email });
});
