import { describe, expect, test } from 'vitest';
import { asContainerId } from '../../src/pod/index.ts';
import { script } from './contract-pod.ts';
import type { Bench } from './cri-contract.ts';

const shell = (program: string): readonly string[] => ['/bin/sh', '-c', program];
/** Runs for long, and can be asked for by `isAlive`. */
const longCommand = shell('echo $$ > /tmp/long; exec sleep 60');
const isAlive = shell('kill -0 $(cat /tmp/long)');
const moment = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function execCases({ pod }: Bench): void {
  describe('a command in a container', () => {
    test('tells its exit code and what it wrote, apart', async () => {
      const { id } = await pod().running(script.stubborn);
      const result = await pod().cri.execSync(id, shell('echo out; echo err >&2; exit 3'));
      expect(readable(result)).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    });

    test('sees no shell unless it is one', async () => {
      const { id } = await pod().running(script.stubborn);
      const result = await pod().cri.execSync(id, ['/bin/echo', '$HOME', 'a  b']);
      expect(readable(result)).toEqual({ exitCode: 0, stdout: '$HOME a  b\n', stderr: '' });
    });

    test('that ends within its time is not touched by it', async () => {
      const { id } = await pod().running(script.stubborn);
      const result = await pod().cri.execSync(id, shell('sleep 0.2; exit 0'), { timeoutSeconds: 30 });
      expect(result.exitCode).toBe(0);
    });

    test('that takes longer than it may is killed, and the call fails as one out of time', async () => {
      const { id } = await pod().running(script.stubborn);
      const startedMs = performance.now();
      const call = pod().cri.execSync(id, longCommand, { timeoutSeconds: 1 });
      await expect(call).rejects.toMatchObject({ code: 'CRI_DEADLINE' });
      expect(performance.now() - startedMs).toBeGreaterThan(990);
      expect((await pod().cri.execSync(id, isAlive)).exitCode).not.toBe(0);
      expect((await pod().listed(id))?.state).toBe('running');
    });

    test('is killed when its call is cancelled', async () => {
      const { id } = await pod().running(script.stubborn);
      const abort = new AbortController();
      const call = pod().cri.execSync(id, longCommand, { signal: abort.signal });
      call.catch(() => undefined);
      while ((await pod().cri.execSync(id, isAlive)).exitCode !== 0) await moment(20);
      abort.abort();
      await expect(call).rejects.toMatchObject({ code: 'CRI_CANCELLED' });
      while ((await pod().cri.execSync(id, isAlive)).exitCode === 0) await moment(20);
    });

    test('that is not there is no exit but a failure in words', async () => {
      const { id } = await pod().running(script.stubborn);
      await expect(pod().cri.execSync(id, ['/no/such/program'])).rejects.toMatchObject({
        code: 'CRI_FAILED',
        message: expect.stringContaining('no such file'),
      });
    });

    test('cannot be run in one that is not started, has ended, or is unknown', async () => {
      const sandboxId = await pod().sandbox();
      const id = await pod().create(sandboxId, script.exits(0));
      const run = (): Promise<unknown> => pod().cri.execSync(id, shell('exit 0'));
      await expect(run()).rejects.toMatchObject({ code: 'CRI_FAILED' });
      await pod().cri.startContainer(id);
      await pod().exited(id);
      await expect(run()).rejects.toMatchObject({ code: 'CRI_FAILED' });
      await expect(pod().cri.execSync(asContainerId('f'.repeat(64)), shell('exit 0'))).rejects.toMatchObject({
        code: 'CRI_NOT_FOUND',
      });
    });

    test('ends with its container', async () => {
      const { id } = await pod().running(script.stubborn);
      const call = pod().cri.execSync(id, longCommand);
      while ((await pod().cri.execSync(id, isAlive)).exitCode !== 0) await moment(20);
      await pod().cri.stopContainer(id, 0);
      expect((await call).exitCode).toBe(137);
    });

    test('runs beside another one', async () => {
      const { id } = await pod().running(script.stubborn);
      const codes = [1, 2, 3].map((code) => pod().cri.execSync(id, shell(`sleep 0.2; exit ${code}`)));
      expect((await Promise.all(codes)).map(({ exitCode }) => exitCode)).toEqual([1, 2, 3]);
    });
  });
}

function readable(result: { exitCode: number; stdout: Uint8Array; stderr: Uint8Array }) {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
  return { exitCode: result.exitCode, stdout: text(result.stdout), stderr: text(result.stderr) };
}
