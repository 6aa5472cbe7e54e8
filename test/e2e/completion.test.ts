import { execFile, spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CannedDaemon, cannedDaemon } from './support/canned-daemon.ts';
import { programPath } from './support/program.ts';
import { clearAway, freshBase } from './support/world.ts';

/** The printed scripts in the shells they are for, as far as these are on the machine. */

const run = promisify(execFile);
function hasShell(name: string): boolean {
  const { error } = spawnSync(name, ['--version']);
  if (error !== undefined)
    process.stderr.write(`completion is not tried in ${name}: it is not on this machine\n`);
  return error === undefined;
}

const NODE = {
  '/api/v1': { resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod' }] },
  '/apis/node.k8s.io/v1': { resources: [] },
  '/api/v1/namespaces/default/pods': { items: [{ metadata: { name: 'web' } }, { metadata: { name: 'db' } }] },
};

let base = '';
let daemon: CannedDaemon;

/** A command of the name that the scripts are for. */
beforeAll(async () => {
  base = await freshBase();
  daemon = await cannedDaemon(NODE);
  const path = join(base, 'tinylet');
  await writeFile(path, `#!/bin/sh\nexec ${process.execPath} ${await programPath()} "$@"\n`);
  await chmod(path, 0o755);
});

afterAll(async () => {
  await daemon.close();
  await clearAway(base);
});

async function shell(name: string, args: readonly string[]): Promise<readonly string[]> {
  const { PATH = '' } = process.env;
  const env = { ...process.env, PATH: `${base}:${PATH}`, TINYLET_API_SOCKET: daemon.socketPath };
  const { stdout } = await run(name, args, { env });
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(!hasShell('bash'))('bash', () => {
  /** As readline calls the function: the words, broken at `=`, and which of them is to be completed. */
  function complete(...words: readonly string[]): Promise<readonly string[]> {
    const script = [
      'source <(tinylet completion bash)',
      'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
      '_tinylet tinylet "" ""',
      `printf "%s\\n" "\${COMPREPLY[@]}"`,
    ].join('\n');
    return shell('bash', ['--norc', '-c', script, 'bash', 'tinylet', ...words]);
  }

  test.each<[words: readonly string[], candidates: readonly string[]]>([
    [['val'], ['validate']],
    [['why', '--na'], ['--namespace']],
    [['status', '--output', '=', 'j'], ['json']],
    [
      ['why', ''],
      ['web', 'db'],
    ],
    [['validate', 'READ'], []],
  ])('%j', async (words, candidates) => {
    expect(await complete(...words)).toEqual(candidates);
  });

  test('the function is registered for the name', async () => {
    const registered = await shell('bash', [
      '--norc',
      '-c',
      'source <(tinylet completion bash); complete -p',
    ]);
    expect(registered).toEqual(['complete -F _tinylet tinylet']);
  });
});

describe.skipIf(!hasShell('zsh'))('zsh', () => {
  test('takes the script', async () => {
    const script =
      'autoload -Uz compinit; compinit -u -D; source <(tinylet completion zsh); print $_comps[tinylet]';
    expect(await shell('zsh', ['-f', '-c', script])).toEqual(['_tinylet']);
  });
});

describe.skipIf(!hasShell('fish'))('fish', () => {
  test.each<[line: string, candidates: readonly string[]]>([
    ['tinylet val', ['validate\tcheck manifests and print every error with its place']],
    ['tinylet why ', ['db', 'web']],
    ['tinylet status --output=j', ['--output=json']],
  ])('%j', async (line, candidates) => {
    const script = 'tinylet completion fish | source; complete -C $argv[1]';
    expect([...(await shell('fish', ['--no-config', '-c', script, line]))].sort()).toEqual(candidates);
  });
});
