import { expect, test } from 'vitest';
import {
  conditionsOf,
  containerDetails,
  containerUsage,
  imageInfo,
  nsToMs,
  observedContainer,
  observedSandbox,
  sandboxDetails,
  verifiedImage,
  versionOf,
} from '../../../src/cri/answers.ts';
import type { ContainerStatus, PodSandboxStatus } from '../../../src/cri/index.ts';
import type { ContainerStats } from '../../../src/cri/messages.generated.ts';

const badAnswer = (words: string) =>
  expect.objectContaining({ code: 'CRI_BAD_ANSWER', message: expect.stringContaining(words) });

test.each([
  ['1795335822575894123', 1795335822575.894],
  ['0', 0],
  [undefined, 0],
  ['-6795364578871345152', 0],
  [1_000_000, 1],
])('%s ns is %s ms', (ns, ms) => {
  expect(nsToMs(ns)).toBeCloseTo(ms, 3);
});

const sandbox: PodSandboxStatus = {
  id: 's1',
  metadata: { name: 'web', namespace: 'default', uid: 'u1', attempt: 0 },
  created_at: '1000000',
  network: { ip: '10.0.0.2', additional_ips: [{ ip: 'fd00::2' }] },
};

test('the addresses of a sandbox come with the primary one first; the host network has none', () => {
  expect(sandboxDetails({ status: sandbox })).toEqual({ ips: ['10.0.0.2', 'fd00::2'] });
  expect(sandboxDetails({ status: { ...sandbox, network: { ip: '', additional_ips: [] } } })).toEqual({
    ips: [],
  });
});

test.each<[string, PodSandboxStatus]>([
  ['no id', { ...sandbox, id: '' }],
  ['no metadata.name', { ...sandbox, metadata: { namespace: 'default', uid: 'u1' } }],
  ['no metadata.namespace', { ...sandbox, metadata: { name: 'web', uid: 'u1' } }],
  ['no metadata.uid', { ...sandbox, metadata: { name: 'web', namespace: 'default' } }],
  ['no created_at', { ...sandbox, created_at: '0' }],
])('a sandbox status with %s is a bad answer', (words, status) => {
  expect(() => sandboxDetails({ status })).toThrow(badAnswer(words));
});

const container: ContainerStatus = {
  id: 'c1',
  metadata: { name: 'main', attempt: 0 },
  created_at: '1000000',
  started_at: '2000000',
  finished_at: '3500000',
  exit_code: 7,
  reason: 'Error',
  image: { image: 'http:1' },
  image_ref: 'sha256:1',
  log_path: '/var/log/x/0.log',
};

test('a container status in plain values', () => {
  expect(containerDetails({ status: container })).toEqual({
    startedAtMs: 2,
    finishedAtMs: 3.5,
    exitCode: 7,
    reason: 'Error',
    message: '',
    imageRef: 'sha256:1',
    logPath: '/var/log/x/0.log',
  });
});

test.each<[string, ContainerStatus]>([
  ['no id', { ...container, id: '' }],
  ['no metadata.name', { ...container, metadata: {} }],
  ['no created_at', { ...container, created_at: '0' }],
  ['no image.image', { ...container, image: {} }],
  ['no image_ref', { ...container, image_ref: '' }],
])('a container status with %s is a bad answer', (words, status) => {
  expect(() => containerDetails({ status })).toThrow(badAnswer(words));
});

test('states that this CRI does not know are not taken for running ones', () => {
  const newer = 9 as unknown as 'CONTAINER_RUNNING';
  expect(observedContainer({ id: 'c', state: newer }).state).toBe('unknown');
  expect(observedSandbox({ id: 's', state: newer as unknown as 'SANDBOX_READY' }).state).toBe('not-ready');
});

test('a status needs two conditions and a version its three names', () => {
  expect(() => conditionsOf({ status: { conditions: [{ type: 'RuntimeReady', status: true }] } })).toThrow(
    badAnswer('Ready'),
  );
  expect(() => versionOf({ runtime_name: 'x', runtime_version: '1' })).toThrow(
    badAnswer('runtime_api_version'),
  );
});

test('an image of uid 0 has a uid, one without a user has none; only a status demands id and size', () => {
  expect(imageInfo({ id: 'i', uid: { value: '0' } })).toMatchObject({ uid: 0 });
  expect(imageInfo({ id: 'i' })).not.toHaveProperty('uid');
  expect(() => verifiedImage({ id: '', size: '1' })).toThrow(badAnswer('id'));
  expect(() => verifiedImage({ id: 'i', size: '0' })).toThrow(badAnswer('size 0'));
});

const stats: ContainerStats = {
  attributes: { id: 'c1', metadata: { name: 'main', attempt: 0 }, labels: { a: 'b' } },
  cpu: { timestamp: '1500000000', usage_core_nano_seconds: { value: '2500000000' } },
  memory: { timestamp: '1500000000', working_set_bytes: { value: '4096' } },
};

test('the usage of a container is in plain numbers', () => {
  const usage = { id: 'c1', name: 'main', labels: { a: 'b' }, atMs: 1500 };
  expect(containerUsage(stats)).toEqual({
    ...usage,
    cpuNanoSeconds: 2_500_000_000,
    memoryBytes: 4096,
    further: {},
  });
});

test('what else the runtime tells of a container is told, and nothing is made up', () => {
  const told = {
    ...stats,
    memory: { ...stats.memory, usage_bytes: { value: '5000' }, page_faults: {} },
    swap: { swap_usage_bytes: { value: '7' } },
    writable_layer: { used_bytes: { value: '8192' } },
  };
  const further = { usageBytes: 5000, pageFaults: 0, swapBytes: 7, writtenBytes: 8192 };
  expect(containerUsage(told)?.further).toEqual(further);
});

test.each<[string, ContainerStats]>([
  ['CPU', { ...stats, cpu: { timestamp: '1' } }],
  ['memory', { ...stats, memory: { timestamp: '1' } }],
])('a container of which the runtime has no %s has no usage', (_, without) => {
  expect(containerUsage(without)).toBeUndefined();
});

test('usage of nobody is a bad answer', () => {
  expect(() => containerUsage({ ...stats, attributes: { id: '' } })).toThrow(badAnswer('attributes.id'));
});
