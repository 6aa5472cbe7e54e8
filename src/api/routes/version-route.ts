import { KUBERNETES_VERSION } from '../../apimachinery/index.ts';
import { jsonResponse } from '../message.ts';
import type { Route } from '../route.ts';

/** `v1.36.4+tinylet-0.1.0`: the Kubernetes whose API this is, and who answers. */
export function gitVersionOf(version: string): string {
  return `v${KUBERNETES_VERSION}+tinylet-${version}`;
}

/** `kubectl version`, which warns where its minor version and this one are far apart (apimachinery: pkg/version Info). */
export function versionRoute(version: string): Route {
  const [major, minor] = KUBERNETES_VERSION.split('.');
  const info = {
    ...{ major, minor, gitVersion: gitVersionOf(version), gitCommit: '', gitTreeState: '', buildDate: '' },
    ...{
      goVersion: '',
      compiler: '',
      platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    },
  };
  return { path: '/version', methods: ['GET'], handle: () => jsonResponse(200, info) };
}
