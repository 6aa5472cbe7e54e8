import type { JsonObject } from '../base/index.ts';
import type { LogOptions } from './log-options.ts';
import { loggedInstance } from './logged-instance.ts';
import type { ApiResponse } from './message.ts';
import type { LogSource } from './ports.ts';

/** The log of a container that the pod has, as plain text that is sent as it comes. Throws ApiFailure where there is none to begin with. */
export async function logResponse(
  logs: LogSource,
  pod: JsonObject,
  { container, previous, ...wish }: LogOptions,
): Promise<ApiResponse> {
  const containerId = loggedInstance(pod, { container, previous });
  const tell = await logs.read({ containerId, ...wish });
  return {
    status: 200,
    headers: { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' },
    body: (sink, signal) => tell((text) => sink.write(text), signal),
  };
}
