import { expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { criOver } from '../../../src/cri/cri-over.ts';
import type { RuntimeConfigResponse, StatusResponse } from '../../../src/cri/messages.generated.ts';
import { runtimeFacts } from '../../../src/cri/runtime-facts.ts';
import type { RuntimeFacts } from '../../../src/pod/index.ts';

const version = {
  version: '0.1.0',
  runtime_name: 'containerd',
  runtime_version: '1.6.20',
  runtime_api_version: 'v1',
};
/** What a runtime is known to be that tells nothing but its version. */
const silent: RuntimeFacts = {
  name: 'containerd',
  version: '1.6.20',
  cgroupDriver: undefined,
  supplementalGroupsPolicy: false,
  handlers: new Map(),
};

function facts(status: StatusResponse, config?: RuntimeConfigResponse): RuntimeFacts {
  return runtimeFacts({ version, status, config });
}

function showing(containerd: unknown): StatusResponse {
  return { info: { config: JSON.stringify({ containerd, registry: { auths: null } }) } };
}

const runc = (options: unknown): StatusResponse =>
  showing({
    defaultRuntimeName: 'runc',
    runtimes: { other: {}, runc: { runtimeType: 'io.containerd.runc.v2', options } },
  });

test.each<[string, StatusResponse, RuntimeConfigResponse | undefined, RuntimeFacts['cgroupDriver']]>([
  ['nothing told', {}, undefined, undefined],
  ['told: systemd', {}, { linux: { cgroup_driver: 'SYSTEMD' } }, 'systemd'],
  ['told: cgroupfs', {}, { linux: { cgroup_driver: 'CGROUPFS' } }, 'cgroupfs'],
  ['told without Linux', {}, {}, undefined],
  ['told before shown', runc({ SystemdCgroup: true }), { linux: { cgroup_driver: 'CGROUPFS' } }, 'cgroupfs'],
  ['shown: true', runc({ SystemdCgroup: true }), undefined, 'systemd'],
  ['shown: false', runc({ SystemdCgroup: false }), undefined, 'cgroupfs'],
  ["runc without the option is runc's default", runc({}), undefined, 'cgroupfs'],
  ['runc without options', runc(null), undefined, 'cgroupfs'],
  [
    'another runtime without the option',
    showing({ defaultRuntimeName: 'kata', runtimes: { kata: { runtimeType: 'io.containerd.kata.v2' } } }),
    undefined,
    undefined,
  ],
  [
    'the default runtime decides',
    showing({
      defaultRuntimeName: 'a',
      runtimes: { a: { options: { SystemdCgroup: true } }, runc: { options: { SystemdCgroup: false } } },
    }),
    undefined,
    'systemd',
  ],
  [
    'a default runtime that is not there',
    showing({ defaultRuntimeName: 'no', runtimes: {} }),
    undefined,
    undefined,
  ],
  [
    'a name that every object has',
    showing({ defaultRuntimeName: 'toString', runtimes: {} }),
    undefined,
    undefined,
  ],
  ['another shape', showing([1, null]), undefined, undefined],
  ['no JSON', { info: { config: '{"containerd": ' } }, undefined, undefined],
])('cgroup driver, %s', (_, status, config, driver) => {
  expect(facts(status, config)).toEqual({ ...silent, cgroupDriver: driver });
});

test('features and handlers are told as they come, what is absent is not there', () => {
  const status: StatusResponse = {
    runtime_handlers: [
      { name: '', features: { recursive_read_only_mounts: true, user_namespaces: false } },
      { name: 'kata', features: { user_namespaces: true } },
      { name: 'bare' },
    ],
    features: { supplemental_groups_policy: true },
  };
  expect(facts(status)).toEqual({
    ...silent,
    supplementalGroupsPolicy: true,
    handlers: new Map([
      ['', { recursiveReadOnlyMounts: true, userNamespaces: false }],
      ['kata', { recursiveReadOnlyMounts: false, userNamespaces: true }],
      ['bare', { recursiveReadOnlyMounts: false, userNamespaces: false }],
    ]),
  });
});

test.each([
  ['CRI_UNIMPLEMENTED', true],
  ['CRI_FAILED', true],
  ['CRI_UNAVAILABLE', false],
  ['CRI_CANCELLED', false],
] as const)('a RuntimeConfig that ends with %s: facts all the same? %s', async (code, known) => {
  const cri = criOver((call) => {
    if (call === 'RuntimeConfig') return Promise.reject(new TinyletError(code, 'no'));
    return Promise.resolve(call === 'Version' ? version : runc({}));
  });
  if (known) expect(await cri.facts()).toEqual({ ...silent, cgroupDriver: 'cgroupfs' });
  else await expect(cri.facts()).rejects.toMatchObject({ code });
});

test.each<[string, StatusResponse, string | undefined]>([
  ['shown', { info: { config: '{"sandboxImage":"registry.test/pause:3"}' } }, 'registry.test/pause:3'],
  ['empty', { info: { config: '{"sandboxImage":""}' } }, undefined],
  ['another shape', { info: { config: '{"sandboxImage":{}}' } }, undefined],
  ['not shown', showing({}), undefined],
])('the image of sandboxes is %s', (_case, status, expected) => {
  expect(facts(status).sandboxImage).toBe(expected);
});
