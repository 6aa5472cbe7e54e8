import { describe, expect, test } from 'vitest';
import type { ContainerSecurityContext, PodSecurityContext } from '../../../src/pod/index.ts';
import { errorsOf, podOf } from './parse.ts';

const pod = (ofContainer: string, ofPod = '{}', spec = ''): string => `name: web
securityContext: ${ofPod}
containers:
- {securityContext: ${ofContainer}, name: main, image: i}
${spec}
`;

const ofContainer = (text: string, spec?: string): ContainerSecurityContext | undefined =>
  podOf(pod(text, '{}', spec)).spec.containers[0]?.securityContext;
const ofPod = (text: string, spec?: string): PodSecurityContext | undefined =>
  podOf(pod('{}', text, spec)).spec.securityContext;

/** Errors without the place and without the way to the security context. */
const reasonsOf = (text: string): string[] =>
  errorsOf(text).map((error) => error.replace(/^\d+:\d+: (containers\[0\]\.)?securityContext/, ''));

const IDS = 'must be between 0 and 2147483647, inclusive';
const TYPES = 'supported values: "Localhost", "RuntimeDefault", "Unconfined"';

/** What a pod and a container may both say. */
const shared: [string, object | undefined][] = [
  ['{}', undefined],
  ['null', undefined],
  ['{runAsUser: 0, runAsGroup: 2147483647}', { runAsUser: 0, runAsGroup: 2_147_483_647 }],
  ['{runAsNonRoot: true}', { runAsNonRoot: true }],
  ['{seccompProfile: {type: RuntimeDefault}}', { seccompProfile: { type: 'RuntimeDefault' } }],
  [
    '{seccompProfile: {type: Unconfined, localhostProfile: null}}',
    { seccompProfile: { type: 'Unconfined' } },
  ],
  [
    '{seccompProfile: {type: Localhost, localhostProfile: profiles/audit.json}}',
    { seccompProfile: { type: 'Localhost', localhostProfile: 'profiles/audit.json' } },
  ],
  [
    '{appArmorProfile: {type: Localhost, localhostProfile: /usr/bin/x//y}}',
    { appArmorProfile: { type: 'Localhost', localhostProfile: '/usr/bin/x//y' } },
  ],
  ['{appArmorProfile: {type: Unconfined}}', { appArmorProfile: { type: 'Unconfined' } }],
  ['{seLinuxOptions: {}}', undefined],
  [
    '{seLinuxOptions: {user: u, role: r, type: t, level: "s0:c1,c2"}}',
    { seLinuxOptions: { user: 'u', role: 'r', type: 't', level: 's0:c1,c2' } },
  ],
  ['{seLinuxOptions: {level: s0, user: ""}}', { seLinuxOptions: { level: 's0' } }],
];

/** What neither may say. */
const sharedErrors: [string, string[]][] = [
  ['{runAsUser: -1}', [`.runAsUser: Invalid value: -1: ${IDS}`]],
  ['{runAsGroup: 2147483648}', [`.runAsGroup: Invalid value: 2147483648: ${IDS}`]],
  // Some runtimes took the first id beyond 32 bits for root.
  ['{runAsUser: 4294967296}', [`.runAsUser: Invalid value: 4294967296: ${IDS}`]],
  ['{runAsUser: "0"}', ['.runAsUser: expected an integer, got the string "0" (remove the quotes)']],
  ['{runAsUser: 1.5}', ['.runAsUser: expected an integer, got the number 1.5']],
  [
    '{seccompProfile: {}}',
    ['.seccompProfile.type: Required value: type is required when seccompProfile is set'],
  ],
  [
    '{appArmorProfile: {localhostProfile: x}}',
    ['.appArmorProfile.type: Required value: type is required when appArmorProfile is set'],
  ],
  [
    '{seccompProfile: {type: runtime/default}}',
    [`.seccompProfile.type: Unsupported value: "runtime/default": ${TYPES}`],
  ],
  ...['{type: Localhost}', '{type: Localhost, localhostProfile: ""}'].flatMap(
    (profile): [string, string[]][] => [
      [
        `{seccompProfile: ${profile}}`,
        ['.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost'],
      ],
      [
        `{appArmorProfile: ${profile}}`,
        ['.appArmorProfile.localhostProfile: Required value: must be set when AppArmor type is Localhost'],
      ],
    ],
  ),
  [
    '{seccompProfile: {type: Localhost, localhostProfile: /etc/x}}',
    ['.seccompProfile.localhostProfile: Invalid value: "/etc/x": must be a relative path'],
  ],
  [
    '{seccompProfile: {type: Localhost, localhostProfile: a/../../x}}',
    [`.seccompProfile.localhostProfile: Invalid value: "a/../../x": must not contain '..'`],
  ],
  [
    '{seccompProfile: {type: RuntimeDefault, localhostProfile: x}}',
    ['.seccompProfile.localhostProfile: Invalid value: "x": can only be set when seccomp type is Localhost'],
  ],
  [
    '{appArmorProfile: {type: RuntimeDefault, localhostProfile: ""}}',
    ['.appArmorProfile.localhostProfile: Invalid value: "": can only be set when AppArmor type is Localhost'],
  ],
  [
    '{appArmorProfile: {type: Localhost, localhostProfile: "x "}}',
    ['.appArmorProfile.localhostProfile: Invalid value: "x ": must not be padded with whitespace'],
  ],
  [
    `{appArmorProfile: {type: Localhost, localhostProfile: ${'x'.repeat(4096)}}}`,
    ['.appArmorProfile.localhostProfile: Too long: may not be more than 4095 bytes'],
  ],
  [
    '{seLinuxOptions: {level: 0}}',
    ['.seLinuxOptions.level: expected a string, got the number 0 (quote it: "0")'],
  ],
  ['[]', [': expected a map, got a list']],
];

