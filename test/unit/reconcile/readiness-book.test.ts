import { expect, test } from 'vitest';
import { ReadinessBook } from '../../../src/reconcile/readiness-book.ts';
import { makeInstance, observe, uid } from '../plan/base.ts';
import { lastPass } from './last-pass.ts';

const stopping = { reason: 'Stopping', message: 'waiting for the end of container app' };

test.each([
  ['a pod that nobody has looked at is not ready', undefined, 'not-ready'],
  ['one whose containers run is', lastPass(), 'ready'],
  [
    'one that lacks a container is not',
    lastPass({ observed: observe({ containers: [makeInstance('app')] }) }),
    'not-ready',
  ],
  [
    'one that is about to lose a container is not, though it still runs',
    lastPass({ plan: { actions: [], waits: [stopping] } }),
    'not-ready',
  ],
])('%s', (_case, last, readiness) => {
  const book = new ReadinessBook();
  book.note(uid, last);
  expect(book.of(uid)).toBe(readiness);
});

test('whoever waits is told of a change alone', () => {
  const book = new ReadinessBook();
  expect([lastPass(), lastPass(), undefined].map((last) => book.note(uid, last))).toEqual([
    true,
    false,
    true,
  ]);
});
