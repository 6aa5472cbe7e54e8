import { describe, expect, test } from 'vitest';
import type { Probe } from '../../../src/pod/index.ts';
import { errorsOf, notesOf, podOf } from './parse.ts';

/** One probe stands on line 3; the container has a port called http. */
const pod = (probe: string, field = 'livenessProbe'): string => `name: web
containers:
- {${field}: ${probe}, name: main, image: i, ports: [{name: http, containerPort: 80}]}
`;

/** Errors without the place and the path of the probe. */
const wrong = (probe: string, field?: string): string[] =>
  errorsOf(pod(probe, field)).map((error) => error.replace(/^3:\d+: containers\[0\]\.\w+/, ''));

const base: Omit<Probe, 'handler'> = {
  initialDelaySeconds: 0,
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};

const TCP = 'tcpSocket: {port: 80}';
const tcp = { kind: 'tcpSocket', port: 80 } as const;

describe('what arrives', () => {
  test.each<[string, Partial<Probe>]>([
    ['{exec: {command: [a, "", "$(B)"]}}', { handler: { kind: 'exec', command: ['a', '', '$(B)'] } }],
    [
      '{httpGet: {port: 80}}',
      { handler: { kind: 'httpGet', path: '/', port: 80, scheme: 'HTTP', headers: [] } },
    ],
    [
      '{httpGet: {path: "", port: http, host: "", scheme: "", httpHeaders: []}}',
      { handler: { kind: 'httpGet', path: '/', port: 'http', scheme: 'HTTP', headers: [] } },
    ],
    [
      '{httpGet: {path: "/a?b=c", port: 65535, host: example.com, scheme: HTTPS, httpHeaders: [{name: X-a, value: b}, {name: X-a, value: c}, {name: Accept}]}}',
      {
        handler: {
          kind: 'httpGet',
          path: '/a?b=c',
          port: 65_535,
          host: 'example.com',
          scheme: 'HTTPS',
          headers: [
            { name: 'X-a', value: 'b' },
            { name: 'X-a', value: 'c' },
            { name: 'Accept', value: '' },
          ],
        },
      },
    ],
    [
      '{httpGet: {path: no/slash, port: 1}}',
      { handler: { kind: 'httpGet', path: 'no/slash', port: 1, scheme: 'HTTP', headers: [] } },
    ],
    [`{${TCP}}`, {}],
    ['{tcpSocket: {port: 8e1, host: 192.0.2.1}}', { handler: { ...tcp, host: '192.0.2.1' } }],
    ['{tcpSocket: {port: http}}', { handler: { kind: 'tcpSocket', port: 'http' } }],
    ['{grpc: {port: 1}}', { handler: { kind: 'grpc', port: 1, service: '' } }],
    ['{grpc: {port: 1, service: a.b/C}}', { handler: { kind: 'grpc', port: 1, service: 'a.b/C' } }],
    [`{${TCP}, exec: null, grpc: ~}`, {}],
    [
      `{${TCP}, initialDelaySeconds: 1, timeoutSeconds: 2, periodSeconds: 3, successThreshold: 1, failureThreshold: 4, terminationGracePeriodSeconds: 5}`,
      {
        initialDelaySeconds: 1,
        timeoutSeconds: 2,
        periodSeconds: 3,
        failureThreshold: 4,
        terminationGracePeriodSeconds: 5,
      },
    ],
    // core/v1: SetDefaults_Probe
    [
      `{${TCP}, initialDelaySeconds: 0, timeoutSeconds: 0, periodSeconds: 0, successThreshold: 0, failureThreshold: 0}`,
      {},
    ],
    [`{${TCP}, timeoutSeconds: ~, terminationGracePeriodSeconds: ~}`, {}],
  ])('%s', (probe, expected) => {
    const made: Probe = { handler: tcp, ...base, ...expected };
    for (const field of ['startupProbe', 'livenessProbe'] as const) {
      expect(podOf(pod(probe, field)).spec.containers[0]).toMatchObject({ [field]: made });
      expect(podOf(pod(probe, field)).spec.containers[0]?.[field]).toEqual(made);
    }
  });

  test('a readiness probe may have to succeed more than once', () => {
    const [container] = podOf(pod(`{${TCP}, successThreshold: 3}`, 'readinessProbe')).spec.containers;
    expect(container?.readinessProbe).toEqual({ handler: tcp, ...base, successThreshold: 3 });
    expect(Object.keys(container ?? {})).not.toContain('livenessProbe');
  });

  test.each(['livenessProbe', 'readinessProbe', 'startupProbe'])('no %s where it is null', (field) => {
    expect(podOf(pod('~', field)).spec.containers[0]).not.toHaveProperty(field);
  });
});

