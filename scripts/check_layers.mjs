// The arrows of ARCHITECTURE.md as a check: which folder of src may include which, and what may stand only in one place.
// Each finding is `file:line: what is wrong; what to do`. Run alone, it checks the tree it stands in.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// A folder may include itself and these.
const ARROWS = {
  base: [],
  crypto: ['base'],
  sql: ['base'],
  access: ['base'],
  mail: ['base'],
  protocol: ['crypto', 'base'],
  domain: ['access', 'sql', 'crypto', 'base'],
  http: ['access', 'base'],
  api: ['http', 'domain', 'protocol', 'access', 'crypto', 'base'],
  server: ['api', 'http', 'domain', 'protocol', 'access', 'crypto', 'sql', 'mail', 'base'],
};

// A word that may stand only in some folders of src. Test files may read clocks and random devices, not the rest.
const WORDS = [
  {
    words: /\bco_(await|return|yield)\b/,
    only: ['http'],
    wrong: 'a coroutine outside src/http',
    cure: 'use a plain function; only src/http may suspend',
  },
  {
    words: /\bsystem_clock\b|(?<![\w.>])(?:std::)?time\(\s*(?:nullptr|NULL|0)\s*\)|\bgettimeofday\b|\bclock_gettime\b/,
    only: ['base'],
    tests: true,
    wrong: 'the clock is read here',
    cure: 'take a Timestamp or a Clock& as a parameter (base/clock.hpp)',
  },
  {
    words: /\brandom_device\b|(?<![\w.>:])(?:std::)?s?rand\(|\bmt19937/,
    only: ['base'],
    tests: true,
    wrong: 'randomness is made here',
    cure: 'take a Random& as a parameter (base/random.hpp)',
  },
];
const UNFINISHED = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);

const isTest = (path) => /_test\.[ch]pp$/.test(path) || /(^|\/)testing\//.test(path);

// Everything a folder reaches over the arrows: what its tests may include.
function reach(layer, seen = new Set([layer])) {
  for (const next of ARROWS[layer]) if (!seen.has(next)) reach(next, seen.add(next));
  return seen;
}

// Comments and literals become blanks, lines stay; an #include keeps its path.
export function codeOnly(source) {
  const blank = (text) => text.replace(/[^\n]/g, ' ');
  const pattern =
    /(^[ \t]*#[ \t]*include[^\n]*)|\/\/[^\n]*|\/\*[\s\S]*?\*\/|R"([^()\\ ]{0,16})\([\s\S]*?\)\2"|"(?:[^"\\\n]|\\.)*"|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'/gm;
  return source.replace(pattern, (match, include) => include ?? blank(match));
}

function checkInclude(file, target) {
  const [layer, noun] = file.split('/');
  const [other, ...rest] = target.split('/');
  if (!(other in ARROWS) || rest.length === 0) return null;
  const test = isTest(file);
  if (other !== layer && !(test ? reach(layer).has(other) : ARROWS[layer].includes(other))) {
    const allowed = ARROWS[layer].length ? `${layer} may include ${ARROWS[layer].join(', ')}` : `${layer} stands alone`;
    return `${layer} must not include "${target}"; ${allowed}`;
  }
  if (test) return null;
  const inFolder = file.split('/').length > 2;
  if (layer === 'domain' && other === 'sql') {
    const mayHoldSql = /_store\.[ch]pp$/.test(file) || ['changes', 'deployment'].includes(noun) || /^domain\/(schema|load_graph)\.[ch]pp$/.test(file);
    if (!mayHoldSql) return `only *_store files hold SQL; move the statement to the noun's store, or go through domain/changes`;
  }
  if (layer === 'domain' && other === 'domain' && inFolder && rest.length > 1 && rest[0] !== noun) {
    if (/_store\.hpp$/.test(target)) return `the store of ${rest[0]} is its own; call the service of domain/${rest[0]}`;
  }
  if (layer === 'api' && other === 'api' && inFolder && rest.length > 1 && rest[0] !== noun && rest[0] !== 'shared') {
    return `a surface never sees another; move what api/${noun} and api/${rest[0]} share to api/shared`;
  }
  return null;
}

function filesBelow(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .flatMap((entry) => {
      if (entry.name === 'node_modules' || entry.name === 'build') return [];
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

function checkSource(path, text, report) {
  const file = relative('src', path);
  const [layer] = file.split('/');
  if (!(layer in ARROWS)) {
    report(path, 1, `src/${layer} is not a layer; put it into one, or add it to ARROWS of scripts/check_layers.mjs`);
    return;
  }
  codeOnly(text)
    .split('\n')
    .forEach((line, index) => {
      const include = /^\s*#\s*include\s*"([^"]+)"/.exec(line);
      const wrong = include && checkInclude(file, include[1]);
      if (wrong) report(path, index + 1, wrong);
      if (include) return;
      for (const rule of WORDS) {
        if (rule.only.includes(layer) || (rule.tests && isTest(file)) || !rule.words.test(line)) continue;
        report(path, index + 1, `${rule.wrong}; ${rule.cure}`);
      }
    });
}

// The findings of a tree, each one line.
export function checkLayers(root) {
  const findings = [];
  const report = (path, line, text) => findings.push(`${path}:${line}: ${text}`);
  for (const folder of ['src', 'tests', 'bench', 'scripts', 'migrations']) {
    for (const absolute of filesBelow(join(root, folder))) {
      const path = relative(root, absolute);
      if (!/\.([ch]pp|mjs|js|ts|tsx|sql|txt|cmake)$/.test(path)) continue;
      const text = readFileSync(absolute, 'utf8');
      text.split('\n').forEach((line, index) => {
        if (UNFINISHED.test(line)) report(path, index + 1, 'unfinished work is marked here; finish it, or open an issue and remove the mark');
      });
      if (folder === 'src' && /\.[ch]pp$/.test(path)) checkSource(path, text, report);
    }
  }
  return findings;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const findings = checkLayers(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  for (const finding of findings) console.log(finding);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
