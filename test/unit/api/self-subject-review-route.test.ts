import { expect, test } from 'vitest';
import { selfSubjectReviewRoutes } from '../../../src/api/routes/self-subject-review-route.ts';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import type { JsonObject } from '../../../src/base/index.ts';
import recorded from '../../fixtures/bodies/kubectl-1.36.4.json' with { type: 'json' };
import { askRoute, jsonOf } from './ask-route.ts';

const routes = selfSubjectReviewRoutes();
const authorization = 'authorization.k8s.io/v1';
const user = { username: 'tinylet:admin', groups: ['system:masters', 'system:authenticated'] };

test.each<[string, JsonObject]>([
  [
    'kubectl auth whoami',
    {
      ...{ kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', metadata: {} },
      status: { userInfo: user },
    },
  ],
  [
    'kubectl auth can-i create pods/exec -n x',
    {
      ...{ kind: 'SelfSubjectAccessReview', apiVersion: authorization, metadata: {} },
      spec: { resourceAttributes: { namespace: 'x', verb: 'create', resource: 'pods', name: 'exec' } },
      status: { allowed: true, reason: 'whoever may call the API may do everything' },
    },
  ],
  [
    'kubectl auth can-i --list',
    {
      ...{ kind: 'SelfSubjectRulesReview', apiVersion: authorization, metadata: {} },
      spec: { namespace: 'default' },
      status: {
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        incomplete: false,
      },
    },
  ],
])('%s', async (command, review) => {
  const sent = recorded.find((each) => each.command === command);
  if (sent === undefined) throw new Error('not recorded');
  const body = Buffer.from(sent.base64, 'base64');
  const headers = { 'content-type': sent.contentType };
  const answer = await askRoute(routes, sent.path, { method: 'POST', headers, body });
  expect([answer.status, jsonOf(answer)]).toEqual([201, review]);
});

test('another kind is refused', async () => {
  const body = Buffer.from('{"kind":"Pod","apiVersion":"v1"}');
  const asked = askRoute(routes, `/apis/${authorization}/selfsubjectaccessreviews`, { method: 'POST', body });
  await expect(asked).rejects.toThrow(
    new ApiFailure(
      'BadRequest',
      'the API version in the data (v1, Kind=Pod) does not match the expected API version (authorization.k8s.io/v1, Kind=SelfSubjectAccessReview)',
    ),
  );
});
