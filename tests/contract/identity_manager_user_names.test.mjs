// User names: RFC 8265 3.3 (UsernameCaseMapped) of 3 to 64 characters, unique as they are prepared, and not to be mistaken for
// the name of somebody else, on this surface and on v1.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kPassword, startDirectory, table } from '../support/identity_manager.mjs';

const kAdmin = 'admin@example.test';
let world;
before(async () => { world = await startDirectory(); });
after(async () => { await world?.stop(); });

const make = (userName) => ({ at: 'POST User', as: world.admin, body: world.profile({ userName }) });
const prepared = (userName) => userName.normalize('NFKC').toLowerCase();

test('names of all scripts are taken, and found again', async (t) => {
  const good = {
    'letters': 'juliet', 'capitals': 'Romeo', 'an address': 'juliet@example.com', 'an apostrophe': "o'brien", 'punctuation of ASCII': 'a_b-c.d+e!f#g', 'digits': '8427531',
    'German': 'fußball', 'Polish': 'Łukasz', 'Greek': 'ευρώπη', 'Russian': 'пользователь', 'Chinese': '用户名', 'Korean': '사용자', 'Arabic': 'مستخدم', 'Hebrew with a digit': 'שלום5', 'Thai': 'ผู้ใช้',
    'decomposed': 'zoe\u0301', 'of full width': 'ｍｅｒｃｕｔｉｏ', 'a dot between two l': 'col·lega', '3 letters': 'abq', '64 letters': 'q'.repeat(64), '64 letters beyond the BMP': '𠮷'.repeat(64), '3 letters beyond the BMP': '𠮷𠮷𠀋',
  };
  await table(t, world, Object.entries(good).map(([name, userName]) => ({
    name, ...make(userName), expect: 201,
    then: async ({ json }) => {
      assert.equal(prepared(json.userName), prepared(userName));
      for (const spelled of [userName, userName.toLowerCase()]) {
        assert.equal((await world.gives(200, 'GET', 'UserByName', { as: world.admin, query: { userName: spelled } })).userId, json.userId, spelled);
      }
      assert.equal((await world.authenticate({ userName })).json.userId, json.userId);
    },
  })));
});

test('what is no name is refused, and makes nothing', async (t) => {
  const bad = {
    'a chess king': 'king♚', 'chess kings': '♚♚♚', 'a Roman numeral': 'henryⅳ', 'a blank within': 'foo bar', 'a no-break space': 'foo\u00a0bar', 'an ideographic space': 'foo\u3000bar', 'a tab': 'foo\tbar', 'a line break': 'foo\nbar', 'a NUL': 'foo\u0000',
    'a zero-width space': 'foo\u200bbar', 'a zero-width joiner': 'foo\u200dbar', 'a soft hyphen': 'foo\u00adbar', 'a bidirectional override': 'foo\u202ebar', 'a byte order mark': '\ufefffoo', 'a variation selector': 'foo\ufe0f',
    'an emoji': 'smile😀', 'a ligature': 'ﬁsh', 'a superscript': 'x²y', 'a fraction': 'one½', 'a long dash': 'a—b—c', 'a curly apostrophe': 'o’brien', 'a currency': '€uro', 'a dot between other letters': 'a·b·c',
    'old Hangul': '\u1100\u1100\u1100', 'an unassigned character': 'foo\u0378', 'private use': 'foo\ue000', 'a noncharacter': 'foo\ufdd0', 'Hebrew before Latin': 'שלוםabc', 'Latin before Hebrew': 'abcשלום', 'two kinds of Arabic digits': 'مستخدم٣۳',
    '2 letters': 'ab', '2 letters beyond the BMP': '𠮷𠮷', '65 letters': 'u'.repeat(65), '65 letters beyond the BMP': '𠮷'.repeat(65), '100,000 letters': 'u'.repeat(100_000), 'only blanks': '     ',
  };
  await world.untouched(() => table(t, world, Object.entries(bad).map(([name, userName]) => ({ name, ...make(userName), expect: 400, fields: ['UserName'] }))));
  const body = (userName) => ({ userName, email: `${world.profile().userName}@example.org` });
  for (const name of ['a chess king', 'a blank within', 'a zero-width joiner', 'a bidirectional override', 'a ligature', 'Hebrew before Latin']) {
    await t.test(`v1: ${name}`, () => world.must(400, 'POST', '/api/v1/users', { as: world.admin, body: body(bad[name]) }));
  }
});

