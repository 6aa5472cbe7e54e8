import { describe, expect, test } from 'vitest';
import type { Tree } from '../../../src/manifest/tree.ts';
import { parseYamlDocuments } from '../../../src/manifest/yaml-documents.ts';
import { buildTree } from '../../../src/manifest/yaml-tree.ts';

/** Each document as plain values, or the errors with their places. What is expected here is what libyaml makes of the texts. */
function read(text: string): unknown {
  const { documents, problems } = parseYamlDocuments('f', text, 64);
  const trees = documents.map((document) => buildTree(document, problems, 64));
  if (problems.count > 0) return problems.errors.map((e) => `${e.line}:${e.column}: ${e.message}`);
  return trees.map((tree) => (tree === undefined ? null : plain(tree)));
}

function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case 'null':
      return null;
    case 'list':
      return tree.items.map(plain);
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plain(value)]));
    case 'integer':
      return Number(tree.value);
    default:
      return tree.value;
  }
}

describe('text in quotes may go on at any indentation', () => {
  test.each([
    ['a:\n  b: "x\n  u"\n  c: z\n', { a: { b: 'x u', c: 'z' } }],
    ['a:\n  b: "x\nu"\n  c: z\n', { a: { b: 'x u', c: 'z' } }],
    ["a:\n  b: 'x\nu'\n  c: z\n", { a: { b: 'x u', c: 'z' } }],
    ["a: 'x\n\n\nu'\n", { a: 'x\n\nu' }],
    ['a: "x\r\nu"\r\nb: z\r\n', { a: 'x u', b: 'z' }],
    ["- a: 'x\n'\n- b\n", [{ a: 'x ' }, 'b']],
    ['- "\n]"\n- |\n  z\n', [' ]', 'z\n']],
    ['a: "x\n\tu"\nb: z\n', { a: 'x u', b: 'z' }],
    ['a: "x\nb: u"\nc: z\n', { a: 'x b: u', c: 'z' }],
    ['a: "x\n- u\n# z"\n', { a: 'x - u # z' }],
    ['a: "x\n --- u"\n', { a: 'x --- u' }],
    ['a: "x\n---u"\n', { a: 'x ---u' }],
    ["a:\n  b: 'it''s\n\n'\n  c: |\n    z\n", { a: { b: "it's\n", c: 'z\n' } }],
    ['? "x"\n: "u\nz"\n', { x: 'u z' }],
    ['? "x\n  u"\n: z\n', { 'x u': 'z' }],
    ["- 'x\nu'\n- - z\n  - w\n", ['x u', ['z', 'w']]],
    ['a: &b "x\nu"\nc: *b\n', { a: 'x u', c: 'x u' }],
    ['a: !!str "1\n2"\n', { a: '1 2' }],
    ['a:\n  - b: ["x\n\n  u", "z\n"]\n    c: |2\n       d\n', { a: [{ b: ['x\nu', 'z '], c: ' d\n' }] }],
  ])('%j', (text, value) => {
    expect(read(text)).toEqual([value]);
  });
});

describe('what stands in brackets may stand at any indentation', () => {
  test.each([
    ['a:\n  b: [\n  x,\n  u\n  ]\n  c: z\n', { a: { b: ['x', 'u'], c: 'z' } }],
    ['a:\n  b: [\nx,\nu\n]\n  c: z\n', { a: { b: ['x', 'u'], c: 'z' } }],
    [
      'a:\n  - b: {\n"x": 1,\nu: {\n  z: 2}\n}\n    c: w\n  - d\n',
      { a: [{ b: { x: 1, u: { z: 2 } }, c: 'w' }, 'd'] },
    ],
    ['a: [x,\n# why\nu]\nb: z\n', { a: ['x', 'u'], b: 'z' }],
    ['a: [x\nu,\n  z]\n', { a: ['x u', 'z'] }],
    ['a: [x\n- u]\n', { a: ['x - u'] }],
    ['a: {b:\nc, d:\n  e\n}\n', { a: { b: 'c', d: 'e' } }],
    ['a: {\n\tb: c\n}\n', { a: { b: 'c' } }],
    ['a: {multi\nline, b: c}\n', { a: { 'multi line': null, b: 'c' } }],
    ['- [\n]\n- {\n}\n-\n  [x,\nu]\n', [[], {}, ['x', 'u']]],
    ['a: [\n]\nb:\n  - |\n    x\n  - c: |\n      u\n', { a: [], b: ['x\n', { c: 'u\n' }] }],
    ['a:\n  b: [x,\nu]\n  c:\n    d: e\nf: g\n', { a: { b: ['x', 'u'], c: { d: 'e' } }, f: 'g' }],
    ['{\n"a":\n[\n1\n]\n}\n', { a: [1] }],
    ['a: [\nx]', { a: ['x'] }],
  ])('%j', (text, value) => {
    expect(read(text)).toEqual([value]);
  });
});

