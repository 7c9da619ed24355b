// Changes of many kinds, made by several clients at the same time, each with a text of its own that the store's log holds, and a
// request that its answer names; so that both can be found in what a traced process writes and sends.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

export const kKinds = 5;
const mark = () => `marker-${randomUUID()}`;

// [{ marker, requestId }], all acknowledged.
export async function markedChanges(world, clients, each) {
  const changes = [];
  const top = await world.organization();
  const change = async (method, path, body, marker) => {
    const requestId = `order-${randomUUID()}`;
    const answer = await world.call(method, path, { as: world.admin, body, headers: { 'X-Request-ID': requestId }, check: false });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    changes.push({ marker, requestId });
    return answer.json;
  };
  const work = async () => {
    for (let i = 0; i < each; i += 1) {
      const [name, description, user, client, token] = Array.from({ length: kKinds }, mark);
      const { orgId } = await change('POST', '/api/v1/orgs', { name, parentOrgId: top.orgId }, name);
      await change('PATCH', `/api/v1/orgs/${orgId}`, { description }, description);
      await change('POST', '/api/v1/users', { userName: user, email: `${user}@example.org`, displayName: 'Ordered' }, user);
      await change('POST', '/api/v1/oauth2/client-credentials', { name: client, scopes: ['organizations.read'] }, client);
      await change('POST', '/access/add-api-token', { name: token }, token);
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  return changes;
}
