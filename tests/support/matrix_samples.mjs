// What the access matrix knows of each operation: how it is called well, and what it answers to those who may not. An
// operation without a sample fails the matrix, and so does a sample without its operation.
import { kPassword, unique } from './v1.mjs';

// Served to anyone, each for the reason that the server itself declares. This list only shrinks.
export const kPublic = {
  'POST /api/v1/auth/tokens': 'the proof comes in the body',
  'POST /api/Authentication': 'the proof comes in the body',
  'POST /connect/token': "the client's credentials come in the request",
  'GET /.well-known/jwks.json': 'public keys are public',
  'GET /.well-known/authzen-configuration': 'discovery comes before credentials',
  'GET /openapi.json': 'The interface is public; what it guards is not.',
  'GET /docs': 'The interface is public; what it guards is not.',
  'GET /docs/{file}': 'The interface is public; what it guards is not.',
  'POST /access/invite/accept': "the invitation's token is the credential; a bearer is not looked at",
  'GET /invitations/accept': 'the page shows nothing by itself',
  'GET /invitations/reject': 'the page shows nothing by itself',
  'GET /invitations/page/{file}': 'the page shows nothing by itself',
  'POST /invitations/preview': "the invitation's token is the credential",
  'POST /invitations/accept': "the invitation's token is the credential",
  'POST /invitations/reject': "the invitation's token is the credential",
  'POST /partner/v1/invitations/activate': "the invitation's token is the credential",
  'POST /partner/v1/invitations/reject': "the invitation's token is the credential",
};

export const kFine = [200, 201, 202, 204];

const account = () => ({ userName: unique('u').replaceAll(' ', '.'), email: `${unique('u').replaceAll(' ', '.')}@example.org`, password: kPassword });
const org = ({ room }) => ({ path: { orgId: room.orgId } });
const orgUser = ({ room, guest }) => ({ path: { orgId: room.orgId, userId: guest.id } });
const user = ({ guest }) => ({ path: { userId: guest.id } });
const question = ({ room, guest }) => ({ body: { subject: { type: 'user', id: guest.id }, action: { name: 'users.view' }, resource: { type: 'organization', id: room.orgId } } });
const connection = ({ made }) => ({ path: { connection_id: made.connection_id } });
const offer = () => ({ email: account().email, company_name: unique('Offered'), relation_type: 'agency' });
const nothing = () => ({});

// So that nobody but the boss lives there; whoever was the weak one reaches it no longer.
async function empty({ world, boss, room }) {
  const { items } = await world.must(200, 'GET', `/api/v1/orgs/${room.orgId}/users`, { as: boss });
  for (const { userId } of items) if (userId !== boss.id) await world.must(204, 'DELETE', `/api/v1/orgs/${room.orgId}/users/${userId}`, { as: boss });
}

