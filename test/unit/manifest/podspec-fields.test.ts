import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { podspecFields } from '../../../src/manifest/podspec-fields.generated.ts';
import { errorsOf } from './parse.ts';

const project = new URL('../../../', import.meta.url);

test('the generated table is up to date', () => {
  const fresh = execFileSync(process.execPath, ['scripts/generate-podspec-fields.mjs', '--stdout'], {
    cwd: project,
  });
  expect(readFileSync(new URL('src/manifest/podspec-fields.generated.ts', project), 'utf8')).toBe(
    fresh.toString(),
  );
});

/** Fields that may have a value now; all others must say that they are not supported yet. */
const HONOURED = {
  V1PodSpec: ['containers', 'hostNetwork', 'restartPolicy', 'terminationGracePeriodSeconds'],
  V1Container: ['args', 'command', 'env', 'image', 'imagePullPolicy', 'name', 'ports', 'workingDir'],
} as const;

test('every field of core/v1 is known: honoured, or refused by its name', () => {
  const places = {
    V1PodSpec: (field: string) => `name: web\ncontainers: [{name: c, image: i}]\n${field}: {x: y}\n`,
    V1Container: (field: string) => `name: web\ncontainers: [{name: c, image: i, ${field}: {x: y}}]\n`,
  };
  for (const type of ['V1PodSpec', 'V1Container'] as const) {
    const refused = Object.keys(podspecFields[type]).filter((field) =>
      errorsOf(places[type](field)).some((error) => error.endsWith(`${field}: not supported yet`)),
    );
    const expected = Object.keys(podspecFields[type]).filter(
      (field) => !HONOURED[type].some((name) => name === field),
    );
    expect(refused).toEqual(expected);
  }
});
