import { type RunProgress, runProgress } from '../api/index.ts';
import { type NodeClient, watchApi } from '../client/index.ts';
import type { PodName } from './program.ts';

type Judge<T> = (progress: RunProgress | undefined) => T | undefined;

/** How far the one container of a pod is, from when this is made until the signal. */
export class RunWatch {
  readonly #waiting = new Set<() => void>();
  #progress: RunProgress | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(client: NodeClient, pod: PodName & { readonly uid: string }, signal: AbortSignal) {
    this.#follow(client, pod, signal).catch((error: unknown) => {
      this.#failure = { error };
      this.#announce();
    });
  }

  /** Resolves when `judge` says something of it, at once or later. Rejects where it cannot be followed any more. */
  until<T>(judge: Judge<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const told = judge(this.#progress);
        if (told === undefined && this.#failure === undefined) return;
        this.#waiting.delete(look);
        if (told !== undefined) resolve(told);
        else reject(this.#failure?.error);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async #follow(
    client: NodeClient,
    { namespace, name, uid }: PodName & { readonly uid: string },
    signal: AbortSignal,
  ): Promise<void> {
    const query = new URLSearchParams({ watch: 'true', fieldSelector: `metadata.name=${name}` });
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?${query}`;
    for await (const { type, object } of watchApi(client, { path, signal })) {
      this.#progress = runProgress(type === 'DELETED' ? undefined : object, uid);
      this.#announce();
    }
  }

  #announce(): void {
    for (const look of this.#waiting) look();
  }
}