// `with` makes the path's values and the options of a good call. The rest are statuses, where the document's x-access
// cannot tell them: the place is named in the body, or the rule depends on whose account or organization it is.
//   stranger, customer  another tenant's admin, the admin of a customer of the room; the one's stand for the other's
//   weak, agency        a machine client that reaches the room, an agency's admin there without roles; so here, too
// `fresh`: the call ends the caller's session, so each makes it with one of its own. `old`: in a room three days old.
// `logged`: what the room's log may tell of an attacker's own. `platform`: only the platform's administrator may.
const kV1 = {
  'GET /api/v1/auth/tokens/current': { with: nothing, stranger: kFine, weak: kFine },
  'DELETE /api/v1/auth/tokens/current': { with: nothing, stranger: kFine, weak: [400, 403], agency: kFine, fresh: true },
  'GET /api/v1/orgs': { with: nothing, stranger: kFine, weak: kFine },
  'POST /api/v1/orgs': { with: ({ room }) => ({ body: { name: unique('Made'), parentOrgId: room.orgId } }), stranger: [404], weak: [403] },
  'GET /api/v1/orgs/{orgId}': { with: org, weak: kFine },
  'PUT /api/v1/orgs/{orgId}': { with: (s) => ({ ...org(s), body: { name: unique('Put') } }) },
  'PATCH /api/v1/orgs/{orgId}': { with: (s) => ({ ...org(s), body: { description: 'x' } }) },
  'DELETE /api/v1/orgs/{orgId}': { with: org, prepare: empty },
  'GET /api/v1/orgs/{orgId}/children': { with: org, weak: kFine },
  'GET /api/v1/orgs/{orgId}/parents': { with: org, weak: kFine },
  'POST /api/v1/orgs/{orgId}/parent': { with: (s) => ({ ...org(s), body: { parentOrgId: s.home.orgId } }) },
  'GET /api/v1/orgs/{orgId}/changes': { with: org },
  'GET /api/v1/orgs/{orgId}/users': { with: org },
  'POST /api/v1/orgs/{orgId}/users': { with: async (s) => ({ ...org(s), body: { userId: (await s.world.account()).id, orgRole: 'viewer' } }) },
  'GET /api/v1/orgs/{orgId}/users/{userId}': { with: orgUser },
  'PUT /api/v1/orgs/{orgId}/users/{userId}': { with: (s) => ({ ...orgUser(s), body: { orgRole: 'operator' } }), stranger: [404], weak: [403] },
  'PATCH /api/v1/orgs/{orgId}/users/{userId}': { with: (s) => ({ ...orgUser(s), body: { orgRole: 'operator' } }), stranger: [404], weak: [403] },
  'DELETE /api/v1/orgs/{orgId}/users/{userId}': { with: orgUser },
  'GET /api/v1/users': { with: nothing, stranger: kFine, weak: kFine },
  'POST /api/v1/users': { with: () => ({ body: account() }) },
  'GET /api/v1/users/{userId}': { with: user, stranger: [404], weak: [404] },
  'PATCH /api/v1/users/{userId}': { with: (s) => ({ ...user(s), body: { displayName: 'x' } }), stranger: [403, 404], weak: [403, 404], platform: true },
  'DELETE /api/v1/users/{userId}': { with: user },
  'GET /api/v1/users/{userId}/orgs': { with: user, stranger: [404], weak: [404] },
  'POST /api/v1/oauth2/client-credentials': { with: () => ({ body: { name: unique('c'), scopes: ['orders.read'] } }), stranger: kFine, weak: [403], agency: kFine, logged: 'client.created' },
  'GET /api/v1/oauth2/client-credentials': { with: nothing, stranger: kFine, weak: [200, 403], agency: kFine },
  'DELETE /api/v1/oauth2/client-credentials/{clientCredentialId}': { with: async ({ world, boss }) => ({ path: { clientCredentialId: (await world.client(boss, ['orders.read'])).clientCredentialId } }), stranger: [404], weak: [403, 404], agency: [404] },
  'POST /access/v1/evaluation': { with: question, stranger: [403, 404], weak: [403] },
  'POST /access/v1/evaluations': { with: question, stranger: [403, 404], weak: [403] },
};

// Here every call acts on the active organization. Whoever cannot switch into the room does to its own what names nothing of
// the room, and is told 400 of what is the room's.
const kOwn = { stranger: kFine };
const kTheirs = { stranger: [400] };
const kAccess = {
  'GET /access': { with: nothing, ...kOwn },
  'POST /access/add': { with: async ({ world }) => ({ body: { email: (await world.account()).email } }), ...kOwn },
  'POST /access/delete': { with: ({ guest }) => ({ body: { user_id: guest.id } }), ...kTheirs },
  'POST /access/edit': { with: ({ guest }) => ({ body: { user_id: guest.id, add: ['USER_VIEW'] } }), ...kTheirs },
  'GET /access/roles': { with: nothing, ...kOwn },
  'GET /access/invite': { with: nothing, ...kOwn },
  'POST /access/invite': { with: () => ({ body: offer() }), ...kOwn },
  'POST /access/invite/{invitation_id}/reject': { with: async ({ world, boss }) => ({ path: await world.done('/access/invite', boss, offer()) }), ...kTheirs, weak: [403] },
  'POST /access/invite/{invitation_id}/resend': { with: ({ room }) => ({ path: { invitation_id: room.invitation_id } }), ...kTheirs, old: true },
  'GET /access/invite/{connection_id}/agency-roles': { with: connection, ...kTheirs },
  'POST /access/invite/{connection_id}/agency-roles/edit': { with: (s) => ({ ...connection(s), body: { add: ['USER_VIEW'] } }), ...kTheirs },
  'POST /access/add-api-token': { with: () => ({ body: { roles: ['USER_VIEW'] } }), ...kOwn },
  'GET /access/api-tokens': { with: nothing, ...kOwn },
  'POST /access/api-tokens/{id}/revoke': { with: async ({ world, boss }) => ({ path: await world.done('/access/add-api-token', boss, { roles: ['USER_VIEW'] }) }), ...kTheirs },
  'GET /access/connections': { with: nothing, ...kOwn },
  'POST /access/connections/{connection_id}/end': { with: connection, ...kTheirs },
  'GET /access/clients': { with: nothing, ...kOwn },
  'GET /access/notifications': { with: nothing, ...kOwn },
  'POST /access/switch-company': { with: ({ room }) => ({ body: { company: room.name } }), ...kTheirs, weak: [403], agency: kFine },
};

