// Records anew what kubectl makes of the patches in test/facts/kubectl-patches.json: node scripts/record-kubectl-patches.mjs <kubectl>
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const [kubectl] = process.argv.slice(2);
if (kubectl === undefined) throw new Error('usage: record-kubectl-patches.mjs <kubectl>');

const facts = new URL('../test/facts/kubectl-patches.json', import.meta.url);
const { target, cases } = JSON.parse(readFileSync(facts, 'utf8'));
const directory = mkdtempSync(join(tmpdir(), 'kubectl-patches-'));
const file = join(directory, 'target.json');
writeFileSync(file, JSON.stringify(target));

/** kubectl carries patches out by itself with --local. */
function run(args) {
  const { status, stdout, stderr } = spawnSync(kubectl, args, {
    encoding: 'utf8',
    env: { KUBECONFIG: '/dev/null', HOME: directory },
  });
  return status === 0 ? { stdout } : { error: stderr.replace(/^error: /, '').trimEnd() };
}

function partsOf(object) {
  return ['metadata', 'spec'].flatMap((name) =>
    Object.entries(object[name] ?? {}).map(([field, value]) => [`${name}.${field}`, value]),
  );
}

function changesTo(result) {
  const [before, after] = [new Map(partsOf(target)), new Map(partsOf(result))];
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !isDeepStrictEqual(before.get(name), after.get(name)),
  );
  return Object.fromEntries(changed.map((name) => [name, after.get(name) ?? null]));
}

const recorded = cases.map(({ name, type, patch }) => {
  const said = ['patch', '--local', '-f', file, `--type=${type}`, '-p', JSON.stringify(patch), '-o', 'json'];
  const { stdout, error } = run(said);
  const outcome = error === undefined ? { changes: changesTo(JSON.parse(stdout)) } : { error };
  return JSON.stringify({ name, type, patch, ...outcome });
});
const version = JSON.parse(run(['version', '--client', '-o', 'json']).stdout).clientVersion.gitVersion;
const source = `Recorded by scripts/record-kubectl-patches.mjs from kubectl ${version}, patch --local: what of metadata and spec is other than in the target, null for what is gone`;
const lines = [
  `"source": ${JSON.stringify(source)}`,
  `"target": ${JSON.stringify(target)}`,
  `"cases": [\n${recorded.join(',\n')}\n]`,
];
writeFileSync(facts, `{\n${lines.join(',\n')}\n}\n`);
rmSync(directory, { recursive: true });
