import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/index.ts';
import { defaultedSpec } from '../../../src/store/kinds/pod-defaults.ts';
import { withoutDefaults } from '../../../src/store/without-defaults.ts';

const main = { name: 'main', image: 'nginx:1', resources: { limits: { cpu: 0.5 } } };
const written = { containers: [main], hostNetwork: false };
const shown = defaultedSpec(written);
const [shownMain] = shown.containers as [JsonObject];

/** What is to be written of a spec that is wanted by who has seen this one. */
const plain = (wanted: JsonObject) => withoutDefaults(wanted, { written, shown, show: defaultedSpec });
const withMain = (fields: JsonObject): JsonObject => ({
  ...shown,
  containers: [{ ...shownMain, ...fields }],
});

describe('an edit of what is shown becomes an edit of what was written', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['nothing', shown, written],
    [
      'a field that was a default',
      { ...shown, restartPolicy: 'Never' },
      { ...written, restartPolicy: 'Never' },
    ],
    ['a field that was written', { ...shown, hostNetwork: true }, { ...written, hostNetwork: true }],
    [
      'one that is taken away',
      withMain({ image: 'nginx:2', resources: {} }),
      { ...written, containers: [{ name: 'main', image: 'nginx:2', resources: {} }] },
    ],
    [
      'an image whose policy would be another one: the client has seen this one',
      withMain({ image: 'nginx' }),
      { ...written, containers: [{ ...main, image: 'nginx', imagePullPolicy: 'IfNotPresent' }] },
    ],
    [
      'a limit; what was asked for stays',
      withMain({ resources: { limits: { cpu: '1' }, requests: { cpu: '500m' } } }),
      {
        ...written,
        containers: [{ ...main, resources: { limits: { cpu: '1' }, requests: { cpu: '500m' } } }],
      },
    ],
    [
      'another container before it',
      { ...shown, containers: [{ name: 'new', image: 'a:1' }, shownMain] },
      { ...written, containers: [{ name: 'new', image: 'a:1' }, main] },
    ],
    [
      'all of it anew',
      { containers: [{ name: 'x', image: 'y' }] },
      { containers: [{ name: 'x', image: 'y' }] },
    ],
  ])('%s', (_case, wanted, expected) => {
    expect(plain(wanted)).toEqual(expected);
  });
});

const image = fc.constantFrom('a', 'a:1', 'b:latest');
const quantity = fc.constantFrom<string | number>('1', 1, '500m', 0.5);
const resources = fc.record(
  { limits: fc.record({ cpu: quantity }), requests: fc.record({ cpu: quantity }) },
  { requiredKeys: [] },
);
const containers = fc.uniqueArray(
  fc.record(
    {
      name: fc.constantFrom('x', 'y', 'z'),
      image,
      resources,
      imagePullPolicy: fc.constantFrom('Always', 'Never'),
      ports: fc.array(fc.record({ containerPort: fc.nat(3) }), { maxLength: 2 }),
    },
    { requiredKeys: ['name', 'image'] },
  ),
  { selector: ({ name }) => name, maxLength: 3 },
);
const spec: fc.Arbitrary<JsonObject> = fc.record(
  { containers, hostNetwork: fc.boolean(), restartPolicy: fc.constantFrom('Always', 'Never') },
  { requiredKeys: ['containers'] },
);

test('what a client wants is what is shown then, whatever was written before', () => {
  fc.assert(
    fc.property(spec, spec, fc.boolean(), (before, after, isWhole) => {
      const seen = defaultedSpec(before);
      const wanted = isWhole ? defaultedSpec(after) : { ...seen, ...after };
      const result = withoutDefaults(wanted, { written: before, shown: seen, show: defaultedSpec });
      expect(defaultedSpec(result)).toEqual(defaultedSpec(wanted));
      expect(withoutDefaults(seen, { written: before, shown: seen, show: defaultedSpec })).toEqual(before);
    }),
    { numRuns: 500 },
  );
});
