// Store: sqlite
// A disk that cannot flush, cannot write, is full, or may not be written on: changes are refused, and what was refused is not
// there, neither now nor after kill -9; what was acknowledged is. Whoever only asks is served meanwhile, the operator is
// told, and when the disk is well again the service goes on by itself.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshFolder, run } from '../support/gatehouse.mjs';
import { SmallDisk, whyNoDisk } from '../support/small_disk.mjs';
import { failing, whyNoTrace } from '../support/strace.mjs';
import { startWorld, unique } from '../support/v1.mjs';

const noTrace = (await whyNoTrace()) ?? false;
const noDisk = whyNoDisk() ?? false;

class Patient {
  acknowledged = new Set();
  refused = new Map();  // name → code
  static async start(t, data = freshFolder()) {
    const patient = new Patient();
    // Nobody can look for leaks in a process that is traced when it ends.
    const ASAN_OPTIONS = [process.env.ASAN_OPTIONS, 'detect_leaks=0'].filter(Boolean).join(':');
    patient.world = await startWorld({ data, env: { ASAN_OPTIONS } });
    patient.server = patient.world.server;
    t.after(() => patient.server.stop());
    await patient.change();
    return patient;
  }

  wal() { return join(this.server.data, 'gatehouse.db-wal'); }

  // One change: whether it was acknowledged. It is, or it is refused for the reason of the store, nothing else.
  async change(name = unique('Change')) {
    const answer = await this.world.call('POST', '/api/v1/orgs', { as: this.world.admin, body: { name }, check: false });
    if (answer.status === 201) {
      this.acknowledged.add(name);
      return true;
    }
    assert.equal(answer.status, 503, answer.text);
    assert.match(answer.json.type, /^Store\.(Unavailable|OutcomeUnknown)$/, answer.text);
    this.refused.set(name, answer.json.type);
    return false;
  }

  async seen() {
    const names = [];
    for (;;) {
      const page = await this.world.must(200, 'GET', '/api/v1/orgs', { as: this.world.admin, query: { skipCount: names.length, maxResultCount: 1000 } });
      names.push(...page.items.map(({ name }) => name));
      if (page.items.length < 1000) return new Set(names);
    }
  }

  async check(when) {
    const seen = await this.seen();
    assert.deepEqual([...this.acknowledged].filter((name) => !seen.has(name)), [], `${when}: what was acknowledged is gone`);
    assert.deepEqual([...this.refused.keys()].filter((name) => seen.has(name)), [], `${when}: what was refused is there`);
  }

  // Reads and decisions go on; the management listener and the log tell the operator.
  async isServing(when) {
    await this.check(when);
    const { admin } = this.world;
    const asked = await this.world.must(200, 'POST', '/access/v1/evaluation', {
      as: admin,
      body: { subject: { type: 'user', id: admin.id }, action: { name: 'users.view' }, resource: { type: 'user', id: admin.id } },
      check: false,
    });
    assert.equal(typeof asked.decision, 'boolean');
  }

  async management() {
    const [ready, metrics] = await Promise.all(['/readyz', '/metrics'].map((path) => this.server.request('GET', this.server.managementUrl + path)));
    return { ready: `${ready.status} ${ready.text.trim()}`, failing: metrics.text.match(/^gatehouse_store_failing (\d)$/m)?.[1] };
  }

  async saysThatItFails() {
    assert.deepEqual(await this.management(), { ready: '200 ready, but the store fails: changes are refused', failing: '1' });
    assert.ok(this.server.logs().some(({ event, level }) => event === 'store_failed' && level === 'error'), 'the log says it');
  }

  async goesOn() {
    assert.ok(await this.change(), 'a change is taken again');
    assert.deepEqual(await this.management(), { ready: '200 ready', failing: '0' });
    await this.check('when the disk is well again');
  }

  async killAndStart() {
    await this.server.kill9();
    await this.server.start();
    await this.check('after kill -9');
  }

  async isSound() {
    await this.server.stop();
    const { status, stdout, stderr } = await run(['verify', '--data', this.server.data]);
    assert.equal(status, 0, stdout + stderr);
    await this.server.start();
    await this.check('after a stop');
  }
}

const codes = ({ refused }) => [...refused.values()];
const manyAtOnce = (patient) => Promise.all(Array.from({ length: 6 }, () => patient.change()));

test('one flush that fails: what waited for it is refused, and a crash at once does not bring it back', { skip: noTrace }, async (t) => {
  const patient = await Patient.start(t);
  const fault = await failing(patient.server.pid, 'fdatasync,fsync', 'EIO', patient.wal(), '1');
  assert.equal(await patient.change(), false);
  assert.deepEqual(codes(patient), ['Store.Unavailable'], 'nothing was changed');
  await patient.check('at once');
  await patient.server.kill9();
  assert.match((await fault.detach()).join(), /EIO .*INJECTED/);
  await patient.server.start();
  await patient.check('after kill -9');
  await patient.isSound();
});

