// The shapes that every surface of v1 promises, as assertions.
import assert from 'node:assert/strict';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

export function assertStatus(response, status) {
  assert.equal(response.status, status, `status ${response.status} instead of ${status}: ${response.text}`);
}

// RFC 9457. `type` is compared when it is given; `fields` are the names that validationItems must tell about.
export function assertProblem(response, status, { type, fields } = {}) {
  assertStatus(response, status);
  assert.match(response.headers['content-type'] ?? '', /^application\/problem\+json(;|$)/);
  const problem = response.json ?? JSON.parse(response.text);
  assert.equal(problem.status, status);
  for (const member of ['type', 'title', 'detail', 'traceId']) {
    assert.equal(typeof problem[member], 'string', `the problem has no ${member}: ${response.text}`);
    assert.notEqual(problem[member], '', `the problem's ${member} is empty`);
  }
  if (type !== undefined) assert.equal(problem.type, type);
  if (fields !== undefined) {
    assert.ok(Array.isArray(problem.validationItems), `no validationItems: ${response.text}`);
    for (const item of problem.validationItems) assert.deepEqual(Object.keys(item).sort(), ['field', 'message']);
    assert.deepEqual(problem.validationItems.map(({ field }) => field).sort(), [...fields].sort());
  }
  return problem;
}

// {totalCount, items} and nothing else.
export function assertPage(response, { totalCount, count } = {}) {
  assertStatus(response, 200);
  assert.deepEqual(Object.keys(response.json).sort(), ['items', 'totalCount']);
  assert.ok(Number.isInteger(response.json.totalCount) && response.json.totalCount >= 0, 'totalCount is not a count');
  assert.ok(Array.isArray(response.json.items), 'items is not a list');
  assert.ok(response.json.items.length <= response.json.totalCount, 'more items than the total');
  if (totalCount !== undefined) assert.equal(response.json.totalCount, totalCount);
  if (count !== undefined) assert.equal(response.json.items.length, count);
  return response.json.items;
}

// RFC 9562 5.7, in lower case.
export function assertUuid7(value) {
  assert.match(String(value), UUID_V7);
}

// RFC 3339 in UTC with Z, a day that exists.
export function assertTime(value) {
  assert.match(String(value), TIME);
  const [date] = value.split('T');
  assert.equal(new Date(value).toISOString().split('T')[0], date, `${value} is no day of the calendar`);
}
