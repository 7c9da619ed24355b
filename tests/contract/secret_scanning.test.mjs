// docs/secret-scanning.md, taken at its word: its expression finds the real secrets of every kind and nothing that is nearly
// one, its function and its description of the checksum accept them and refuse typing errors, and what it says to do when
// one has leaked works.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { address, kPassword, kReject, startPartner, unique } from '../support/partner.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const page = readFileSync(join(root, 'docs/secret-scanning.md'), 'utf8');
const marked = (mark, language) => page.match(new RegExp(`<!-- ${mark} -->\\n\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))[1];
const pattern = marked('pattern', 'text').trim();
const kinds = [...page.matchAll(/^\| `(\w+)` \| .+ \| .+ \| .+ \|$/gm)].map((match) => match[1]);
const found = (text) => [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => match[0]);

let world;
let company;
let made;  // of each kind, how to get a new one
before(async () => {
  world = await startPartner();
  company = await world.company('Leaky');
  const { boss } = company;
  made = {
    api: async () => (await world.done('/access/add-api-token', boss, {})).token,
    client: async () => (await world.client(boss, ['orders.read'])).clientSecret,
    refresh: async () => (await world.signIn(boss.email, boss.password)).refreshToken,
    invite: async () => (await world.invite(boss, address('leak'), unique('New'))).token,
    join: async () => (await world.offerOne(boss, [company])).token,
  };
});
after(async () => { await world?.stop(); });

// The four steps of "The checksum", as they are written there.
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
function crc32(text) {
  const reflected = (value, bits) => [...Array(bits).keys()].reduce((all, bit) => all | (((value >> BigInt(bit)) & 1n) << BigInt(bits - 1 - bit)), 0n);
  let crc = 0xffffffffn;
  for (const byte of Buffer.from(text, 'ascii')) {
    crc ^= reflected(BigInt(byte), 8) << 24n;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x80000000n ? (crc << 1n) ^ 0x04c11db7n : crc << 1n) & 0xffffffffn;
  }
  return Number(reflected(crc, 32) ^ 0xffffffffn);
}
function inBase62(number) {
  const out = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) out.unshift(rest % 62);
  return out;
}
function isSecret(text) {
  const checksum = inBase62(crc32(text.slice(0, -6))).map((digit) => digits[digit]).join('').padStart(6, '0');
  return text.slice(-6) === checksum;
}

// One character replaced, or two neighbours exchanged.
function* typingErrors(secret) {
  for (let i = secret.lastIndexOf('_') + 1; i < secret.length; i += 1) {
    const other = digits[(digits.indexOf(secret[i]) + 1 + (i % 60)) % 62];
    yield secret.slice(0, i) + other + secret.slice(i + 1);
    if (secret[i] !== secret[i + 1] && i + 1 < secret.length) yield secret.slice(0, i) + secret[i + 1] + secret[i] + secret.slice(i + 2);
  }
}

test('the page names every kind that the service makes', () => {
  const files = readdirSync(join(root, 'src/domain'), { recursive: true, withFileTypes: true }).filter((entry) => /\.[ch]pp$/.test(entry.name));
  const sources = files.map((entry) => readFileSync(join(entry.path, entry.name), 'utf8')).filter((text) => !text.includes('TEST('));
  const declared = sources.flatMap((text) => [...text.matchAll(/ k\w*Kind = "(\w+)";/g)].map((match) => match[1]));
  const minted = sources.reduce((sum, text) => sum + (text.match(/mint_opaque_token\(/g) ?? []).length, 0);
  assert.ok(minted >= kinds.length, `${minted} places make secrets`);
  assert.deepEqual([...new Set(declared)].sort(), [...kinds].sort());
  assert.ok(page.match(/regex = '''(.+)'''/)[1] === pattern, 'the example for gitleaks has the same expression');
  for (const kind of kinds) assert.match(pattern, new RegExp(`\\b${kind}\\b`));
});

test('the expression finds secrets of every kind wherever they stand, and no near misses', async () => {
  assert.deepEqual(Object.keys(made).sort(), [...kinds].sort());
  for (const kind of kinds) {
    const secret = await made[kind]();
    const body = secret.slice(`gth_${kind}_`.length);
    for (const text of [secret, `TOKEN=${secret}\n`, `"${secret}",`, `https://id.example/invitations/accept#token=${secret}`, `Bearer ${secret}.`, `<${secret}>`]) {
      assert.deepEqual(found(text), [secret], text);
    }
    const near = [
      `gth_${kind}_${body.slice(1)}`, `gth_${kind}_${body}0`, `gth_${kind}_${body}_1`, `gth_${kind}-${body}`, `GTH_${kind}_${body}`, `gth_${kind.toUpperCase()}_${body}`,
      `gth_other_${body}`, `gth__${body}`, `gth_${body}`, `agth_${kind}_${body}`, `gth_${kind}_${body.slice(0, 20)}-${body.slice(21)}`, `gth_${kind}_${body.slice(0, 20)} ${body.slice(20)}`,
    ];
    for (const text of near) assert.deepEqual(found(text), [], text);
  }
});

