import type { MountPlace } from './mount-place.ts';
import { runTool } from './run-tool.ts';

const LONGEST_MS = 5_000;

/**
 * Fails where a path of the machine does not answer, such as one on a dead network mount. A process of its own asks, since that can be
 * killed: a thread of this one would be lost until the path answers, and this process could not even end. What else may be wrong with
 * the path is for others to say.
 */
export async function mustAnswer(place: MountPlace, path: string): Promise<void> {
  const { late } = await runTool(...place.command('stat', ['--dereference', '--', path]), LONGEST_MS);
  if (late) throw new Error(`${path} does not answer`);
}
