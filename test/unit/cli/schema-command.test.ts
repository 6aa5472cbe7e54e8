import { expect, test } from 'vitest';
import { loadFieldGuide } from '../../../src/manifest/index.ts';
import { tinylet } from './fake-program.ts';

test('schema prints the schema of manifests as JSON', async () => {
  const { code, out, err } = await tinylet(['schema']);
  const guide = await loadFieldGuide();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toEqual(guide.manifestSchema());
});
