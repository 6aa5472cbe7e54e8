import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMessage, type ManifestFile, parseManifest, sideObjectsOf } from '../../src/manifest/index.ts';

const parse = (text: string): ManifestFile => parseManifest({ file: 'f', text });

/** What values are made of: it stands nowhere else, not in their base64 either. No key may look like it, for a key that is right is told. */
const MARK = 'hUnTeR@2';
const ENCODED = Buffer.from(MARK).toString('base64').slice(0, 10);
const NUMBER = '7354';

const word = fc.stringMatching(/^[a-z]{1,4}$/).map((text) => MARK + text);
const number = fc.integer({ min: 100, max: 999 }).map((rest) => NUMBER + rest);

/** Values as somebody might type them: bare or quoted, right or wrong, with everything before and behind that YAML gives a meaning. */
const typed = fc.oneof(
  word,
  word.map((text) => JSON.stringify(text)),
  fc
    .tuple(
      fc.constantFrom(
        ...['*', '&', '!', '!!', '!!int ', '!!binary ', '!<', '%', '@', '`', '|', '>', '? ', '- ', '"', "'"],
        ...['[', '{', '#', '<<: ', '&a ', '0x', '-', '"\\', '"\\x', '"\\u', '|2 ', '>- ', ': ', ', '],
      ),
      word,
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(
      word,
      fc.constantFrom(
        ...[
          ': x',
          ' : x',
          ' #',
          '"',
          "'",
          ']',
          '}',
          ',',
          ':',
          '\n',
          '\n\n',
          '\t',
          '=',
          '\\',
          'é',
          '\0',
          '\ufeff',
        ],
        ...['\n---', '\n---\n', '\n...\n', '\n- x', '\nx', '\n  x', '\r', '\u2028'],
      ),
    )
    .map((parts) => parts.join('')),
  word.map((text) => `|\n    ${text}\n    ${text}: x`),
  word.map((text) => `|\n    x\n${text}`),
  word.map((text) => `|\n    x\n${text} y: x`),
  word.map((text) => `|\n    x\n  ${text} y: x`),
  word.map((text) => `|\n    x\n---\n${text}`),
  word.map((text) => `[${text}, {${text}: *${text}}]`),
  word.map((text) => `{${text}: ${text}, ${text}: !${text} ${text}}`),
);

/** A slip of the finger: some characters taken out, or one put in. */
const slip = fc.oneof(
  fc.constant((text: string) => text),
  fc.tuple(fc.nat(1000), fc.nat(6)).map(([place, count]) => (text: string) => {
    const at = place % text.length;
    return text.slice(0, at) + text.slice(at + count);
  }),
  fc
    .tuple(fc.nat(1000), fc.constantFrom(...'\n :{}[]"\'*&!|>%-?#,\\\t', '\n---\n', '\n  ', ': '))
    .map(([place, added]) => (text: string) => {
      const at = place % text.length;
      return text.slice(0, at) + added + text.slice(at);
    }),
);

const key = fc.constantFrom('a', 'b', 'c d', '..e', 'tls.crt');
const body = fc.oneof(
  fc
    .array(fc.tuple(key, typed), { minLength: 1, maxLength: 4 })
    .map((entries) => `\n${entries.map(([name, value]) => `  ${name}: ${value}\n`).join('')}`),
  typed.map((value) => ` ${value}\n`),
  typed.map((value) => `\n  ${value}\n`),
  typed.map((value) => ` {a: ${value}, b: ${value}}\n`),
  typed.map((value) => `\n- ${value}\n`),
);
/** What would do for a key, too, and so must stand where no slip makes one of it. */
const plain = fc.oneof(
  number,
  word.map((text) => Buffer.from(text).toString('base64')),
);
const wholeBody = fc.oneof(
  fc.tuple(key, plain).map(([name, value]) => `\n  ${name}: ${value}\n  a: ${value}\n`),
  plain.map((value) => ` ${value}\n`),
  plain.map((value) => ` {a: [${value}], b: {c: ${value}, c: *${value}}}\n`),
);
const section = fc
  .tuple(
    fc.constantFrom('data', 'stringData', 'stringdata', 'Data', 'binaryData'),
    fc.oneof(
      wholeBody,
      fc.tuple(body, slip).map(([text, slipped]) => slipped(text)),
    ),
  )
  .map(([name, text]) => `${name}:${text}`);

const type = fc.constantFrom('', 'type: kubernetes.io/dockerconfigjson\n', 'type: kubernetes.io/tls\n');
const behind = fc.constantFrom(
  '',
  '---\na: [\n',
  '}\n',
  "'\n",
  '---\nkind: Pod\n',
  '\t\n',
  '"\n',
  '---\n- x\n',
);

function inList(text: string): string {
  const lines = text.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
  return `apiVersion: v1\nkind: List\nitems:\n-${lines.join('\n').slice(1)}`;
}

const document = fc
  .tuple(type, fc.array(section, { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([typeLine, sections, listed]) => {
    const text = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n${typeLine}${sections.join('')}`;
    return listed ? inList(text) : text;
  });

function expectNothingTold(text: string): void {
  const file = parse(text);
  const messages = file.state === 'refused' ? file.errors : file.notes;
  const told = messages.map(formatMessage).join('\n');
  for (const part of [MARK, ENCODED, NUMBER]) expect(told.includes(part) ? told : '').toBe('');
  expect(told).not.toContain('cannot be parsed');
}

test('no message tells what a Secret holds, however broken it or its file is', () => {
  fc.assert(
    fc.property(document, behind, (text, rest) => expectNothingTold(text + rest)),
    { numRuns: 4_000 },
  );
});

test('nor in JSON, nor where only the types are wrong', () => {
  const scalar = fc.oneof(word, number.map(Number), fc.boolean(), fc.constant(null));
  const value = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 2 }),
    fc.dictionary(word, scalar, { maxKeys: 2 }),
  );
  const data = fc.oneof(value, fc.dictionary(fc.constantFrom('a', 'b', '.c', 'd e', ''), value));
  const secret = fc.record(
    { data, stringData: data, stringdata: data, immutable: fc.boolean(), more: value },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(secret, slip, fc.boolean(), (fields, slipped, isSlipped) => {
      const head = '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, ';
      const rest = `${JSON.stringify(fields).slice(1, -1)}, "immutable": false}`;
      expectNothingTold(head + (isSlipped ? slipped(rest) : rest));
    }),
    { numRuns: 2_000 },
  );
});

test('a valid Secret arrives with what it holds, and its digest is that of its content alone', () => {
  const text = fc.string({ unit: 'grapheme' });
  const content = fc.dictionary(fc.stringMatching(/^[-_a-zA-Z0-9]{1,9}$/), text, { maxKeys: 5 });
  fc.assert(
    fc.property(content, fc.boolean(), (values, isEncoded) => {
      const encoded = Object.entries(values).map(([key, value]): [string, string] => [
        key,
        Buffer.from(value).toString('base64'),
      ]);
      const read = [values, Object.fromEntries([...Object.entries(values)].reverse())].map((fields) => {
        const head = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
        const data = isEncoded ? { data: Object.fromEntries(encoded) } : { stringData: fields };
        return sideObjectsOf(parse(JSON.stringify({ ...head, ...data })))[0];
      });
      for (const secret of read) expect(secret).toMatchObject({ kind: 'Secret', data: new Map(encoded) });
      const [first, second] = read.map((secret) => (secret?.kind === 'Secret' ? secret.digest : ''));
      expect(first).toBe(second);
    }),
    { numRuns: 300 },
  );
});
