// Store: any
// Ten thousand browsers and services that keep their connection and say nothing: each costs little memory, none slows down
// the others, and the process still ends as it should.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';

import { defaultBinary, start } from '../support/gatehouse.mjs';

const CONNECTIONS = 10_000;
const AT_ONCE = 250;  // below the backlog of the listening socket
const LARGEST_KIB = 20;  // resident memory of one, without sanitizers
const KEYS = '/.well-known/jwks.json';
const REQUEST = `GET ${KEYS} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

// Sanitizers keep shadows and quarantines; what they add says nothing about the service.
const sanitized = spawnSync('grep', ['-qaE', '__(asan|tsan)_init', defaultBinary]).status === 0;
// Node raises its own limit to the hard one, and what it starts inherits that.
const openFiles = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1]);
const skip = openFiles < CONNECTIONS + 500 && `only ${openFiles} files may be open (ulimit -n)`;

const residentKib = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

// A connection whose first request has been answered.
function idle({ hostname, port }) {
  return new Promise((done, failed) => {
    const socket = net.connect(Number(port), hostname, () => socket.write(REQUEST));
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (data) => {
      received += data;
      const head = received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1]);
      if (received.length < head + 4 + length) return;
      socket.removeAllListeners('close');
      socket.on('close', () => (socket.gone = true));
      received.startsWith('HTTP/1.1 200 ') ? done(socket) : failed(new Error(received));
    });
    socket.on('error', failed);
    socket.on('close', () => failed(new Error(`closed before it was answered: ${received}`)));
  });
}

let server;
const sockets = [];
before(async () => (server = await start()));
after(async () => {
  sockets.forEach((socket) => socket.destroy());
  await server.stop();
});

test('ten thousand idle connections are held while requests are answered', { skip, timeout: 180_000 }, async () => {
  const address = new URL(server.url);
  // What grows once (pools, caches) grows first.
  for (let i = 0; i < AT_ONCE; ++i) sockets.push(await idle(address));
  const before_kib = residentKib(server.pid);
  const counted = sockets.length;
  while (sockets.length < CONNECTIONS) {
    const wanted = Math.min(AT_ONCE, CONNECTIONS - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: wanted }, () => idle(address)))));
    if (sockets.length % 2500 === 0) assert.equal((await server.request('GET', KEYS)).status, 200);
  }
  const each_kib = (residentKib(server.pid) - before_kib) / (sockets.length - counted);
  console.log(`${each_kib.toFixed(1)} KiB of resident memory a connection`);
  if (!sanitized) assert.ok(each_kib <= LARGEST_KIB, `${each_kib.toFixed(1)} KiB of resident memory each`);

  for (let i = 0; i < 20; ++i) assert.equal((await server.request('GET', KEYS)).status, 200);
  assert.equal(sockets.filter((socket) => socket.gone).length, 0, 'connections were closed');
  // They are not only open: any of them can go on.
  for (const socket of [sockets[0], sockets[CONNECTIONS / 2], sockets[CONNECTIONS - 1]]) {
    const answer = new Promise((done) => socket.once('data', done));
    socket.write(REQUEST);
    assert.match(await answer, /^HTTP\/1\.1 200 /);
  }
});

test('SIGTERM ends it although they are all open', { skip, timeout: 60_000 }, async () => {
  await server.stop();  // fails unless it ends with 0
  assert.equal(await server.request('GET', KEYS).then(() => 'answered', () => 'refused'), 'refused');
});
