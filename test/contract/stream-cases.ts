import { expect, test } from 'vitest';
import { asContainerId, asSandboxId } from '../../src/pod/index.ts';
import { script } from './contract-pod.ts';
import type { Bench } from './cri-contract.ts';

const output = { stdin: false, stdout: true, stderr: true, tty: false };
const command = ['/bin/true'];
const unknown = 'f'.repeat(64);
const url = (kind: string) =>
  expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/${kind}/[^/]+$`));

export function streamCases({ pod }: Bench): void {
  test('streams of what runs have a URL each', async () => {
    const { cri } = pod();
    const { id, sandboxId } = await pod().running(script.stubborn);
    const first = await cri.exec(id, { ...output, command });
    expect(first).toEqual(url('exec'));
    expect(await cri.exec(id, { ...output, command })).not.toBe(first);
    expect(await cri.attach(id, output)).toEqual(url('attach'));
    expect(await cri.portForward(sandboxId)).toEqual(url('portforward'));
  });

  test.each([
    ['tty and stderr', { ...output, tty: true }],
    ['no stream at all', { ...output, stdout: false, stderr: false }],
  ])('%s cannot be had', async (_, flags) => {
    const { id } = await pod().running(script.stubborn);
    await expect(pod().cri.exec(id, { ...flags, command })).rejects.toMatchObject({ code: 'CRI_FAILED' });
    await expect(pod().cri.attach(id, flags)).rejects.toMatchObject({ code: 'CRI_FAILED' });
  });

  test('what does not run has no streams', async () => {
    const { cri } = pod();
    const sandboxId = await pod().sandbox();
    const id = await pod().create(sandboxId, script.exits(0));
    const isRefused = async (): Promise<void> => {
      await expect(cri.exec(id, { ...output, command })).rejects.toMatchObject({ code: 'CRI_FAILED' });
      await expect(cri.attach(id, output)).rejects.toMatchObject({ code: 'CRI_FAILED' });
    };
    await isRefused();
    await cri.startContainer(id);
    await pod().exited(id);
    await isRefused();
    await cri.stopSandbox(sandboxId);
    await expect(cri.portForward(sandboxId)).rejects.toMatchObject({ code: 'CRI_FAILED' });
  });

  test('what nobody knows has no streams', async () => {
    const { cri } = pod();
    const id = asContainerId(unknown);
    await expect(cri.exec(id, { ...output, command })).rejects.toMatchObject({ code: 'CRI_NOT_FOUND' });
    await expect(cri.attach(id, output)).rejects.toMatchObject({ code: 'CRI_NOT_FOUND' });
    await expect(cri.portForward(asSandboxId(unknown))).rejects.toMatchObject({ code: 'CRI_NOT_FOUND' });
  });
}
