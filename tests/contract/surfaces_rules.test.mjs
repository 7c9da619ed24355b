// What the surfaces take: a password, an address and a name are good or bad on all of them alike, because one place says which.
// CONTRACTS.md section 1, Passwords and Common limits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { address, kPassword, startSurfaces, unique } from '../support/surfaces.mjs';

let world;
let home;
let serial = 0;
before(async () => {
  world = await startSurfaces();
  home = await world.company('Home');
});
after(async () => { await world?.stop(); });

const userName = () => unique('taker').replaceAll(' ', '.');
const good = (answer) => {
  assert.ok(answer.status < 300 || answer.status === 400, `${answer.request.slice(0, 100)}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.status < 300;
};
// All that the surfaces say, which must be one; `expected` where the contract says which.
function agree(verdicts, expected) {
  const said = JSON.stringify(verdicts);
  assert.equal(new Set(Object.values(verdicts)).size, 1, `they differ: ${said}`);
  if (expected !== undefined) assert.equal(Object.values(verdicts)[0], expected, said);
}

test('a password: good on all surfaces that take one, or on none', async (t) => {
  const passwords = {
    '7 letters': ['abcdefg', false], '8 letters': ['qzwxecrv', true], '128 letters': ['qz1'.repeat(42) + 'xy', true], '129 letters': ['qz1'.repeat(43), false],
    '8 letters beyond the BMP': ['😀🦊🐙🦉🌵🍄🌊🔥', true], '7 letters beyond the BMP': ['😀🦊🐙🦉🌵🍄🌊', false], 'one of the commonest': ['password1', false], 'in capitals': ['PASSWORD1', undefined],
    'the address': [(email) => email, false], 'the address in capitals': [(email) => email.toUpperCase(), false], 'blanks around': ['  qzwxecrv  ', true], 'a NUL in it': ['qzwx\u0000ecrv1', undefined], 'nothing': ['', false],
  };
  for (const [what, [given, expected]] of Object.entries(passwords)) {
    await t.test(what, async () => {
      const verdicts = {};
      const taken = [];
      const take = async (surface, email, send) => {
        const password = typeof given === 'function' ? given(email) : given;
        const answer = await send(password);
        verdicts[surface] = good(answer);
        if (verdicts[surface]) taken.push([surface, email, password]);
      };
      const [v1, made, reset, changed, joined, page] = Array.from({ length: 6 }, () => address('taker'));
      await take('v1', v1, (password) => world.call('POST', '/api/v1/users', { as: world.admin, body: { userName: userName(), email: v1, password } }));
      await take('identity manager', made, (password) => world.directory.call('POST', '/api/User', { as: world.admin, body: world.directory.profile({ email: made, password }) }));
      const [one, other] = [await world.directory.user({ email: reset }), await world.directory.clerk({ email: changed })];
      await take('identity manager, a reset', reset, (newPassword) => world.directory.call('PUT', '/api/Password', { as: world.admin, body: { userId: one.id, newPassword } }));
      await take('identity manager, a change', changed, (newPassword) => world.directory.call('PUT', '/api/Password', { as: other, body: { userId: other.id, currentPassword: kPassword, newPassword } }));
      const { token } = await world.offerOne(home.boss, [home], { email: joined });
      await take('partner', joined, (password) => world.activate(token, password));
      await world.renew(home.boss);
      const invited = await world.invite(home.boss, page, unique('Page'));
      await take('the page of an invitation', page, (password) => world.call('POST', '/invitations/accept', { body: { token: invited.token, password } }));
      agree(verdicts, expected);
      for (const [surface, email, password] of taken) {
        await world.signIn(email, password);
        assert.equal((await world.authenticate(email, password)).status, 200, surface);
      }
    });
  }
});

test('an address: good on all surfaces, or on none', async (t) => {
  const name = () => `taker${(serial += 1)}`;
  const addresses = {
    'an ordinary one': [(n) => `${n}@example.org`, true], 'with a tag': [(n) => `${n}+tag@example.org`, true], 'with an apostrophe': [(n) => `o'${n}@example.org`, true], 'all of RFC 5322 atext': [(n) => `!#$%&'*+-/=?^_\`{|}~${n}@example.org`, true],
    'an internationalized name': [(n) => `люба.${n}@example.org`, true], 'an internationalized domain': [(n) => `${n}@例え.jp`, true], 'a host without a dot': [(n) => `${n}@localhost`, true],
    '64 octets before the at': [(n) => `${n.padEnd(64, 'x')}@example.org`, true], '65 octets before the at': [(n) => `${n.padEnd(65, 'x')}@example.org`, false],
    '254 octets': [(n) => `${n}@${`${'d'.repeat(60)}.`.repeat(4)}`.padEnd(254, 'e'), undefined], '255 octets': [(n) => `${n}@${`${'d'.repeat(60)}.`.repeat(4)}`.padEnd(255, 'e'), false],
    'no at': [(n) => n, false], 'two ats': [(n) => `${n}@@example.org`, false], 'nothing before the at': [() => '@example.org', false], 'nothing behind it': [(n) => `${n}@`, false],
    'two dots': [(n) => `${n}..x@example.org`, false], 'a dot at the beginning': [(n) => `.${n}@example.org`, false], 'a dot before the at': [(n) => `${n}.@example.org`, false],
    'a dot at the end': [(n) => `${n}@example.org.`, undefined], 'two dots in the domain': [(n) => `${n}@example..org`, false], 'a hyphen before the domain': [(n) => `${n}@-example.org`, false], 'an underscore in the domain': [(n) => `${n}@ex_ample.org`, undefined],
    'quoted': [(n) => `"${n} x"@example.org`, undefined], 'an IP address': [(n) => `${n}@[192.0.2.1]`, undefined], 'with a name': [(n) => `Ann <${n}@example.org>`, false], 'two of them': [(n) => `${n}@example.org,b@example.org`, false],
    'a blank before': [(n) => ` ${n}@example.org`, undefined], 'a blank behind': [(n) => `${n}@example.org `, undefined], 'a blank within': [(n) => `${n} x@example.org`, false], 'a line break': [(n) => `${n}@example.org\r\nBcc: b@example.org`, false],
    'a NUL': [(n) => `${n}\u0000@example.org`, false], 'a zero-width space': [(n) => `${n}\u200b@example.org`, undefined], 'a bidirectional override': [(n) => `\u202e${n}@example.org`, false], 'bad Punycode': [(n) => `${n}@xn--a.example`, undefined],
  };
  for (const [what, [spell, expected]] of Object.entries(addresses)) {
    await t.test(what, async () => {
      const changed = [await world.account(), await world.account()];
      const { id } = await world.directory.user();
      await world.renew(home.boss);
      const as = world.admin;
      const verdicts = {
        v1: good(await world.call('POST', '/api/v1/users', { as, body: { userName: userName(), email: spell(name()) } })),
        'v1, a change': good(await world.call('PATCH', `/api/v1/users/${changed[0].id}`, { as, body: { email: spell(name()) } })),
        'identity manager': good(await world.directory.call('POST', '/api/User', { as, body: world.directory.profile({ email: spell(name()) }) })),
        'identity manager, a change': good(await world.directory.call('PUT', '/api/User', { as, body: { userId: id, email: spell(name()) } })),
        partner: good(await world.sendInvite(home.boss, [world.entry(spell(name()))], [home], { validateOnly: true })),
        access: good(await world.call('POST', '/access/invite', { as: home.boss, body: { email: spell(name()), company_name: unique('Taker'), relation_type: 'agency' } })),
      };
      agree(verdicts, expected);
    });
  }
});

