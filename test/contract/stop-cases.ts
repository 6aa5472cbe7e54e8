import { expect, test } from 'vitest';
import { script } from './contract-pod.ts';
import type { Bench } from './cri-contract.ts';

export function stopCases({ pod }: Bench): void {
  test('a process that heeds the stop signal ends with its own code, long before the time-out', async () => {
    const { id } = await pod().running(script.polite(3));
    await pod().cri.stopContainer(id, 60);
    expect((await pod().listed(id))?.state).toBe('exited');
    expect(await pod().cri.containerStatus(id)).toMatchObject({ exitCode: 3, reason: 'Error' });
  });

  test('one that does not is killed after the time-out and not before', async () => {
    const { id } = await pod().running(script.stubborn);
    const startedMs = performance.now();
    await pod().cri.stopContainer(id, 1);
    expect(performance.now() - startedMs).toBeGreaterThan(990);
    expect(await pod().cri.containerStatus(id)).toMatchObject({ exitCode: 137, reason: 'Error' });
  });

  test('a time-out of 0 kills at once', async () => {
    const { id } = await pod().running(script.polite(3));
    await pod().cri.stopContainer(id, 0);
    expect(await pod().cri.containerStatus(id)).toMatchObject({ exitCode: 137 });
  });

  test('to stop what does not run succeeds and changes nothing', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, script.exits(5));
    await pod().cri.stopContainer(id, 1);
    expect((await pod().listed(id))?.state).toBe('created');
    await pod().cri.startContainer(id);
    await pod().exited(id);
    await pod().cri.stopContainer(id, 1);
    expect((await pod().cri.containerStatus(id)).exitCode).toBe(5);
  });

  test('a cancelled stop never kills; the next one waits its own time and kills', async () => {
    const { id } = await pod().running(script.stubborn);
    const abort = new AbortController();
    const stop = pod().cri.stopContainer(id, 5, { signal: abort.signal });
    setTimeout(() => abort.abort(), 300);
    await expect(stop).rejects.toMatchObject({ code: 'CRI_CANCELLED' });
    await new Promise((resolve) => setTimeout(resolve, 5_500));
    expect((await pod().listed(id))?.state).toBe('running');
    const againMs = performance.now();
    await pod().cri.stopContainer(id, 1);
    expect(performance.now() - againMs).toBeGreaterThan(990);
    expect((await pod().cri.containerStatus(id)).exitCode).toBe(137);
  });

  test('a stop signal is sent once, however many stops there are', async () => {
    const { id } = await pod().running(script.persuaded(9));
    const abort = new AbortController();
    const stop = pod().cri.stopContainer(id, 60, { signal: abort.signal });
    setTimeout(() => abort.abort(), 300);
    await expect(stop).rejects.toMatchObject({ code: 'CRI_CANCELLED' });
    await pod().cri.stopContainer(id, 1);
    expect((await pod().cri.containerStatus(id)).exitCode).toBe(137);
  });

  test('two stops at once: the shorter time-out wins, both succeed', async () => {
    const { id } = await pod().running(script.stubborn);
    await Promise.all([pod().cri.stopContainer(id, 60), pod().cri.stopContainer(id, 1)]);
    expect((await pod().cri.containerStatus(id)).exitCode).toBe(137);
  });

  test('to stop a sandbox kills what runs in it, at once', async () => {
    const { sandboxId, id } = await pod().running(script.polite(3));
    await pod().cri.stopSandbox(sandboxId);
    expect((await pod().listed(id))?.state).toBe('exited');
    expect((await pod().cri.containerStatus(id)).exitCode).toBe(137);
  });
}
