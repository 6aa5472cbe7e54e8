import { ApiFailure, loadTypes, readBody } from '../../apimachinery/index.ts';
import { type JsonObject, objectAt } from '../../base/index.ts';
import { type ApiRequest, type ApiResponse, jsonResponse } from '../message.ts';
import type { Route } from '../route.ts';

/** Whoever has come as far as here has the token or is the owner of the socket, and may do everything. */
const USER = { username: 'tinylet:admin', groups: ['system:masters', 'system:authenticated'] };

const ALLOWED = { allowed: true, reason: 'whoever may call the API may do everything' };

const RULES = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};

/** `kubectl auth whoami`, `can-i` and `can-i --list`. */
export function selfSubjectReviewRoutes(): readonly Route[] {
  const authorization = 'authorization.k8s.io/v1';
  return [
    reviewRoute('authentication.k8s.io/v1', 'SelfSubjectReview', { userInfo: USER }),
    reviewRoute(authorization, 'SelfSubjectAccessReview', ALLOWED),
    reviewRoute(authorization, 'SelfSubjectRulesReview', RULES),
  ];
}

function reviewRoute(apiVersion: string, kind: string, status: JsonObject): Route {
  const handle = async ({ body, headers }: ApiRequest): Promise<ApiResponse> => {
    const { object } = readBody(body, headers['content-type'], await loadTypes());
    if ((object.kind ?? kind) !== kind || (object.apiVersion ?? apiVersion) !== apiVersion) {
      throw new ApiFailure(
        'BadRequest',
        `the API version in the data (${object.apiVersion}, Kind=${object.kind}) does not match the expected API version (${apiVersion}, Kind=${kind})`,
      );
    }
    const spec = object.spec === undefined ? {} : { spec: objectAt(object, 'spec') };
    return jsonResponse(201, { kind, apiVersion, metadata: {}, ...spec, status });
  };
  return { path: `/apis/${apiVersion}/${kind.toLowerCase()}s`, methods: ['POST'], handle };
}
