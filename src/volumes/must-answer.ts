import type { Machine } from './machine.ts';
import { runTool } from './run-tool.ts';

const LONGEST_MS = 5_000;

/**
 * Fails where a path of the machine does not answer, such as one on a dead network mount. A process of its own asks, since that can be
 * killed: a thread of this one would be lost until the path answers, and this process could not even end. What else may be wrong with
 * the path is for others to say.
 */
export async function mustAnswer(
  { place, clock }: Pick<Machine, 'place' | 'clock'>,
  path: string,
): Promise<void> {
  const deadline = new AbortController();
  const timer = clock.setTimer(LONGEST_MS, () => deadline.abort());
  const command = place.command('stat', ['--dereference', '--', path]);
  const { late } = await runTool(...command, deadline.signal);
  timer.cancel();
  if (late) throw new Error(`${path} does not answer`);
}
