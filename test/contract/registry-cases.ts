import { afterEach, describe, expect, test } from 'vitest';
import { messageOf } from '../../src/base/index.ts';
import type { Bench } from './cri-contract.ts';

export function registryCases({ runtime }: Bench): void {
  describe('an image in a registry', () => {
    afterEach(async () => {
      const { cri, registry } = runtime();
      for (const image of [registry.numeric, registry.named, registry.plain, registry.closed])
        await cri.removeImage(image);
    });

    test.each([
      ['numeric', { uid: 1000, username: '' }],
      ['named', { username: 'nobody' }],
      ['plain', { username: '' }],
    ] as const)('%s: is there once it is pulled, and tells whom it is meant for', async (which, user) => {
      const { cri, registry } = runtime();
      expect(await cri.imageStatus(registry[which])).toBeUndefined();
      const id = await cri.pullImage(registry[which]);
      const info = await cri.imageStatus(registry[which]);
      expect(info).toMatchObject({ id, ...user });
      expect(info?.uid).toBe('uid' in user ? user.uid : undefined);
      expect(await cri.imageStatus(id)).toEqual(info);
    });

    test('that asks for credentials is pulled with the right ones', async () => {
      const { cri, registry } = runtime();
      const id = await cri.pullImage(registry.closed, { auth: registry.owner });
      expect((await cri.imageStatus(registry.closed))?.id).toBe(id);
    });

    test.each([
      ['none', undefined],
      ['wrong ones', { username: 'alice', password: 'not this one' }],
    ])('that asks for credentials is refused with %s, which the error does not repeat', async (_, auth) => {
      const { cri, registry } = runtime();
      const failure = await cri
        .pullImage(registry.closed, auth === undefined ? {} : { auth })
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'CRI_FAILED' });
      expect(messageOf(failure)).toMatch(/401 Unauthorized|authorization failed/);
      expect(messageOf(failure)).not.toContain('not this one');
      expect(await cri.imageStatus(registry.closed)).toBeUndefined();
    });
  });
}
