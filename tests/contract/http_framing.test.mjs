// Store: any
// How the binary reads requests off the wire. What is ambiguous is refused with 400 and the connection closed, so that
// nothing can be smuggled behind it (RFC 9112 6.3, 11.2); what is too much is refused by its own status; what is merely
// unusual works.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';

import { start } from '../support/gatehouse.mjs';
import { RawConnection, sendRaw } from '../support/raw.mjs';

const KEYS = '/.well-known/jwks.json';  // public, small, the same for everybody
const TOKENS = '/api/v1/auth/tokens';
const SMUGGLED = `GET ${KEYS} HTTP/1.1\r\nHost: smuggled\r\n\r\n`;

let server;
before(async () => (server = await start()));
after(() => server.stop());

const open = [];
afterEach(() => open.splice(0).forEach((connection) => connection.close()));
async function send(bytes) {
  const connection = await sendRaw(server, bytes);
  open.push(connection);
  return connection;
}

const get = (...headers) => [`GET ${KEYS} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
const post = (headers, body) =>
  [`POST ${TOKENS} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', ...headers, '', body].join('\r\n');
const chunked = (chunks) => post(['Transfer-Encoding: chunked'], chunks);
const wrongSignIn = '{"account":"nobody@example.test","password":"not the password"}';

const AMBIGUOUS = [
  ['Content-Length and Transfer-Encoding', post(['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
  ['Transfer-Encoding and Content-Length', post(['Transfer-Encoding: chunked', 'Content-Length: 5'], '0\r\n\r\n')],
  ['two Content-Length that differ', post(['Content-Length: 0', 'Content-Length: 5'], '')],
  ['a list of Content-Length that differ', post(['Content-Length: 0, 5'], '')],
  ['a negative Content-Length', post(['Content-Length: -1'], '')],
  ['a Content-Length with a sign', post(['Content-Length: +0'], '')],
  ['a hexadecimal Content-Length', post(['Content-Length: 0x0'], '')],
  ['a Content-Length beyond 64 bits', post(['Content-Length: 18446744073709551616'], '')],
  ['an empty Content-Length', post(['Content-Length: '], '')],
  ['a Transfer-Encoding that is not chunked at its end', post(['Transfer-Encoding: chunked, identity'], '0\r\n\r\n')],
  ['chunked twice', post(['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n')],
  ['a Transfer-Encoding in HTTP/1.0', post(['Transfer-Encoding: chunked'], '0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0')],
  ['a chunk size that is no number', chunked('z\r\n\r\n')],
  ['a chunk size with a sign', chunked('+1\r\na\r\n0\r\n\r\n')],
  ['a chunk size beyond 64 bits', chunked('10000000000000000\r\n')],
  ['a chunk longer than its size', chunked('1\r\nab\r\n0\r\n\r\n')],
  ['a chunk size ended by a bare LF', chunked('1\na\r\n0\r\n\r\n')],
  ['lines ended by a bare LF', `GET ${KEYS} HTTP/1.1\nHost: localhost\n\n`],
  ['one header ended by a bare LF', `GET ${KEYS} HTTP/1.1\r\nHost: localhost\nX-A: b\r\n\r\n`],
  ['a bare CR in a header', get('X-A: b\rX-B: c')],
  ['a NUL in a header', get('X-A: b\0c')],
  ['a folded header', get('X-A: b', ' continued')],
  ['a blank before the colon', get('X-A : b')],
  ['a header without a name', get(': b')],
  ['a header without a colon', get('nonsense')],
  ['no Host', `GET ${KEYS} HTTP/1.1\r\n\r\n`],
  ['two Hosts', get('Host: other')],
  ['a request line without a version', `GET ${KEYS}\r\nHost: localhost\r\n\r\n`],
  ['two blanks in the request line', `GET  ${KEYS} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ['a control character in the target', `GET ${KEYS}\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ['a method that is no token', `G(T ${KEYS} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
];

for (const [name, bytes] of AMBIGUOUS) {
  test(`${name}: 400, and nothing behind it is read`, async () => {
    const connection = await send(bytes + SMUGGLED);
    const answer = await connection.response();
    assert.ok(answer, 'closed without an answer');
    assert.equal(answer.status, 400, answer.text);
    await connection.closed();
  });
}

const TOO_MUCH = [
  ['a header section beyond its limit', get(`X-Long: ${'a'.repeat(64 * 1024)}`), [431]],
  ['a target beyond its limit', `GET /${'a'.repeat(64 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, [414, 431]],
  ['a body announced beyond its limit', post(['Content-Length: 1000000000'], ''), [413]],
  ['a chunk announced beyond the limit', chunked('3b9aca00\r\n'), [413]],
  ['a version that is not spoken', `GET ${KEYS} HTTP/3.0\r\nHost: localhost\r\n\r\n`, [400, 505]],
];

for (const [name, bytes, statuses] of TOO_MUCH) {
  test(`${name}: ${statuses.join(' or ')}, and the connection closes`, async () => {
    const connection = await send(bytes);
    const answer = await connection.response();
    assert.ok(answer, 'closed without an answer');
    assert.ok(statuses.includes(answer.status), `${answer.status} ${answer.text}`);
    await connection.closed();
  });
}

test('pipelined requests are answered in their order on one connection', async () => {
  const nowhere = '/api/v1/no-such-thing';
  const connection = await send(get() + get().replace(KEYS, nowhere) + post([`Content-Length: ${wrongSignIn.length}`], wrongSignIn) + get());
  for (const status of [200, 404, 401, 200]) assert.equal((await connection.response()).status, status);
});

test('a request that comes byte by byte is understood', async () => {
  const connection = await RawConnection.open(server.url);
  open.push(connection);
  for (const byte of get()) await connection.send(byte);
  assert.equal((await connection.response()).status, 200);
});

test('a chunked body, with extensions and trailers, is one body', async () => {
  const half = wrongSignIn.length >> 1;
  const chunk = (text) => `${text.length.toString(16).toUpperCase()};name="value"\r\n${text}\r\n`;
  const body = `${chunk(wrongSignIn.slice(0, half))}${chunk(wrongSignIn.slice(half))}0\r\nX-Trailer: x\r\n\r\n`;
  const connection = await send(chunked(body) + get());
  assert.equal((await connection.response()).status, 401);
  assert.equal((await connection.response()).status, 200);
});

test('Expect: 100-continue is answered before the body is sent', async () => {
  const connection = await send(post(['Expect: 100-continue', `Content-Length: ${wrongSignIn.length}`], ''));
  assert.equal((await connection.response()).status, 100);
  await connection.send(wrongSignIn);
  assert.equal((await connection.response()).status, 401);
});

test('HEAD has the headers of GET and no body', async () => {
  const connection = await send(get().replace('GET', 'HEAD') + get());
  const head = await connection.response({ noBody: true });
  const whole = await connection.response();
  assert.equal(head.status, 200);
  assert.equal(whole.status, 200);
  assert.equal(head.headers['content-length'], whole.headers['content-length']);
  assert.equal(head.headers['content-type'], whole.headers['content-type']);
});

test('Connection: close is obeyed', async () => {
  const connection = await send(get('Connection: close') + SMUGGLED);
  const answer = await connection.response();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.connection?.toLowerCase(), 'close');
  await connection.closed();
});

test('HTTP/1.0 closes after its answer', async () => {
  const connection = await send(`GET ${KEYS} HTTP/1.0\r\n\r\n`);
  assert.equal((await connection.response()).status, 200);
  await connection.closed();
});

test('a client that stops sending still gets its answer', async () => {
  const connection = await send(get());
  connection.finishSending();
  assert.equal((await connection.response()).status, 200);
  await connection.closed();
});

test('an absolute target is served by its path', async () => {
  const connection = await send(get().replace(KEYS, `http://elsewhere.test${KEYS}`));
  assert.equal((await connection.response()).status, 200);
});

test('connections that break off in the middle harm nobody', async () => {
  const whole = post([`Content-Length: ${wrongSignIn.length}`], wrongSignIn);
  for (let length = 1; length < whole.length; length += 7) {
    const connection = await sendRaw(server, whole.slice(0, length));
    connection.close();
  }
  assert.equal((await server.request('GET', KEYS)).status, 200);
});
