import { describe, expect, test } from 'vitest';
import type { Container } from '../../../src/pod/index.ts';
import { errorsOf, notesOf, podOf } from './parse.ts';

/** What is tried stands on line 3. */
const pod = (container: string): string => `name: web
containers:
- {${container}, name: main, image: i}
`;
const init = (container: string): string => `name: web
initContainers:
- {${container}, name: first, image: i}
containers: [{name: main, image: i}]
`;

/** Errors without the place and the path of the container. */
const wrong = (text: string): string[] =>
  errorsOf(text).map((error) => error.replace(/^3:\d+: (c|initC)ontainers\[0\]\.?/, ''));

const rule = (exitCodes: string, action = 'Restart'): string =>
  `{action: ${action}, exitCodes: ${exitCodes}}`;
const rules = (...all: string[]): string => `restartPolicy: Never, restartPolicyRules: [${all.join(', ')}]`;

describe('what arrives', () => {
  test.each<[string, Pick<Container, 'restartPolicy' | 'restartPolicyRules'>]>([
    ['restartPolicy: ~', {}],
    ['restartPolicy: "", restartPolicyRules: []', {}],
    ['restartPolicy: Always', { restartPolicy: 'Always' }],
    ['restartPolicy: OnFailure', { restartPolicy: 'OnFailure' }],
    ['restartPolicy: Never, restartPolicyRules: []', { restartPolicy: 'Never' }],
    [
      rules(
        rule('{operator: In, values: [42, 0, 255]}'),
        rule('{operator: NotIn, values: [1]}', 'RestartAllContainers'),
      ),
      {
        restartPolicy: 'Never',
        restartPolicyRules: [
          { action: 'Restart', operator: 'In', exitCodes: [42, 0, 255] },
          { action: 'RestartAllContainers', operator: 'NotIn', exitCodes: [1] },
        ],
      },
    ],
  ])('%s', (container, expected) => {
    const parts = { ...podOf(pod(container)).spec.containers[0] };
    const found = Object.entries(parts).filter(([field]) => field.startsWith('restart'));
    expect(Object.fromEntries(found)).toEqual(expected);
    expect(podOf(init(container)).spec.initContainers?.[0]).toMatchObject(expected);
  });
});

const list = (count: number): string =>
  `[${Array.from({ length: count }, (_, index) => index % 256).join(', ')}]`;

// core/validation: validateContainerRestartPolicy
describe('what is wrong', () => {
  test.each<[string, string, string[]]>([
    [
      'no policy',
      'restartPolicy: always',
      ['restartPolicy: Unsupported value: "always": supported values: "Always", "Never", "OnFailure"'],
    ],
    [
      'rules alone',
      `restartPolicyRules: [${rule('{operator: In, values: [1]}')}]`,
      ['restartPolicy: Required value: must specify restartPolicy when restart rules are used'],
    ],
    [
      'too many rules',
      rules(...Array.from({ length: 21 }, () => rule('{operator: In, values: [1]}'))),
      ['restartPolicyRules: Too many: 21: must have at most 20 items'],
    ],
    [
      'no action',
      rules('{exitCodes: {operator: In, values: [1]}}'),
      ['restartPolicyRules[0].action: Required value'],
    ],
    [
      'another action',
      rules(rule('{operator: In, values: [1]}', 'Stop')),
      [
        'restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"',
      ],
    ],
    [
      'no exit codes',
      rules('{action: Restart}'),
      ['restartPolicyRules[0].exitCodes: Required value: must be specified'],
    ],
    [
      'no operator',
      rules(rule('{values: [1]}')),
      ['restartPolicyRules[0].exitCodes.operator: Required value'],
    ],
    [
      'another operator',
      rules(rule('{operator: Exists, values: [1]}')),
      [
        'restartPolicyRules[0].exitCodes.operator: Unsupported value: "Exists": supported values: "In", "NotIn"',
      ],
    ],
    [
      'too many exit codes',
      rules(rule(`{operator: In, values: ${list(256)}}`)),
      ['restartPolicyRules[0].exitCodes.values: Too many: 256: must have at most 255 items'],
    ],
    [
      'an exit code that is no number',
      rules(rule('{operator: In, values: ["1"]}')),
      [
        'restartPolicyRules[0].exitCodes.values[0]: expected an integer, got the string "1" (remove the quotes)',
      ],
    ],
    [
      'a rule that is no map',
      rules('Restart'),
      ['restartPolicyRules[0]: expected a map, got the string "Restart"'],
    ],
  ])('%s', (_, container, errors) => {
    expect(wrong(pod(container))).toEqual(errors);
    expect(wrong(init(container))).toEqual(errors);
  });

  test('as many as may be', () => {
    const most = rules(...Array.from({ length: 20 }, () => rule(`{operator: In, values: ${list(255)}}`)));
    expect(errorsOf(pod(most))).toEqual([]);
  });
});