const HEADER =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

// core/validation: validateProbe, validateHandler and what they call
describe('what is wrong', () => {
  test.each<[string, string[]]>([
    ['{}', [': Required value: must specify a handler type']],
    ['{periodSeconds: 1}', [': Required value: must specify a handler type']],
    [
      '{grpc: {port: 1}, tcpSocket: {port: 1}, exec: {command: [a]}}',
      [
        '.grpc: Forbidden: may not specify more than 1 handler type',
        '.tcpSocket: Forbidden: may not specify more than 1 handler type',
      ],
    ],
    [
      '{exec: {}, httpGet: {}}',
      ['.exec.command: Required value', '.httpGet: Forbidden: may not specify more than 1 handler type'],
    ],
    [
      '{sleep: {seconds: 1}}',
      [
        ': Required value: must specify a handler type',
        '.sleep: unknown field "containers[0].livenessProbe.sleep"',
      ],
    ],
    ['exec', [': expected a map, got the string "exec"']],
    // exec
    ['{exec: {}}', ['.exec.command: Required value']],
    ['{exec: {command: []}}', ['.exec.command: Required value']],
    ['{exec: {command: [1]}}', ['.exec.command[0]: expected a string, got the number 1 (quote it: "1")']],
    ['{exec: {command: true}}', ['.exec.command: expected a list, got the boolean true']],
    // httpGet
    ['{httpGet: {}}', ['.httpGet.port: Required value']],
    ['{httpGet: {port: ""}}', ['.httpGet.port: Required value']],
    ['{httpGet: {port: 0}}', ['.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive']],
    [
      '{httpGet: {port: 65536}}',
      ['.httpGet.port: Invalid value: 65536: must be between 1 and 65535, inclusive'],
    ],
    ['{httpGet: {port: -1}}', ['.httpGet.port: Invalid value: -1: must be between 1 and 65535, inclusive']],
    [
      '{httpGet: {port: "80"}}',
      ['.httpGet.port: Invalid value: "80": must contain at least one letter (a-z)'],
    ],
    [
      '{httpGet: {port: Http_}}',
      [
        '.httpGet.port: Invalid value: "Http_": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      ],
    ],
    [
      '{httpGet: {port: a-name-much-too-long}}',
      ['.httpGet.port: Invalid value: "a-name-much-too-long": must be no more than 15 bytes'],
    ],
    ['{httpGet: {port: 1.5}}', ['.httpGet.port: expected an integer, got the number 1.5']],
    ['{httpGet: {port: yes}}', ['.httpGet.port: expected an integer, got the boolean yes']],
    [
      '{httpGet: {port: 1, scheme: https}}',
      ['.httpGet.scheme: Unsupported value: "https": supported values: "HTTP", "HTTPS"'],
    ],
    ['{httpGet: {port: 1, httpHeaders: [{value: b}]}}', ['.httpGet.httpHeaders[0].name: Required value']],
    [
      '{httpGet: {port: 1, httpHeaders: [{name: A}, {name: "a b"}, {name: "a\\r\\nb"}]}}',
      [
        `.httpGet.httpHeaders[1].name: Invalid value: "a b": ${HEADER}`,
        `.httpGet.httpHeaders[2].name: Invalid value: "a\\r\\nb": ${HEADER}`,
      ],
    ],
    [
      '{httpGet: {port: 1, headers: []}}',
      [
        '.httpGet.headers: unknown field "containers[0].livenessProbe.httpGet.headers", did you mean "httpHeaders"?',
      ],
    ],
    // tcpSocket, grpc
    ['{tcpSocket: {}}', ['.tcpSocket.port: Required value']],
    ['{tcpSocket: {port: 0}}', ['.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive']],
    ['{grpc: {}}', ['.grpc.port: Required value']],
    ['{grpc: {port: http}}', ['.grpc.port: expected an integer, got the string "http"']],
    ['{grpc: {port: 0}}', ['.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive']],
    // Timing
    [
      `{${TCP}, initialDelaySeconds: -1}`,
      ['.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      `{${TCP}, timeoutSeconds: -1}`,
      ['.timeoutSeconds: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      `{${TCP}, periodSeconds: -1}`,
      ['.periodSeconds: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      `{${TCP}, failureThreshold: -1}`,
      ['.failureThreshold: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [`{${TCP}, successThreshold: 2}`, ['.successThreshold: Invalid value: 2: must be 1']],
    [
      `{${TCP}, successThreshold: -1}`,
      [
        '.successThreshold: Invalid value: -1: must be greater than or equal to 0',
        '.successThreshold: Invalid value: -1: must be 1',
      ],
    ],
    [
      `{${TCP}, periodSeconds: 2147483648}`,
      ['.periodSeconds: Invalid value: 2147483648: does not fit int32 (-2147483648 to 2147483647)'],
    ],
    [`{${TCP}, periodSeconds: 1s}`, ['.periodSeconds: expected an integer, got the string "1s"']],
    [
      `{${TCP}, terminationGracePeriodSeconds: 0}`,
      ['.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0'],
    ],
  ])('%s', (probe, errors) => {
    expect(wrong(probe)).toEqual(errors);
    expect(wrong(probe, 'startupProbe')).toEqual(
      errors.map((error) => error.replace('livenessProbe', 'startupProbe')),
    );
  });

  test.each<[string, string[]]>([
    [
      `{${TCP}, successThreshold: -1}`,
      ['.successThreshold: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      `{${TCP}, terminationGracePeriodSeconds: 5}`,
      ['.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes'],
    ],
    [
      `{${TCP}, terminationGracePeriodSeconds: 0}`,
      [
        '.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
        '.terminationGracePeriodSeconds: Invalid value: 0: must not be set for readinessProbes',
      ],
    ],
  ])('for readiness: %s', (probe, errors) => {
    expect(wrong(probe, 'readinessProbe')).toEqual(errors);
  });

  test('an error is told where it stands', () => {
    expect(errorsOf(pod('{tcpSocket: {port: 0}}'))).toEqual([
      '3:38: containers[0].livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ]);
  });
});

describe('what is noted', () => {
  const UNKNOWN = 'no port of this container has that name: every call will fail';
  test.each<[string, string[]]>([
    ['{tcpSocket: {port: http}}', []],
    ['{tcpSocket: {port: 81}}', []],
    ['{tcpSocket: {port: htpp}}', [`3:32: containers[0].livenessProbe.tcpSocket.port: ${UNKNOWN}`]],
    ['{httpGet: {port: https}}', [`3:30: containers[0].livenessProbe.httpGet.port: ${UNKNOWN}`]],
    [
      '{httpGet: {port: 1, httpHeaders: [{name: a, value: "b\\tc\\nd"}]}}',
      [
        '3:63: containers[0].livenessProbe.httpGet.httpHeaders[0].value: no request can have a line break or another control character: every call will fail',
      ],
    ],
    ['{httpGet: {port: 1, httpHeaders: [{name: a, value: "b\\tc é"}]}}', []],
  ])('%s', (probe, notes) => {
    expect(notesOf(pod(probe))).toEqual(notes);
  });
});
