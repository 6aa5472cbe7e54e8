import type { ApiFailure } from '../apimachinery/index.ts';
import type { ApiRequest, ApiResponse, UpgradeRequest } from './message.ts';

/** One path of the API. Each has its own file in routes/, and a line in routes.ts. */
export interface Route {
  /** With parameters as find-my-way writes them: `/api/v1/namespaces/:namespace/pods/:name/log`. */
  readonly path: string;
  readonly methods: readonly string[];
  /** What it throws becomes a Status: an ApiFailure what it says, anything else an InternalError. */
  handle(request: ApiRequest): ApiResponse | Promise<ApiResponse>;
  /** Takes the connection of a request with `Connection: Upgrade`. What it throws before the socket was written to becomes a Status. */
  upgrade?(request: UpgradeRequest): Promise<void>;
  /** What is answered instead of a Status, where clients of this path expect none. */
  refuse?(failure: ApiFailure): ApiResponse;
}
