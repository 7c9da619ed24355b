// Store: any
// The check of the layers must be able to fail: a small tree with one violation a row, each reported at its line.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { checkLayers, codeOnly } from './check_layers.mjs';

function findingsOf(files) {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-layers-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkLayers(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

// file, its text, the line and a piece of the one finding
const WRONG = [
  ['src/base/a.cpp', '#include "crypto/b.hpp"\n', 1, 'base stands alone'],
  ['src/crypto/a.cpp', '\n#include "sql/database.hpp"\n', 2, 'crypto may include base'],
  ['src/sql/a.cpp', '#include "access/graph.hpp"\n', 1, 'sql may include base'],
  ['src/access/a.cpp', '#include "sql/database.hpp"\n', 1, 'access may include base'],
  ['src/access/graph_test.cpp', '#include "sql/database.hpp"\n', 1, 'access must not include'],
  ['src/protocol/a.cpp', '#include "access/graph.hpp"\n', 1, 'protocol may include crypto, base'],
  ['src/domain/users/users.cpp', '#include "http/server.hpp"\n', 1, 'domain must not include'],
  ['src/http/a.cpp', '#include "domain/users/users.hpp"\n', 1, 'http may include access, base'],
  ['src/mail/a.cpp', '#include "domain/users/users.hpp"\n', 1, 'mail may include base'],
  ['src/api/v1/a.cpp', '#include "sql/database.hpp"\n', 1, 'api must not include "sql/database.hpp"'],
  ['src/api/v1/b.cpp', '#include "api/scim/users.hpp"\n', 1, 'a surface never sees another'],
  ['src/domain/users/users.hpp', '#include "sql/database.hpp"\n', 1, 'only *_store files hold SQL'],
  ['src/domain/users/u.cpp', '#include "domain/roles/role_store.hpp"\n', 1, 'call the service of domain/roles'],
  ['src/api/v1/c.cpp', 'int f() {\n  co_await g();\n}\n', 2, 'coroutine outside src/http'],
  ['src/domain/users/t.cpp', 'auto t = std::chrono::system_clock::now();\n', 1, 'the clock is read here'],
  ['src/api/v1/d.cpp', 'auto t = time(nullptr);\n', 1, 'the clock is read here'],
  ['src/crypto/r.cpp', 'std::random_device device;\n', 1, 'randomness is made here'],
  ['src/http/r.cpp', 'int n = std::rand();\n', 1, 'randomness is made here'],
  ['src/base/t.cpp', `// ${'TO' + 'DO'}: later\n`, 1, 'unfinished work'],
  ['tests/contract/t.test.mjs', `// ${'FIX' + 'ME'}\n`, 1, 'unfinished work'],
  ['src/plumbing/a.cpp', 'int a;\n', 1, 'src/plumbing is not a layer'],
];

for (const [file, text, line, piece] of WRONG) {
  test(`a violation is reported: ${file} ${text.trim().split('\n').pop()}`, () => {
    const findings = findingsOf({ [file]: text });
    assert.equal(findings.length, 1, findings.join('\n'));
    assert.ok(findings[0].startsWith(`${file}:${line}: `), findings[0]);
    assert.ok(findings[0].includes(piece), findings[0]);
  });
}

test('what follows the arrows is not reported', () => {
  assert.deepEqual(
    findingsOf({
      'src/base/clock.cpp': 'auto t = std::chrono::system_clock::now();\n',
      'src/base/random.cpp': 'std::random_device device;\n',
      'src/http/server.cpp': '#include "access/policy.hpp"\nvoid f() { co_await g(); }\n',
      'src/domain/users/user_store.cpp': '#include "sql/database.hpp"\n#include "domain/users/user_store.hpp"\n',
      'src/domain/users/users.cpp': '#include "domain/roles/roles.hpp"\n#include "domain/users/user_store.hpp"\n',
      'src/domain/users/users_test.cpp': '#include "sql/sqlite/sqlite.hpp"\nauto t = std::chrono::system_clock::now();\n',
      'src/domain/changes/ledger.hpp': '#include "sql/lane.hpp"\n',
      'src/api/v1/users.cpp': '#include "api/shared/reply.hpp"\n#include "api/v1/wire.hpp"\n#include <sql/odd.hpp>\n',
      'src/api/v1/users_test.cpp': '#include "sql/sqlite/sqlite.hpp"\n',
      'src/api/v1/runtime.cpp': 'double t = view.time(0); int r = strand(x); auto s = steady_clock::now();\n',
      'src/server/main.cpp': '#include "sql/sqlite/sqlite.hpp"\n#include "api/v1/users.hpp"\n',
    }),
    [],
  );
});

test('words in comments and literals are not code', () => {
  const text = 'a; // co_await\n/* rand( \n */ "co_await" \'x\' R"(system_clock)" 1\'000;\n';
  assert.equal(codeOnly(text).split('\n').length, text.split('\n').length);
  assert.doesNotMatch(codeOnly(text), /co_await|rand|system_clock/);
  assert.match(codeOnly(text), /1'000;/);
});
