import { describe, expect, test } from 'vitest';
import { TinyletError } from '../../../src/base/index.ts';
import { followPods, restingPods } from '../../../src/cli/follow-pods.ts';
import type { Program } from '../../../src/cli/program.ts';
import type { PodReport, WaitReport } from '../../../src/status/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { fakeProgram } from './fake-program.ts';
import { node, pod } from './reports.ts';

/** What the terminal shows, second by second, of a daemon that reports these pods one after the other. */
class Stage {
  readonly clock = new VirtualClock();
  readonly written = { out: '', err: '' };
  reported: readonly PodReport[] | undefined = [];
  asked = 0;

  follow(wanted: (name: string) => boolean, terminal = true): () => void {
    return followPods(this.#program(terminal), { apiSocket: '/x', wanted: ({ name }) => wanted(name) });
  }

  resting(): ReturnType<typeof restingPods> {
    return restingPods(this.#program(true), '/x');
  }

  #program(terminal: boolean): Program {
    const program = fakeProgram({ clock: this.clock, terminal }, [], this.written);
    const fetchStatus = async () => {
      this.asked += 1;
      if (this.reported === undefined) throw new TinyletError('DAEMON_UNREACHABLE', 'gone');
      return node({ pods: this.reported });
    };
    return { ...program, fetchStatus };
  }

  /** The line as it stands, without what moves the cursor. */
  get line(): string {
    const last = this.written.err.split('\r\u001b[K').at(-1) ?? '';
    return last.replace('\u001b[?7l', '').replace('\u001b[?7h', '');
  }
}

const waiting = (wait: Partial<WaitReport>): Partial<PodReport> => ({
  words: { ready: '0/1', status: 'Pending', restarts: 0 },
  waiting: [{ reason: 'ContainerCreating', message: '', ...wait }],
});

describe('what pods wait for', () => {
  test.each<[what: string, changed: Partial<PodReport>, line: string]>([
    ['a pull', waiting({ message: 'Pulling image "nginx"' }), 'default/web: Pulling image "nginx" 0s'],
    ['no word', waiting({}), 'default/web: ContainerCreating 0s'],
    [
      'trouble',
      waiting({ reason: 'ErrImagePull', message: 'no such image' }),
      'default/web: ErrImagePull: no such image 0s',
    ],
    ['readiness', { words: { ready: '0/2', status: 'Running', restarts: 0 } }, 'default/web: 0/2 ready 0s'],
    ['its end', { terminating: true }, 'default/web: Terminating 0s'],
    ['nothing', {}, ''],
    [
      'nothing, since it has ended',
      { phase: 'Succeeded', words: { ready: '0/1', status: 'Completed', restarts: 0 } },
      '',
    ],
  ])('%s', async (_, changed, line) => {
    const stage = new Stage();
    stage.reported = [pod('web', changed)];
    const stop = stage.follow(() => true);
    await stage.clock.advance(400);
    expect(stage.line).toBe(line);
    stop();
    expect(stage.line).toBe('');
  });

  test('how long is counted from when it began to wait for that', async () => {
    const stage = new Stage();
    stage.reported = [pod('web', waiting({}))];
    const stop = stage.follow(() => true);
    await stage.clock.advance(3400);
    expect(stage.line).toBe('default/web: ContainerCreating 3s');
    stage.reported = [pod('web', { words: { ready: '0/1', status: 'Running', restarts: 0 } })];
    await stage.clock.advance(1000);
    expect(stage.line).toBe('default/web: 0/1 ready 0s');
    stop();
  });

  test('of several the first is told, and how many others there are; those not asked for are left out', async () => {
    const stage = new Stage();
    stage.reported = ['other', 'a', 'b', 'c'].map((name) => pod(name, waiting({})));
    const stop = stage.follow((name) => name !== 'other');
    await stage.clock.advance(400);
    expect(stage.line).toBe('default/a: ContainerCreating (and 2 more) 0s');
    stop();
  });

  test('who begins something is told of what waits since, and not of what waited before', async () => {
    const stage = new Stage();
    const [restless, resting] = [pod('restless', waiting({})), pod('resting')];
    stage.reported = [restless, resting];
    const wanted = await stage.resting();
    const names = ['restless', 'resting', 'new'];
    expect(names.filter((name) => wanted({ namespace: 'default', name }))).toEqual(['resting', 'new']);
    stage.reported = undefined;
    const all = await stage.resting();
    expect(names.filter((name) => all({ namespace: 'default', name }))).toEqual(names);
  });

  test('a daemon that is away ends nothing', async () => {
    const stage = new Stage();
    stage.reported = undefined;
    const stop = stage.follow(() => true);
    await stage.clock.advance(1400);
    stage.reported = [pod('web', waiting({}))];
    await stage.clock.advance(1000);
    expect(stage.line).toBe('default/web: ContainerCreating 0s');
    stop();
  });

  test('after the end nothing is asked and nothing written', async () => {
    const stage = new Stage();
    stage.reported = [pod('web', waiting({}))];
    const stop = stage.follow(() => true);
    await stage.clock.advance(400);
    stop();
    const { asked, written } = stage;
    const before = written.err;
    await stage.clock.advance(5000);
    expect([asked, stage.asked, written.err]).toEqual([1, 1, before]);
  });

  test('without a terminal nobody is asked', async () => {
    const stage = new Stage();
    stage.follow(() => true, false)();
    await stage.clock.advance(5000);
    expect([stage.asked, stage.written.err]).toEqual([0, '']);
  });
});
