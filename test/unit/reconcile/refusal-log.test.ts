import { expect, test } from 'vitest';
import type { RefusedManifest } from '../../../src/manifest/index.ts';
import { RefusalLog } from '../../../src/reconcile/refusal-log.ts';
import { badFile, goneDirectory, goodFile, manifestsOf, snapshotOf } from '../targets/manifests.ts';
import { keepingLogger } from './rig.ts';

const refused = 'manifest refused; what it defined before goes on';
const twice = (message: string) => ({
  file: '/m/b.yaml',
  line: 1,
  column: 1,
  path: 'metadata.name',
  message,
});

function rig() {
  const logger = keepingLogger();
  return { log: new RefusalLog(logger), lines: logger.lines };
}

test('a broken file is told once, with its places, and again when it is mended', () => {
  const { log, lines } = rig();
  const bad = manifestsOf(badFile('/m/a.yaml', 'no such field'));
  log.note(bad, []);
  log.note(bad, []);
  expect(lines).toEqual([
    { level: 'error', msg: refused, file: '/m/a.yaml', errors: '3:5: spec: no such field' },
  ]);
  log.note(manifestsOf(goodFile('/m/a.yaml')), []);
  log.note(manifestsOf(goodFile('/m/a.yaml')), []);
  expect(lines.slice(1)).toEqual([{ level: 'info', msg: 'manifest no longer refused', file: '/m/a.yaml' }]);
});

test('another error of the same file is news', () => {
  const { log, lines } = rig();
  log.note(manifestsOf(badFile('/m/a.yaml', 'first')), []);
  log.note(manifestsOf(badFile('/m/a.yaml', 'second')), []);
  expect(lines.map(({ errors }) => errors)).toEqual(['3:5: spec: first', '3:5: spec: second']);
});

test('a directory that cannot be read is told by its own name', () => {
  const { log, lines } = rig();
  log.note(snapshotOf(goneDirectory), []);
  expect(lines).toMatchObject([{ file: '/m', errors: 'no such directory' }]);
});

test('every pod of a file that is refused for another one is named', () => {
  const { log, lines } = rig();
  log.note(manifestsOf(), [twice('first is taken'), twice('second is taken')]);
  expect(lines).toMatchObject([
    { file: '/m/b.yaml', errors: '1:1: metadata.name: first is taken; 1:1: metadata.name: second is taken' },
  ]);
});

test('of a URL only what is wrong with its text is told: who asks it tells the rest', () => {
  const { log, lines } = rig();
  const url = 'https://host/pods.yaml';
  log.note(snapshotOf({ ...goneDirectory, directory: url }), []);
  const file = badFile(url, 'no such field') as RefusedManifest;
  const said = { state: 'read', directory: url, files: [goodFile(url)], warnings: [] } as const;
  log.note(snapshotOf({ ...said, problem: 'is away' }), []);
  expect(lines).toEqual([]);
  log.note(snapshotOf({ ...said, problem: 'answers with errors', refused: file }), []);
  expect(lines).toMatchObject([{ level: 'error', file: url, errors: '3:5: spec: no such field' }]);
});
