// One request to one node, and what its answer says about the change it asked for: acknowledged, refused (nothing was done),
// or unknown. Whatever is not plainly one of the first two is unknown. No retries.
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
const kPatience_ms = 30_000;
// It was never sent.
const kUnreached = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);
// What a node says that has not begun, or has certainly undone, what it was asked.
const kNothingDone = /nothing was changed|lost touch with the store|The service is busy/;
const kNotKnown = /did not say whether the change was taken/;
const kNoList = '{"detail":"Failed to get access"}';

export const now = () => performance.now();

export function outcomeOf({ status, text, error }) {
  if (error) return kUnreached.has(error) ? 'refused' : 'unknown';
  if (status >= 200 && status < 300) return 'acknowledged';
  if (status >= 400 && status < 500) return 'refused';
  return kNothingDone.test(text) ? 'refused' : 'unknown';
}

// "Not now": 503, and 500 on the access surface, whose contract has no 503.
export function isUnavailable({ status, text }) {
  return status === 503 || (status === 500 && (kNothingDone.test(text) || kNotKnown.test(text) || text === kNoList));
}

// { status, json, text, headers, sent, answered, error, node, outcome }: an answer that did not come has status 0 and the
// error's code. Times are of the monotonic clock of this process, in milliseconds.
export function ask(node, method, path, { token, json, headers = {}, patience_ms = kPatience_ms } = {}) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const all = { ...headers, 'content-length': body === undefined ? 0 : Buffer.byteLength(body) };
  if (body !== undefined) all['content-type'] = 'application/json';
  if (token) all.authorization = `Bearer ${token}`;
  const sent = now();
  return new Promise((done) => {
    const end = (answer) => {
      const whole = { node: node.name, sent, answered: now(), text: '', headers: {}, status: 0, error: null, ...answer };
      done({ ...whole, outcome: outcomeOf(whole) });
    };
    const failed = (error) => end({ error: error.code ?? error.message });
    const asked = http.request(new URL(path, node.url), { method, headers: all, agent, timeout: patience_ms }, async (answer) => {
      try {
        let text = '';
        for await (const part of answer.setEncoding('utf8')) text += part;
        const isJson = /json/.test(answer.headers['content-type'] ?? '') && text !== '';
        end({ status: answer.statusCode, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined });
      } catch (error) {
        failed(error);
      }
    });
    asked.on('timeout', () => asked.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    asked.on('error', failed);
    asked.end(body);
  });
}

// A request that has to succeed, before any fault and after the last: its JSON.
export async function must(node, method, path, options) {
  const answer = await ask(node, method, path, options);
  if (answer.outcome !== 'acknowledged') throw new Error(`${node.name}: ${method} ${path}: ${answer.status} ${answer.error ?? ''} ${answer.text}`);
  return answer.json;
}
