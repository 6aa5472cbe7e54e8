import { ApiFailure } from '../apimachinery/index.ts';

/** Each takes two channels, whose number is a byte. */
const MAX_PORTS = 128;

/** `?ports=80&ports=8080`, also with commas between them; what the parameter is called differs. Throws ApiFailure. */
export function forwardedPorts(query: URLSearchParams, parameter: 'port' | 'ports'): readonly number[] {
  const words = query.getAll(parameter).flatMap((value) => value.split(','));
  if (words.length === 0) throw new ApiFailure('BadRequest', `query parameter "${parameter}" is required`);
  if (words.length > MAX_PORTS)
    throw new ApiFailure('BadRequest', `at most ${MAX_PORTS} ports can be forwarded at once`);
  return words.map(portIn);
}

function portIn(word: string): number {
  const port = /^\d{1,5}$/.test(word) ? Number(word) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new ApiFailure('BadRequest', `unable to parse ${JSON.stringify(word)} as a port`);
}
