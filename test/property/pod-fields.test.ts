import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ManifestFile, parseManifest, podsOf } from '../../src/manifest/index.ts';
import { fieldsOf, isTypeName, type TypeName } from '../../src/manifest/known-fields.ts';
import { formatQuantity, type Pod, parseQuantity, type ResourceList } from '../../src/pod/index.ts';

const parse = (manifest: unknown): ManifestFile =>
  parseManifest({ file: 'f', text: JSON.stringify(manifest) });
const of = fc.constantFrom;

/** What holds for every pod that was read, whatever its manifest looks like. */
function expectWellFormed(pod: Pod): void {
  // Nothing is undefined, and so a record holds the same pod.
  expect(JSON.parse(JSON.stringify(pod))).toStrictEqual(pod);
  const { spec } = pod;
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  for (const { limits, requests } of [spec, ...all].flatMap(({ resources }) => resources ?? [])) {
    for (const list of [limits, requests]) expectCanonical(list);
    for (const [name, limit] of Object.entries(limits ?? {})) {
      expect(nanosOf(requests?.[name] ?? '')).toBeLessThanOrEqual(nanosOf(limit));
    }
  }
  expectCanonical(spec.overhead);
}

/** An empty list is absent. */
function expectCanonical(list: ResourceList | undefined): void {
  if (list === undefined) return;
  expect(Object.keys(list)).not.toEqual([]);
  for (const text of Object.values(list)) {
    const quantity = parseQuantity(text);
    expect(quantity && formatQuantity(quantity)).toBe(text);
    expect((quantity?.nanos ?? -1n) % 10n ** 6n).toBe(0n);
  }
}

const nanosOf = (text: string): bigint => parseQuantity(text)?.nanos ?? -1n;

const name = of('a', 'b-1', 'c', 'x'.repeat(63));
const flag = fc.boolean();
const id = of(0, 1000, 2 ** 31 - 1);
const ip = of('192.0.2.1', '2001:db8::1');

/** Any notation of an amount of 0 to 4096 units, or of parts of one. */
const amount = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 0, max: 4096 }),
      of('', 'm', 'u', 'k', 'M', 'Ki', 'Mi', 'e3', 'E2', '.5', '.001Gi'),
    )
    .map(([units, suffix]): string | number => (suffix === '' ? units : `${units}${suffix}`)),
  of<(string | number)[]>(0.5, 1.25, 1e-7, '.5', '9007199254740993', '1.1E', '100n'),
);
const amounts = fc.dictionary(of('cpu', 'memory', 'ephemeral-storage'), amount, { maxKeys: 3 });

/** A record whose fields may be missing, as those of a manifest may. */
function some<T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record<T, keyof T>(fields, { requiredKeys: [] });
}

const resources = fc.oneof(some({ requests: amounts }), some({ limits: amounts }), of({}, null));
const seccompProfile = of(
  { type: 'RuntimeDefault' },
  { type: 'Unconfined' },
  { type: 'Localhost', localhostProfile: 'a/b.json' },
);
const shared = { runAsUser: id, runAsGroup: id, runAsNonRoot: flag, seccompProfile };
const valueFrom = of<unknown[]>(
  { fieldRef: { fieldPath: 'status.podIP' } },
  { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['a']" } },
  { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } },
  { resourceFieldRef: { resource: 'requests.memory', containerName: 'c0', divisor: 1 } },
  { configMapKeyRef: { name: 'a', key: 'k', optional: true } },
  { secretKeyRef: { name: 'a', key: 'k' } },
  { fileKeyRef: { volumeName: 'files', path: 'a/env', key: 'A' } },
);
const variable = fc.oneof(
  fc.record({ name: of('A', 'B C'), value: fc.string().filter((text) => !text.includes('\0')) }),
  fc.record({ name: of('A', 'D'), valueFrom }),
);
const container = some({
  env: fc.array(variable, { maxLength: 3 }),
  envFrom: fc.array(
    of({ configMapRef: { name: 'a' } }, { prefix: 'P_', secretRef: { name: 'a', optional: true } }),
    {
      maxLength: 2,
    },
  ),
  resources,
  securityContext: some({
    ...{
      ...shared,
      privileged: of(false, null),
      allowPrivilegeEscalation: flag,
      readOnlyRootFilesystem: flag,
    },
    ...{
      procMount: of('Default', ''),
      capabilities: some({ add: of(['ALL'], []), drop: of(['KILL'], null) }),
    },
  }),
  ...{ stdin: flag, stdinOnce: flag, tty: flag },
  terminationMessagePath: of('', '/dev/termination-log', '/x'),
  terminationMessagePolicy: of('', 'File', 'FallbackToLogsOnError'),
  volumeMounts: of([], [{ name: 'files', mountPath: '/files' }]),
});
const spec = some({
  ...{ activeDeadlineSeconds: of(1, 2 ** 31 - 1), restartPolicy: of('Always', 'Never') },
  ...{ hostNetwork: flag, hostIPC: flag, shareProcessNamespace: flag, hostUsers: of(true, null) },
  ...{ hostname: name, subdomain: name, setHostnameAsFQDN: flag },
  hostAliases: fc.array(fc.record({ ip, hostnames: fc.array(name, { maxLength: 2 }) }), { maxLength: 2 }),
  dnsPolicy: of('ClusterFirst', 'ClusterFirstWithHostNet', 'Default'),
  dnsConfig: some({
    ...{ nameservers: fc.array(ip, { maxLength: 3 }), searches: fc.array(name, { maxLength: 3 }) },
    options: fc.array(
      some({ value: of('1', '') }).map((option) => ({ name: 'ndots', ...option })),
      { maxLength: 2 },
    ),
  }),
  imagePullSecrets: of([], [{ name: 'a' }, {}]),
  ...{ runtimeClassName: name, overhead: amounts, serviceAccountName: name, serviceAccount: name },
  ...{ priorityClassName: name, os: of({ name: 'linux' }, null), enableServiceLinks: flag },
  securityContext: some({
    ...{ ...shared, fsGroup: id, supplementalGroups: fc.array(id, { maxLength: 3 }) },
    fsGroupChangePolicy: of('Always', 'OnRootMismatch'),
    supplementalGroupsPolicy: of('Merge', 'Strict'),
    sysctls: of([], [{ name: 'vm/x', value: '1' }]),
  }),
  initContainers: of([], [{ name: 'init', image: 'i', resources: { limits: { cpu: '0.1' } } }]),
});

