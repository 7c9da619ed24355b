// What the roles that the tests across the surfaces give carry, and what the surfaces make of several: written from the role
// catalogue of CONTRACTS.md, section 1, and not asked from the service.
const kShown = ['admin', 'operator', 'viewer'];  // v1 shows the first of these that a membership carries

const viewer = ['organizations.view', 'users.view'];
const users = ['users.view', 'users.edit', 'users.add', 'users.remove'];
const orders = ['orders.view', 'orders.edit'];
const operator = [...viewer, ...orders, 'reports.view'];
export const kCarried = {
  USER_VIEW: ['users.view'], USER_EDIT: ['users.view', 'users.edit'], USER_ADD: ['users.view', 'users.add'], USER_DELETE: ['users.view', 'users.remove'],
  ORDERS_VIEW: ['orders.view'], ORDERS_EDIT: orders, REPORTS_VIEW: ['reports.view'], viewer, operator, admin: [...operator, ...users, 'organizations.edit'],
  Customer: viewer, 'Customer Admin': users, 'Support Agent': viewer, Administrator: [...operator, ...users, 'organizations.edit', 'accounts.edit'],
};
// The permissions that are asked for.
export const kAsked = ['organizations.view', 'organizations.edit', ...users, ...orders, 'reports.view', 'accounts.edit'];

export const heaviest = (roles) => kShown.find((role) => roles.includes(role)) ?? null;

// Administrators of the deployment, whom the access surface leaves out.
export const isInternal = (platformRoles) => platformRoles.some((role) => role === 'Super Admin' || kCarried[role]?.includes('users.edit'));
