import type { JsonObject } from '../../base/index.ts';
import type { Subresource } from '../resource.ts';
import type { GroupVersion, ListedResource } from './listed-resource.ts';

export type AggregatedVersion = 'v2' | 'v2beta1';

/** Everything about the groups in one answer, which spares clients one request for each (apidiscovery.k8s.io APIGroupDiscoveryList). */
export function aggregatedDiscovery(
  groupVersions: readonly GroupVersion[],
  version: AggregatedVersion,
): JsonObject {
  const names = new Set(groupVersions.map(({ group }) => group));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: [...names].map((name) => ({
      metadata: name === '' ? {} : { name },
      versions: groupVersions.filter(({ group }) => group === name).map(versionOf),
    })),
  };
}

/** The version asked for, of those that Accept names before any other form; undefined where the plain documents are wanted. */
export function wantedAggregation(accept: string | undefined): AggregatedVersion | undefined {
  for (const clause of (accept ?? '').split(',')) {
    const [type, ...parameters] = clause.split(';').map((part) => part.trim().toLowerCase());
    if (type !== 'application/json' && type !== '*/*') continue;
    if (!parameters.some((parameter) => parameter.startsWith('as='))) return undefined;
    const isAggregated = ['g=apidiscovery.k8s.io', 'as=apigroupdiscoverylist'].every((each) =>
      parameters.includes(each),
    );
    if (isAggregated && parameters.includes('v=v2')) return 'v2';
    if (isAggregated && parameters.includes('v=v2beta1')) return 'v2beta1';
  }
  return undefined;
}

export function aggregatedContentType(version: AggregatedVersion): string {
  return `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
}

function versionOf({ version, resources }: GroupVersion): JsonObject {
  return { version, resources: resources.map(resourceOf), freshness: 'Current' };
}

function resourceOf(resource: ListedResource): JsonObject {
  const { name, group, version, kind, namespaced, singular, verbs, shortNames, categories } = resource;
  return {
    resource: name,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(resource.subresources.length === 0
      ? {}
      : { subresources: resource.subresources.map((each) => subresourceOf(each, resource)) }),
  };
}

function subresourceOf(subresource: Subresource, { group, version, kind }: ListedResource): JsonObject {
  return {
    subresource: subresource.name,
    responseKind: { group, version, ...subresource.groupVersion, kind: subresource.kind ?? kind },
    verbs: subresource.verbs,
  };
}
