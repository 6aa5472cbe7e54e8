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

test('annotations of the wrong type are told once', () => {
  const text = (annotations: string): string =>
    `name: web\nannotations: ${annotations}\ncontainers: [{name: main, image: i}]\n`;
  expect(errorsOf(text('[a]'))).toEqual(['2:14: annotations: expected a map, got a list']);
  expect(errorsOf(text('{a: 1}'))).toEqual([
    '2:18: annotations.a: expected a string, got the number 1 (quote it: "1")',
  ]);
});
