import { describe, expect, test } from 'vitest';
import {
  type Container,
  type Pod,
  podLimits,
  podRequests,
  type QosClass,
  qosClass,
  type ResourceList,
  type ResourceRequirements,
} from '../../../src/pod/index.ts';

function container(name: string, resources?: ResourceRequirements): Container {
  return {
    ...{ name, image: 'i', command: [], args: [], env: [], ports: [], imagePullPolicy: 'Never' },
    ...(resources && { resources }),
  };
}

/** As an init container. */
const sidecar = (name: string, resources: ResourceRequirements): Container => ({
  ...container(name, resources),
  restartPolicy: 'Always',
});

/** A pod of containers with these resources, and what else is given. */
function podOf(each: readonly (ResourceRequirements | undefined)[], spec: Partial<Pod['spec']> = {}): Pod {
  return {
    metadata: { name: 'p', namespace: 'default', labels: {}, annotations: {} },
    spec: {
      containers: each.map((resources, index) => container(`c${index}`, resources)),
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      hostNetwork: false,
      ...spec,
    },
  };
}

const both = (list: ResourceList): ResourceRequirements => ({ limits: list, requests: list });
const full = both({ cpu: '1', memory: '1Gi' });

// core/v1 helper: qos.ComputePodQOS
describe('the QoS class of a pod', () => {
  test.each<[what: string, expected: QosClass, pod: Pod]>([
    ['asks for nothing', 'BestEffort', podOf([undefined, {}])],
    ['asks for zero', 'BestEffort', podOf([both({ cpu: '0', memory: '0' })])],
    ['asks for storage only', 'BestEffort', podOf([both({ 'ephemeral-storage': '1Gi' })])],
    ['limits both to what it requests', 'Guaranteed', podOf([full])],
    ['does so in every container', 'Guaranteed', podOf([full, both({ cpu: '500m', memory: '1Mi' })])],
    [
      'writes one amount in two ways',
      'Guaranteed',
      podOf([{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1073741824' } }]),
    ],
    [
      'requests less than its limit',
      'Burstable',
      podOf([{ ...full, requests: { cpu: '1', memory: '1Mi' } }]),
    ],
    ['has a container without limits', 'Burstable', podOf([full, undefined])],
    ['limits only memory', 'Burstable', podOf([both({ memory: '1Gi' })])],
    ['only requests', 'Burstable', podOf([{ requests: { cpu: '1m' } }])],
    ['limits without requests', 'Burstable', podOf([{ limits: { cpu: '1', memory: '1Gi' } }])],
    [
      'has an init container without limits',
      'Burstable',
      podOf([full], { initContainers: [container('i')] }),
    ],
    [
      'has init containers like that, too',
      'Guaranteed',
      podOf([full], { initContainers: [container('i', full)] }),
    ],
    [
      'has only an init container that asks',
      'Burstable',
      podOf([undefined], { initContainers: [container('i', full)] }),
    ],
    ['is limited as a whole', 'Guaranteed', podOf([undefined], { resources: full })],
    [
      'is limited as a whole to more than it requests',
      'Burstable',
      podOf([full], { resources: { limits: full.limits ?? {} } }),
    ],
    [
      'has pages as a whole and limits in containers',
      'BestEffort',
      podOf([full], { resources: both({ 'hugepages-2Mi': '2Mi' }) }),
    ],
    ['has overhead only', 'BestEffort', podOf([undefined], { overhead: { cpu: '1' } })],
  ])('that %s is %s', (_what, expected, pod) => {
    expect(qosClass(pod)).toBe(expected);
  });
});

// component-helpers: resource.PodRequests, resource.PodLimits
describe('what a pod takes', () => {
  test.each<[what: string, requests: ResourceList, limits: ResourceList, pod: Pod]>([
    ['nothing', {}, {}, podOf([undefined])],
    [
      'the sum of its containers',
      { cpu: '1250m', memory: '1025Mi' },
      { cpu: '1250m', memory: '1025Mi' },
      podOf([full, both({ cpu: '250m', memory: '1Mi' })]),
    ],
    [
      'a limit of one container alone',
      { cpu: '1' },
      { memory: '1Gi' },
      podOf([{ requests: { cpu: '1' } }, { limits: { memory: '1Gi' } }]),
    ],
    [
      'the most of one init container where that is more',
      { cpu: '2', memory: '1Gi', 'hugepages-2Mi': '2Mi' },
      { cpu: '2', memory: '1Gi', 'hugepages-2Mi': '2Mi' },
      podOf([full], {
        initContainers: [
          container('a', both({ cpu: '2', memory: '1Mi' })),
          container('b', both({ cpu: '1500m', 'hugepages-2Mi': '2Mi' })),
        ],
      }),
    ],
    [
      'the sum of its containers and sidecars',
      { cpu: '1500m', memory: '1Gi' },
      { cpu: '1500m', memory: '1Gi' },
      podOf([full], { initContainers: [sidecar('a', both({ cpu: '500m' }))] }),
    ],
    [
      'the most of one init container and the sidecars before it',
      { cpu: '2', memory: '1Gi' },
      { cpu: '2', memory: '1Gi' },
      podOf([full], {
        initContainers: [
          sidecar('a', both({ cpu: '500m' })),
          container('b', both({ cpu: '1500m' })),
          sidecar('c', both({ cpu: '300m' })),
        ],
      }),
    ],
    [
      'nothing more for a sidecar that begins after it',
      { cpu: '2500m', memory: '1Gi' },
      { cpu: '2500m', memory: '1Gi' },
      podOf([both({ cpu: '2', memory: '1Gi' })], {
        initContainers: [container('a', both({ cpu: '2200m' })), sidecar('b', both({ cpu: '500m' }))],
      }),
    ],
    [
      'what it says as a whole, and of the rest the sum',
      { cpu: '3', memory: '1Gi' },
      { cpu: '1', memory: '4Gi' },
      podOf([full], { resources: { requests: { cpu: '3' }, limits: { memory: '4Gi' } } }),
    ],
    [
      'its overhead, which is added to limits only where there is one',
      { cpu: '1100m', memory: '64Mi' },
      { cpu: '2100m' },
      podOf([{ requests: { cpu: '1' }, limits: { cpu: '2' } }], {
        overhead: { cpu: '100m', memory: '64Mi' },
      }),
    ],
    [
      'exact sums beyond 2^53',
      { memory: '9007199254740995' },
      {},
      podOf([{ requests: { memory: '9007199254740993' } }, { requests: { memory: '2' } }]),
    ],
  ])('%s', (_what, requests, limits, pod) => {
    expect(podRequests(pod)).toEqual(requests);
    expect(podLimits(pod)).toEqual(limits);
  });

  test('the overhead of a runtime class takes the place of a pod that names none, and none can be left out', () => {
    const pod = podOf([{ requests: { cpu: '1' }, limits: { cpu: '2' } }], { overhead: { cpu: '100m' } });
    expect([podRequests(pod, { cpu: '1' }), podLimits(pod, { cpu: '1' })]).toEqual([
      { cpu: '2' },
      { cpu: '3' },
    ]);
    expect([podRequests(pod, {}), podLimits(pod, {})]).toEqual([{ cpu: '1' }, { cpu: '2' }]);
  });
});
