// Who may do nothing here, does nothing here: CONTRACTS.md section 5, "Conventions", and the ceiling of section 1. Whatever is
// for administrators is refused with 403 to everybody else, in the same words whether or not what is named exists.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kNobody, kPassword, startDirectory, table, unique } from '../support/identity_manager.mjs';

let world;
let company;
let victim;
let provider;
const intruders = {};
before(async () => {
  world = await startDirectory();
  company = await world.company('Held');
  provider = await world.provider();
  victim = await world.clerk({ companyIds: [company.orgId], providerIds: [provider.providerId], roleIds: [world.roles.ORDERS_VIEW] });
  provider.spare = (await world.provider()).providerId;
  intruders['a user without anything'] = await world.clerk();
  intruders['a user of the application'] = await world.clerk({ roleIds: [world.roles.ORDERS_EDIT, world.roles.REPORTS_VIEW] });
  intruders["the admin of the user's organization"] = company.boss;
  intruders['a Distributor Admin of an organization'] = await world.holder(company, 'Distributor Admin');
  intruders['an Administrator of an organization'] = await world.holder(company, 'Administrator');
  intruders['a Super Admin of an organization'] = await world.holder(company, 'Super Admin');
  intruders['the admin of another organization'] = (await world.company('Other')).boss;
});
after(async () => { await world?.stop(); });

// A good call of each operation that is for administrators; `ids` are what it names.
function calls({ userId, userName, roleId, otherRoleId, companyId, otherCompanyId, providerId, otherProviderId, identificationTypeId }) {
  return {
    'POST User': { body: world.profile({ roleIds: [roleId] }) },
    'PUT User': { body: { userId, firstName: 'Taken', email: 'taken.over@example.org' } },
    'DELETE User': { query: { userId } },
    'POST UserRole': { body: { userId, roleId: otherRoleId } },
    'DELETE UserRole': { query: { userId, roleId } },
    'PUT Password': { body: { userId, newPassword: 'a taken over account 1' } },
    'PUT Password, with the current one': { body: { userName, currentPassword: kPassword, newPassword: 'a taken over account 1' } },
    'PUT UserStatus': { body: { userId, status: 'Inactive' } },
    'POST UserCompany': { body: { userId, companyId: otherCompanyId } },
    'DELETE UserCompany': { query: { userId, companyId } },
    'POST UserProvider': { body: { userId, providerId: otherProviderId } },
    'DELETE UserProvider': { query: { userId, providerId } },
    'GET Company': { query: { userId } },
    'POST Provider': { body: { name: unique('Mine') } },
    'PUT Provider': { body: { providerId, name: unique('Mine'), active: false } },
    'DELETE Provider': { query: { providerId: otherProviderId } },
    'POST IdentificationType': { body: { code: 'MINE', name: 'Mine' } },
    'PUT IdentificationType': { body: { identificationTypeId, code: 'MINE', name: 'Mine' } },
    'DELETE IdentificationType': { query: { identificationTypeId } },
  };
}
const known = async () => ({
  userId: victim.id, userName: victim.userName, roleId: world.roles.ORDERS_VIEW, otherRoleId: world.roles.viewer, companyId: company.orgId, otherCompanyId: (await world.company('Spare')).orgId,
  providerId: provider.providerId, otherProviderId: provider.spare, identificationTypeId: world.types.PPT,
});
const unknown = Object.fromEntries(['userId', 'roleId', 'otherRoleId', 'companyId', 'otherCompanyId', 'providerId', 'otherProviderId', 'identificationTypeId'].map((key) => [key, kNobody]));
unknown.userName = 'nobody.of.this.name';

test('whoever does not administrate at the platform is refused, and nothing happens', async (t) => {
  const named = await known();
  await world.untouched(async () => {
    for (const [who, as] of Object.entries(intruders)) {
      await table(t, world, Object.entries(calls(named)).map(([call, options]) => ({
        name: `${call} by ${who}`, at: call.split(',')[0], as, ...options, expect: 403, hasNot: [victim.email, victim.identificationNumber],
      })));
    }
  });
  assert.equal((await world.authenticate(victim)).status, 200, 'its password is as it was');
});

test('nobody learns from a refusal whether what was named is there', async (t) => {
  const [good, none] = [Object.entries(calls(await known())), Object.entries(calls(unknown))];
  for (const [who, as] of Object.entries(intruders).slice(0, 3)) {
    for (const [i, [call, options]] of good.entries()) {
      await t.test(`${call} by ${who}`, async () => {
        const [method, name] = call.split(',')[0].split(' ');
        const texts = [];
        for (const sent of [options, none[i][1]]) {
          const { status, json: { traceId, ...rest } } = await world.api(method, name, { as, ...sent });
          texts.push(`${status} ${JSON.stringify(rest)}`);
        }
        assert.equal(texts[0], texts[1]);
      });
    }
  }
});

