import { expect, test } from 'vitest';
import { asContainerId } from '../../src/pod/index.ts';
import { script } from './contract-pod.ts';
import type { Bench } from './cri-contract.ts';

export function logCases({ pod, runtime }: Bench): void {
  test('a log that was renamed is written anew once it is reopened, and the old one keeps what it has', async () => {
    const { logs, cri } = { logs: runtime().logs, cri: pod().cri };
    const { id } = await pod().running(script.stubborn);
    const { logPath } = await cri.containerStatus(id);
    expect(await logs.exists(logPath)).toBe(true);
    await logs.rename(logPath, `${logPath}.old`);
    expect(await logs.exists(logPath)).toBe(false);
    await cri.reopenContainerLog(id);
    expect(await logs.exists(logPath)).toBe(true);
    expect(await logs.exists(`${logPath}.old`)).toBe(true);
    expect((await pod().listed(id))?.state).toBe('running');
  });

  test('one whose program is not there has a log all the same', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, '', { command: ['/no/such/program'] });
    const { logPath } = await pod().cri.containerStatus(id);
    expect(await runtime().logs.exists(logPath)).toBe(false);
    await expect(pod().cri.startContainer(id)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    expect(await runtime().logs.exists(logPath)).toBe(true);
  });

  test('to reopen a log that nobody renamed succeeds', async () => {
    const { id } = await pod().running(script.stubborn);
    await pod().cri.reopenContainerLog(id);
    await pod().cri.reopenContainerLog(id);
  });

  test('the log of what does not run is not reopened', async () => {
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, script.exits(0));
    await expect(pod().cri.reopenContainerLog(id)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    await pod().cri.startContainer(id);
    await pod().exited(id);
    await expect(pod().cri.reopenContainerLog(id)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    await expect(pod().cri.reopenContainerLog(asContainerId('f'.repeat(64)))).rejects.toMatchObject({
      code: 'CRI_NOT_FOUND',
    });
  });
}
