import { beforeEach, describe, expect, test } from 'vitest';
import { createLogUpkeep, type LogUpkeep, type LogUpkeepPorts } from '../../../src/daemon/log-upkeep.ts';
import type { ContainerLog, LoggedContainer } from '../../../src/logs/index.ts';
import { asContainerId, asPodUid } from '../../../src/pod/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

let clock: VirtualClock;
let containers: LoggedContainer[];
/** What was looked at, and when. */
let seen: string[];

beforeEach(() => {
  clock = new VirtualClock();
  containers = [container('a')];
  seen = [];
});

function container(id: string, running = true): LoggedContainer {
  return {
    ...{ id: asContainerId(id), uid: asPodUid('uid'), namespace: 'default', pod: 'web', container: 'app' },
    ...{ attempt: 0, running },
  };
}

function note(what: string, logs: readonly ContainerLog[] = []): void {
  const ids = logs.map(({ id, running }) => (running ? id : `(${id})`));
  seen.push([clock.monotonicMs(), what, ...ids].join(' '));
}

function upkeep(ports: Partial<LogUpkeepPorts> = {}): LogUpkeep {
  return createLogUpkeep({
    ...{ clock, logDir: '/var/log/pods' },
    pods: () => ({ containers, knownUids: new Set(), complete: true }),
    rotation: { look: async (logs) => note('rotation', logs) },
    orphans: { look: async () => note('orphans') },
    ...ports,
  });
}

const links = { sync: async (logs: readonly ContainerLog[]) => note('links', logs) };

test('logs are looked at every ten seconds, from the end of one look to the next', async () => {
  const rotation: LogUpkeepPorts['rotation'] = {
    look: (logs) => {
      note('rotation', logs);
      return new Promise((resolve) => clock.setTimer(3_000, resolve));
    },
  };
  const logs = upkeep({ rotation });
  logs.start();
  await clock.advance(9_000);
  containers = [container('b')];
  await clock.advance(20_000);
  expect(seen).toEqual([
    ...['0 rotation a', '3000 orphans', '13000 rotation b', '16000 orphans'],
    ...['26000 rotation b', '29000 orphans'],
  ]);
  await logs.close();
});

test('every log has its place', async () => {
  const places: string[] = [];
  const logs = upkeep({
    rotation: {
      look: async (given) => void places.push(...given.map((log) => `${log.directory}/${log.container}`)),
    },
  });
  logs.start();
  await clock.settle();
  expect(places).toEqual(['/var/log/pods/default_web_uid/app']);
  await logs.close();
});

describe('links', () => {
  const linksSeen = () => seen.filter((each) => each.includes('links'));

  test('are compared every ten seconds', async () => {
    const logs = upkeep({ links });
    logs.start();
    await clock.advance(20_000);
    expect(linksSeen()).toEqual(['0 links a', '10000 links a', '20000 links a']);
    await logs.close();
  });

  test.each<[string, LoggedContainer[], string[]]>([
    ['a container came', [container('b'), container('a')], ['5000 links b a']],
    ['a container ended', [container('a', false)], ['5000 links (a)']],
    ['a container went', [], ['5000 links']],
    ['nothing has changed', [container('a')], []],
  ])('follow at once where %s', async (_case, after, followed) => {
    const logs = upkeep({ links });
    logs.start();
    await clock.advance(5_000);
    containers = after;
    logs.look();
    await clock.advance(1_000);
    expect(linksSeen()).toEqual(['0 links a', ...followed]);
    await logs.close();
  });

  test('order is no change', async () => {
    containers = [container('a'), container('b')];
    const logs = upkeep({ links });
    logs.start();
    await clock.advance(5_000);
    containers.reverse();
    logs.look();
    await clock.advance(1_000);
    expect(linksSeen()).toEqual(['0 links a b']);
    await logs.close();
  });

  test('of many that come one after another follow four times a second', async () => {
    containers = [];
    const logs = upkeep({ links });
    logs.start();
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      await clock.advance(90);
      containers = [...containers, container(id)];
      logs.look();
    }
    await clock.advance(1_000);
    expect(linksSeen()).toEqual(['0 links', '250 links a b', '500 links a b c d e']);
    await logs.close();
  });

  test('do not wait for a large log', async () => {
    const logs = upkeep({ links, rotation: { look: () => new Promise(() => undefined) } });
    logs.start();
    await clock.advance(10_000);
    expect(linksSeen()).toEqual(['0 links a', '10000 links a']);
    await clock.complete(logs.close());
  });

  test('are not made where none are kept', async () => {
    const logs = upkeep();
    logs.start();
    containers = [];
    logs.look();
    await clock.advance(1_000);
    expect(linksSeen()).toEqual([]);
    await logs.close();
  });
});

describe('the end', () => {
  test('comes at once where nothing is under way', async () => {
    const logs = upkeep({ links });
    logs.start();
    await clock.advance(5_000);
    await logs.close();
    await clock.advance(60_000);
    expect(clock.monotonicMs()).toBe(65_000);
    expect(seen).toEqual(['0 rotation a', '0 links a', '0 orphans']);
  });

  test('lets a rotation stop, and waits two seconds for one that does not', async () => {
    let told: AbortSignal | undefined;
    const logs = upkeep({
      rotation: {
        look: (_logs, signal) => {
          told = signal;
          return new Promise(() => undefined);
        },
      },
    });
    logs.start();
    await clock.advance(1_000);
    expect(told?.aborted).toBe(false);
    await clock.complete(logs.close());
    expect(told?.aborted).toBe(true);
    expect(clock.monotonicMs()).toBe(3_000);
  });

  test('may come before the beginning', async () => {
    const logs = upkeep({ links });
    logs.look();
    await logs.close();
    expect(seen).toEqual([]);
  });
});
