import { ApiFailure } from '../../apimachinery/index.ts';
import { type ApiRequest, type ApiResponse, textResponse } from '../message.ts';
import type { HealthCheck, HealthSource } from '../ports.ts';
import type { Route } from '../route.ts';

/**
 * `/healthz`, `/livez` and `/readyz`, and each of their checks by its name, as the Kubernetes API server has them (apiserver:
 * pkg/server/healthz): `ok`, or 500 with a line for every check. `?verbose` gives the lines in any case, `?exclude=NAME` leaves one out.
 */
export function healthRoutes(source: HealthSource): readonly Route[] {
  const all = (): readonly HealthCheck[] => source.healthChecks();
  const alive = (): readonly HealthCheck[] => all().filter((check) => check.alive);
  return [...routesOf('healthz', alive), ...routesOf('livez', alive), ...routesOf('readyz', all)];
}

function routesOf(door: string, checks: () => readonly HealthCheck[]): readonly Route[] {
  const [path, methods] = [`/${door}`, ['GET']];
  return [
    { path, methods, handle: ({ query }) => answerAll(door, checks(), query) },
    { path: `${path}/:check`, methods, handle: (request) => answerOne(door, checks(), request) },
  ];
}

function answerAll(door: string, checks: readonly HealthCheck[], query: URLSearchParams): ApiResponse {
  const excluded = new Set(query.getAll('exclude'));
  const results: readonly Result[] = checks.map((check) =>
    excluded.has(check.name) ? { line: `[+]${check.name} excluded: ok` } : resultOf(check),
  );
  const unknown = [...excluded].filter((name) => !checks.some((check) => check.name === name));
  const isWell = !results.some(({ failed }) => failed);
  if (isWell && !query.has('verbose')) return textResponse(200, 'ok');
  const lines = [
    ...results.map(({ line }) => line),
    ...(unknown.length > 0 ? [cannotExclude(unknown)] : []),
    `${door} check ${isWell ? 'passed' : 'failed'}`,
  ];
  return textResponse(isWell ? 200 : 500, lines.map((line) => `${line}\n`).join(''));
}

interface Result {
  readonly line: string;
  readonly failed?: true;
}

/** Where an API server keeps its reasons to itself this is a daemon that its own user asks. */
function resultOf(check: HealthCheck): Result {
  const { name } = check;
  const problem = check.problem();
  if (problem === undefined) return { line: `[+]${name} ok` };
  return { line: `[-]${name} failed: ${asOneLine(problem)}`, failed: true };
}

function cannotExclude(names: readonly string[]): string {
  const quoted = names.map((name) => JSON.stringify(name)).join(', ');
  return `warn: some health checks cannot be excluded: no matches for ${quoted}`;
}

function answerOne(
  door: string,
  checks: readonly HealthCheck[],
  { params }: Pick<ApiRequest, 'params'>,
): ApiResponse {
  const found = checks.find(({ name }) => name === params.check);
  if (found === undefined) {
    const names = checks.map(({ name }) => name).join(', ');
    throw new ApiFailure('NotFound', `/${door} has no check of this name; it has ${names}`);
  }
  const problem = found.problem();
  if (problem === undefined) return textResponse(200, 'ok');
  return textResponse(500, `internal server error: ${asOneLine(problem)}\n`);
}

/** What a runtime says may have several lines: none of them shall look like a check. */
function asOneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim();
}