test('an address that an account can have can be invited on both surfaces that invite, and accepted', async (t) => {
  const names = { 'Latin': 'anna', 'Chinese': '用户', 'Hebrew': 'שלום', 'Arabic': 'مستخدم', 'Thai': 'ผู้ใช้', 'a curly apostrophe': 'o’brien', 'a superscript': 'x²', 'an emoji': '😀', 'what looks like another': 'іsabel' };
  await world.directory.user({ userName: 'isabel@example.net', email: 'isabel@example.net' });
  for (const [what, name] of Object.entries(names)) {
    await t.test(what, async () => {
      await world.renew(home.boss);
      const verdicts = {};
      const at = (part) => (what === 'what looks like another' ? `${name}@example.net` : `${name}@${part}.example.net`);
      if (what !== 'what looks like another') verdicts.v1 = good(await world.call('POST', '/api/v1/users', { as: world.admin, body: { userName: userName(), email: at('v1') } }));
      verdicts.partner = good(await world.sendInvite(home.boss, [world.entry(at('partner'))], [home], { validateOnly: true }));
      const invited = await world.call('POST', '/access/invite', { as: home.boss, body: { email: at('access'), company_name: unique('Taker'), relation_type: 'agency' } });
      verdicts.access = good(invited);
      if (verdicts.access) verdicts['access, accepted'] = good(await world.call('POST', '/access/invite/accept', { body: { token: (await world.mail.invitation(at('access'))).token } }));
      agree(verdicts);
    });
  }
});