// Here administrators are those of the platform, and everybody else sees and changes itself only. The surface's own answers
// give what the samples name.
const listed = (world, name) => world.must(200, 'GET', `/api/${name}`, { as: world.admin });
const roleOf = async ({ world, guest }) => ({ userId: guest.id, roleId: (await listed(world, 'Role')).find(({ name }) => name === 'viewer').roleId });
const companyOf = async ({ world, guest }) => ({ userId: guest.id, companyId: (await world.company('Other')).orgId });
const provider = ({ world }) => world.must(201, 'POST', '/api/Provider', { as: world.admin, body: { name: unique('Provider') } });
const providerOf = async (s) => ({ userId: s.guest.id, providerId: (await provider(s)).providerId });
const documentType = ({ world }) => world.must(201, 'POST', '/api/IdentificationType', { as: world.admin, body: { code: unique('T').slice(-20), name: 'Pass' } });
const profile = async ({ world }) => {
  const { identificationTypeId } = await documentType({ world });
  return { ...account(), firstName: 'Ana', lastName: 'Reyes', identificationTypeId, identificationNumber: '1' };
};
// One that is there, to be taken away.
const taken = (name, of) => async (s) => {
  const query = await of(s);
  await s.world.must(201, 'POST', `/api/${name}`, { as: s.world.admin, body: query });
  return { query };
};
const sent = (of) => async (s) => ({ body: await of(s) });
const kAnybody = { stranger: kFine, weak: kFine };
const kItself = { stranger: [403], weak: [403], platform: true };
const kIdentityManager = {
  'GET /api/User': { with: nothing, ...kAnybody },
  'POST /api/User': { with: sent(profile) },
  'PUT /api/User': { with: ({ guest }) => ({ body: { userId: guest.id, lastName: 'Reyes' } }), ...kItself },
  'DELETE /api/User': { with: ({ guest }) => ({ query: { userId: guest.id } }) },
  'GET /api/UserByName': { with: ({ guest }) => ({ query: { userName: guest.userName } }), stranger: [404], weak: [404], platform: true },
  'PUT /api/UserStatus': { with: ({ guest }) => ({ body: { userId: guest.id, status: 'Inactive' } }) },
  'PUT /api/Password': { with: ({ guest }) => ({ body: { userId: guest.id, newPassword: 'another horse battery 8' } }), ...kItself },
  'GET /api/Role': { with: nothing, ...kAnybody },
  'POST /api/UserRole': { with: sent(roleOf) },
  'DELETE /api/UserRole': { with: taken('UserRole', roleOf) },
  'GET /api/Company': { with: ({ guest }) => ({ query: { userId: guest.id } }), ...kItself },
  'POST /api/UserCompany': { with: sent(companyOf) },
  'DELETE /api/UserCompany': { with: taken('UserCompany', companyOf) },
  'POST /api/UserProvider': { with: sent(providerOf) },
  'DELETE /api/UserProvider': { with: taken('UserProvider', providerOf) },
  'GET /api/Provider': { with: nothing, ...kAnybody },
  'POST /api/Provider': { with: () => ({ body: { name: unique('Provider') } }) },
  'PUT /api/Provider': { with: async (s) => ({ body: { providerId: (await provider(s)).providerId, active: false } }) },
  'DELETE /api/Provider': { with: async (s) => ({ query: { providerId: (await provider(s)).providerId } }) },
  'GET /api/IdentificationType': { with: nothing, ...kAnybody },
  'POST /api/IdentificationType': { with: () => ({ body: { code: unique('T').slice(-20), name: 'Pass' } }) },
  'PUT /api/IdentificationType': { with: async (s) => ({ body: { identificationTypeId: (await documentType(s)).identificationTypeId, name: 'Passport' } }) },
  'DELETE /api/IdentificationType': { with: async (s) => ({ query: { identificationTypeId: (await documentType(s)).identificationTypeId } }) },
};

