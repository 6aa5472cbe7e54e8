import { expect, test } from 'vitest';
import { script } from './contract-pod.ts';
import type { Bench } from './cri-contract.ts';

export function containerCases({ pod, runtime }: Bench): void {
  test('a container is listed as it was asked for, created and not yet started', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, script.stubborn, { metadata: { name: 'main', attempt: 4 } });
    expect(await pod().listed(id)).toMatchObject({
      id,
      sandboxId,
      name: 'main',
      attempt: 4,
      state: 'created',
      image: runtime().image,
      labels: { ...pod().labels, which: 'main' },
      annotations: { note: 'container' },
    });
    const details = await pod().cri.containerStatus(id);
    expect(details).toMatchObject({ startedAtMs: 0, finishedAtMs: 0, exitCode: 0, reason: '' });
    expect(details.imageRef).toMatch(/^sha256:/);
    expect(details.logPath).toBe(`${runtime().logRoot}/${pod().uid}/main/0.log`);
  });

  test('it can be created by the id of its image, which is then what is listed', async () => {
    const image = (await pod().cri.imageStatus(runtime().image))?.id ?? '';
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, script.stubborn, { image: { image } });
    expect(await pod().listed(id)).toMatchObject({ image, imageRef: image });
    expect((await pod().cri.containerStatus(id)).imageRef).toBe(image);
  });

  test('it goes from created over running to exited, with its times in order', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, script.exits(7, 5));
    expect((await pod().listed(id))?.state).toBe('created');
    await pod().cri.startContainer(id);
    expect(await pod().listed(id)).toMatchObject({ state: 'running' });
    expect(await pod().cri.containerStatus(id)).toMatchObject({ finishedAtMs: 0, exitCode: 0, reason: '' });
    const details = await pod().exited(id);
    expect(details).toMatchObject({ exitCode: 7, reason: 'Error', message: '' });
    const createdAtMs = (await pod().listed(id))?.createdAtMs ?? 0;
    expect(details.startedAtMs).toBeGreaterThanOrEqual(createdAtMs);
    expect(details.finishedAtMs).toBeGreaterThanOrEqual(details.startedAtMs + 2_000);
  });

  test('a good end is called Completed', async () => {
    const { id } = await pod().running(script.exits(0));
    expect(await pod().exited(id)).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });

  test('variables arrive as they were written', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, 'exit $CODE', { envs: [{ key: 'CODE', value: '42' }] });
    await pod().cri.startContainer(id);
    expect((await pod().exited(id)).exitCode).toBe(42);
  });

  test('a container name stays reserved until the container is removed; another attempt is another name', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, script.stubborn);
    await expect(pod().create(sandboxId, script.stubborn)).rejects.toMatchObject({
      code: 'CRI_NAME_RESERVED',
    });
    await pod().create(sandboxId, script.stubborn, { metadata: { name: 'main', attempt: 1 } });
    await pod().cri.removeContainer(id);
    await pod().create(sandboxId, script.stubborn);
  });

  test('without its image it is not created, and the failure releases the name', async () => {
    const sandboxId = await pod().sandbox();
    const missing = pod().create(sandboxId, script.stubborn, { image: { image: 'tinylet.local/missing:1' } });
    await expect(missing).rejects.toMatchObject({ code: 'CRI_NOT_FOUND' });
    await pod().create(sandboxId, script.stubborn);
  });

  test('it starts once in its life', async () => {
    const { id } = await pod().running(script.stubborn);
    await expect(pod().cri.startContainer(id)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    expect((await pod().listed(id))?.state).toBe('running');
    await pod().cri.stopContainer(id, 0);
    await expect(pod().cri.startContainer(id)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    expect(await pod().cri.containerStatus(id)).toMatchObject({ exitCode: 137 });
  });

  test('a program that is not there leaves an exited container that says so', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, '', { command: ['/no/such/program'] });
    await expect(pod().cri.startContainer(id)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    expect((await pod().listed(id))?.state).toBe('exited');
    const details = await pod().cri.containerStatus(id);
    expect(details).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining('no such file'),
    });
    expect(details.finishedAtMs).toBeGreaterThan(0);
  });

  test('in a stopped sandbox nothing comes to run, whether or not it can be created', async () => {
    const sandboxId = await pod().sandbox();
    await pod().cri.stopSandbox(sandboxId);
    // containerd creates one there from 2.0 on.
    const id = await pod()
      .create(sandboxId, script.stubborn)
      .catch(() => undefined);
    if (id !== undefined)
      await expect(pod().cri.startContainer(id)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    expect(
      (await pod().cri.listContainers({ labels: pod().labels })).map(({ state }) => state),
    ).not.toContain('running');
  });

  test('what was created before its sandbox stopped stays behind as one that failed to start', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, script.stubborn);
    await pod().cri.stopSandbox(sandboxId);
    expect((await pod().listed(id))?.state).toBe('created');
    await expect(pod().cri.startContainer(id)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    expect((await pod().listed(id))?.state).toBe('exited');
    expect(await pod().cri.containerStatus(id)).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      startedAtMs: 0,
    });
  });

  test('to remove a sandbox removes its containers, running or not', async () => {
    const { sandboxId } = await pod().running(script.stubborn);
    await pod().create(sandboxId, script.stubborn, { metadata: { name: 'other', attempt: 0 } });
    await pod().cri.removeSandbox(sandboxId);
    expect(await pod().cri.listContainers({ labels: pod().labels })).toEqual([]);
    expect(await pod().cri.listSandboxes({ labels: pod().labels })).toEqual([]);
  });

  test('to remove a running container kills it first', async () => {
    const { id } = await pod().running(script.stubborn);
    await pod().cri.removeContainer(id);
    await pod().cri.removeContainer(id);
    expect(await pod().listed(id)).toBeUndefined();
    await expect(pod().cri.containerStatus(id)).rejects.toMatchObject({ code: 'CRI_NOT_FOUND' });
  });
}