test('first and last name: good on both surfaces that take them, or on neither', async (t) => {
  const names = {
    'an ordinary one': ['Ana', true], 'of odd letters': ["O'Neil “&” <Łukasz> 李", true], '100 letters': ['x'.repeat(100), true], '101 letters': ['x'.repeat(101), false], '100 letters beyond the BMP': ['𠮷'.repeat(100), true],
    'a NUL': ['a\u0000b', false], 'a line break': ['a\r\nb', undefined], 'a tab': ['a\tb', undefined], 'a bidirectional override': ['a\u202eb', undefined], 'an emoji of several': ['👩‍🚀', undefined], 'a number': [7, false], 'half a pair': [undefined, undefined],
  };
  for (const [what, [given, expected]] of Object.entries(names).filter(([, [value]]) => value !== undefined)) {
    for (const [member, Member] of [['firstName', 'FirstName'], ['lastName', 'LastName']]) {
      await t.test(`${what}: ${member}`, async () => {
        const { id } = await world.directory.user();
        agree({
          'identity manager': good(await world.directory.call('POST', '/api/User', { as: world.admin, body: world.directory.profile({ [member]: given }) })),
          'identity manager, a change': good(await world.directory.call('PUT', '/api/User', { as: world.admin, body: { userId: id, [member]: given } })),
          partner: good(await world.sendInvite(home.boss, [world.entry(address(), { [Member]: given })], [home])),
        }, expected);
      });
    }
  }
});

test('a user name: good on both surfaces that take one, or on neither', async (t) => {
  const names = {
    'an address': (n) => [`${n}@example.org`, true], 'of another script': (n) => [`пользователь${n}`.replace(/[a-z]/g, ''), true], 'a blank within': (n) => [`foo ${n}`, false], 'an emoji': (n) => [`${n}😀`, false], 'a ligature': (n) => [`ﬁsh${n}`, false], 'a zero-width joiner': (n) => [`foo\u200d${n}`, false],
    'a NUL': (n) => [`${n}\u0000`, false], 'a bidirectional override': (n) => [`\u202e${n}`, false], 'nothing': () => ['', false], 'blanks': () => ['    ', false], 'full width': (n) => [`ｍｅｒｃｕｔｉｏ${n}`, true], 'a blank before': (n) => [` ${n}`, undefined], 'a blank behind': (n) => [`${n} `, undefined], 'apostrophe': (n) => [`o'${n}`, true],
  };
  for (const [what, spell] of Object.entries(names)) {
    await t.test(what, async () => {
      const name = () => spell(`n${(serial += 1)}x${Date.now().toString(36)}`);
      const [, expected] = name();
      agree({
        v1: good(await world.call('POST', '/api/v1/users', { as: world.admin, body: { userName: name()[0], email: address() } })),
        'identity manager': good(await world.directory.call('POST', '/api/User', { as: world.admin, body: world.directory.profile({ userName: name()[0] }) })),
      }, expected);
    });
  }
});
