import { TinyletError } from '../../src/base/index.ts';
import type { ContainerLogs, PodLogs } from '../../src/logs/index.ts';
import type { StoreTrouble } from '../fakes/store-trouble.ts';

/** The log directories, in memory: which attempts of which container have a file. */
export class MemoryLogs implements PodLogs {
  readonly #directories = new Map<string, Map<string, Set<number>>>();
  readonly #trouble: StoreTrouble;

  constructor(trouble: StoreTrouble) {
    this.#trouble = trouble;
  }

  get directories(): readonly string[] {
    return [...this.#directories.keys()];
  }

  /** The runtime opens a container's log, `<directory>/<container>/<attempt>.log`. */
  opened(logPath: string): void {
    const [, directory = '', container = '', attempt] = /^(.*)\/([^/]+)\/(\d+)\.log$/.exec(logPath) ?? [];
    // The runtime makes no directories: without one it writes nowhere.
    this.#directories.get(directory)?.get(container)?.add(Number(attempt));
  }

  async prepare({ directory, container }: ContainerLogs): Promise<void> {
    this.#refuse();
    const containers = this.#directories.get(directory) ?? new Map<string, Set<number>>();
    this.#directories.set(directory, containers);
    if (!containers.has(container)) containers.set(container, new Set());
  }

  async nextAttempt({ directory, container }: ContainerLogs): Promise<number> {
    return Math.max(-1, ...(this.#directories.get(directory)?.get(container) ?? [])) + 1;
  }

  async removeInstance({
    directory,
    container,
    attempt,
  }: ContainerLogs & { attempt: number }): Promise<void> {
    this.#refuse();
    this.#directories.get(directory)?.get(container)?.delete(attempt);
  }

  /** What containers say is of no account here. */
  async tail(): Promise<string> {
    return '';
  }

  async removePod(directory: string): Promise<void> {
    this.#refuse();
    this.#directories.delete(directory);
  }

  #refuse(): void {
    if (this.#trouble.refuses())
      throw new TinyletError('STATE_IO', 'cannot change a log directory: no space left on device');
  }
}
