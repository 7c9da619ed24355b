// A socket without a client's good manners: sends exactly the bytes it is given and reads the answers one by one.
import net from 'node:net';

const waitTimeout_ms = 30_000;

export class RawConnection {
  #socket;
  #received = Buffer.alloc(0);
  #closed = false;
  #wake = () => {};

  static open(url) {
    const { hostname, port } = new URL(url);
    return new Promise((done, failed) => {
      const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
      socket.once('error', failed);
      socket.once('connect', () => {
        socket.off('error', failed);
        done(new RawConnection(socket));
      });
    });
  }

  constructor(socket) {
    this.#socket = socket;
    const ended = () => {
      this.#closed = true;
      this.#wake();
    };
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('end', ended);
    socket.on('error', ended);  // a reset is an end
    socket.on('close', ended);
  }

  // Text is sent as latin1, so that any byte can be written.
  send(bytes) {
    return new Promise((done) => this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, () => done()));
  }

  // Says that nothing more will be sent; answers can still come.
  finishSending() {
    this.#socket.end();
  }

  // The next answer: { status, headers, text }, names in lower case. `noBody` for answers to HEAD. Null when the server
  // closed instead.
  async response({ noBody = false } = {}) {
    for (;;) {
      const parsed = takeResponse(this.#received, noBody);
      if (parsed) {
        this.#received = this.#received.subarray(parsed.size);
        return parsed.response;
      }
      if (this.#closed) {
        if (this.#received.length === 0) return null;
        throw new Error(`the connection ended inside an answer: ${this.#received.toString('latin1')}`);
      }
      await this.#more('an answer');
    }
  }

  // Resolves when the server has closed the connection; throws when it sends something more first.
  async closed() {
    while (!this.#closed) await this.#more('the end of the connection');
    if (this.#received.length > 0) throw new Error(`unexpected bytes before the end: ${this.#received.toString('latin1')}`);
  }

  close() {
    this.#socket.destroy();
  }

  #more(what) {
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`waited ${waitTimeout_ms / 1000} s for ${what}`)), waitTimeout_ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}

// The first complete answer in the bytes, with the number of bytes it takes, or null.
function takeResponse(bytes, noBody) {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const [statusLine, ...lines] = bytes.subarray(0, head).toString('latin1').split('\r\n');
  const match = /^HTTP\/1\.[01] (\d{3})( |$)/.exec(statusLine);
  if (!match) throw new Error(`not a status line: ${statusLine}`);
  const status = Number(match[1]);
  const headers = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const bare = noBody || status < 200 || status === 204 || status === 304;
  const length = bare ? 0 : Number(headers['content-length'] ?? 0);
  const size = head + 4 + length;
  if (bytes.length < size) return null;
  return { size, response: { status, headers, text: bytes.subarray(head + 4, size).toString('utf8') } };
}

// Sends the bytes on a connection of their own and gives the connection.
export async function sendRaw(server, bytes) {
  const connection = await RawConnection.open(server.url);
  await connection.send(bytes);
  return connection;
}
