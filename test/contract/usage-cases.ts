import { expect, test } from 'vitest';
import { script } from './contract-pod.ts';
import type { Bench } from './cri-contract.ts';

export function usageCases({ pod }: Bench): void {
  test('what runs has used some CPU and more later, and has memory; what has ended has no numbers', async () => {
    const { cri } = pod();
    const { id, sandboxId } = await pod().running(script.stubborn);
    const ended = await pod().create(sandboxId, script.exits(0), {
      metadata: { name: 'ended', attempt: 0 },
    });
    await cri.startContainer(ended);
    await pod().exited(ended);
    const of = async () => {
      const usages = await cri.containerUsage({ labels: pod().labels });
      expect(usages.map((usage) => usage.id)).toEqual([id]);
      return usages[0];
    };
    const first = await of();
    expect(first).toMatchObject({ name: 'main', labels: { ...pod().labels, which: 'main' } });
    expect(first?.atMs).toBeGreaterThan(0);
    expect(first?.memoryBytes).toBeGreaterThan(0);
    await expect
      .poll(async () => (await of())?.cpuNanoSeconds ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(first?.cpuNanoSeconds ?? Number.NaN);
    const later = await of();
    expect(later?.atMs).toBeGreaterThan(first?.atMs ?? Number.NaN);
  });

  test('only what carries the labels is told of', async () => {
    await pod().running(script.stubborn);
    expect(await pod().cri.containerUsage({ labels: { ...pod().labels, another: 'label' } })).toEqual([]);
  });
}
