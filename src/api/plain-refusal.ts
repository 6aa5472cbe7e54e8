import type { ApiFailure } from '../apimachinery/index.ts';
import { type ApiResponse, textResponse } from './message.ts';

/** A failure in plain words and no Status, as the kubelet's own endpoints tell it. */
export function plainRefusal({ code, message, details }: ApiFailure): ApiResponse {
  const answer = textResponse(code, `${message}\n`);
  const { retryAfterSeconds } = details;
  if (retryAfterSeconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}
