// The order write → flush → acknowledgement, judged from what strace saw. A change is proved when its log was flushed with
// success after all of it was written there and before its answer was begun. Knows of each engine only where its log is, when
// a transaction stands there whole, and how it answers.
const kWrites = new Set(['pwrite64', 'write', 'writev', 'pwritev']);
const kFlushes = new Set(['fdatasync', 'fsync']);
const kSends = new Set(['sendto', 'sendmsg', 'write', 'writev']);
export const kTraced = 'trace=pwrite64,pwritev,write,writev,fdatasync,fsync,sendto,sendmsg';

const isSocket = ({ path }) => /^(TCP|UNIX|socket)/.test(path);

// SQLite's WAL, written and answered for by one process. A frame is two writes: 24 bytes of header, of which the second four
// are not zero when it ends a transaction, and the page.
export const sqliteLog = (wal) => ({
  writes: ({ call, path }) => kWrites.has(call) && path === wal,
  flushes: ({ call, path }) => kFlushes.has(call) && path === wal,
  answer: (events, { requestId }) => events.find((event) => kSends.has(event.call) && isSocket(event) && event.data.includes(requestId)),
  whole({ writes }, first) {
    const at = writes.indexOf(first);
    const ends = ({ data }) => data.length === 24 && data.slice(4, 8) !== '\0\0\0\0';
    const mark = writes.findIndex((event, i) => i >= at - 1 && ends(event));
    return mark < 0 ? null : (writes[mark + 1] ?? null);
  },
});

// A PostgreSQL server: its processes write and flush pg_wal; the one that got the change answers the request that it got last.
// Trace recvfrom as well.
export const postgresLog = () => ({
  writes: ({ call, path }) => kWrites.has(call) && /\/pg_wal\/[0-9A-F]{24}$/.test(path),
  flushes: ({ call, path }) => kFlushes.has(call) && /\/pg_wal\/[0-9A-F]{24}$/.test(path),
  answer(events, { marker }) {
    const asked = events.find(({ call, data }) => call === 'recvfrom' && data.includes(marker));
    return asked && events.find((event) => event.began > asked.ended && event.pid === asked.pid && kSends.has(event.call) && isSocket(event) && event.data.includes('COMMIT\0'));
  },
  // The record of the commit is written after the order to commit has come.
  whole: ({ events }, first, answer) => events.filter(({ call, pid, ended }) => call === 'recvfrom' && pid === answer.pid && ended < answer.began).at(-1) ?? null,
});

// Changes are { marker, requestId }: a text that its log record holds, and one that its answer holds. Returns one sentence for
// each that is not proved.
export function unproved(events, changes, log) {
  const writes = events.filter(log.writes);
  const flushes = events.filter(log.flushes);
  const judge = (change) => {
    const answer = log.answer(events, change);
    if (!answer) return 'its answer was not seen';
    const first = writes.find(({ data }) => data.includes(change.marker));
    if (!first) return 'it was never written';
    const last = log.whole({ events, writes }, first, answer);
    if (!last) return 'its transaction was never ended';
    const written = Math.max(first.ended, last.ended);
    if (written > answer.began) return 'it was answered before it was written';
    const between = flushes.filter(({ began, ended }) => began > written && ended < answer.began);
    if (between.length === 0) return 'nothing was flushed between its writing and its answer';
    return between.some(({ result }) => result === 0) ? null : 'the flush between its writing and its answer failed';
  };
  return changes.flatMap((change) => {
    const why = judge(change);
    return why === null ? [] : [`${change.marker}: ${why}`];
  });
}