test('no flush succeeds: everything is refused, whoever asks is served, a crash brings nothing back', { skip: noTrace }, async (t) => {
  const patient = await Patient.start(t);
  const fault = await failing(patient.server.pid, 'fdatasync,fsync', 'EIO', patient.wal());
  for (let i = 0; i < 3; i += 1) assert.ok((await manyAtOnce(patient)).every((done) => !done));
  await patient.isServing('while it fails');
  await patient.saysThatItFails();
  // Of those who waited for the first flush nobody can say whether the disk has them; the others never got that far.
  assert.ok(codes(patient).includes('Store.OutcomeUnknown') && codes(patient).filter((code) => code === 'Store.Unavailable').length >= 6, codes(patient).join());
  await patient.server.kill9();
  await fault.detach();
  await patient.server.start();
  await patient.check('after kill -9');
  await patient.isSound();
});

test('flushes that succeed again: the service goes on by itself', { skip: noTrace }, async (t) => {
  const patient = await Patient.start(t);
  const fault = await failing(patient.server.pid, 'fdatasync,fsync', 'EIO', patient.wal());
  assert.ok((await manyAtOnce(patient)).every((done) => !done));
  await fault.detach();
  await patient.goesOn();
  await patient.killAndStart();
  await patient.isSound();
});

test('no write succeeds: the same', { skip: noTrace }, async (t) => {
  const patient = await Patient.start(t);
  const fault = await failing(patient.server.pid, 'pwrite64', 'EIO', patient.wal());
  assert.ok((await manyAtOnce(patient)).every((done) => !done));
  assert.ok(codes(patient).every((code) => code === 'Store.Unavailable'), 'nothing was changed');
  await patient.isServing('while it fails');
  await patient.saysThatItFails();
  await fault.detach();
  await patient.goesOn();
  await patient.killAndStart();
  await patient.isSound();
});

test('a data file that cannot be flushed at the end costs nothing: the log has everything', { skip: noTrace }, async (t) => {
  const patient = await Patient.start(t);
  for (let i = 0; i < 5; i += 1) assert.ok(await patient.change());
  const fault = await failing(patient.server.pid, 'fdatasync,fsync', 'EIO', join(patient.server.data, 'gatehouse.db'));
  await patient.server.stop();
  assert.match((await fault.detach()).join(), /EIO .*INJECTED/, 'it was tried');
  await patient.server.start();
  await patient.check('after the stop');
  await patient.isSound();
});

async function untilRefused(patient) {
  for (let i = 0; i < 500; i += 1) if (!(await patient.change())) return;
  assert.fail('500 changes went onto a full disk');
}

test('a full disk: changes are refused, whoever asks is served, and with room again the service goes on by itself', { skip: noDisk }, async (t) => {
  const disk = new SmallDisk();
  t.after(() => disk.remove());
  const patient = await Patient.start(t, join(disk.path, 'data'));
  disk.fill();
  await untilRefused(patient);
  assert.ok((await manyAtOnce(patient)).some((done) => !done));
  await patient.isServing('while it is full');
  await patient.saysThatItFails();
  disk.empty();
  await patient.goesOn();
  disk.fill();
  await untilRefused(patient);
  await patient.server.kill9();
  disk.empty();
  await patient.server.start();
  await patient.check('after kill -9');
  await patient.isSound();
});

test('a start on a full disk: it serves or says why, and loses nothing', { skip: noDisk }, async (t) => {
  const disk = new SmallDisk();
  t.after(() => disk.remove());
  const patient = await Patient.start(t, join(disk.path, 'data'));
  disk.fill();
  await untilRefused(patient);
  await patient.server.kill9();
  let said = '';
  await patient.server.start().catch((error) => (said = error.message));
  if (said === '') await patient.check('on the full disk');
  else assert.match(said, /ended at once \(exit status [1-9]/, said);
  if (said !== '') assert.match(said, /full|space/i, 'it says why');
  disk.empty();
  if (said !== '') await patient.server.start();
  await patient.goesOn();
  await patient.isSound();
});

test('a disk that may not be written on any more: changes are refused, whoever asks is served, and what was acknowledged is there', { skip: noDisk }, async (t) => {
  const disk = new SmallDisk();
  t.after(() => disk.remove());
  const patient = await Patient.start(t, join(disk.path, 'data'));
  disk.fail();
  assert.ok((await manyAtOnce(patient)).every((done) => !done));
  assert.ok(codes(patient).every((code) => code === 'Store.Unavailable'), 'nothing was changed');
  await patient.isServing('while it is read-only');
  await patient.saysThatItFails();
  await patient.server.kill9();
  await assert.rejects(patient.server.start(), /gatehouse\.db[^\n]* cannot be written/, 'it says why it does not start');
  disk.repair();
  await patient.server.start();
  await patient.goesOn();
  await patient.isSound();
});
