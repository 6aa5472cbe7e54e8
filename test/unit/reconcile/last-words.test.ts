import { describe, expect, test } from 'vitest';
import type { ContainerDetails } from '../../../src/pod/index.ts';
import { lastWords } from '../../../src/reconcile/last-words.ts';
import { detailsOf, makeInstance, makePod, uid } from '../plan/base.ts';

const failed = detailsOf({ exitCode: 1, reason: 'Error', logPath: '/logs/app/0.log' });

interface Left {
  readonly written?: string | Error;
  readonly log?: string | Error;
  readonly details?: ContainerDetails;
  readonly falls?: boolean;
}

/** What is told of a container that left this. */
function wordsOf({ written, log = '', details = failed, falls = false }: Left): Promise<string | undefined> {
  const policy = falls ? { terminationMessagePolicy: 'FallbackToLogsOnError' as const } : {};
  const container = makeInstance('app', { attempt: 3, state: 'exited' }, makePod({ app: policy }));
  return lastWords(uid, container, details, {
    volumes: {
      terminationMessage: async (of, instance) => {
        expect([of, instance]).toEqual([uid, { container: 'app', attempt: 3 }]);
        if (written instanceof Error) throw written;
        return written;
      },
    },
    logs: {
      tail: async (path, limit) => {
        expect([path, limit]).toEqual(['/logs/app/0.log', { lines: 80, bytes: 2048 }]);
        if (log instanceof Error) throw log;
        return log;
      },
    },
  });
}

describe('the last words of a container (kubelet: getTerminationMessage)', () => {
  test.each<[string, Left, string | undefined]>([
    ['are what it wrote', { written: 'out of cheese' }, 'out of cheese'],
    ['are what it wrote, whatever is in its log', { written: 'x', log: 'y', falls: true }, 'x'],
    ['are nothing where it wrote nothing', { written: '', log: 'y' }, undefined],
    ['are nothing where there is no file', { log: 'y' }, undefined],
    ['are nothing where the file cannot be read', { written: new Error('EIO'), log: 'y' }, undefined],
    ['are the end of its log where the policy says so', { written: '', log: 'y', falls: true }, 'y'],
    ['are the end of its log where there is no file', { log: 'y', falls: true }, 'y'],
    ['are nothing where the log is empty, too', { log: '', falls: true }, undefined],
    ['are nothing where the log cannot be read', { log: new Error('EIO'), falls: true }, undefined],
    [
      'are not its log where it succeeded',
      { log: 'y', falls: true, details: { ...failed, exitCode: 0 } },
      undefined,
    ],
    [
      'are not its log where it never ran',
      { log: 'y', falls: true, details: { ...failed, reason: 'ContainerCannotRun' } },
      undefined,
    ],
  ])('%s', async (_case, left, words) => {
    expect(await wordsOf(left)).toBe(words);
  });

  test('are cut to the last 4096 bytes, between two characters', async () => {
    expect(await wordsOf({ written: `${'ä'.repeat(3_000)}.` })).toBe(`${'ä'.repeat(2_047)}.`);
  });

  test('are not looked for where the container was made without a place for them', async () => {
    const container = { ...makeInstance('app', { state: 'exited' }), annotations: {} };
    const never = () => Promise.reject(new Error('looked'));
    const ports = { volumes: { terminationMessage: never }, logs: { tail: never } };
    expect(await lastWords(uid, container, failed, ports)).toBeUndefined();
  });
});
