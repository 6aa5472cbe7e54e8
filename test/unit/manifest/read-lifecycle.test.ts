import { describe, expect, test } from 'vitest';
import type { Lifecycle } from '../../../src/pod/index.ts';
import { errorsOf, notesOf, podOf } from './parse.ts';

/** The lifecycle stands on line 3; the container has a port called http. */
const pod = (lifecycle: string, spec = 'os: {name: linux}'): string => `name: web
containers:
- {lifecycle: ${lifecycle}, name: main, image: i, ports: [{name: http, containerPort: 80}]}
${spec}
`;

/** Errors without the place and the path of the lifecycle. */
const wrong = (lifecycle: string, spec?: string): string[] =>
  errorsOf(pod(lifecycle, spec)).map((error) => error.replace(/^3:\d+: containers\[0\]\.lifecycle/, ''));

describe('what arrives', () => {
  test.each<[string, Lifecycle | undefined]>([
    ['~', undefined],
    ['{}', undefined],
    ['{postStart: ~, preStop: null, stopSignal: ""}', undefined],
    [
      '{postStart: {exec: {command: [a]}}, preStop: {exec: {command: [b, c]}}}',
      { postStart: { kind: 'exec', command: ['a'] }, preStop: { kind: 'exec', command: ['b', 'c'] } },
    ],
    [
      '{preStop: {httpGet: {port: http, scheme: HTTPS, host: a, path: /b, httpHeaders: [{name: c, value: d}]}}}',
      {
        preStop: {
          ...{ kind: 'httpGet', path: '/b', port: 'http', host: 'a', scheme: 'HTTPS' },
          headers: [{ name: 'c', value: 'd' }],
        },
      },
    ],
    ['{postStart: {tcpSocket: {port: 1}}}', { postStart: { kind: 'tcpSocket', port: 1 } }],
    ['{preStop: {sleep: {seconds: 30}}}', { preStop: { kind: 'sleep', seconds: 30 } }],
    ['{preStop: {sleep: {seconds: 0}}}', { preStop: { kind: 'sleep', seconds: 0 } }],
    ['{preStop: {sleep: {}}}', { preStop: { kind: 'sleep', seconds: 0 } }],
    ['{stopSignal: SIGUSR1}', { stopSignal: 'SIGUSR1' }],
    ['{stopSignal: SIGRTMIN+15}', { stopSignal: 'SIGRTMIN+15' }],
    ['{stopSignal: SIGRTMAX-14}', { stopSignal: 'SIGRTMAX-14' }],
  ])('%s', (lifecycle, expected) => {
    const [container] = podOf(pod(lifecycle)).spec.containers;
    expect(container?.lifecycle).toEqual(expected);
    expect('lifecycle' in (container ?? {})).toBe(expected !== undefined);
  });

  test('a hook may sleep as long as the grace period is', () => {
    const [container] = podOf(pod('{preStop: {sleep: {seconds: 90}}}', 'terminationGracePeriodSeconds: 90'))
      .spec.containers;
    expect(container?.lifecycle).toEqual({ preStop: { kind: 'sleep', seconds: 90 } });
  });
});

// core/validation: validateLifecycle and what it calls
describe('what is wrong', () => {
  test.each<[string, string[]]>([
    ['{postStart: {}}', ['.postStart: Required value: must specify a handler type']],
    [
      '{preStop: {sleep: {seconds: 1}, exec: {command: [a]}}}',
      ['.preStop.sleep: Forbidden: may not specify more than 1 handler type'],
    ],
    ['{preStop: {exec: {command: []}}}', ['.preStop.exec.command: Required value']],
    ['{postStart: {httpGet: {path: /}}}', ['.postStart.httpGet.port: Required value']],
    [
      '{postStart: {grpc: {port: 1}}}',
      [
        '.postStart: Required value: must specify a handler type',
        '.postStart.grpc: unknown field "containers[0].lifecycle.postStart.grpc"',
      ],
    ],
    [
      '{preStop: {sleep: {seconds: 31}}}',
      [
        '.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
      ],
    ],
    [
      '{postStart: {sleep: {seconds: -1}}}',
      [
        '.postStart.sleep: Invalid value: -1: must be non-negative and less than terminationGracePeriodSeconds (30)',
      ],
    ],
    ['{preStop: {sleep: 5}}', ['.preStop.sleep: expected a map, got the number 5']],
    ['{preStart: {}}', ['.preStart: unknown field "containers[0].lifecycle.preStart"']],
    ['[a]', [': expected a map, got a list']],
  ])('%s', (lifecycle, errors) => {
    expect(wrong(lifecycle)).toEqual(errors);
  });

  test.each(['SIGTERMINATE', 'TERM', 'sigterm', '"15"', 'RUNTIME_DEFAULT', 'SIGRTMIN+16', 'SIGRTMINPLUS1'])(
    'stopSignal: %s is no signal',
    (signal) => {
      const [error, ...others] = wrong(`{stopSignal: ${signal}}`);
      expect(others).toEqual([]);
      const shown = JSON.stringify(signal.replaceAll('"', ''));
      const begin = `.stopSignal: Unsupported value: ${shown}: supported values: "SIGABRT", "SIGALRM", "SIGBUS", `;
      expect(error?.slice(0, begin.length)).toBe(begin);
      expect(error?.match(/"SIG[A-Z0-9+-]+"/g)?.filter((each) => each !== shown)).toHaveLength(65);
    },
  );

  const SYSTEM =
    '.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`: add os: {name: linux} to the spec';
  test.each<[string, string[]]>([
    ['hostname: a', [SYSTEM]],
    ['os: null', [SYSTEM]],
    ['os: {}', ['4:5: os.name: Required value: cannot be empty']],
  ])('stopSignal beside %s', (spec, errors) => {
    expect(wrong('{stopSignal: SIGTERM}', spec)).toEqual(errors);
  });

  test('an error is told where it stands', () => {
    expect(errorsOf(pod('{preStop: {sleep: {seconds: 31}}}'))).toEqual([
      '3:33: containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ]);
  });
});

describe('what is noted', () => {
  test.each<[string, string[]]>([
    ['{preStop: {exec: {command: [a]}}}', []],
    [
      '{preStop: {tcpSocket: {port: http}}}',
      [
        '3:26: containers[0].lifecycle.preStop.tcpSocket: deprecated: the hook of a kubelet fails, here it connects to the port',
      ],
    ],
    [
      '{preStop: {httpGet: {port: htpp}}}',
      [
        '3:36: containers[0].lifecycle.preStop.httpGet.port: no port of this container has that name: every call will fail',
      ],
    ],
    [
      '{stopSignal: SIGINT}',
      [
        '3:16: containers[0].lifecycle.stopSignal: containerd obeys it from 2.3 on; before, the STOPSIGNAL of the image counts',
      ],
    ],
  ])('%s', (lifecycle, notes) => {
    expect(notesOf(pod(lifecycle))).toEqual(notes);
  });
});