test('a valid pod is accepted, and what it comes to is in canonical form', () => {
  const containers = fc
    .array(container, { minLength: 1, maxLength: 3 })
    .map((each) => each.map((fields, index) => ({ name: `c${index}`, image: 'i', ...fields })));
  fc.assert(
    fc.property(spec, containers, flag, (fields, list, isFlat) => {
      const whole = { ...fields, containers: list, volumes: [{ name: 'files', emptyDir: {} }] };
      const file = parse(
        isFlat
          ? { name: 'a', ...whole }
          : { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: whole },
      );
      expect(file).toMatchObject({ state: 'accepted' });
      const [pod] = podsOf(file);
      expect(pod?.spec.containers.map((each) => each.name)).toEqual(list.map((each) => each.name));
      if (pod !== undefined) expectWellFormed(pod);
    }),
    { numRuns: 300 },
  );
});

/** Values of every kind, right and wrong ones: what a type may hold, and what it may not. */
const word = of(
  ...[
    '',
    'a',
    'A/b',
    '../x',
    '/',
    '1',
    '-1',
    'cpu',
    '64Mi',
    'Localhost',
    'None',
    'Unmasked',
    'metadata.name',
  ],
  ...['linux', 'hugepages-2Mi', 'vendor.com/gpu', '192.0.2.1', '__proto__', '\0', 'é', 'a=b', 'Always', 'v1'],
);
const wrong = of<unknown[]>(null, '', 'x', 0, -1, 1.5, 2 ** 53, 1e300, true, [], {}, [[]], [null], { a: {} });

function anyValue(type: string, depth: number): fc.Arbitrary<unknown> {
  const right = rightValue(type, depth);
  return fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function rightValue(type: string, depth: number): fc.Arbitrary<unknown> {
  if (type.endsWith('[]')) return fc.array(anyValue(type.slice(0, -2), depth), { maxLength: 2 });
  if (isTypeName(type)) return depth === 0 ? fc.constant({}) : objectOf(type, depth - 1);
  if (type === 'map') return fc.dictionary(word, fc.oneof(word, wrong), { maxKeys: 3 });
  if (type === 'number') return of(0, 1, 420, 65_535, 2 ** 31, -1);
  return type === 'boolean' ? fc.boolean() : word;
}

function objectOf(type: TypeName, depth: number): fc.Arbitrary<unknown> {
  const fields = [...fieldsOf(type)];
  const most = type === 'V1Container' ? 12 : 6;
  return fc.subarray(fields, { maxLength: Math.min(most, fields.length) }).chain((chosen) => {
    return fc.record(Object.fromEntries(chosen.map(([field, held]) => [field, anyValue(held, depth)])));
  });
}

test('whatever stands in the fields of a pod, it is read or refused with reasons', () => {
  const container = fc
    .tuple(objectOf('V1Container', 3), some({ name, image: name }))
    .map(([fields, named]) => {
      return { ...(fields instanceof Object ? fields : {}), ...named };
    });
  const containers = fc.array(container, { maxLength: 2 });
  fc.assert(
    fc.property(objectOf('V1PodSpec', 4), containers, fc.boolean(), (fields, list, isFlat) => {
      const whole = { ...(fields instanceof Object ? fields : {}), containers: list };
      const file = parse(
        isFlat
          ? { name: 'a', ...whole }
          : { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: whole },
      );
      if (file.state === 'accepted') {
        for (const pod of podsOf(file)) expectWellFormed(pod);
        return;
      }
      expect(file.errors).not.toEqual([]);
      for (const { message, path } of file.errors) {
        expect(message).not.toMatch(/cannot be parsed|undefined|\[object/);
        expect(isFlat || path === '' || path.startsWith('spec')).toBe(true);
      }
    }),
    { numRuns: 700 },
  );
});

test('no reason is told twice', () => {
  fc.assert(
    fc.property(objectOf('V1PodSpec', 4), objectOf('V1Container', 4), (fields, container) => {
      const file = parse({ name: 'a', ...(fields instanceof Object ? fields : {}), containers: [container] });
      if (file.state === 'accepted') return;
      const told = file.errors.map(
        ({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`,
      );
      expect(told.filter((each, index) => told.indexOf(each) !== index)).toEqual([]);
    }),
    { numRuns: 700 },
  );
});
