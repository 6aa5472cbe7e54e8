import { type ApiResponse, jsonResponse } from './message.ts';

/** Reasons of metav1.Status with the HTTP code each goes with. */
const CODE = {
  BadRequest: 400,
  NotFound: 404,
  MethodNotAllowed: 405,
  RequestEntityTooLarge: 413,
  InternalError: 500,
} as const;

/** An error as Kubernetes clients read it: a `Status` object (k8s.io/apimachinery pkg/apis/meta/v1). */
export function statusError(reason: keyof typeof CODE, message: string): ApiResponse {
  const code = CODE[reason];
  return jsonResponse(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details: {},
    code,
  });
}
