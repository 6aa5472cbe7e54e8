import { expect, test } from 'vitest';
import { versionRoute } from '../../../src/api/routes/version-route.ts';
import { askRoute, jsonOf } from './ask-route.ts';

test('the version is Kubernetes’, and says who speaks it', async () => {
  const info = jsonOf(await askRoute([versionRoute('0.1.0')], '/version'));
  expect(info).toMatchObject({ major: '1', minor: '36', gitVersion: 'v1.36.4+tinylet-0.1.0' });
});
