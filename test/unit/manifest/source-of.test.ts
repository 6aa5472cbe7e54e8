import { expect, test } from 'vitest';
import { howToChange, isManifestUrl, sourceOf } from '../../../src/manifest/source-of.ts';

test.each([
  ['/etc/pods/web.yaml', '/etc/pods', false, 'edit or delete that file'],
  ['/http:/x.yaml', '/http:', false, 'edit or delete that file'],
  ['https://host/dir/x.yaml', 'https://host/dir/x.yaml', true, 'change what that URL answers'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/', true, 'change what that URL answers'],
])('%s comes from %s', (file, source, isUrl, advice) => {
  expect([sourceOf(file), isManifestUrl(file), howToChange(file)]).toEqual([source, isUrl, advice]);
});
