import { expect, test } from 'vitest';
import { type LogFile, planRotation, type RotationPlan } from '../../../src/logs/plan-rotation.ts';

const rotatedAt = (hour: number): string => `1.log.20260102-0${hour}0000`;
const A = rotatedAt(1);
const B = rotatedAt(2);
const C = rotatedAt(3);
const D = rotatedAt(4);
const E = rotatedAt(5);

function file(name: string, identity = name): LogFile {
  return { name, sizeBytes: 1, identity };
}

/** The files of one instance that writes, in no order. */
function planOf(names: readonly string[], maxFiles = 5): RotationPlan {
  const files = ['1.log', ...names].map((name) => file(name)).reverse();
  return planRotation(files, { attempt: 1, maxFiles });
}

const nothing = { remove: [], compress: [], newest: undefined };

test.each<[string, readonly string[], number, Partial<RotationPlan>]>([
  ['nothing rotated yet', [], 5, {}],
  ['one rotated: it is compressed', [A], 5, { compress: [A], newest: '20260102-010000' }],
  ['a compressed one stays', [`${A}.gz`, B], 5, { compress: [B], newest: '20260102-020000' }],
  [
    'the oldest go, compressed or not',
    [`${A}.gz`, B, `${C}.gz`, `${D}.gz`, E],
    5,
    { remove: [`${A}.gz`, B], compress: [E], newest: '20260102-050000' },
  ],
  ['as many as may stay', [`${A}.gz`, `${B}.gz`, C], 5, { compress: [C], newest: '20260102-030000' }],
  ['of two files one is rotated and the other new', [A], 2, { remove: [A], newest: '20260102-010000' }],
  [
    'what was being compressed',
    [A, `${A}.tmp`],
    5,
    { remove: [`${A}.tmp`], compress: [A], newest: '20260102-010000' },
  ],
  [
    "the kubelet's way of naming it",
    [`${A}.gz.tmp`, B],
    5,
    { remove: [`${A}.gz.tmp`], compress: [B], newest: '20260102-020000' },
  ],
  ['the plain twin of a compressed one', [A, `${A}.gz`], 5, { remove: [A], newest: '20260102-010000' }],
  [
    'a twin takes no place',
    [`${A}.gz`, `${B}.gz`, B, `${C}.gz`],
    5,
    { remove: [B], newest: '20260102-030000' },
  ],
  ['what is not ours stays', ['1.log.old', '1.log.20260102.gz', '2.log.20260102-010000'], 5, {}],
])('%s', (_case, names, maxFiles, changed) => {
  expect(planOf(names, maxFiles)).toEqual({ ...nothing, ...changed });
});

test('a second name of the file in use goes, and takes no place', () => {
  const files = [file('1.log', 'same'), file(`${A}.gz`), file(B, 'same')];
  expect(planRotation(files, { attempt: 1, maxFiles: 3 })).toEqual({
    remove: [B],
    compress: [],
    newest: '20260102-020000',
  });
});
