import { expect, test } from 'vitest';
import { need, needOf, podA, podB, Rig } from './rig.ts';

const held = (rig: Rig): string[] => [...rig.keeper.held()].sort();

test('what is looked for, pulled, and told to be there is held, until its pod is released', async () => {
  const rig = new Rig();
  rig.present.add('app:1');
  const looking = rig.keeper.ensure(need);
  expect(held(rig)).toEqual(['app:1']);
  await looking;
  expect(held(rig)).toEqual(['id of app:1']);
  await rig.keeper.ensure(needOf({ uid: podB, image: 'other' }));
  expect(held(rig)).toEqual(['id of app:1', 'other:latest']);
  await rig.succeed();
  expect(held(rig)).toEqual(['id of app:1', 'id of other:latest']);
  rig.keeper.release(podA);
  expect(held(rig)).toEqual(['id of other:latest']);
});

test('who was told of an image that is removed is woken and asks again; others keep theirs', async () => {
  const rig = new Rig();
  rig.present.add('app:1').add('other:1');
  const other = needOf({ uid: podB, image: 'other:1' });
  await rig.keeper.ensure(need);
  await rig.keeper.ensure(other);
  rig.present.delete('app:1');
  rig.keeper.noteRemoved('id of app:1');
  expect([rig.keeper.state(need).state, rig.keeper.state(other).state]).toEqual(['unknown', 'ready']);
  expect(rig.changed).toEqual([podA]);
});

test('a look that an image was removed under is taken again', async () => {
  const rig = new Rig();
  rig.present.add('app:1');
  const looking = rig.keeper.ensure(need);
  rig.present.delete('app:1');
  rig.keeper.noteRemoved('id of app:1');
  await looking;
  expect(rig.looks).toEqual(['app:1', 'app:1']);
  expect(rig.keeper.state(need)).toEqual({ state: 'pulling' });
});