describe('a container', () => {
  test.each<[string, object | undefined]>([
    ...shared,
    // A false one overrides the pod's.
    ['{runAsNonRoot: false}', { runAsNonRoot: false }],
    ['{privileged: true}', { privileged: true }],
    ['{privileged: false, readOnlyRootFilesystem: false}', undefined],
    ['{readOnlyRootFilesystem: true}', { readOnlyRootFilesystem: true }],
    ['{allowPrivilegeEscalation: false}', { allowPrivilegeEscalation: false }],
    [
      '{allowPrivilegeEscalation: true, privileged: true}',
      { allowPrivilegeEscalation: true, privileged: true },
    ],
    ['{capabilities: {}}', undefined],
    ['{capabilities: {add: [], drop: [ALL]}}', { capabilities: { drop: ['ALL'] } }],
    [
      '{capabilities: {add: [NET_ADMIN, CAP_SYS_ADMIN]}}',
      { capabilities: { add: ['NET_ADMIN', 'CAP_SYS_ADMIN'] } },
    ],
    // Kubernetes looks for the long name only.
    [
      '{allowPrivilegeEscalation: false, capabilities: {add: [SYS_ADMIN]}}',
      { allowPrivilegeEscalation: false, capabilities: { add: ['SYS_ADMIN'] } },
    ],
    ['{procMount: Default}', undefined],
  ])('%s', (text, expected) => {
    expect(ofContainer(text)).toEqual(expected);
  });

  test('an unmasked /proc, in a user namespace of its own', () => {
    expect(ofContainer('{procMount: Unmasked}', 'hostUsers: false')).toEqual({ procMount: 'Unmasked' });
  });

  test.each<[string, string[]]>([
    ...sharedErrors,
    [
      '{allowPrivilegeEscalation: false, privileged: true, capabilities: {add: [CAP_SYS_ADMIN]}}',
      [
        '.allowPrivilegeEscalation: Invalid value: false: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
        '.allowPrivilegeEscalation: Invalid value: false: cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
      ],
    ],
    [
      '{procMount: Unmasked}',
      ['.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`'],
    ],
    [
      '{procMount: unmasked}',
      ['.procMount: Unsupported value: "unmasked": supported values: "Default", "Unmasked"'],
    ],
    ['{capabilities: {add: ALL}}', ['.capabilities.add: expected a list, got the string "ALL"']],
    ['{capabilities: [ALL]}', ['.capabilities: expected a map, got a list']],
    ['{fsGroup: 1}', ['.fsGroup: unknown field "containers[0].securityContext.fsGroup"']],
  ])('%s', (text, reasons) => {
    expect(reasonsOf(pod(text))).toEqual(reasons);
  });
});

