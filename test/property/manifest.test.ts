import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type ManifestFile, parseManifest, podsOf, sideObjectsOf } from '../../src/manifest/index.ts';

const parse = (text: string): ManifestFile => parseManifest({ file: 'f', text });

/** Pieces that YAML, or this parser, gives a meaning. */
const fragment = fc.constantFrom(
  ...[
    'name',
    'containers',
    'apiVersion',
    'kind',
    'metadata',
    'spec',
    'items',
    'v1',
    'Pod',
    'List',
    'image',
    '__proto__',
  ],
  ...[
    'ConfigMap',
    'Secret',
    'SecretList',
    'data',
    'stringData',
    'volumes',
    'emptyDir',
    'volumeMounts',
    'mountPath',
  ],
  ...[
    ': ',
    ':',
    '- ',
    '-',
    '\n',
    '\n  ',
    '\n    ',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '<<: ',
    '? ',
  ],
  ...[
    '!!str ',
    '!x ',
    '---\n',
    '...\n',
    '# c',
    '%YAML 1.1\n',
    '\t',
    '\r\n',
    '\0',
    '\ufeff',
    '0400',
    'no',
    '~',
    '1e3',
    'é',
  ],
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join('')),
);

test('any text gives a file: objects, or errors with a place in it', () => {
  fc.assert(
    fc.property(text, (source) => {
      const file = parse(source);
      if (file.state === 'accepted') return;
      const lines = source.split('\n').length;
      expect(file.errors.length).toBeGreaterThan(0);
      for (const error of file.errors) {
        expect(error.line).toBeGreaterThanOrEqual(1);
        expect(error.line).toBeLessThanOrEqual(lines);
        expect(error.column).toBeGreaterThanOrEqual(1);
        expect(error.message).not.toMatch(/cannot be parsed/);
      }
    }),
    { numRuns: 2_000 },
  );
});

/**
 * Numbers to go-yaml that the writer here does not know to quote: it takes underscores out before it looks (0e_0), and reads
 * what Go reads (0o7, 0B1, 0X1) too.
 */
const isNumberToGoYaml = (value: string): boolean => {
  const plain = value.replaceAll('_', '');
  return (plain !== value && /^[-+.\de]+$/i.test(plain)) || /^[-+]?0[box][\da-f]+$/i.test(plain);
};
const label = fc
  .stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/)
  .filter((value) => !isNumberToGoYaml(value));
const labelKey = fc
  .stringMatching(/^([a-z]{1,9}\.[a-z]{1,3}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/)
  .filter((key) => !isNumberToGoYaml(key));
const labelValue = fc
  .stringMatching(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?)?$/)
  .filter((value) => !isNumberToGoYaml(value));
const anyText = fc
  .string({ unit: 'grapheme' })
  .filter((value) => !value.includes('\0') && !isNumberToGoYaml(value));
const port = fc.record({
  containerPort: fc.integer({ min: 1, max: 65_535 }),
  protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
});
const container = fc.record({
  name: label,
  image: label,
  command: fc.array(anyText),
  args: fc.array(anyText),
  env: fc.array(
    fc.record({
      name: fc.stringMatching(/^[ -<>-~]+$/).filter((name) => !isNumberToGoYaml(name)),
      value: anyText,
    }),
  ),
  ports: fc.array(port),
  imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
});
const pod = fc.record({
  metadata: fc.record({
    name: label,
    namespace: label,
    labels: fc.dictionary(labelKey, labelValue),
    annotations: fc.dictionary(labelKey, anyText),
  }),
  spec: fc.record({
    containers: fc.uniqueArray(container, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
    terminationGracePeriodSeconds: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    hostNetwork: fc.constant(false),
  }),
});

test('a valid pod is accepted with its values, however it is written', () => {
  fc.assert(
    fc.property(pod, fc.boolean(), ({ metadata, spec }, isFlat) => {
      const written = isFlat ? { ...metadata, ...spec } : { apiVersion: 'v1', kind: 'Pod', metadata, spec };
      const spellings = [
        JSON.stringify(written),
        JSON.stringify(written, null, '\t'),
        stringify(written, { version: '1.1' }),
        stringify(
          { apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata, spec }] },
          { version: '1.1' },
        ),
      ];
      for (const spelling of spellings) {
        const file = parse(spelling);
        expect(file).toMatchObject({ state: 'accepted' });
        const document = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
        expect(podsOf(file)).toEqual([{ metadata, spec, document }]);
      }
    }),
    { numRuns: 200 },
  );
});

test('any JSON gives the same errors on one line and on many', () => {
  const field = fc.constantFrom(
    'name',
    'containers',
    'image',
    'apiVersion',
    'kind',
    'metadata',
    'spec',
    'items',
    'labels',
    'data',
    'stringData',
    'binaryData',
    'volumes',
    'configMap',
    'projected',
    'sources',
    'volumeMounts',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.constantFrom('v1', 'Pod', 'List', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'a'),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(field, tie('value'), { maxKeys: 5 }),
    ),
  }));
  const facts = (file: ManifestFile): unknown =>
    file.state === 'accepted'
      ? [podsOf(file), sideObjectsOf(file)]
      : // Places differ, so that even the order may: errors of one place come in the order they are found.
        file.errors.map(({ path, message }) => `${path}: ${message.replace(/line \d+/, 'line')}`).sort();
  fc.assert(
    fc.property(value, (object) => {
      expect(facts(parse(JSON.stringify(object, null, 2)))).toEqual(facts(parse(JSON.stringify(object))));
    }),
    { numRuns: 500 },
  );
});
