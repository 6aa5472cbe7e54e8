import {
  type ApiFailure,
  STATUS_CODE,
  type StatusDetails,
  type StatusReason,
} from '../apimachinery/index.ts';
import { type ApiResponse, jsonResponse } from './message.ts';

/** An error as Kubernetes clients read it: a `Status` object (k8s.io/apimachinery pkg/apis/meta/v1). */
export function statusError(
  reason: StatusReason,
  message: string,
  details: StatusDetails = {},
  headers: ApiResponse['headers'] = {},
): ApiResponse {
  const code = STATUS_CODE[reason];
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code,
  };
  const { retryAfterSeconds } = details;
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return jsonResponse(code, body, { ...retry, ...headers });
}

export function failureResponse({ reason, message, details }: ApiFailure): ApiResponse {
  return statusError(reason, message, details);
}
