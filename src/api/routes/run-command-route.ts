import { ApiFailure } from '../../apimachinery/index.ts';
import { kubeletContainer, withUid } from '../kubelet-pod.ts';
import type { ApiRequest, ApiResponse } from '../message.ts';
import { plainRefusal } from '../plain-refusal.ts';
import type { ApiPorts } from '../ports.ts';
import type { Route } from '../route.ts';

/** Of commands under way and outputs not fetched yet. The runtime tells of 16 MiB of each at most (containerd and its gRPC). */
const MAX_AT_ONCE = 16;

/** `POST /run/…?cmd=ls+-l`: runs a command in a container to its end and answers what it wrote (kubelet: pkg/kubelet/server getRun). */
export function runCommandRoutes(ports: Pick<ApiPorts, 'objects' | 'commands'>): readonly Route[] {
  const slots = new Slots(MAX_AT_ONCE);
  return withUid('/run', '/:container').map((path) => ({
    path,
    methods: ['POST'],
    refuse: plainRefusal,
    async handle(request) {
      const { ref } = kubeletContainer(request, ports);
      const command = commandIn(request);
      const release = slots.take();
      try {
        const { exitCode, output } = await ports.commands.run(ref, command, request.signal);
        if (exitCode === 0) return { ...outputResponse(200, [output]), release };
        const failed = Buffer.from(`command '${command.join(' ')}' exited with ${exitCode}: `);
        return { ...outputResponse(500, [failed, output]), release };
      } catch (error) {
        release();
        throw error;
      }
    },
  }));
}

/** Sent as it is and from where it lies: it may be large, and need not be text. */
function outputResponse(status: number, pieces: readonly Uint8Array[]): ApiResponse {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(length),
      'x-content-type-options': 'nosniff',
    },
    async body(sink) {
      for (const piece of pieces) if (piece.length > 0) await sink.write(piece);
    },
  };
}

/**
 * Split at spaces and nowhere else, no quotes: what needs more goes through /exec. A form names it as well as the query, as for any Go
 * server: this is what `curl -d 'cmd=ls -l'` sends. Throws ApiFailure.
 */
function commandIn({ query, headers, body }: ApiRequest): readonly string[] {
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '');
  const form = isForm ? new URLSearchParams(Buffer.from(body).toString()) : undefined;
  const words = (form?.get('cmd') ?? query.get('cmd') ?? '').split(' ').filter((word) => word !== '');
  if (words.length > 0) return words;
  throw new ApiFailure('BadRequest', 'you must specify at least one command for the container: ?cmd=ls+-l');
}

class Slots {
  #free: number;

  constructor(free: number) {
    this.#free = free;
  }

  /** What it returns gives the slot back, once. Throws ApiFailure where there is none. */
  take(): () => void {
    if (this.#free === 0)
      throw new ApiFailure('TooManyRequests', 'too many commands at once, please try again', {
        retryAfterSeconds: 1,
      });
    this.#free -= 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#free += 1;
      isTaken = false;
    };
  }
}
