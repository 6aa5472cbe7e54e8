import { expect, test } from 'vitest';
import { asContainerId, asSandboxId } from '../../src/pod/index.ts';
import { script } from './contract-pod.ts';
import type { Bench } from './cri-contract.ts';

const NOWHERE = 'f'.repeat(64);

export function sandboxCases({ pod, runtime }: Bench): void {
  test('it has a name and a version, and is ready', async () => {
    const version = await runtime().cri.version();
    expect(version).toMatchObject({ runtimeName: 'containerd', runtimeApiVersion: 'v1' });
    expect(version.runtimeVersion).toMatch(/^v?\d/);
    const conditions = await runtime().cri.status();
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'RuntimeReady', status: true }));
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'NetworkReady', status: true }));
  });

  test('it tells its cgroup driver, and from 2.0 on what its handlers can do', async () => {
    const { cri } = runtime();
    const { runtimeName, runtimeVersion } = await cri.version();
    const tells = !/^v?1\./.test(runtimeVersion);
    const handler = { recursiveReadOnlyMounts: true, userNamespaces: expect.any(Boolean) };
    const handlers = new Map(tells ? ['', 'runc'].map((name) => [name, handler]) : []);
    const { sandboxImage, ...facts } = await cri.facts();
    // Only a real one has it, and from 2.0 on it is pinned instead.
    expect([undefined, 'tinylet.local/pause:1']).toContain(sandboxImage);
    expect(facts).toEqual({
      name: runtimeName,
      version: runtimeVersion,
      cgroupDriver: 'cgroupfs',
      supplementalGroupsPolicy: tells,
      handlers,
    });
  });

  test('a sandbox is listed as it was asked for', async () => {
    const { cri, labels, uid, ...own } = fields(pod());
    const beforeMs = Date.now();
    const metadata = { name: 'web', namespace: 'default', uid, attempt: 3 };
    const id = await cri.runSandbox(own.sandboxConfig({ metadata }));
    const [sandbox, ...others] = await cri.listSandboxes({ labels });
    expect(others).toEqual([]);
    expect(sandbox).toMatchObject({
      id,
      ...metadata,
      state: 'ready',
      labels,
      annotations: { note: 'sandbox' },
    });
    expect(sandbox?.createdAtMs).toBeGreaterThan(beforeMs - 1000);
    expect(sandbox?.createdAtMs).toBeLessThan(Date.now() + 1000);
  });

  test('a pod network brings an address while the sandbox is ready, the host network none', async () => {
    const { cri, labels, sandboxConfig } = fields(pod());
    const onHost = await cri.runSandbox(sandboxConfig());
    expect((await cri.sandboxStatus(onHost)).ips).toEqual([]);
    const metadata = {
      name: 'own',
      namespace: 'default',
      uid: `${labels['tinylet.dev/test']}-own`,
      attempt: 0,
    };
    const linux = {
      security_context: { namespace_options: { network: 'POD', pid: 'CONTAINER', ipc: 'POD' } },
    } as const;
    const id = await cri.runSandbox(sandboxConfig({ metadata, linux, hostname: 'own' }));
    expect((await cri.sandboxStatus(id)).ips).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/)]);
    await cri.stopSandbox(id);
    expect((await cri.sandboxStatus(id)).ips).toEqual([]);
  });

  test('a list is filtered by all labels together', async () => {
    const { cri, labels } = fields(pod());
    const { sandboxId, id } = await pod().running(script.stubborn);
    const ids = (list: readonly { id: string }[]): string[] => list.map((item) => item.id);
    expect(ids(await cri.listSandboxes({ labels }))).toEqual([sandboxId]);
    expect(ids(await cri.listSandboxes({ labels: { ...labels, other: 'no' } }))).toEqual([]);
    expect(ids(await cri.listContainers({ labels: { ...labels, which: 'main' } }))).toEqual([id]);
    expect(ids(await cri.listContainers({ labels: { ...labels, which: 'none' } }))).toEqual([]);
    expect(ids(await cri.listSandboxes())).toContain(sandboxId);
  });

  test('a sandbox name stays reserved until the sandbox is removed', async () => {
    const id = await pod().sandbox();
    await expect(pod().sandbox()).rejects.toMatchObject({ code: 'CRI_NAME_RESERVED' });
    await pod().cri.stopSandbox(id);
    await expect(pod().sandbox()).rejects.toMatchObject({ code: 'CRI_NAME_RESERVED' });
    await pod().cri.removeSandbox(id);
    expect(await pod().sandbox()).not.toBe(id);
  });

  test('of two that ask for one name at once, one gets it', async () => {
    const answers = await Promise.allSettled([pod().sandbox(), pod().sandbox()]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CRI_NAME_RESERVED' },
    });
  });

  test('a host name in the host network is refused, and the failure releases the name', async () => {
    const { cri, sandboxConfig, labels } = fields(pod());
    await expect(cri.runSandbox(sandboxConfig({ hostname: 'web' }))).rejects.toMatchObject({
      code: 'CRI_FAILED',
    });
    expect(await cri.listSandboxes({ labels })).toEqual([]);
    await pod().sandbox();
  });

  test('a stopped sandbox is not ready for good, can be stopped again, and is gone once removed', async () => {
    const { cri, labels } = fields(pod());
    const id = await pod().sandbox();
    await cri.stopSandbox(id);
    expect((await cri.listSandboxes({ labels }))[0]?.state).toBe('not-ready');
    await cri.stopSandbox(id);
    expect((await cri.sandboxStatus(id)).ips).toEqual([]);
    await cri.removeSandbox(id);
    await cri.removeSandbox(id);
    await cri.stopSandbox(id);
    expect(await cri.listSandboxes({ labels })).toEqual([]);
    await expect(cri.sandboxStatus(id)).rejects.toMatchObject({ code: 'CRI_NOT_FOUND' });
  });

  test('to stop or remove what is unknown succeeds; to ask for it or start it does not', async () => {
    const { cri } = pod();
    await cri.stopSandbox(asSandboxId(NOWHERE));
    await cri.removeSandbox(asSandboxId(NOWHERE));
    await cri.stopContainer(asContainerId(NOWHERE), 1);
    await cri.removeContainer(asContainerId(NOWHERE));
    const notFound = { code: 'CRI_NOT_FOUND' };
    await expect(cri.sandboxStatus(asSandboxId(NOWHERE))).rejects.toMatchObject(notFound);
    await expect(cri.containerStatus(asContainerId(NOWHERE))).rejects.toMatchObject(notFound);
    await expect(cri.startContainer(asContainerId(NOWHERE))).rejects.toMatchObject(notFound);
    await expect(pod().create(asSandboxId(NOWHERE), script.stubborn)).rejects.toMatchObject(notFound);
  });

  test('a call that is cancelled fails as cancelled', async () => {
    await expect(pod().cri.version({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CRI_CANCELLED',
    });
  });
}

function fields(pod: ReturnType<Bench['pod']>) {
  return {
    cri: pod.cri,
    labels: pod.labels,
    uid: pod.uid,
    sandboxConfig: pod.sandboxConfig.bind(pod),
  };
}
