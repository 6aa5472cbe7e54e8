import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../src/pod/index.ts';
import { errorsOf, notesOf, podOf } from './parse.ts';

/** What is tried stands on line 2. */
const pod = (spec: string, container = ''): string => `name: web
${spec}
containers:
- {${container === '' ? '' : `${container}, `}name: main, image: i}
`;

/** What a spec has beside what every pod has. */
function beyond(text: string): Partial<Pod['spec']> {
  const { containers, restartPolicy, terminationGracePeriodSeconds, hostNetwork, ...rest } = podOf(text).spec;
  expect([containers.length, restartPolicy, terminationGracePeriodSeconds]).toEqual([1, 'Always', 30]);
  return hostNetwork ? { hostNetwork, ...rest } : rest;
}

const LABEL_RULE = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;
const SUBDOMAIN_RULE = String.raw`a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const SEARCH_RULE = String.raw`a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')`;
const IP_RULE = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const QUALIFIED_RULE = `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
const USER_NAMESPACE = 'Forbidden: when `pod.Spec.HostUsers` is false';

describe('what arrives', () => {
  test.each<[string, object]>([
    // Defaults are absent
    [
      '{hostNetwork: false, hostPID: false, hostIPC: false, hostUsers: true, shareProcessNamespace: false}',
      {},
    ],
    ['{setHostnameAsFQDN: false, dnsPolicy: ClusterFirst, enableServiceLinks: true}', {}],
    [
      '{hostname: "", subdomain: "", runtimeClassName: "", serviceAccountName: "", priorityClassName: ""}',
      {},
    ],
    [
      '{hostAliases: [], imagePullSecrets: [], dnsConfig: {}, overhead: {}, volumes: [], activeDeadlineSeconds: ~}',
      {},
    ],
    ['{dnsConfig: {nameservers: [], searches: [], options: []}}', {}],
    ['{automountServiceAccountToken: false, os: {name: linux}}', {}],
    // Namespaces
    [
      '{hostNetwork: true, hostPID: true, hostIPC: true}',
      { hostNetwork: true, hostPID: true, hostIPC: true },
    ],
    ['{hostUsers: false}', { hostUsers: false }],
    ['{shareProcessNamespace: true}', { shareProcessNamespace: true }],
    ['{shareProcessNamespace: false, hostPID: true}', { hostPID: true }],
    // Names
    [
      '{hostname: a-1, subdomain: "0", setHostnameAsFQDN: true}',
      { hostname: 'a-1', subdomain: '0', setHostnameAsFQDN: true },
    ],
    ['{hostnameOverride: a.b.c}', { hostnameOverride: 'a.b.c' }],
    ['{hostnameOverride: a, setHostnameAsFQDN: false}', { hostnameOverride: 'a' }],
    [
      '{hostAliases: [{ip: 10.0.0.1, hostnames: [a, b.c]}, {ip: "fe80::1"}]}',
      {
        hostAliases: [
          { ip: '10.0.0.1', hostnames: ['a', 'b.c'] },
          { ip: 'fe80::1', hostnames: [] },
        ],
      },
    ],
    // DNS
    ['{dnsPolicy: Default}', { dnsPolicy: 'Default' }],
    ['{dnsPolicy: ClusterFirstWithHostNet}', { dnsPolicy: 'ClusterFirstWithHostNet' }],
    [
      '{dnsPolicy: None, dnsConfig: {nameservers: [1.1.1.1, "::1"]}}',
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1', '::1'] } },
    ],
    [
      '{dnsConfig: {searches: [a.b, c.d., ., _x._y], options: [{name: ndots, value: "2"}, {name: edns0}]}}',
      {
        dnsConfig: {
          searches: ['a.b', 'c.d.', '.', '_x._y'],
          options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
        },
      },
    ],
    // The rest
    ['{activeDeadlineSeconds: 1}', { activeDeadlineSeconds: 1 }],
    ['{activeDeadlineSeconds: 2147483647}', { activeDeadlineSeconds: 2_147_483_647 }],
    // Kubernetes passes over a secret without a name.
    ['{imagePullSecrets: [{name: a}, {}, {name: ""}, {name: B_}]}', { imagePullSecrets: ['a', 'B_'] }],
    ['{runtimeClassName: kata.v2}', { runtimeClassName: 'kata.v2' }],
    ['{priorityClassName: system-node-critical}', { priorityClassName: 'system-node-critical' }],
    ['{serviceAccountName: a}', { serviceAccountName: 'a' }],
    ['{serviceAccount: b}', { serviceAccountName: 'b' }],
    ['{serviceAccount: b, serviceAccountName: a}', { serviceAccountName: 'a' }],
    ['{readinessGates: []}', {}],
    [
      '{readinessGates: [{conditionType: example.com/a}, {conditionType: B}]}',
      { readinessGates: ['example.com/a', 'B'] },
    ],
    ['{volumes: [{name: a}]}', { volumes: [{ name: 'a', source: { kind: 'emptyDir', medium: '' } }] }],
  ])('%s', (spec, expected) => {
    const rest = `${spec.slice(1, -1)}, containers: [{name: main, image: i}]`;
    expect(beyond(`apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {${rest}}\n`)).toEqual(expected);
  });

  test.each<[string, object]>([
    ['stdin: false, stdinOnce: false, tty: false', {}],
    ['stdin: true, stdinOnce: true, tty: true', { stdin: true, stdinOnce: true, tty: true }],
    ['terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File', {}],
    ['terminationMessagePath: "", terminationMessagePolicy: ""', {}],
    ['terminationMessagePath: /x', { terminationMessagePath: '/x' }],
    [
      'terminationMessagePolicy: FallbackToLogsOnError',
      { terminationMessagePolicy: 'FallbackToLogsOnError' },
    ],
    ['envFrom: [], volumeMounts: [], securityContext: {}, resources: {}', {}],
  ])('of a container: %s', (fields, expected) => {
    const [container] = podOf(pod('', fields)).spec.containers;
    const base = { name: 'main', image: 'i', command: [], args: [], env: [], ports: [] };
    expect(container).toEqual({ ...base, imagePullPolicy: 'Always', ...expected });
  });

  test('init containers, with what containers have', () => {
    const text = pod('initContainers: [{name: first, image: i, tty: true}]');
    expect(podOf(text).spec.initContainers).toEqual([
      {
        name: 'first',
        image: 'i',
        command: [],
        args: [],
        env: [],
        ports: [],
        imagePullPolicy: 'Always',
        tty: true,
      },
    ]);
  });
});

describe('what is wrong', () => {
  test.each<[string, string[]]>([
    // Namespaces
    [
      'hostUsers: false\nhostNetwork: true\nhostPID: true\nhostIPC: true',
      [
        `3:14: hostNetwork: ${USER_NAMESPACE}`,
        `4:10: hostPID: ${USER_NAMESPACE}`,
        `5:10: hostIPC: ${USER_NAMESPACE}`,
      ],
    ],
    [
      'hostPID: true\nshareProcessNamespace: true',
      [
        '3:24: shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
      ],
    ],
    ['hostPID: "true"', ['2:10: hostPID: expected a boolean, got the string "true" (remove the quotes)']],
    // Names
    ['hostname: a.b', [`2:11: hostname: Invalid value: "a.b": ${LABEL_RULE}`]],
    ['subdomain: A', [`2:12: subdomain: Invalid value: "A": ${LABEL_RULE}`]],
    ['hostname: "a\\n127.0.0.1 b"', [`2:11: hostname: Invalid value: "a\\n127.0.0.1 b": ${LABEL_RULE}`]],
    ['hostnameOverride: a_b', [`2:19: hostnameOverride: Invalid value: "a_b": ${SUBDOMAIN_RULE}`]],
    [
      `hostnameOverride: ${'a'.repeat(65)}`,
      ['2:19: hostnameOverride: Too long: may not be more than 64 bytes'],
    ],
    [
      'hostnameOverride: a\nhostNetwork: true\nsetHostnameAsFQDN: true',
      [
        '2:19: hostnameOverride: Forbidden: may not be specified when `hostNetwork` is true',
        '2:19: hostnameOverride: Forbidden: may not be specified when `setHostnameAsFQDN` is true',
      ],
    ],
    [
      'hostAliases: [{hostnames: [a, "b c", "", A]}, {ip: 10.0.0.256, hostnames: a}, {ip: "fe80::1%eth0"}]',
      [
        '2:15: hostAliases[0].ip: Required value',
        `2:31: hostAliases[0].hostnames[1]: Invalid value: "b c": ${SUBDOMAIN_RULE}`,
        `2:38: hostAliases[0].hostnames[2]: Invalid value: "": ${SUBDOMAIN_RULE}`,
        `2:42: hostAliases[0].hostnames[3]: Invalid value: "A": ${SUBDOMAIN_RULE}`,
        `2:52: hostAliases[1].ip: Invalid value: "10.0.0.256": ${IP_RULE}`,
        '2:75: hostAliases[1].hostnames: expected a list, got the string "a"',
        `2:84: hostAliases[2].ip: Invalid value: "fe80::1%eth0": ${IP_RULE}`,
      ],
    ],
    // DNS
    [
      'dnsPolicy: None',
      ['1:1: dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
    ],
    [
      'dnsPolicy: None\ndnsConfig: {searches: [a]}',
      [
        '3:12: dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
      ],
    ],
    [
      'dnsPolicy: clusterFirst',
      [
        '2:12: dnsPolicy: Unsupported value: "clusterFirst": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
      ],
    ],
    [
      'dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1]}',
      [
        '2:26: dnsConfig.nameservers: Invalid value: 4 nameservers: must not have more than 3 nameservers',
        `2:54: dnsConfig.nameservers[3]: Invalid value: "1.1.1": ${IP_RULE}`,
      ],
    ],
    [
      `dnsConfig: {searches: [${Array(33).fill('a').join(', ')}]}`,
      ['2:23: dnsConfig.searches: Invalid value: 33 search paths: must not have more than 32 search paths'],
    ],
    [
      `dnsConfig: {searches: [${Array(9).fill('a'.repeat(240)).join(', ')}]}`,
      [
        '2:23: dnsConfig.searches: Invalid value: 2168 characters: must not have more than 2048 characters (including spaces) in the search list',
      ],
    ],
    [
      `dnsConfig: {searches: [.., A, ${'a.'.repeat(127)}a]}`,
      [
        `2:24: dnsConfig.searches[0]: Invalid value: "..": ${SEARCH_RULE}`,
        `2:28: dnsConfig.searches[1]: Invalid value: "A": ${SEARCH_RULE}`,
        `2:31: dnsConfig.searches[2]: Invalid value: "${'a.'.repeat(30)}a...": must be no more than 253 bytes`,
      ],
    ],
    [
      'dnsConfig: {options: [{value: "1"}]}',
      ['2:23: dnsConfig.options[0].name: Required value: must not be empty'],
    ],
    // The rest
    ...[0, -1, 2_147_483_648].map((seconds): [string, string[]] => [
      `activeDeadlineSeconds: ${seconds}`,
      [`2:24: activeDeadlineSeconds: Invalid value: ${seconds}: must be between 1 and 2147483647, inclusive`],
    ]),
    ...['runtimeClassName', 'priorityClassName', 'serviceAccountName', 'serviceAccount'].map(
      (field): [string, string[]] => [
        `${field}: A/b`,
        [`2:${field.length + 3}: ${field}: Invalid value: "A/b": ${SUBDOMAIN_RULE}`],
      ],
    ),
    ['imagePullSecrets: [a]', ['2:20: imagePullSecrets[0]: expected a map, got the string "a"']],
    ['os: {}', ['2:5: os.name: Required value: cannot be empty']],
    ['os: {name: windows}', ['2:5: os: Invalid value: "windows": pods here run on Linux']],
    ['os: {name: plan9}', ['2:5: os: Unsupported value: "plan9": supported values: "linux", "windows"']],
    [
      'os: {name: linux}\nsecurityContext: {windowsOptions: {}}',
      ['3:35: securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod'],
    ],
    ['enableServiceLinks: "yes"', ['2:21: enableServiceLinks: expected a boolean, got the string "yes"']],
    [
      'automountServiceAccountToken: 1',
      ['2:31: automountServiceAccountToken: expected a boolean, got the number 1'],
    ],
    [
      'readinessGates: [{}, {conditionType: ""}, {conditionType: a/b/c}, {type: a}]',
      [
        '2:18: readinessGates[0].conditionType: Required value',
        '2:38: readinessGates[1].conditionType: Required value',
        `2:59: readinessGates[2].conditionType: Invalid value: "a/b/c": ${QUALIFIED_RULE}`,
        '2:67: readinessGates[3].conditionType: Required value',
        '2:68: readinessGates[3].type: unknown field "readinessGates[3].type", did you mean "conditionType"?',
      ],
    ],
    // Init containers share names with the others, but no ports.
    [
      'initContainers: [{name: a, image: i}, {name: a, image: i}, {name: main, image: i}]',
      [
        '2:46: initContainers[1].name: Duplicate value: "a"',
        '2:67: initContainers[2].name: Duplicate value: "main"',
      ],
    ],
    [
      'initContainers: [{name: a, image: i, ports: [{containerPort: 1, hostPort: 1}, {containerPort: 2, hostPort: 1}]}, {name: b, image: i, ports: [{containerPort: 1, hostPort: 1}]}]',
      ['2:108: initContainers[0].ports[1].hostPort: Duplicate value: "TCP//1"'],
    ],
  ])('%s', (spec, errors) => {
    expect(errorsOf(pod(spec))).toEqual(errors);
  });

  test.each<[string, string[]]>([
    [
      'terminationMessagePolicy: file',
      [
        '4:30: containers[0].terminationMessagePolicy: Unsupported value: "file": supported values: "File", "FallbackToLogsOnError"',
      ],
    ],
    [
      'tty: "true"',
      ['4:9: containers[0].tty: expected a boolean, got the string "true" (remove the quotes)'],
    ],
    [
      'securityContext: {windowsOptions: {}}, stdin: 1',
      ['4:50: containers[0].stdin: expected a boolean, got the number 1'],
    ],
    [
      'volumeMounts: [{name: data, mountPath: /data}]',
      ['4:26: containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
  ])('of a container: %s', (fields, errors) => {
    expect(errorsOf(pod('', fields))).toEqual(errors);
  });
});

test('a class of priority that changes nothing is noted', () => {
  expect(notesOf(pod('priorityClassName: high'))).toEqual([
    '2:1: priorityClassName: has no effect here: only system-node-critical has one',
  ]);
  expect(notesOf(pod('priorityClassName: system-node-critical'))).toEqual([]);
});

test('a readiness gate is noted: nobody is there to set it', () => {
  expect(notesOf(pod('readinessGates: [{conditionType: example.com/a}]'))).toEqual([
    '2:19: readinessGates[0].conditionType: nothing here sets conditions: the pod will not be Ready until somebody sets this one through the API',
  ]);
});

test('fields have the same paths in both forms', () => {
  const spec = 'hostname: A\nsecurityContext: {runAsUser: -1}\ncontainers: [{name: main, image: i, tty: 1}]';
  const wrapped = `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n${spec.replace(/^/gm, '  ')}\n`;
  const paths = (text: string): string[] => errorsOf(text).map((error) => error.replace(/^\d+:\d+: /, ''));
  expect(paths(wrapped)).toEqual(paths(`name: web\n${spec}\n`).map((error) => `spec.${error}`));
  expect(paths(wrapped)).toHaveLength(3);
});