describe('a pod', () => {
  test.each<[string, object | undefined]>([
    ...shared,
    ['{runAsNonRoot: false}', undefined],
    ['{fsGroup: 0}', { fsGroup: 0 }],
    [
      '{fsGroup: 1, fsGroupChangePolicy: OnRootMismatch}',
      { fsGroup: 1, fsGroupChangePolicy: 'OnRootMismatch' },
    ],
    ['{fsGroupChangePolicy: Always, supplementalGroupsPolicy: Merge}', undefined],
    ['{supplementalGroups: []}', undefined],
    ['{supplementalGroups: [2, 0, ~]}', { supplementalGroups: [2, 0, 0] }],
    ['{supplementalGroupsPolicy: Strict}', { supplementalGroupsPolicy: 'Strict' }],
    ['{sysctls: []}', undefined],
  ])('%s', (text, expected) => {
    expect(ofPod(text)).toEqual(expected);
  });

  test.each<[string, string[]]>([
    ...sharedErrors,
    ['{fsGroup: -1}', [`.fsGroup: Invalid value: -1: ${IDS}`]],
    [
      '{supplementalGroups: [0, x, -1, 4294967296]}',
      [
        '.supplementalGroups[1]: expected an integer, got the string "x"',
        `.supplementalGroups[2]: Invalid value: -1: ${IDS}`,
        `.supplementalGroups[3]: Invalid value: 4294967296: ${IDS}`,
      ],
    ],
    [
      '{fsGroupChangePolicy: Never}',
      ['.fsGroupChangePolicy: Unsupported value: "Never": supported values: "Always", "OnRootMismatch"'],
    ],
    [
      '{supplementalGroupsPolicy: strict}',
      ['.supplementalGroupsPolicy: Unsupported value: "strict": supported values: "Merge", "Strict"'],
    ],
    ['{privileged: true}', ['.privileged: unknown field "securityContext.privileged"']],
  ])('%s', (text, reasons) => {
    expect(reasonsOf(pod('{}', text))).toEqual(reasons);
  });
});

describe('sysctls', () => {
  const sysctls = (list: string, spec?: string): string => pod('{}', `{sysctls: ${list}}`, spec);
  const RULE = String.raw`must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`;
  const VALUE = "must not contain '+', a line break or another control character";

  test('in both spellings, as they are written', () => {
    const list =
      '[{name: net.ipv4.ping_group_range, value: "0\\t2147483647"}, {name: net/ipv4/conf/eno2.100/rp_filter, value: "1"}, {name: kernel.sem}]';
    expect(podOf(sysctls(list)).spec.securityContext?.sysctls).toEqual([
      { name: 'net.ipv4.ping_group_range', value: '0\t2147483647' },
      { name: 'net/ipv4/conf/eno2.100/rp_filter', value: '1' },
      { name: 'kernel.sem', value: '' },
    ]);
  });

  test.each<[string, string[]]>([
    ['[{}]', ['[0].name: Required value']],
    ...['Net.ipv4', 'a..b', '/a', 'a.', '-a', 'a b', '../a', `${'a.'.repeat(127)}`].map(
      (name): [string, string[]] => [
        `[{name: "${name}"}]`,
        [
          `[0].name: Invalid value: ${JSON.stringify(name.length > 64 ? `${name.slice(0, 61)}...` : name)}: ${RULE}`,
        ],
      ],
    ),
    [
      '[{name: net.core.somaxconn, value: "1"}, {name: net/core/somaxconn, value: "2"}]',
      ['[1].name: Duplicate value: "net/core/somaxconn"'],
    ],
    ['[{name: a, value: 1}]', ['[0].value: expected a string, got the number 1 (quote it: "1")']],
    ...['1+kernel.x=2', '1\\nkernel.x=2', '1\\r', '\\x7f'].map((value): [string, string[]] => [
      `[{name: a, value: "${value}"}]`,
      [expect.stringContaining(VALUE)],
    ]),
  ])('%s', (list, reasons) => {
    const found = errorsOf(sysctls(list)).map((error) =>
      error.replace(/^2:\d+: securityContext\.sysctls/, ''),
    );
    expect(found).toEqual(reasons);
  });

  test.each<[string, string, string]>([
    ['net.ipv4.tcp_syncookies', 'hostNetwork: true', "'hostNetwork'"],
    ['net/ipv4/tcp_syncookies', 'hostNetwork: true', "'hostNetwork'"],
    ['kernel.shmmax', 'hostIPC: true', "'hostIPC'"],
    ['kernel.msgmax', 'hostIPC: true', "'hostIPC'"],
    ['kernel.sem', 'hostIPC: true', "'hostIPC'"],
    ['fs.mqueue.msg_max', 'hostIPC: true', "'hostIPC'"],
  ])('%s with %s', (name, spec, what) => {
    expect(errorsOf(sysctls(`[{name: ${name}, value: "1"}]`, spec))).toEqual([
      `2:36: securityContext.sysctls[0].name: Invalid value: "${name}": may not be specified when ${what} is true`,
    ]);
  });

  test.each<[string, string]>([
    ['net.ipv4.tcp_syncookies', 'hostIPC: true'],
    ['kernel.shmmax', 'hostNetwork: true'],
    ['kernel.semaphore', 'hostIPC: true'],
    ['fs.mqueuex', 'hostIPC: true'],
  ])('%s with %s is another namespace', (name, spec) => {
    expect(errorsOf(sysctls(`[{name: ${name}, value: "1"}]`, spec))).toEqual([]);
  });
});
