import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readText } from '../../../src/terminal/index.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tinylet-text-'));
});
afterAll(() => rm(directory, { recursive: true }));

const stdin = async (): Promise<string> => 'typed';

test('reads a file, or stdin', async () => {
  const file = join(directory, 'a.yaml');
  await writeFile(file, 'kind: Pod\n');
  expect(await readText(file, stdin)).toBe('kind: Pod\n');
  expect(await readText('-', stdin)).toBe('typed');
});

test('says in words why it cannot', async () => {
  const none = join(directory, 'none.yaml');
  await expect(readText(none, stdin)).rejects.toMatchObject({
    ...{ code: 'USAGE', message: `${none} cannot be read: there is no such file` },
  });
  await expect(readText(directory, stdin)).rejects.toThrow('it is a directory; name its files');
});
