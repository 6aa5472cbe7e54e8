import {
  aggregatedContentType,
  aggregatedDiscovery,
  wantedAggregation,
} from '../discovery/aggregated-discovery.ts';
import { type GroupVersion, groupVersionsOf, type ListedResource } from '../discovery/listed-resource.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from '../discovery/plain-discovery.ts';
import { type ApiRequest, type ApiResponse, jsonResponse } from '../message.ts';
import { apiVersionOf } from '../resource.ts';
import type { Route } from '../route.ts';

/** What is served: /api and /apis, plain and aggregated, and one path for each group and each of its versions. */
export function discoveryRoutes(resources: readonly ListedResource[]): readonly Route[] {
  const all = groupVersionsOf(resources);
  const core = all.filter(({ group }) => group === '');
  const named = all.filter(({ group }) => group !== '');
  const versions = core.map(({ version }) => version);
  return [
    rootRoute('/api', core, ({ headers }) => apiVersions(versions, headers.host ?? '')),
    rootRoute('/apis', named, () => apiGroupList(named)),
    ...[...new Set(named.map(({ group }) => group))].map((group) =>
      plainRoute(`/apis/${group}`, () => apiGroup(group, named)),
    ),
    ...all.map((each) =>
      plainRoute(`${each.group === '' ? '/api' : '/apis'}/${apiVersionOf(each)}`, () =>
        apiResourceList(each),
      ),
    ),
  ];
}

function rootRoute(
  path: string,
  groupVersions: readonly GroupVersion[],
  plain: (request: ApiRequest) => unknown,
): Route {
  const handle = (request: ApiRequest): ApiResponse => {
    const version = wantedAggregation(request.headers.accept);
    if (version === undefined) return jsonResponse(200, plain(request), { vary: 'Accept' });
    return jsonResponse(200, aggregatedDiscovery(groupVersions, version), {
      'content-type': aggregatedContentType(version),
      vary: 'Accept',
    });
  };
  return { path, methods: ['GET'], handle };
}

function plainRoute(path: string, document: () => unknown): Route {
  return { path, methods: ['GET'], handle: () => jsonResponse(200, document()) };
}