test('reading: catalogues and oneself, and nothing of others', async (t) => {
  for (const [who, as] of Object.entries(intruders)) {
    await table(t, world, [
      { name: `${who}: users`, at: 'GET User', query: { pageSize: 1000 }, ids: [as], total: 1 },
      { name: `${who}: of its company`, at: 'GET User', query: { companyId: company.orgId, userId: victim.id }, ids: [], total: 0 },
      { name: `${who}: somebody by name`, at: 'GET UserByName', query: { userName: victim.userName }, expect: 404, hasNot: [victim.email] },
      { name: `${who}: roles`, at: 'GET Role', total: 26 },
      { name: `${who}: providers`, at: 'GET Provider', total: 2 },
      { name: `${who}: types`, at: 'GET IdentificationType', total: 7 },
    ], { as, expect: 200 });
  }
});

test('programs: an API token and a machine client write nothing and see nobody', async (t) => {
  const { boss } = company;
  await world.switchTo(boss, company);
  const api = await world.done('/access/add-api-token', boss, { name: 'a program', roles: ['admin'] });
  const programs = { 'an API token': { token: api.token }, 'a machine client': await world.client(boss, ['users.read', 'users.write']) };
  const named = await known();
  await world.untouched(async () => {
    for (const [who, as] of Object.entries(programs)) {
      await table(t, world, Object.entries(calls(named)).map(([call, options]) => ({ name: `${call} by ${who}`, at: call.split(',')[0], as, ...options, expect: 403 })));
      const { status, json } = await world.api('GET', 'User', { as });
      assert.ok(status === 403 || (status === 200 && json.every(({ userId }) => userId === boss.id)), `${who}: ${status}`);
      await world.gives(404, 'GET', 'UserByName', { as, query: { userName: victim.userName } });
    }
  });
});

test('an Administrator does nothing to whoever outranks it', async (t) => {
  const clerk = await world.administrator();
  const chief = await world.administrator('Super Admin');
  const below = await world.user();
  const { id: userId, userName } = chief;
  await world.untouched(() => table(t, world, [
    { name: 'its e-mail, by which it could be taken over', at: 'PUT User', body: { userId, email: 'taken.over@example.org' } },
    { name: 'its name', at: 'PUT User', body: { userId, firstName: 'Taken' } },
    { name: 'its password', at: 'PUT Password', body: { userId, newPassword: 'a taken over account 1' } },
    { name: 'its password, by name', at: 'PUT Password', body: { userName, newPassword: 'a taken over account 1' } },
    { name: 'its status', at: 'PUT UserStatus', body: { userId, status: 'Inactive' } },
    { name: 'its role', at: 'DELETE UserRole', query: { userId, roleId: world.roles['Super Admin'] } },
    { name: 'the account', at: 'DELETE User', query: { userId } },
  ], { as: clerk, expect: 403 }));
  await table(t, world, [
    { name: 'it is seen, though', at: 'GET UserByName', query: { userName }, expect: 200, has: { userId } },
    { name: 'and whoever is below is served', at: 'PUT User', body: { userId: below.id, firstName: 'Served' }, expect: 200, has: { firstName: 'Served' } },
  ], { as: clerk });
  await world.gives(200, 'GET', 'Role', { as: chief });
});

test('an Administrator serves whoever is below, whatever they hold in their companies', async (t) => {
  const clerk = await world.administrator();
  const company = await world.company('Served');
  const provider = (await world.gives(201, 'POST', 'Provider', { as: world.admin, body: { name: 'Served by it' } })).providerId;
  for (const held of [['USER_VIEW'], ['USER_EDIT', 'USER_ADD', 'USER_DELETE'], ['ORDERS_EDIT', 'REPORTS_VIEW'], ['operator'], ['admin'], ['Customer Admin']]) {
    const { id: userId } = await world.hire(company, held);
    await table(t, world, [
      { name: `${held}: profile`, at: 'PUT User', body: { userId, phone: '+34 600 000 000' }, expect: 200 },
      { name: `${held}: password`, at: 'PUT Password', body: { userId, newPassword: 'another horse battery 8' }, expect: 204 },
      { name: `${held}: provider`, at: 'POST UserProvider', body: { userId, providerId: provider }, expect: 201 },
      { name: `${held}: status`, at: 'PUT UserStatus', body: { userId, status: 'Inactive' }, expect: 200 },
      { name: `${held}: and back`, at: 'PUT UserStatus', body: { userId, status: 'Active' }, expect: 200 },
      { name: `${held}: company`, at: 'DELETE UserCompany', query: { userId, companyId: company.orgId }, expect: 204 },
      { name: `${held}: the account`, at: 'DELETE User', query: { userId }, expect: 204 },
    ], { as: clerk });
  }
});
