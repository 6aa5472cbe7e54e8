import { describe, expect, test } from 'vitest';
import { errorsOf, notesOf } from './parse.ts';

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io';
const SECCOMP = 'container.seccomp.security.alpha.kubernetes.io';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';

/** A pod with one annotation, on line 3. */
const pod = (key: string, value: string, ofContainer = '{}', ofPod = '{}'): string => `name: web
annotations:
  ${JSON.stringify(key)}: ${JSON.stringify(value)}
securityContext: ${ofPod}
containers:
- {securityContext: ${ofContainer}, name: main, image: i}
`;

/** Errors without the place and the path of the annotation. */
const reasonsOf = (...parts: Parameters<typeof pod>): string[] =>
  errorsOf(pod(...parts)).map((error) => error.replace(/^3:\d+: annotations\[[^\]]*\]: /, ''));

describe('CDI devices', () => {
  const key = 'cdi.k8s.io/claim';

  test.each(['vendor.com/class=device', 'a/b=0,a/b=gpu0:1.x_y-z', 'nvidia.com/gpu=all'])('%s', (value) => {
    expect(errorsOf(pod(key, value))).toEqual([]);
  });

  test.each<[string, string]>([
    ['', ''],
    ['gpu', 'gpu'],
    ['vendor.com/gpu', 'vendor.com/gpu'],
    ['vendor.com=gpu', 'vendor.com=gpu'],
    ['/gpu=0', '/gpu=0'],
    ['vendor.com/=0', 'vendor.com/=0'],
    ['vendor.com/gpu=', 'vendor.com/gpu='],
    ['vendor.com/a.b=0', 'vendor.com/a.b=0'],
    ['vendor.com/gpu=../x', 'vendor.com/gpu=../x'],
    ['1a/b=c', '1a/b=c'],
    ['a/b=c, a/b=d', ' a/b=d'],
    ['a/b=c,', ''],
  ])('%j', (value, device) => {
    expect(reasonsOf(key, value)).toEqual([
      `Invalid value: ${JSON.stringify(device)}: invalid CDI device name: write vendor/class=device, several of them with commas and no blanks between`,
    ]);
  });

  test('the error is at the annotation', () => {
    expect(errorsOf(pod(key, 'gpu'))[0]).toMatch(/^3:23: annotations\[cdi\.k8s\.io\/claim\]: /);
  });
});

describe('AppArmor', () => {
  const type = 'Forbidden: apparmor type in annotation and field must match';
  const profile = 'Forbidden: apparmor profile in annotation and field must match';
  const field = (value: string): string => `{appArmorProfile: {type: ${value}}}`;

  test.each<[string, string, string, string[]]>([
    ['', '{}', '{}', []],
    ['runtime/default', '{}', '{}', []],
    ['unconfined', '{}', '{}', []],
    ['localhost/a/b', '{}', '{}', []],
    ['default', '{}', '{}', ['Invalid value: "default": invalid AppArmor profile name: "default"']],
    ['runtime/default', field('RuntimeDefault'), '{}', []],
    ['unconfined', field('Unconfined'), '{}', []],
    ['localhost/a', field('Localhost, localhostProfile: a'), '{}', []],
    ['unconfined', field('RuntimeDefault'), '{}', [type]],
    ['runtime/default', field('Unconfined'), '{}', [type]],
    ['runtime/default', field('Localhost, localhostProfile: a'), '{}', [type]],
    ['localhost/b', field('Localhost, localhostProfile: a'), '{}', [profile]],
    ['', field('Unconfined'), '{}', [type]],
    // The pod's field, where the container has none
    ['unconfined', '{}', field('RuntimeDefault'), [type]],
    ['unconfined', field('Unconfined'), field('RuntimeDefault'), []],
  ])('%s beside %s in %s', (value, ofContainer, ofPod, reasons) => {
    expect(reasonsOf(`${APP_ARMOR}/main`, value, ofContainer, ofPod)).toEqual(reasons);
  });

  test('of an init container', () => {
    const init = '{name: first, image: i, securityContext: {appArmorProfile: {type: RuntimeDefault}}}';
    const text = (value: string): string => `${pod(`${APP_ARMOR}/first`, value)}initContainers: [${init}]\n`;
    expect(errorsOf(text('runtime/default'))).toEqual([]);
    expect(errorsOf(text('unconfined'))).toEqual([expect.stringContaining(type)]);
  });

  test('of a container that is not there', () => {
    expect(reasonsOf(`${APP_ARMOR}/other`, 'unconfined')).toEqual([
      'Invalid value: "other": container not found',
    ]);
  });
});

describe('seccomp, as it once was', () => {
  const type = 'Forbidden: seccomp type in annotation and field must match';
  const field = (value: string): string => `{seccompProfile: {type: ${value}}}`;

  test.each([`${SECCOMP}/main`, `${SECCOMP}/other`, SECCOMP_POD])('%s has no effect', (key) => {
    expect(notesOf(pod(key, 'docker/default'))).toEqual([
      `3:3: annotations[${key}]: has no effect, in Kubernetes since 1.27: set securityContext.seccompProfile`,
    ]);
  });

  test.each<[string, string, string[]]>([
    ['runtime/default', '{}', []],
    ['localhost/a/b.json', '{}', []],
    ['default', '{}', ['Invalid value: "default": must be a valid seccomp profile']],
    ['localhost//a', '{}', ['Invalid value: "localhost//a": must be a relative path']],
    ['localhost/../a', '{}', [`Invalid value: "localhost/../a": must not contain '..'`]],
    ['docker/default', field('RuntimeDefault'), []],
    ['unconfined', field('RuntimeDefault'), [type]],
    ['unconfined', field('Unconfined'), []],
    ['localhost/a', field('Localhost, localhostProfile: a'), []],
    [
      'localhost/b',
      field('Localhost, localhostProfile: a'),
      ['Forbidden: seccomp profile in annotation and field must match'],
    ],
  ])('%s beside %s', (value, context, reasons) => {
    expect(reasonsOf(`${SECCOMP}/main`, value, context)).toEqual(reasons);
    expect(reasonsOf(SECCOMP_POD, value, '{}', context)).toEqual(reasons);
    // Each is compared with the field of the same owner only.
    const ownErrors = reasonsOf(`${SECCOMP}/main`, value);
    expect(reasonsOf(`${SECCOMP}/main`, value, '{}', context)).toEqual(ownErrors);
  });
});

