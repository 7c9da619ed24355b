// The page that an invitation's link opens: who invites whom to what; accept or decline. The secret stands in the fragment
// of the address, which no browser sends. It leaves the address bar and the history at once and travels in bodies only;
// the tab keeps it until the invitation is answered, so that the page can be loaded again. An answer is never sent twice:
// when it is not known what became of one, the page looks at the invitation anew. What the server says is put in as text.
import { texts } from './texts.js';

const kMemory = 'gatehouse.invitation';
const kPatience_ms = 30_000;
const kShortestPassword = 8;

const language = /^es\b/i.test(navigator.language) ? 'es' : 'en';
const locale = navigator.language.startsWith(language) ? navigator.language : language;
const text = texts[language];
const at = (id) => document.getElementById(id);
let token = null;  // what the page is about; null when there is nothing to answer
let offer = null;  // the preview
let known = {};    // what the words in braces stand for

// A sentence into an element, its {words} replaced by what they stand for, each isolated from the direction of the others.
function write(element, sentence, values = known) {
  const parts = sentence.split(/\{(\w+)\}/);
  element.replaceChildren(...parts.map((part, index) => {
    if (index % 2 === 0) return part;
    const word = document.createElement('bdi');
    word.textContent = values[part] ?? '';
    return word;
  }));
}

function writeAll(parent, tag, sentences) {
  parent.replaceChildren(...sentences.map((sentence) => {
    const element = document.createElement(tag);
    write(element, sentence);
    return element;
  }));
}

function say(words) {
  at('status').textContent = words;
}

function show(id) {
  for (const section of ['offer', 'outcome']) at(section).hidden = section !== id;
  say('');
  document.title = at(`${id}-title`).textContent;
  at(`${id}-title`).focus();
}

// The end of the matter, unless one may look again.
function conclude([title, ...sentences], { retry = false } = {}) {
  if (!retry) forget();
  write(at('outcome-title'), title);
  writeAll(at('outcome-text'), 'p', sentences);
  at('retry').hidden = !retry;
  show('outcome');
}

function forget() {
  token = null;
  try {
    sessionStorage.removeItem(kMemory);
  } catch { /* storage is switched off: there is nothing in it */ }
}

function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.pathname);
  try {
    if (given) sessionStorage.setItem(kMemory, given);
    token = given || sessionStorage.getItem(kMemory) || token;
  } catch {
    token = given || token;  // storage is switched off: the page works, but not when it is loaded again
  }
}

// { answer } or { code, detail }, the code "unreachable" when it is not known what the server did.
async function ask(action, body) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), kPatience_ms);
  try {
    const response = await fetch(action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: patience.signal,
    });
    const json = await response.json();
    if (response.ok) return { answer: json };
    if (response.status >= 500 || [408, 429].includes(response.status)) return { code: 'unreachable' };
    return { code: String(json.type), detail: json.validationItems?.[0]?.message ?? json.detail ?? '' };
  } catch {
    return { code: 'unreachable' };
  } finally {
    clearTimeout(timer);
  }
}

function complain(field, code) {
  at(`${field}-error`).textContent = text[code] ?? '';
  at(field).setAttribute('aria-invalid', String(Boolean(code)));
  if (code) at(field).focus();
}

function quiet() {
  at('problem').hidden = true;
  complain('password', null);
  complain('again', null);
}

function refuse({ code, detail }) {
  if (code.startsWith('password.') && text[code]) return complain('password', code);
  write(at('problem'), Array.isArray(text[code]) ? text.other : (text[code] ?? text.other), { ...known, detail });
  at('problem').hidden = false;
  at('problem').focus();
}

function passwordsAreFine() {
  const [password, again] = [at('password').value, at('again').value];
  quiet();
  if (password === '') complain('password', 'password.missing');
  else if ([...password].length < kShortestPassword) complain('password', 'password.too_short');
  else if (password !== again) complain('again', 'password.differs');
  else return true;
  return false;
}

// Sends one answer; the controls are locked until it is known what became of it.
async function answer(action, body, words) {
  if (at('controls').disabled) return;
  const about = token;
  at('controls').disabled = true;
  quiet();
  say(text.sending);
  const { answer: done, code, detail } = await ask(action, { token, ...body });
  if (about !== token) return;  // another link was opened meanwhile
  at('controls').disabled = false;
  say('');
  if (done) {
    for (const field of ['password', 'again']) at(field).value = '';
    conclude(text[words]);
  } else if (code === 'unreachable') conclude(text.uncertain, { retry: true });
  else if (code === 'invitation.password_not_wanted') await start();
  else if (code.startsWith('invitation.') && Array.isArray(text[code])) conclude(text[code]);
  else refuse({ code, detail });
}

function accept(event) {
  event.preventDefault();
  if (!offer.needs_password) return answer('accept', {}, 'accepted');
  if (passwordsAreFine()) return answer('accept', { password: at('password').value }, 'accepted_password');
}

function present() {
  const { inviter_company: inviter, inviter_person: person, company_name: company, email, relation_type: relation } = offer;
  known = { inviter, person, company, email };
  write(at('offer-title'), text[`offer_${relation}`]);
  write(at('inviter'), person ? '{person}\n{inviter}' : '{inviter}');
  write(at('invited'), '{company}\n{email}');
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' });
  for (const [id, time] of [['since', offer.created_at], ['until', offer.expires_at]]) {
    at(id).dateTime = time;
    at(id).textContent = dates.format(new Date(time));
  }
  writeAll(at('meaning'), 'li', text[`meaning_${relation}`]);
  at('account').value = email;
  at('credentials').hidden = !offer.needs_password;
  at('controls').disabled = false;
  quiet();
  show('offer');
}

async function start() {
  takeToken();
  if (!token) return conclude(text.no_token);
  const about = token;
  for (const section of ['offer', 'outcome']) at(section).hidden = true;
  say(text.loading);
  const { answer: preview, code } = await ask('preview', { token });
  if (about !== token) return;
  if (preview) {
    offer = preview;
    present();
  } else if (code === 'unreachable') conclude(text.unreachable, { retry: true });
  else conclude(Array.isArray(text[code]) ? text[code] : text['invitation.token_unknown']);
}

document.documentElement.lang = language;
for (const element of document.querySelectorAll('[data-text]')) element.textContent = text[element.dataset.text];
at('form').addEventListener('submit', accept);
at('decline').addEventListener('click', () => answer('reject', {}, 'declined'));
at('retry').addEventListener('click', start);
at('show').addEventListener('change', () => {
  for (const field of ['password', 'again']) at(field).type = at('show').checked ? 'text' : 'password';
});
window.addEventListener('hashchange', () => {
  if (location.hash) start();  // another link, opened in this tab
});
start();
