import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../src/base/index.ts';
import type * as Manifest from '../../../src/manifest/index.ts';
import { parseManifest } from '../../../src/manifest/index.ts';
import type * as OffThread from '../../../src/manifest/parse-off-thread.ts';

// A thread needs the parser as JavaScript, so this suite builds its own copy of the program; it lies in the project so
// that packages are found.
const project = resolve(import.meta.dirname, '../../..');
const MANIFEST = `name: web\ncontainers: [{name: c, image: i}]\n`;

let build: string;
let manifests: string;
let parseOffThread: typeof OffThread.parseOffThread;
let createManifestLoader: typeof Manifest.createManifestLoader;

beforeAll(async () => {
  mkdirSync(join(project, '.cache'), { recursive: true });
  build = mkdtempSync(join(project, '.cache/manifest-'));
  manifests = mkdtempSync(join(tmpdir(), 'tinylet-thread-'));
  const tsc = join(project, 'node_modules/.bin/tsc');
  execFileSync(tsc, ['-p', join(project, 'tsconfig.build.json'), '--outDir', build, '--noCheck']);
  ({ parseOffThread } = await import(pathToFileURL(join(build, 'manifest/parse-off-thread.js')).href));
  ({ createManifestLoader } = await import(pathToFileURL(join(build, 'manifest/index.js')).href));
});

afterAll(() => {
  rmSync(build, { recursive: true, force: true });
  rmSync(manifests, { recursive: true, force: true });
});

const never = new AbortController().signal;

test('gives what parsing here gives', async () => {
  const result = await parseOffThread({ file: 'f', text: MANIFEST }, { clock: systemClock, signal: never });
  expect(result).toMatchObject({
    file: { state: 'accepted', objects: [{ pod: { metadata: { name: 'web' } } }] },
  });
  const broken = await parseOffThread({ file: 'f', text: 'a: [' }, { clock: systemClock, signal: never });
  expect(broken).toMatchObject({ file: { state: 'refused', errors: [{ line: 1 }] } });
});

test('objects beside pods come out of the thread as they are, their maps with every key', async () => {
  const text = `${MANIFEST}---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {a: b, __proto__: p}
binaryData: {d: aGk=}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {a: b}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: p}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: r}
handler: kata
`;
  const result = await parseOffThread({ file: 'f', text }, { clock: systemClock, signal: never });
  expect(result).toEqual({ file: parseManifest({ file: 'f', text }) });
  expect(result).toMatchObject({ file: { state: 'accepted', objects: { length: 5 } } });
});

test('a thread that takes too long is ended', async () => {
  const result = await parseOffThread(
    { file: 'f', text: MANIFEST },
    { clock: systemClock, signal: never, timeoutMs: 1 },
  );
  expect(result).toEqual({ failure: 'parsing took more than 0.001 s' });
});

test('a thread that runs out of memory is not the end of the daemon', async () => {
  const text = `name: web\ncontainers:\n${'- {name: c, image: i}\n'.repeat(40_000)}`;
  const result = await parseOffThread(
    { file: 'f', text },
    { clock: systemClock, signal: never, maxHeapMb: 12, timeoutMs: 60_000 },
  );
  expect(result).toEqual({ failure: expect.stringContaining('memory limit') });
});

test('an abort ends the thread', async () => {
  const stop = new AbortController();
  const text = `a:\n${'- [1, 2, 3]\n'.repeat(40_000)}`;
  const parsing = parseOffThread({ file: 'f', text }, { clock: systemClock, signal: stop.signal });
  stop.abort();
  expect(await parsing).toEqual({ failure: 'parsing was given up' });
});

test('the loader sends large files to a thread, and tries a failed one again later', async () => {
  writeFileSync(join(manifests, 'a.yaml'), MANIFEST, { mode: 0o644 });
  let nowMs = 0;
  let hasTime = false;
  const clock: Clock = {
    nowMs: () => Date.now(),
    monotonicMs: () => nowMs,
    setTimer(_, callback) {
      // Without time the thread's limit passes at once.
      const timer = hasTime ? undefined : setImmediate(callback);
      return { cancel: () => clearImmediate(timer) };
    },
  };
  const loader = createManifestLoader({ directories: [manifests], offThreadBytes: 10, clock });
  const load = async (): Promise<Manifest.ManifestFile | undefined> => {
    const [read] = (await loader.load()).directories;
    return read?.state === 'read' ? read.files[0] : undefined;
  };

  const refused = await load();
  expect(refused).toMatchObject({ state: 'refused', errors: [{ message: 'parsing took more than 10 s' }] });
  hasTime = true;
  nowMs = 59_999;
  expect(await load()).toBe(refused);
  nowMs = 60_000;
  expect(await load()).toMatchObject({ state: 'accepted' });
  await loader.close();
});