describe('what a pod asks of tinylet', () => {
  test.each<[string, string]>([
    ['rollback', 'true'],
    ['rollback', 'false'],
    ['restart-on-config-change', 'true'],
    ['crash-loop-max', '30s'],
    ['start-after', 'db, infra/cache'],
    ['start-after', ''],
  ])('%s: %j', (name, value) => {
    expect(notesOf(pod(`tinylet.dev/${name}`, value))).toEqual([]);
  });

  test.each<[string, string, string[]]>([
    ['rollback', 'yes', ['Invalid value: "yes": must be "true" or "false"']],
    ['restart-on-config-change', '', ['Invalid value: "": must be "true" or "false"']],
    ['progress-deadline', '60', ['Invalid value: "60": must be a duration like 90s or 1m30s']],
    ['progress-deadline', '25h', ['Invalid value: "25h": must be from 1s to 24h']],
    ['crash-loop-max', '10m', ['Invalid value: "10m": must be from 1s to 5m']],
    [
      'start-after',
      'db; cache,a/b/c',
      [
        'Invalid value: "db; cache": must be namespace/name or name of a pod',
        'Invalid value: "a/b/c": must be namespace/name or name of a pod',
      ],
    ],
    ['start-after', 'db, web', ['Invalid value: "web": a pod cannot wait for itself']],
    ['start-after', 'default/web', ['Invalid value: "default/web": a pod cannot wait for itself']],
    // Nothing of it reaches a terminal as it is.
    [
      'start-after',
      'a\u001b\u202e',
      ['Invalid value: "a\\u001b\\u202e": must be namespace/name or name of a pod'],
    ],
    [
      'start-after',
      'A'.repeat(100),
      [`Invalid value: "${'A'.repeat(61)}...": must be namespace/name or name of a pod`],
    ],
    ['one-shot', 'yes', ['Invalid value: "yes": must be "request" or "client"']],
  ])('%s: %j is wrong', (name, value, reasons) => {
    expect(reasonsOf(`tinylet.dev/${name}`, value)).toEqual(reasons);
  });

  test.each<[string, string]>([
    ['rolback', ', did you mean "tinylet.dev/rollback"?'],
    ['Rollback', ', did you mean "tinylet.dev/rollback"?'],
    ['startAfter', ', did you mean "tinylet.dev/start-after"?'],
    ['after', ''],
    // What the daemon writes on containers and sandboxes is nothing to ask for.
    ['sandbox-hash', ''],
    ['source', ''],
    ['backoff-step', ''],
  ])('%s is not known', (name, hint) => {
    expect(reasonsOf(`tinylet.dev/${name}`, 'true')).toEqual([
      `unknown annotation "tinylet.dev/${name}"${hint}`,
    ]);
  });

  test("other annotations are nobody's business here", () => {
    expect(notesOf(pod('example.tinylet.dev/rolback', 'x'))).toEqual([]);
    expect(notesOf(pod('example.com/rollback', 'x'))).toEqual([]);
  });

  test('an error is told where it stands, with the path of the form that is used', () => {
    const wrapped = (annotations: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    ${annotations}\nspec: {containers: [{name: c, image: i}]}\n`;
    expect(errorsOf(wrapped('tinylet.dev/rollback: "1"'))).toEqual([
      '6:27: metadata.annotations[tinylet.dev/rollback]: Invalid value: "1": must be "true" or "false"',
    ]);
    expect(errorsOf(wrapped('tinylet.dev/rolback: "true"'))).toEqual([
      '6:26: metadata.annotations[tinylet.dev/rolback]: unknown annotation "tinylet.dev/rolback", did you mean "tinylet.dev/rollback"?',
    ]);
    // As for all annotations
    expect(errorsOf(wrapped('tinylet.dev/rollback: true'))).toEqual([
      '6:27: metadata.annotations[tinylet.dev/rollback]: expected a string, got the boolean true (quote it: "true")',
    ]);
  });

  test('a deadline without a rollback has no effect', () => {
    expect(notesOf(pod('tinylet.dev/progress-deadline', '90s'))).toEqual([
      '3:3: annotations[tinylet.dev/progress-deadline]: has no effect without tinylet.dev/rollback: "true"',
    ]);
  });
});

test('annotations of the wrong type are told once', () => {
  const text = (annotations: string): string =>
    `name: web\nannotations: ${annotations}\ncontainers: [{name: main, image: i}]\n`;
  expect(errorsOf(text('[a]'))).toEqual(['2:14: annotations: expected a map, got a list']);
  expect(errorsOf(text('{a: 1}'))).toEqual([
    '2:18: annotations.a: expected a string, got the number 1 (quote it: "1")',
  ]);
});
