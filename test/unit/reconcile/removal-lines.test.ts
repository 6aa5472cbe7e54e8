import { expect, test } from 'vitest';
import type { Pod } from '../../../src/pod/index.ts';
import { logDir, makeContainer, makePod } from '../plan/base.ts';
import { intervalMs, type LogLine, Rig } from './rig.ts';

function podOf(...names: string[]): Pod {
  return makePod({
    spec: { containers: names.map((name) => makeContainer(name, { image: `${name}:1` })) },
  });
}

/** What is said of what was thrown away, without how long it took. */
function removals(lines: readonly LogLine[]): Record<string, unknown>[] {
  const kinds: readonly unknown[] = [
    'remove-container',
    'remove-sandbox',
    'tear-down-volumes',
    'delete-logs',
  ];
  return lines.filter(({ action }) => kinds.includes(action)).map(({ durationMs: _, ...line }) => line);
}

const line = { level: 'info', msg: 'action done', pod: 'default/web', uid: 'uid-1' };

test('an instance that was outlived is told of with its id, and why', async () => {
  const rig = new Rig();
  await rig.startWith(podOf('web'));
  for (const id of ['web-0', 'web-1']) {
    rig.cri.setState(id, 'exited', 1);
    await rig.clock.advance(20_000);
  }
  const why = 'older than the one that is kept';
  expect(removals(rig.logger.lines)).toEqual([
    { ...line, action: 'remove-container', container: 'web', attempt: 0, id: 'web-0', why },
  ]);
  rig.logger.lines.length = 0;
  await rig.clock.advance(10 * intervalMs);
  expect(rig.logger.lines).toEqual([]);
  await rig.reconciler.stop();
});

test('so is one that the manifest does not name any more', async () => {
  const rig = new Rig();
  await rig.startWith(podOf('web', 'side'));
  rig.put(podOf('web'));
  await rig.clock.advance(10 * intervalMs);
  const why = 'not in the manifest any more';
  expect(removals(rig.logger.lines)).toEqual([
    { ...line, action: 'remove-container', container: 'side', attempt: 0, id: 'side-0', why },
  ]);
  await rig.reconciler.stop();
});

test('and all that there was of a pod that goes', async () => {
  const rig = new Rig();
  await rig.startWith(podOf('web'));
  rig.put();
  await rig.clock.advance(10 * intervalMs);
  const why = 'the pod is gone';
  expect(removals(rig.logger.lines)).toEqual([
    { ...line, action: 'remove-sandbox', attempt: 0, id: 'web-sandbox-0', why },
    { ...line, action: 'tear-down-volumes', why },
    { ...line, action: 'delete-logs', directory: `${logDir}/default_web_uid-1`, why },
  ]);
  await rig.reconciler.stop();
});