test('names that are prepared alike are one name', async (t) => {
  const same = {
    alice: ['Alice', 'ALICE', 'ａｌｉｃｅ', 'Ａlice', 'aliＣe'],
    'josé': ['JOSÉ', 'jose\u0301', 'JOSE\u0301', 'ｊosé'],
    'ångström': ['Ångström', 'A\u030angstro\u0308m'],
    'ναυτης': ['ΝΑΥΤης'],
    'カタカナ': ['ｶﾀｶﾅ'],
    'straße': ['Straße', 'STRAßE'],
  };
  for (const [userName, spellings] of Object.entries(same)) {
    const { id } = await world.user({ userName });
    await table(t, world, spellings.flatMap((spelled) => [
      { name: `${userName}: not again as ${spelled}`, ...make(spelled), expect: 409 },
      { name: `${userName}: found as ${spelled}`, at: 'GET UserByName', as: world.admin, query: { userName: spelled }, expect: 200, has: { userId: id } },
      { name: `${userName}: filtered as ${spelled}`, at: 'GET User', as: world.admin, query: { userName: spelled }, expect: 200, total: 1, ids: [{ id }] },
      { name: `${userName}: signs in as ${spelled}`, at: 'POST Authentication', body: { userName: spelled, password: kPassword }, expect: 200, has: { userId: id } },
    ]));
    for (const spelled of spellings) {
      await world.must(409, 'POST', '/api/v1/users', { as: world.admin, body: { userName: spelled, email: `${world.profile().userName}@example.org` } });
      assert.equal((await world.must(201, 'POST', '/api/v1/auth/tokens', { body: { account: spelled, password: kPassword } })).tokenType, 'Bearer');
    }
  }
});

test('a name that looks like that of an existing user is refused, on both surfaces', async (t) => {
  const looks = {
    isabel: ['іsabel', 'isаbel', 'isаbеl', 'Іsabel', 'isαbel'],
    pacey: ['расеу'],
    google: ['gοοgle', 'goоgle'],
    'сосна': ['cocнa'],
    // As they are shown, which is as they were typed: capitals have look-alikes of their own, and I is a small l.
    TOM: ['ТОМ', 'Тom', 'ТОM'],
    bob: ['ВОВ', 'ВОB'],
    BMK: ['ВМК'],
    anna: ['ΑΝΝΑ'],
    paypal: ['paypaI', 'PaypaI', 'paypaІ'],
    Supportl: ['SupportI', 'Support1'],
    [kAdmin]: ['аdmin@example.test', 'admіn@example.test', 'ADMΙN@example.test', 'admin@ехample.test'],
  };
  for (const [userName, alike] of Object.entries(looks)) {
    const id = userName === kAdmin ? world.admin.id : (await world.user({ userName })).id;
    const at = 'GET UserByName';
    await table(t, world, alike.flatMap((other) => [
      { name: `${userName}: ${encodeURIComponent(other)}`, ...make(other), expect: 409 },
      { name: `${userName}: ${encodeURIComponent(other)} finds nobody`, at, as: world.admin, query: { userName: other }, expect: 404 },
      { name: `${userName}: ${encodeURIComponent(other)} does not sign in`, at: 'POST Authentication', body: { userName: other, password: kPassword }, expect: 401 },
    ]));
    for (const other of alike) {
      await world.must(409, 'POST', '/api/v1/users', { as: world.admin, body: { userName: other, email: `${world.profile().userName}@example.org` } });
    }
    await table(t, world, [{ name: `${userName} is found`, at, as: world.admin, query: { userName }, expect: 200, has: { userId: id } }]);
  }
});

test('a name of v1 is looked at alike, a merely similar one is not refused, and a name is free again', async () => {
  const body = (userName) => ({ userName, email: `${world.profile().userName}@example.org` });
  await world.must(201, 'POST', '/api/v1/users', { as: world.admin, body: body('cassio') });
  await world.gives(409, 'POST', 'User', make('cаssio'));
  for (const similar of ['cassios', 'casio', 'cassio.b', 'cássio']) await world.gives(201, 'POST', 'User', make(similar));
  const { id } = await world.user({ userName: 'hero' });
  await world.gives(409, 'POST', 'User', make('herо'));
  await world.gives(204, 'DELETE', 'User', { as: world.admin, query: { userId: id } });
  await world.gives(201, 'POST', 'User', make('herо'));
  await world.gives(409, 'POST', 'User', make('hero'));
});

test('a name that readers tell from all others is not refused, in small letters or capitals', async () => {
  const pairs = [['mail', 'mall'], ['eli', 'ell'], ['ann', 'anne'], ['tim', 'tam'], ['ian', 'lan'], ['MARIA', 'Marla'], ['KAI', 'KAL'], ['Kevin', 'kelvin'], ['Ирина', 'irina']];
  for (const userName of pairs.flat()) await world.gives(201, 'POST', 'User', make(userName));
});

test('a name that is refused in capitals, since an I among small letters is read as l, is free in small letters', async () => {
  await world.gives(201, 'POST', 'User', make('Lda'));
  await world.gives(409, 'POST', 'User', make('Ida'));
  await world.gives(201, 'POST', 'User', make('ida'));
});

test('two addresses in ASCII are two people, whatever letters they are typed in', async () => {
  for (const userName of ['Iris@names.example', 'lris@names.example', 'IRIS1@names.example', 'irisl@names.example']) await world.gives(201, 'POST', 'User', make(userName));
  await world.gives(409, 'POST', 'User', make('Iriѕ@names.example'));
});

test('of two names that look alike, made at once, one wins', async () => {
  const answers = await Promise.all(['poise', 'роise', 'pоise', 'рoise'].map((userName) => world.api('POST', 'User', make(userName))));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409]);
});