test('the checksum of the page accepts real secrets and refuses typing errors', async () => {
  const { hasRightChecksum } = await import(`data:text/javascript,${encodeURIComponent(marked('checksum', 'js'))}`);
  for (const kind of kinds) {
    for (let i = 0; i < 5; i += 1) {
      const secret = await made[kind]();
      for (const check of [hasRightChecksum, isSecret]) {
        assert.equal(check(secret), true, secret);
        for (const wrong of typingErrors(secret)) assert.equal(check(wrong), false, `${wrong} for ${secret}`);
        assert.equal(check(secret.replace(`_${kind}_`, kind === 'api' ? '_client_' : '_api_')), false, 'the kind is part of it');
      }
    }
  }
});

test('the worked example works', () => {
  assert.equal(crc32('123456789').toString(16), page.match(/`123456789` gives `0x(\w+)`/)[1]);
  const row = (name) => page.match(new RegExp(`^\\| ${name} \\| (.+) \\|$`, 'm'))[1];
  const [text, checksum, secret] = ['text', 'checksum', 'secret'].map((name) => row(name).replaceAll('`', ''));
  assert.match(text, /^gth_api_[0-9A-Za-z]{43}$/);
  const crc = crc32(text);
  assert.equal(row('CRC-32'), `\`0x${crc.toString(16)}\` = ${crc}`);
  assert.equal(row('in base 62'), inBase62(crc).join(', '));
  assert.equal(text + checksum, secret);
  assert.ok(isSecret(secret));
  assert.deepEqual(found(secret), [secret]);
});

test('what has leaked is ended as the page says', async () => {
  const { boss } = company;
  const api = await made.api();
  const { apiTokenId } = await world.must(200, 'GET', '/api/v1/auth/tokens/current', { as: api });
  await world.done(`/access/api-tokens/${apiTokenId}/revoke`, boss);
  await world.must(401, 'GET', '/api/v1/auth/tokens/current', { as: api });

  const client = await world.client(boss, ['orders.read']);
  await world.must(204, 'DELETE', `/api/v1/oauth2/client-credentials/${client.clientCredentialId}`, { as: boss });
  await world.must(401, 'GET', '/api/v1/auth/tokens/current', { as: client });

  const session = await world.signIn(boss.email, boss.password);
  await world.must(204, 'DELETE', '/api/v1/auth/tokens/current', { as: session });
  await world.must(401, 'POST', '/api/v1/auth/tokens?grant_type=refresh_token', { body: { token: session.token, refreshToken: session.refreshToken } });

  const token = await made.invite();
  await world.must(200, 'POST', '/invitations/reject', { body: { token } });
  await world.refused(400, '/access/invite/accept', null, { token });

  for (const path of ['/invitations/reject', kReject]) {
    const leaked = await made.join();
    await world.must(200, 'POST', path, { body: { token: leaked } });
    assert.equal((await world.activate(leaked)).status, 400);
  }
  const email = address('leak');
  const { token: old } = await world.offerOne(boss, [company], { email });
  const { token: renewed, userId } = await world.offerOne(boss, [company], { email });
  assert.equal((await world.activate(old)).status, 400);
  await world.must(200, 'POST', '/invitations/accept', { body: { token: renewed, password: kPassword } });
  const thief = await world.signIn(email);
  await world.must(200, 'PUT', '/api/UserStatus', { as: world.admin, body: { userId, status: 'Inactive' } });
  await world.must(401, 'GET', '/api/v1/auth/tokens/current', { as: thief });
});