describe('smaller things that go-yaml takes', () => {
  test.each([
    [
      'a dash in brackets',
      'a: [cat, -]\nb: [-]\nc: [-, -, x]\nd: {e: -, f: -}\n',
      [{ a: ['cat', '-'], b: ['-'], c: ['-', '-', 'x'], d: { e: '-', f: '-' } }],
    ],
    [
      'a comment right after a value',
      'a: "x"# why\nb: [u]# why\nc: [# why\nz]\n',
      [{ a: 'x', b: ['u'], c: ['z'] }],
    ],
    ['a plain value keeps its #', 'a: x#u\nb: [x#u]\n', [{ a: 'x#u', b: ['x#u'] }]],
    ['an escaped apostrophe', 'a: "it\\\'s \\\\\'"\n', [{ a: "it's \\'" }]],
    ['an escaped end of line', 'a: "x \\\n   u\\\n\n\n  z"\n', [{ a: 'x u\n\nz' }]],
    [
      'a carriage return alone ends a line',
      'a: x\rb: |\r  u\r\r  z\rc: w',
      [{ a: 'x', b: 'u\n\nz\n', c: 'w' }],
    ],
    ['carriage returns that came double', 'a: x\r\r\nb: "u\r\r\n  z"\r\r\n', [{ a: 'x', b: 'u\nz' }]],
    ['blanks at the end that are text', 'a: |2\n    x\n    \nb: u\n', [{ a: '  x\n  \n', b: 'u' }]],
    ['blanks at the end that are none', 'a: |\n    x\n    \nb: u\n', [{ a: 'x\n', b: 'u' }]],
    ['text of a block that begins with a quote', '--- |\n"it\\\'s\n', ['"it\\\'s\n']],
    // kubectl gives every line its end before it parses.
    ['the last line needs no end', 'a: |\n  x', [{ a: 'x\n' }]],
  ])('%s', (_, text, values) => {
    expect(read(text)).toEqual(values);
  });

  test('keys that are merged stand where the merge stands', () => {
    const text = 'base: &b {x: 1, u: 1}\nbelow:\n  <<: *b\n  u: 2\nabove:\n  u: 2\n  <<: *b\n';
    expect(read(text)).toEqual([{ base: { x: 1, u: 1 }, below: { x: 1, u: 2 }, above: { x: 1, u: 1 } }]);
  });

  test('of a list of merged maps the first wins', () => {
    expect(read('- &a {x: 1, u: 1}\n- &b {u: 2, z: 2}\n- <<: [*a, *b]\n')).toEqual([
      [
        { x: 1, u: 1 },
        { u: 2, z: 2 },
        { x: 1, u: 1, z: 2 },
      ],
    ]);
  });
});

describe('what stays refused, and where that is told', () => {
  test.each([
    ['a: "x" u\nb: c\n', ['1:8: not valid YAML: Unexpected scalar at node end']],
    [
      'a: [x, u] z\nb\n',
      [
        '1:11: not valid YAML: Unexpected scalar at node end',
        '2:1: not valid YAML: Implicit map keys need to be followed by map values',
      ],
    ],
    ['a: b\nc: "x\nd: u\n', ['2:5: not valid YAML: Missing closing "quote']],
    ["a: 'x\n---\nb: c\n", ["1:5: not valid YAML: Missing closing 'quote"]],
    ['a: "x\n...\n', ['1:5: not valid YAML: Missing closing "quote']],
    // The last quote is a part of the text.
    ["a: 'x''", ["1:5: not valid YAML: Missing closing 'quote"]],
    ["a: 'x''\n---\nb: c\n", ["1:5: not valid YAML: Missing closing 'quote"]],
    ['a: "x\\"', ['1:5: not valid YAML: Missing closing "quote']],
    ['a: "', ['1:5: not valid YAML: Missing closing "quote']],
    [
      'a: "x\n b": c\n',
      [
        '1:4: not valid YAML: Nested mappings are not allowed in compact mappings',
        '1:4: not valid YAML: Implicit keys need to be on a single line',
      ],
    ],
    ['"x\nu": a\n', ['1:1: not valid YAML: Implicit keys need to be on a single line']],
    ['a: {x\n  u: 1}\n', ['1:5: not valid YAML: Implicit keys need to be on a single line']],
    ['a: {"x\n  u": 1}\n', ['1:5: not valid YAML: Implicit keys need to be on a single line']],
    [
      'a: b\nc: [x,\n  {u: z\nd:\n',
      [
        '2:4: not valid YAML: this bracket is never closed',
        '3:7: not valid YAML: Implicit keys need to be on a single line',
        '3:7: not valid YAML: Block collections are not allowed within flow collections',
      ],
    ],
    [
      'a: [x\n---\nb: {u\n',
      [
        '1:4: not valid YAML: this bracket is never closed',
        '3:4: not valid YAML: this bracket is never closed',
      ],
    ],
    ['a: [x}\nb: c\n', ['1:6: not valid YAML: Flow sequence in block collection must end with a ]']],
    [
      'a: [- x]\n',
      [
        '1:5: not valid YAML: Implicit keys of flow sequence pairs need to be on a single line',
        '1:5: not valid YAML: Block collections are not allowed within flow collections',
        '1:7: not valid YAML: Missing , or : between flow sequence items',
      ],
    ],
    ['a: &b=c\n', ['1:8: not the name of an anchor; quote a value that begins with &']],
    ['a: x\ufffe\n', ['1:5: the control character U+fffe is not allowed in a manifest']],
  ])('%j', (text, errors) => {
    expect(read(text)).toEqual(errors);
  });

  test('places are those of the file, whatever was read in other words', () => {
    expect(read('a: ["it\\\'s", "x \\\n\n  u", !z 1, "\nu", !z 2]\nb: !z 3\rc: !z 4\n')).toEqual(
      ['3:10', '4:8', '5:7', '5:15'].map(
        (place) => `${place}: a tag that is not supported; quote a value that begins with !`,
      ),
    );
  });
});
