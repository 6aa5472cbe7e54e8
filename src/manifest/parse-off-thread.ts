import { Worker } from 'node:worker_threads';
import { type Clock, messageOf } from '../base/index.ts';
import type { ManifestText } from './parse-manifest.ts';
import type { ManifestFile } from './types.ts';

const TIMEOUT_MS = 10_000;

/** A megabyte of manifest needs some 100 MB while it is parsed. */
const MAX_HEAP_MB = 512;

/**
 * The built program has the worker as JavaScript. Run from source there is none, and Node 20 cannot start a thread from
 * TypeScript: then large files are parsed on the main thread, which costs only the time they take.
 */
const WORKER = import.meta.url.endsWith('.js') ? new URL('./parse-worker.js', import.meta.url) : undefined;

export const canParseOffThread = WORKER !== undefined;

export interface OffThreadOptions {
  readonly clock: Clock;
  /** Ends the thread. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  readonly maxHeapMb?: number;
}

/** A file, or why the thread gave none: which says more about the machine than about the file. */
export type OffThreadResult = { readonly file: ManifestFile } | { readonly failure: string };

/**
 * Parses in a thread of its own, so that neither the time nor the memory a large file takes is the daemon's. Never
 * rejects: a thread that dies, or takes too long, is a failure.
 */
export function parseOffThread(manifest: ManifestText, options: OffThreadOptions): Promise<OffThreadResult> {
  const { clock, signal, timeoutMs = TIMEOUT_MS, maxHeapMb = MAX_HEAP_MB } = options;
  return new Promise((resolve) => {
    if (WORKER === undefined || signal.aborted) return resolve({ failure: 'parsing was given up' });
    const worker = startWorker(WORKER, manifest, maxHeapMb);
    if ('failure' in worker) return resolve(worker);
    const settle = (result: OffThreadResult): void => {
      timer.cancel();
      signal.removeEventListener('abort', abort);
      void worker.terminate();
      resolve(result);
    };
    const abort = (): void => settle({ failure: 'parsing was given up' });
    const timer = clock.setTimer(timeoutMs, () =>
      settle({ failure: `parsing took more than ${timeoutMs / 1000} s` }),
    );
    signal.addEventListener('abort', abort, { once: true });
    worker.once('message', (file: ManifestFile) => settle({ file }));
    worker.once('error', (error) => settle({ failure: `cannot be parsed: ${messageOf(error)}` }));
    worker.once('exit', (code) =>
      settle({ failure: `cannot be parsed: the parser ended with code ${code}` }),
    );
  });
}

function startWorker(file: URL, workerData: ManifestText, maxHeapMb: number): Worker | { failure: string } {
  try {
    return new Worker(file, { workerData, resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } });
  } catch (error) {
    return { failure: `no thread to parse it in: ${messageOf(error)}` };
  }
}
