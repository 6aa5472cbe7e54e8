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
  const { retryAfterSeconds } = details;
  const retry = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  const body = failureStatus({ reason, message, details });
  return jsonResponse(STATUS_CODE[reason], body, { ...retry, ...headers });
}

/** The object itself: a watch tells of its failure with it. */
export function failureStatus({ reason, message, details }: Failure): object {
  const code = STATUS_CODE[reason];
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code,
  };
}

type Failure = Pick<ApiFailure, 'reason' | 'message' | 'details'>;

export function failureResponse({ reason, message, details }: ApiFailure): ApiResponse {
  return statusError(reason, message, details);
}
