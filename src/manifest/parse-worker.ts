/** Thread that parses one manifest and ends: work for parse-off-thread.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ManifestText, parseManifest } from './parse-manifest.ts';

// The one sender is parse-off-thread.ts, in the same build.
parentPort?.postMessage(parseManifest(workerData as ManifestText));
