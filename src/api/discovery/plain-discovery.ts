import type { JsonObject } from '../../base/index.ts';
import { apiVersionOf } from '../resource.ts';
import type { GroupVersion, ListedResource } from './listed-resource.ts';

/** `GET /api` (meta/v1 APIVersions). `address` is what the client called. */
export function apiVersions(versions: readonly string[], address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions,
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

/** `GET /apis` (meta/v1 APIGroupList): every group but the core one. */
export function apiGroupList(groupVersions: readonly GroupVersion[]): JsonObject {
  const names = new Set(groupVersions.map(({ group }) => group).filter((group) => group !== ''));
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...names].map((name) => groupOf(name, groupVersions)),
  };
}

/** `GET /apis/<group>` (meta/v1 APIGroup). */
export function apiGroup(name: string, groupVersions: readonly GroupVersion[]): JsonObject {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name, groupVersions) };
}

function groupOf(name: string, groupVersions: readonly GroupVersion[]): JsonObject {
  const versions = groupVersions
    .filter(({ group }) => group === name)
    .map((each) => ({ groupVersion: apiVersionOf(each), version: each.version }));
  return { name, versions, preferredVersion: versions[0] };
}

/** `GET /api/v1`, `GET /apis/<group>/<version>` (meta/v1 APIResourceList). */
export function apiResourceList(groupVersion: GroupVersion): JsonObject {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(groupVersion),
    resources: groupVersion.resources.flatMap((resource) => [
      resourceOf(resource),
      ...subresourcesOf(resource),
    ]),
  };
}

function resourceOf(resource: ListedResource): JsonObject {
  const { name, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  return {
    ...{ name, singularName: singular, namespaced, kind, verbs },
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
}

function subresourcesOf(resource: ListedResource): readonly JsonObject[] {
  return resource.subresources.map(({ name, verbs, kind, groupVersion }) => ({
    ...{ name: `${resource.name}/${name}`, singularName: '', namespaced: resource.namespaced },
    ...groupVersion,
    ...{ kind: kind ?? resource.kind, verbs },
  }));
}
