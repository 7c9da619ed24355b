// What is there in the end, as one node tells it: {key: value} in the words of the clients (life.mjs), and the log itself.
import { must } from './asking.mjs';

const kPage = 1000;

async function everything(node, path, token) {
  const items = [];
  for (;;) {
    const page = await must(node, 'GET', `${path}${path.includes('?') ? '&' : '?'}skipCount=${items.length}&maxResultCount=${kPage}`, { token });
    items.push(...page.items);
    if (page.items.length < kPage) {
      if (items.length !== page.totalCount) throw new Error(`${node.name}: ${path}: ${items.length} items, and a total of ${page.totalCount}`);
      return items;
    }
  }
}

export async function observe(node, { admin, clubs, reporters, bosses }) {
  const seen = {};
  const { token } = admin;
  const organizations = await everything(node, '/api/v1/orgs?name=HA', token);
  const names = new Map(organizations.map(({ orgId, name }) => [orgId, name]));
  for (const { name, description, parentOrgId } of organizations) {
    seen[`organization ${name}`] = description;
    if (parentOrgId) seen[`parent of ${name}`] = names.get(parentOrgId);
  }
  for (const { userName, displayName, status } of await everything(node, '/api/v1/users?search=ha.', token)) {
    if (userName.startsWith('ha.')) seen[`user ${userName}`] = `${displayName}|${status.toLowerCase()}`;
  }
  for (const boss of bosses) {
    clubs.add(boss.organization.orgId);
    const as = { token: boss.token };
    for (const { name } of await must(node, 'GET', '/access/api-tokens', as)) seen[`api token ${name}`] = 'there';
    for (const { name } of await must(node, 'GET', '/api/v1/oauth2/client-credentials', as)) seen[`client ${name}`] = 'there';
    for (const { email, status, direction } of await must(node, 'GET', '/access/invite', as)) if (direction === 'sent') seen[`invitation ${email}`] = status;
  }
  for (const orgId of clubs) {
    for (const { userId, orgRole } of await everything(node, `/api/v1/orgs/${orgId}/users`, token)) {
      if (userId !== admin.id) seen[`member ${orgId} ${userId}`] = orgRole;
    }
  }
  for (const userId of reporters) {
    const [user] = await must(node, 'GET', `/api/User?userId=${userId}`, { token });
    for (const { name } of user?.roles ?? []) seen[`role ${name} of ${userId}`] = 'held';
  }
  return seen;
}

const uuid = (hex) => hex && hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

// The log as the store holds it; of entries, the ids of organizations instead of their numbers. `rows` asks the store and gives
// an array of objects for a SELECT.
export async function readLog(rows) {
  const found = await rows(`SELECT c.revision, c.action, encode(c.target_id, 'hex') AS target, encode(o.id, 'hex') AS organization, c.before, c.after
    FROM changes c LEFT JOIN organizations o ON o.no = c.organization_no ORDER BY c.revision`);
  const [{ revision: head }] = await rows('SELECT revision FROM log_head');
  const log = found.map((row) => ({ ...row, target: uuid(row.target), organization: uuid(row.organization), before: JSON.parse(row.before ?? 'null'), after: JSON.parse(row.after ?? 'null') }));
  return { log, head };
}
