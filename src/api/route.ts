import type { ApiRequest, ApiResponse } from './message.ts';

/** One path of the API. Each has its own file in routes/, and a line in routes.ts. */
export interface Route {
  readonly path: string;
  readonly methods: readonly string[];
  handle(request: ApiRequest): ApiResponse | Promise<ApiResponse>;
}