describe('what is noted', () => {
  const values = 'containers[0].restartPolicyRules[0].exitCodes.values';
  test.each<[string, string[]]>([
    ['{operator: In, values: [0, 255]}', []],
    ['{operator: In, values: []}', [`3:91: ${values}: without any the rule counts for no exit code`]],
    ['{operator: NotIn, values: []}', [`3:94: ${values}: without any the rule counts for every exit code`]],
    [
      '{operator: In, values: [1, 256]}',
      [`3:91: ${values}: exit codes are 0 to 255: no container ends with another`],
    ],
    [
      '{operator: In, values: [-1]}',
      [`3:91: ${values}: exit codes are 0 to 255: no container ends with another`],
    ],
  ])('%s', (exitCodes, notes) => {
    expect(notesOf(pod(rules(rule(exitCodes))))).toEqual(notes);
  });

  test('resizePolicy has no effect', () => {
    expect(notesOf(pod('resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]'))).toEqual([
      '3:4: containers[0].resizePolicy: has no effect here: an edit of resources replaces the container',
    ]);
  });
});

describe('init containers', () => {
  const LIFE = 'lifecycle: {preStop: {sleep: {seconds: 1}}}';
  const PROBE = '{tcpSocket: {port: 1}}';
  const all = `${LIFE}, livenessProbe: ${PROBE}, readinessProbe: ${PROBE}, startupProbe: ${PROBE}`;
  const FORBIDDEN = 'Forbidden: may not be set for init containers without restartPolicy=Always';

  test('a sidecar has all that containers have', () => {
    const [sidecar] = podOf(init(`restartPolicy: Always, ${all}`)).spec.initContainers ?? [];
    expect(sidecar).toMatchObject({
      restartPolicy: 'Always',
      lifecycle: { preStop: { kind: 'sleep', seconds: 1 } },
      startupProbe: { handler: { kind: 'tcpSocket', port: 1 } },
      livenessProbe: { handler: { kind: 'tcpSocket', port: 1 } },
      readinessProbe: { handler: { kind: 'tcpSocket', port: 1 } },
    });
  });

  test.each(['tty: true', 'restartPolicy: OnFailure', 'restartPolicy: Never'])(
    'with %s have no probes and hooks',
    (policy) => {
      expect(wrong(init(`${policy}, ${all}`))).toEqual([
        `lifecycle: ${FORBIDDEN}`,
        `livenessProbe: ${FORBIDDEN}`,
        `readinessProbe: ${FORBIDDEN}`,
        `startupProbe: ${FORBIDDEN}`,
      ]);
    },
  );

  test('even an empty one, and what is wrong in it is told, too', () => {
    expect(wrong(init('lifecycle: {}, livenessProbe: {exec: {}}'))).toEqual([
      `lifecycle: ${FORBIDDEN}`,
      `livenessProbe: ${FORBIDDEN}`,
      'livenessProbe.exec.command: Required value',
    ]);
  });

  test('have no ports on the machine', () => {
    const port = 'ports: [{containerPort: 80, hostPort: 8080}]';
    expect(notesOf(init(`restartPolicy: Always, ${port}`))).toEqual([
      '3:55: initContainers[0].ports[0].hostPort: has no effect here: ports of init containers and sidecars are not forwarded',
    ]);
    expect(notesOf(`hostNetwork: true\n${init(port.replace('80,', '8080,'))}`)).toEqual([]);
  });
});
