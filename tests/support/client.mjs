// A small HTTP client: one keep-alive pool, JSON in and out, no retries, no redirects. What the server says is returned as
// it is; only a missing answer is an error.
import http from 'node:http';
import https from 'node:https';

const pool = { keepAlive: true, maxSockets: 64 };
const agents = {
  'http:': new http.Agent(pool),
  'https:': new https.Agent({ ...pool, rejectUnauthorized: false }),  // tests sign their own certificates
};
const requestTimeout_ms = 60_000;

// { status, headers, text, json }: header names in lower case; json is undefined when the body is empty or not JSON.
function send(url, method, { headers, body }) {
  return new Promise((done, failed) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const outgoing = request(url, { method, headers, agent: agents[url.protocol], timeout: requestTimeout_ms }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', failed);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /^application\/([\w.+-]+\+)?json/.test(answer.headers['content-type'] ?? '');
        let json;
        try {
          json = isJson && text !== '' ? JSON.parse(text) : undefined;
        } catch (error) {
          return failed(new Error(`${method} ${url.pathname}: the body is not the JSON it claims to be: ${error.message}\n${text}`));
        }
        done({ status: answer.statusCode, headers: answer.headers, text, json });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${requestTimeout_ms / 1000} s`)));
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}

// Calls one server, as nobody or with a token. `server` is what gatehouse.mjs starts: its url may change with a restart.
export class Client {
  constructor(server, tokens = {}) {
    this.server = server;
    this.token = tokens.accessToken;
    this.refreshToken = tokens.refreshToken;
  }

  // `json` is serialized and typed; `body` goes as it is; `token: null` leaves the client's own token out. Paths beginning
  // with http:// or https:// go where they say (the management listener, for example).
  async request(method, path, { token = this.token, json, body, headers = {} } = {}) {
    const url = new URL(/^https?:/.test(path) ? path : this.server.url + path);
    const all = { ...headers };
    if (token) all.authorization ??= `Bearer ${token}`;
    if (json !== undefined) {
      body = JSON.stringify(json);
      all['content-type'] ??= 'application/json';
    }
    if (body !== undefined) all['content-length'] ??= Buffer.byteLength(body);
    else if (method !== 'GET' && method !== 'HEAD' && all['content-length'] === undefined) all['content-length'] = 0;
    try {
      return await send(url, method, { headers: all, body });
    } catch (error) {
      throw (await this.server.explain?.(error)) ?? error;
    }
  }

  get(path, options) {
    return this.request('GET', path, options);
  }
  post(path, json, options) {
    return this.request('POST', path, { json, ...options });
  }
  put(path, json, options) {
    return this.request('PUT', path, { json, ...options });
  }
  patch(path, json, options) {
    return this.request('PATCH', path, { json, ...options });
  }
  delete(path, options) {
    return this.request('DELETE', path, options);
  }
}

// POST /api/v1/auth/tokens: a client that carries the access token. Throws when the sign-in is refused.
export async function signIn(server, account, password) {
  const { status, json, text } = await new Client(server).post('/api/v1/auth/tokens', { account, password });
  if (status !== 201) throw new Error(`sign-in as ${account}: ${status} ${text}`);
  return new Client(server, json);
}
