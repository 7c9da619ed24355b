// Holds answers against the OpenAPI document: the operation is declared, so is the status, and the body fits its schema.
import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020.js';

const kMethods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'];

// All operations of a document: {method, path, operation}.
export function operations(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    kMethods.filter((method) => item[method]).map((method) => ({ method: method.toUpperCase(), path, operation: item[method] })));
}

export class OpenApiCheck {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
    this.ajv.addSchema(document, 'doc');
    this.compiled = new Map();
    this.templates = operations(document).map((entry) => ({
      ...entry,
      parameters: (entry.path.match(/\{/g) ?? []).length,
      pattern: new RegExp(`^${entry.path.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&')).join('[^/]+')}$`),
    }));
  }

  find(method, path) {
    const found = this.templates.filter((entry) => entry.method === method && entry.pattern.test(path));
    return found.sort((a, b) => a.parameters - b.parameters)[0];
  }

  resolve(node) {
    let at = node;
    while (at?.$ref) at = at.$ref.slice(2).split('/').reduce((inner, key) => inner[key.replace(/~1/g, '/').replace(/~0/g, '~')], this.document);
    return at;
  }

  // What no operation declares (unknown paths, other methods) is not held against the document.
  check(method, path, answer) {
    const entry = this.find(method, path.split('?')[0]);
    if (!entry) return;
    const { responses } = entry.operation;
    const key = [String(answer.status), `${String(answer.status)[0]}XX`, 'default'].find((name) => responses[name]);
    assert.ok(key, `${method} ${entry.path} does not document the status ${answer.status} (${answer.text.slice(0, 200)})`);
    const response = this.resolve(responses[key]);
    if (answer.text === '') return;
    const mediaType = (answer.headers['content-type'] ?? '').split(';')[0].trim();
    const media = response.content?.[mediaType] ?? response.content?.['*/*'];
    assert.ok(media, `${method} ${entry.path} ${answer.status} does not document the media type "${mediaType}"`);
    if (!media.schema || answer.json === undefined) return;
    const validate = this.validator(entry, key, mediaType, media.schema);
    assert.ok(validate(answer.json), `${method} ${entry.path} ${answer.status} does not fit its schema: ${this.ajv.errorsText(validate.errors)} in ${answer.text.slice(0, 600)}`);
  }

  validator(entry, key, mediaType, schema) {
    const name = `${entry.method} ${entry.path} ${key} ${mediaType}`;
    if (!this.compiled.has(name)) {
      // References are relative to the document, which is why the schema is compiled as a part of it.
      const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/'));
      this.compiled.set(name, this.ajv.compile(absolute));
    }
    return this.compiled.get(name);
  }
}