// Which organization is meant stands in the query or in the body, so that each is asked for itself.
const identityProvider = () => ({ name: unique('Provider'), prefix: unique('p').toLowerCase().replace(/[^a-z0-9]/g, '-').slice(0, 50), type: 'oidc', issuer: 'https://login.example.org', clientId: 'gatehouse', clientSecret: 'a secret of the provider' });
const providerPath = async ({ world }) => ({ path: { id: (await world.must(201, 'POST', '/partner/v1/identity-providers', { as: world.admin, body: identityProvider() })).id } });
const roleId = async ({ world }, name) => (await world.must(200, 'GET', '/partner/v1/roles', { as: world.admin })).find((role) => role.name === name).id;
const batch = async (s) => ({ body: { Users: [{ Email: account().email, GroupId: await roleId(s, 'USER_VIEW') }], OrganizationIds: [s.room.orgId] } });
const file = async (s) => ({ raw: `Email\n${account().email}\n`, type: 'text/csv', query: { organizationIds: s.room.orgId, groupId: await roleId(s, 'USER_VIEW') } });
// One whose row comes to nothing, so that no trace is its own.
const job = async (s) => ({ path: { id: (await s.world.must(202, 'POST', '/partner/v1/invite-jobs', { as: s.boss, ...(await file(s)), raw: 'Email\nnobody\n' })).id } });
// One that is sent before, and changes nothing that others see.
const invitedIn = async (s) => (await s.world.must(200, 'POST', '/partner/v1/users/invite', { as: s.boss, ...(await batch(s)) })).users[0].userId;
const invitationOf = async (s) => (await s.world.must(200, 'GET', `/partner/v1/users/${await invitedIn(s)}/invitations`, { as: s.boss }))[0].id;
const kOnlyTheMaker = { stranger: [404], weak: [404] };
const kPartner = {
  // Whoever may add users somewhere may send a file; every row is asked for itself, later: that attacks leave no trace is the
  // refusal.
  'POST /partner/v1/invite-jobs': { with: file, stranger: kFine, weak: [403], agency: kFine },
  'GET /partner/v1/invite-jobs': { with: nothing, ...kAnybody },
  'GET /partner/v1/invite-jobs/{id}': { with: job, ...kOnlyTheMaker },
  'GET /partner/v1/invite-jobs/{id}/rows': { with: job, ...kOnlyTheMaker },
  'POST /partner/v1/invite-jobs/{id}/cancel': { with: job, ...kOnlyTheMaker },
  'GET /partner/v1/users': { with: ({ room }) => ({ query: { customerId: room.orgId } }), stranger: [404], weak: [403] },
  'GET /partner/v1/roles': { with: nothing, ...kAnybody },
  'POST /partner/v1/users/invite': { with: batch, stranger: [403], weak: [403] },
  'GET /partner/v1/users/{id}/invitations': { with: async (s) => ({ path: { id: await invitedIn(s) } }), stranger: [404], weak: [404] },
  'DELETE /partner/v1/invitations/{id}': { with: async (s) => ({ path: { id: await invitationOf(s) } }), stranger: [404], weak: [404] },
  'PUT /partner/v1/users/{id}/identity-provider': { with: async (s) => ({ path: { id: s.guest.id }, body: { identityProviderId: (await providerPath(s)).path.id } }) },
  'DELETE /partner/v1/users/{id}/identity-provider': { with: ({ guest }) => ({ path: { id: guest.id } }) },
  'GET /partner/v1/identity-providers': { with: nothing, ...kAnybody },
  'POST /partner/v1/identity-providers': { with: () => ({ body: identityProvider() }) },
  'GET /partner/v1/identity-providers/{id}': { with: providerPath },
  'PUT /partner/v1/identity-providers/{id}': { with: async (s) => ({ ...(await providerPath(s)), body: { enabled: false } }) },
  'DELETE /partner/v1/identity-providers/{id}': { with: providerPath },
};

export const kSamples = { ...kV1, ...kAccess, ...kIdentityManager, ...kPartner };
