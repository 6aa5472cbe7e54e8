import { expect, test } from 'vitest';
import { messageOf } from '../../src/base/index.ts';
import type { Bench } from './cri-contract.ts';

export function imageCases({ runtime }: Bench): void {
  test('an image is known by name and by id, and listed', async () => {
    const { cri, image } = runtime();
    const info = await cri.imageStatus(image);
    expect(info).toMatchObject({
      id: expect.stringMatching(/^sha256:/),
      repoTags: expect.arrayContaining([image]),
    });
    expect(info?.sizeBytes).toBeGreaterThan(0);
    expect(await cri.imageStatus(info?.id ?? '')).toEqual(info);
    expect((await cri.listImages()).map(({ id }) => id)).toContain(info?.id);
  });

  test('it tells where its images lie and what they take', async () => {
    const [filesystem, ...others] = await runtime().cri.imageFsInfo();
    expect(others).toEqual([]);
    expect(filesystem?.mountpoint).toMatch(/^\/./);
    expect(filesystem?.usedBytes).toBeGreaterThanOrEqual(0);
  });

  test('an unknown image has no status, and to remove it succeeds', async () => {
    const { cri } = runtime();
    expect(await cri.imageStatus('tinylet.local/missing:1')).toBeUndefined();
    await cri.removeImage('tinylet.local/missing:1');
  });

  test('a pull from a registry that is not there fails with its words', async () => {
    const failure = await runtime()
      .cri.pullImage('127.0.0.1:1/none:1')
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TinyletError', code: expect.stringMatching(/^CRI_/) });
    expect(messageOf(failure)).toContain('127.0.0.1:1/none:1');
  });
}
