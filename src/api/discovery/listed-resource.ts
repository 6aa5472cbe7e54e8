import type { Resource } from '../resource.ts';

/** What discovery tells of a resource. Every stored one is such; some are only asked and never stored. */
export interface ListedResource
  extends Pick<
    Resource,
    | 'group'
    | 'version'
    | 'name'
    | 'singular'
    | 'kind'
    | 'namespaced'
    | 'shortNames'
    | 'categories'
    | 'subresources'
  > {
  readonly verbs: readonly string[];
}

const NEITHER = { shortNames: [], categories: [], subresources: [] };

/** Figures that are made when they are asked for, and questions about oneself. */
export const UNSTORED_RESOURCES: readonly ListedResource[] = [
  review('authentication.k8s.io', 'selfsubjectreviews', 'SelfSubjectReview'),
  review('authorization.k8s.io', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'selfsubjectrulesreviews', 'SelfSubjectRulesReview'),
  usage('nodes', 'NodeMetrics', false),
  usage('pods', 'PodMetrics', true),
];

function review(group: string, name: string, kind: string): ListedResource {
  const singular = kind.toLowerCase();
  return { group, version: 'v1', name, singular, kind, namespaced: false, verbs: ['create'], ...NEITHER };
}

/** metrics-server gives them no singular name: `pod` is the core group's. */
function usage(name: string, kind: string, namespaced: boolean): ListedResource {
  const version = 'v1beta1';
  return {
    group: 'metrics.k8s.io',
    version,
    name,
    singular: '',
    kind,
    namespaced,
    verbs: ['get', 'list'],
    ...NEITHER,
  };
}

/** The resources of one group and version. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ListedResource[];
}

/** In the order in which each is first named. */
export function groupVersionsOf(resources: readonly ListedResource[]): readonly GroupVersion[] {
  const found = new Map<string, GroupVersion & { resources: ListedResource[] }>();
  for (const resource of resources) {
    const { group, version } = resource;
    const key = `${group}/${version}`;
    const known = found.get(key) ?? { group, version, resources: [] };
    found.set(key, known);
    known.resources.push(resource);
  }
  return [...found.values()];
}
