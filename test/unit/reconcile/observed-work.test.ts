import { expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { detailsOf, makeContainer, makePod, nowMs } from '../plan/base.ts';
import { gate } from './fake-cri.ts';
import { intervalMs, Rig } from './rig.ts';

const web = makePod({
  metadata: { name: 'web' },
  spec: { containers: [makeContainer('web', { image: 'web:1' })] },
});

/** What was told, but for what comes with every look. */
function told(rig: Rig): readonly string[] {
  return rig.observed.filter((line) => !/^(relisted|passed "sync")/.test(line));
}

test('a pod from its beginning to its end', async () => {
  const rig = new Rig();
  await rig.startWith(web);
  expect(told(rig)).toEqual([
    'sandboxTried',
    'passed "create" 0',
    'containerTried "container"',
    'podRan 0',
    'podStarted "uid-1" {"sinceSeenMs":0,"initMs":0}',
  ]);
  rig.observed.length = 0;
  rig.put(makePod({ ...web, spec: { containers: [makeContainer('web', { image: 'web:2' })] } }));
  rig.cri.images.add('web:2');
  await rig.clock.advance(intervalMs);
  expect(told(rig)).toContain('passed "update" 0');
  expect(told(rig).filter((line) => line.startsWith('pod'))).toEqual([]);
  rig.put();
  await rig.clock.advance(intervalMs);
  expect(told(rig)).toContain('passed "kill" 0');
  expect(told(rig).at(-1)).toBe('podGone "uid-1"');
  await rig.reconciler.stop();
});

test('how long a pod takes counts from when it is first seen', async () => {
  const rig = new Rig();
  const starting = gate();
  rig.cri.holding.set('startContainer', starting.closed);
  rig.cri.late.add('startContainer');
  await rig.startWith(web);
  expect(told(rig).some((line) => line.startsWith('podRan'))).toBe(false);
  await rig.clock.advance(3 * intervalMs);
  starting.open();
  await rig.clock.advance(intervalMs);
  const tookMs = 3.5 * intervalMs;
  expect(told(rig)).toContain(`podRan ${tookMs}`);
  expect(told(rig)).toContain(`podStarted "uid-1" {"sinceSeenMs":${tookMs},"initMs":0}`);
  await rig.reconciler.stop();
});

test('nothing is told of the start of what ran before the daemon', async () => {
  const before = new Rig();
  await before.startWith(web);
  await before.reconciler.stop();
  const rig = new Rig();
  for (const [id, sandbox] of before.cri.sandboxes) rig.cri.sandboxes.set(id, sandbox);
  for (const [id, container] of before.cri.containers) rig.cri.containers.set(id, container);
  for (const [uid, record] of before.records.kept) rig.records.kept.set(uid, record);
  await rig.startWith(web);
  expect(told(rig)).toEqual(['passed "create" 0']);
  await rig.reconciler.stop();
});

test.each([
  ['runSandbox', 'sandboxFailed'],
  ['createContainer', 'containerFailed "container" "CreateContainerError"'],
  ['startContainer', 'containerFailed "container" "RunContainerError"'],
] as const)('what %s fails at is told once for each try', async (call, line) => {
  const rig = new Rig();
  rig.cri.failing.set(call, new TinyletError('CRI_FAILED', 'no'));
  await rig.startWith(web);
  const count = (lines: readonly string[], start: string) =>
    lines.filter((each) => each.startsWith(start)).length;
  expect(count(told(rig), line)).toBe(count(rig.cri.calls, call));
  expect(count(told(rig), line)).toBeGreaterThan(0);
  expect(count(told(rig), 'sandboxTried')).toBe(count(rig.cri.calls, 'runSandbox'));
  expect(count(told(rig), 'containerTried')).toBe(count(rig.cri.calls, 'createContainer'));
  await rig.reconciler.stop();
});

test('init containers are told apart, and so is the time they took', async () => {
  const rig = new Rig();
  const first = makeContainer('first', { image: 'first:1' });
  rig.cri.images.add('first:1');
  await rig.startWith(makePod({ metadata: { name: 'web' }, spec: { ...web.spec, initContainers: [first] } }));
  expect(told(rig)).toContain('containerTried "init_container"');
  expect(told(rig)).not.toContain('containerTried "container"');
  const [id = ''] = [...rig.cri.containers.keys()];
  rig.cri.setState(id, 'exited');
  rig.cri.details.set(id, detailsOf({ startedAtMs: nowMs, finishedAtMs: nowMs + 700 }));
  await rig.clock.advance(2 * intervalMs);
  expect(told(rig)).toContain('containerTried "container"');
  expect(told(rig).find((line) => line.startsWith('podStarted'))).toContain('"initMs":700');
  await rig.reconciler.stop();
});

test('every look at the runtime is told, and none that failed', async () => {
  const rig = new Rig();
  await rig.startWith(web);
  rig.observed.length = 0;
  await rig.clock.advance(2 * intervalMs);
  expect(rig.observed.filter((line) => line === 'relisted 0')).toHaveLength(2);
  rig.observed.length = 0;
  rig.cri.failing.set('listSandboxes', new TinyletError('CRI_UNAVAILABLE', 'away'));
  await rig.clock.advance(2 * intervalMs);
  expect(rig.observed).toEqual([]);
  await rig.reconciler.stop();
});
