// The page that an invitation's links open: who invites whom to what; accept or decline. At …/reject declining is the first
// choice; nothing is sent without a click there either. The secret stands in the fragment of the address, which no browser
// sends. It leaves the address bar and the history at once and travels in bodies only; the tab keeps it until the invitation
// is answered, so that the page can be loaded again. An answer is never sent twice: when it is not known what became of one,
// the page looks at the invitation anew. What the server says is put in as text.
import { texts } from './texts.js';
import { wordsFor } from './words.js';

const kMemory = 'gatehouse.invitation';
const kPatience_ms = 30_000;
const kShortestPassword = 8;
const kLongList = 8;  // organizations; more of them scroll

const language = /^es\b/i.test(navigator.language) ? 'es' : 'en';
const locale = navigator.language.startsWith(language) ? navigator.language : language;
const text = texts[language];
const at = (id) => document.getElementById(id);
let token = null;  // what the page is about; null when there is nothing to answer
let offer = null;  // the preview
let words = { known: {} };  // what there is to say about it

// A sentence into an element, its {words} replaced by what they stand for, each isolated from the direction of the others.
function write(element, sentence, values = words.known) {
  const parts = sentence.split(/\{(\w+)\}/);
  element.replaceChildren(...parts.map((part, index) => {
    if (index % 2 === 0) return part;
    const word = document.createElement('bdi');
    word.textContent = values[part] ?? '';
    return word;
  }));
}

function writeAll(parent, tag, sentences, values = () => words.known) {
  parent.replaceChildren(...sentences.map((sentence, index) => {
    const element = document.createElement(tag);
    write(element, sentence, values(index));
    return element;
  }));
}

function say(sentence) {
  at('status').textContent = sentence;
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
  write(at('problem'), Array.isArray(text[code]) ? text.other : (text[code] ?? text.other), { ...words.known, detail });
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
async function answer(action, body, outcome) {
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
    conclude(outcome);
  } else if (code === 'unreachable') conclude(text.uncertain, { retry: true });
  else if (code === 'invitation.password_not_wanted') await start();
  else if (code.startsWith('invitation.') && Array.isArray(text[code])) conclude(text[code]);
  else refuse({ code, detail });
}

const declining = () => location.pathname.endsWith('/reject');

function accept() {
  if (declining()) {  // only a change of mind: what was offered, and the password, are still to be seen
    history.replaceState(null, '', 'accept');
    present();
  } else if (!offer.needs_password) answer('accept', {}, words.accepted);
  else if (passwordsAreFine()) answer('accept', { password: at('password').value }, words.accepted);
}

// A line of the facts is gone when there is nothing to say.
const line = (id) => at(id).closest('dl > div');

function fact(id, sentence) {
  write(at(id), sentence);
  line(id).hidden = sentence === '';
}

function list(names) {
  line('organizations').hidden = names.length === 0;
  writeAll(at('names'), 'li', names.map(() => '{name}'), (index) => ({ name: names[index] }));
  const long = names.length > kLongList;
  at('organizations').classList.toggle('long', long);
  if (long) at('organizations').tabIndex = 0;  // so that the keyboard scrolls it
  else at('organizations').removeAttribute('tabindex');
}

function present() {
  words = wordsFor(offer, text, declining());
  write(at('offer-title'), words.title);
  fact('inviter', words.inviter);
  fact('invited', words.invited);
  list(offer.organizations ?? []);
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' });
  for (const [id, time] of [['since', offer.created_at], ['until', offer.expires_at]]) {
    at(id).dateTime = time;
    at(id).textContent = dates.format(new Date(time));
  }
  at('meaning-title').textContent = declining() ? text.meaning_declining : text.meaning;
  writeAll(at('meaning'), 'li', words.meaning);
  at('account').value = offer.email;
  at('credentials').hidden = declining() || !offer.needs_password;
  at('accept').textContent = declining() ? text.accept_instead : text.accept;
  at('buttons').prepend(at(declining() ? 'decline' : 'accept'));
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
at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (at('controls').disabled) return;
  const chosen = event.submitter ?? at('buttons').firstElementChild;
  if (chosen === at('decline')) answer('reject', {}, words.declined);
  else accept();
});
at('retry').addEventListener('click', start);
at('show').addEventListener('change', () => {
  for (const field of ['password', 'again']) at(field).type = at('show').checked ? 'text' : 'password';
});
window.addEventListener('hashchange', () => {
  if (location.hash) start();  // another link, opened in this tab
});
start();
