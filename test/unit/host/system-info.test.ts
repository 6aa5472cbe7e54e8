import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSystemInfo } from '../../../src/host/index.ts';

async function machineOf(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'system-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

test('what identifies the machine and its system', async () => {
  const root = await machineOf({
    '/etc/machine-id': '0123\n',
    '/sys/class/dmi/id/product_uuid': 'ABCD\n',
    '/proc/sys/kernel/random/boot_id': 'boot\n',
    '/etc/os-release': 'NAME=Debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
  });
  expect(readSystemInfo(root)).toMatchObject({
    machineID: '0123',
    systemUUID: 'ABCD',
    bootID: 'boot',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    kernelVersion: expect.stringMatching(/^\d+\./),
    architecture: expect.stringMatching(/^(?!x64|ia32)\w+$/),
  });
});

test.each([
  ["PRETTY_NAME='Alpine'", 'Alpine'],
  ['PRETTY_NAME=Plain', 'Plain'],
  ['ID=none', 'Linux'],
])('%s', async (osRelease, osImage) => {
  const root = await machineOf({ '/etc/os-release': osRelease });
  expect(readSystemInfo(root)).toMatchObject({ osImage, machineID: '', systemUUID: '', bootID: '' });
});
