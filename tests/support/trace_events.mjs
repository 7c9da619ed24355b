// What strace wrote (strace.mjs), as events: which call, on what, with which bytes, with what success, and when it began and
// ended, in the order in which the tracer saw it. A call that was never seen to end has ended at Infinity, with no result.
const kLine = /^(\d+) +[\d:.]+ (.*)$/;
const kCall = /^(\w+)\((\d+)<([A-Z0-9-]+:\[[^\]]*\]|[^>]*)>(.*)$/s;
const kResult = /\) += (-?\d+)/;
const kEscapes = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', '"': '"', '\\': '\\' };

// All quoted bytes, one after the other, a character for each.
function bytesIn(text) {
  const quoted = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner]) => inner).join('');
  return quoted.replace(/\\([0-7]{1,3}|x[0-9a-f]{2}|.)/gs, (_, code) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8));
    return code.length === 3 ? String.fromCharCode(parseInt(code.slice(1), 16)) : kEscapes[code];
  });
}

export function eventsOf(lines) {
  const events = [];
  const open = new Map();  // process → its event that has not ended
  const end = (event, at, text) => {
    const [, result] = text.match(kResult) ?? [];
    Object.assign(event, { ended: at, result: result === undefined ? null : Number(result) });
  };
  lines.forEach((line, at) => {
    const [, pid, what] = line.match(kLine) ?? [];
    if (!what) return;
    if (what.startsWith('<... ')) {
      const event = open.get(pid);
      open.delete(pid);
      if (!event) return;
      event.data += bytesIn(what);  // what is received is known at the end
      return end(event, at, what);
    }
    const [, call, fd, path, rest] = what.match(kCall) ?? [];
    if (!call) return;
    const event = { pid, call, fd: Number(fd), path, data: bytesIn(rest), began: at, ended: Infinity, result: null };
    events.push(event);
    if (what.endsWith('<unfinished ...>')) open.set(pid, event);
    else end(event, at, rest);
  });
  return events;
}
