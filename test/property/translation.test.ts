import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallName } from '../../src/cri/calls.ts';
import { criOver } from '../../src/cri/cri-over.ts';
import {
  allContainers,
  asOwnerId,
  asPodUid,
  containerHash,
  type Pod,
  podLimits,
  podRequests,
  qosClass,
  sandboxHash,
} from '../../src/pod/index.ts';
import {
  admit,
  type ContainerParts,
  checkUser,
  configDigest,
  containerConfig,
  envFilesOf,
  hostsFile,
  type Place,
  podCgroup,
  resolveEnv,
  runtimeHandler,
  sandboxConfig,
} from '../../src/podspec/index.ts';
import { containerParts, envFiles, imageUsers, places, podFacts, wholePods } from './pod-arbitraries.ts';

const uid = asPodUid('u-1');
const owner = asOwnerId('o-1');
const sandboxIdentity = { uid, owner, attempt: 1, file: '/m/é.yaml', logDir: '/logs' };
const containerIdentity = { uid, owner, attempt: 0, backoffStep: 2, configHash: '1:d' };
const runs = { numRuns: 250 };

/** Every container of a pod, as the translation is asked for it. */
const subjects = (pod: Pod) => allContainers(pod).map((container) => ({ pod, container }));

describe('of any pod, at any place', () => {
  test('every part of the translation is made, and twice the same', () => {
    const make = (pod: Pod, place: Place) => ({
      sandbox: sandboxConfig(pod, sandboxIdentity, place),
      admitted: admit(pod, place),
      cgroup: podCgroup(pod, uid, place),
      hosts: hostsFile(pod, ['10.0.0.7'], place.node),
      handler: runtimeHandler(pod, place.uses),
      qos: qosClass(pod),
      totals: [podRequests(pod), podLimits(pod)],
      hashes: [sandboxHash(pod), ...subjects(pod).map(({ container }) => containerHash(container, pod))],
      digests: subjects(pod).map((subject) => configDigest(subject, place.uses)),
    });
    fc.assert(
      fc.property(wholePods, places, (pod, place) => {
        expect(make(structuredClone(pod), structuredClone(place))).toStrictEqual(make(pod, place));
      }),
      runs,
    );
  });

  test('variables are found or a reason is, which shows nothing of a Secret or a file', () => {
    const secret = 'tell-nobody';
    const files = envFiles.map(
      (all) => new Map([...all].map(([key, text]) => [key, text && `${text}${secret}`])),
    );
    fc.assert(
      fc.property(wholePods, podFacts, places, files, (pod, facts, { uses }, texts) => {
        for (const subject of subjects(pod)) {
          const found = resolveEnv(subject, facts, { uses, envFiles: texts });
          if ('problem' in found) expect(found.problem).not.toContain(secret);
          else for (const name of found.variables.keys()) expect(name).not.toContain('=');
          for (const { volume, path } of envFilesOf(subject.pod, subject.container))
            expect(`${volume}/${path}`).toMatch(/^v\d\//);
        }
      }),
      runs,
    );
  });

  test('a container that must not be root is not', () => {
    fc.assert(
      fc.property(wholePods, imageUsers, places, containerParts, (pod, user, place, parts) => {
        for (const subject of subjects(pod)) {
          if (checkUser(subject, user) !== undefined) continue;
          const given = { ...parts, image: { imageId: 'sha256:1', user } };
          const made = containerConfig(subject, containerIdentity, given, place).linux?.security_context;
          const { runAsNonRoot = pod.spec.securityContext?.runAsNonRoot } =
            subject.container.securityContext ?? {};
          if (runAsNonRoot === true) expect(Number(made?.run_as_user?.value)).toBeGreaterThan(0);
        }
      }),
      runs,
    );
  });
});

/** CRI as it is on the wire; what is not on it stays absent. */
const cri = loadSync(fileURLToPath(new URL('../../proto/cri-v1.proto', import.meta.url)), {
  ...{ keepCase: true, longs: String, enums: String, oneofs: true },
});
const service = cri['runtime.v1.RuntimeService'] as ServiceDefinition;

/** A request after it went over the wire, and as it was handed to it. */
async function overTheWire(
  pod: Pod,
  place: Place,
  parts: ContainerParts,
): Promise<[string, unknown, unknown][]> {
  const seen: [string, unknown, unknown][] = [];
  const port = criOver(async (call: CallName, request: object) => {
    const method = service[call];
    if (method === undefined) throw new Error(`no call ${call}`);
    seen.push([call, method.requestDeserialize(method.requestSerialize(request)), request]);
    return { pod_sandbox_id: 'sb', container_id: 'c' };
  });
  const config = sandboxConfig(pod, sandboxIdentity, place);
  const sandboxId = await port.runSandbox(config, { runtimeHandler: runtimeHandler(pod, place.uses) });
  for (const subject of subjects(pod)) {
    const made = containerConfig(subject, containerIdentity, parts, place);
    await port.createContainer({ sandboxId, config: made, sandboxConfig: config });
  }
  return seen;
}

/** In one notation: 64-bit numbers may be text, bytes are text, and what is empty is not on the wire. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (Array.isArray(value)) return value.length > 0 ? value.map(plain) : undefined;
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, field]) => [key, plain(field)] as const);
  const present = fields.filter(([, field]) => field !== undefined);
  return new Map(present.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('what is sent', () => {
  test('arrives to the last field', async () => {
    await fc.assert(
      fc.asyncProperty(wholePods, places, containerParts, async (pod, place, parts) => {
        const calls = await overTheWire(pod, place, parts);
        expect(calls.map(([call]) => call)).toEqual([
          'RunPodSandbox',
          ...subjects(pod).map(() => 'CreateContainer'),
        ]);
        for (const [, arrived, sent] of calls) expect(plain(arrived)).toEqual(plain(sent));
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['a field under a wrong name', { config: { dnsConfig: { servers: ['192.0.2.1'] } } }],
    [
      'a word that is none',
      { config: { linux: { security_context: { seccomp: { profile_type: 'None' } } } } },
    ],
  ])('%s would be noticed', (_what, request) => {
    const method = service.RunPodSandbox;
    expect(plain(method?.requestDeserialize(method.requestSerialize(request)))).not.toEqual(plain(request));
  });
});
