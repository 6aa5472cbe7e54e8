import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, type Logger, messageOf } from '../base/index.ts';
import type { ContainerId } from '../pod/index.ts';
import { type LogDirectory, openLogDirectory } from './log-directory.ts';
import { attemptOf, currentLog, nextStamp } from './log-names.ts';
import { type LogFile, planRotation } from './plan-rotation.ts';
import type { ContainerLog } from './ports.ts';

export interface RotationPorts {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  /** Makes the runtime write to the log's path anew (CRI: ReopenContainerLog). */
  readonly reopen: (id: ContainerId) => Promise<void>;
  /** By default the real one. */
  readonly openDirectory?: typeof openLogDirectory;
}

export interface RotationLimits {
  /** Size at which a log is rotated; zero and less turn rotation off. */
  readonly maxBytes: number;
  /** Files kept of one instance, the one written to among them; at least 2. */
  readonly maxFiles: number;
}

/**
 * Bounds the logs of running containers (kubelet: containerLogManager): one at a time, since the disk is shared. Stopped at any step it
 * loses nothing that was written, and the next look makes good what is unfinished.
 */
export class LogRotation {
  readonly #ports: RotationPorts;
  readonly #limits: RotationLimits;
  /** Why the last try failed, told once. */
  readonly #failed = new Map<ContainerId, string>();
  /** Those whose log the runtime has at another place: they began under another log directory. */
  readonly #elsewhere = new Set<ContainerId>();

  constructor(ports: RotationPorts, limits: RotationLimits) {
    this.#ports = ports;
    this.#limits = limits;
  }

  /** Never rejects. */
  async look(logs: readonly ContainerLog[], signal: AbortSignal): Promise<void> {
    if (this.#limits.maxBytes <= 0) return;
    const running = logs.filter((log) => log.running);
    const ids = new Set(running.map(({ id }) => id));
    for (const id of this.#failed.keys()) if (!ids.has(id)) this.#failed.delete(id);
    for (const id of this.#elsewhere) if (!ids.has(id)) this.#elsewhere.delete(id);
    for (const log of running) {
      if (signal.aborted) return;
      try {
        if (await this.#mayBeDue(log)) await this.#check(log, signal);
        this.#failed.delete(log.id);
      } catch (error) {
        if (!signal.aborted) this.#complain(log, messageOf(error));
      }
    }
  }

  /** One call that opens nothing, for the many logs that are small. What stands in for the file at worst delays its rotation. */
  async #mayBeDue({ id, directory, container, attempt }: ContainerLog): Promise<boolean> {
    const stats = await lstat(join(directory, container, currentLog(attempt))).catch(() => undefined);
    if (stats === undefined) return !this.#elsewhere.has(id);
    return !stats.isFile() || stats.size >= this.#limits.maxBytes;
  }

  async #check(log: ContainerLog, signal: AbortSignal): Promise<void> {
    const { openDirectory = openLogDirectory } = this.#ports;
    const held = await openDirectory(log);
    try {
      const current = await held?.find(currentLog(log.attempt));
      if (held === undefined || current === undefined) await this.#begin(held, log);
      else if (current.sizeBytes >= this.#limits.maxBytes) await this.#rotate(held, log, signal);
    } finally {
      await held?.close();
    }
  }

  async #begin(held: LogDirectory | undefined, log: ContainerLog): Promise<void> {
    const { logger, reopen } = this.#ports;
    await reopen(log.id);
    if ((await held?.find(currentLog(log.attempt))) !== undefined) {
      logger.info(factsOf(log), 'log file was missing and is begun anew');
      return;
    }
    this.#elsewhere.add(log.id);
    logger.warn({ ...factsOf(log), logDir: log.directory }, 'log is not here: it is not rotated');
  }

  async #rotate(held: LogDirectory, log: ContainerLog, signal: AbortSignal): Promise<void> {
    const { clock, logger, reopen } = this.#ports;
    const { attempt } = log;
    const { maxFiles } = this.#limits;
    const plan = planRotation(await filesOf(held, attempt), { attempt, maxFiles });
    for (const name of plan.remove) await held.remove(name);
    for (const name of plan.compress) await this.#compress(held, name, { log, signal });
    const current = currentLog(attempt);
    const rotated = `${current}.${nextStamp(clock.nowMs(), plan.newest)}`;
    await held.rename(current, rotated);
    try {
      await reopen(log.id);
    } catch (error) {
      // A call that failed late may have had its effect: then there is a file of that name again, and both stay.
      await held.restore(rotated, current);
      throw error;
    }
    logger.info({ ...factsOf(log), file: rotated, removed: plan.remove }, 'log rotated');
  }

  /** A disk that takes no compressed copy keeps no log from being rotated: that bounds what is on it all the same. */
  async #compress(
    held: LogDirectory,
    name: string,
    { log, signal }: { readonly log: ContainerLog; readonly signal: AbortSignal },
  ): Promise<void> {
    const unfinished = `${name}.tmp`;
    try {
      await held.pack(name, unfinished, signal);
    } catch (error) {
      await held.remove(unfinished).catch(() => undefined);
      signal.throwIfAborted();
      this.#ports.logger.warn(
        { ...factsOf(log), file: name, err: messageOf(error) },
        'log cannot be compressed',
      );
      return;
    }
    await held.rename(unfinished, `${name}.gz`);
    // Where the instance was removed meanwhile, its logs go with it.
    if (!(await held.remove(name))) await held.remove(`${name}.gz`);
  }

  #complain(log: ContainerLog, err: string): void {
    if (this.#failed.get(log.id) !== err)
      this.#ports.logger.warn({ ...factsOf(log), err }, 'log cannot be rotated');
    this.#failed.set(log.id, err);
  }
}

async function filesOf(held: LogDirectory, attempt: number): Promise<readonly LogFile[]> {
  return held.files((await held.names()).filter((name) => attemptOf(name) === attempt));
}

function factsOf({ namespace, pod, uid, container, attempt }: ContainerLog): Record<string, unknown> {
  return { pod: `${namespace}/${pod}`, uid, container, attempt };
}
