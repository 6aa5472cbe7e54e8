import { readFile, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Exposition, MetricsSource } from '../api/index.ts';
import { ApiFailure } from '../apimachinery/index.ts';
import { type JsonObject, messageOf } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import { exposeFamilies, processFamilies } from '../metrics/index.ts';
import { objectsDirectory } from '../store/index.ts';
import { diskSpace, type FileSystemSpace } from '../volumes/index.ts';
import { nodeFamilies } from './node-families.ts';
import type { NodeMetricsOptions, NodeMetricsPorts } from './node-metrics-ports.ts';
import { NODE } from './node-usage.ts';
import { podStats } from './pod-stats.ts';
import { resourceFamilies } from './resource-families.ts';
import { type FileSystemStats, type SummaryInput, statsSummary } from './stats-summary.ts';

/** What Prometheus is told. Everything is looked up now; what was counted, was. */
export function expose(
  which: Parameters<MetricsSource['expose']>[0],
  options: NodeMetricsOptions,
  ports: NodeMetricsPorts,
): Promise<Exposition> {
  switch (which) {
    case 'node':
      return exposeNode(options, ports);
    case 'resource':
      return exposeResource(ports);
    case 'probes':
      return ports.metrics.exposeProbes();
  }
}

async function exposeNode(
  { rootDir }: NodeMetricsOptions,
  { reconciler, metrics }: NodeMetricsPorts,
): Promise<Exposition> {
  const own = objectsDirectory(rootDir);
  const state = {
    report: reconciler.report(),
    snapshot: reconciler.snapshot,
    isStatic: (file: string) => dirname(file) !== own,
  };
  return metrics.exposeNode([...nodeFamilies(state), ...(await processFamilies())]);
}

/** Also where the runtime does not answer: that is told by `resource_scrape_error`. */
async function exposeResource({ reconciler, meters, logger }: NodeMetricsPorts): Promise<Exposition> {
  const unlessFailed = async <T>(read: Promise<T>): Promise<T | undefined> => {
    try {
      return await read;
    } catch (error) {
      logger.debug({ err: messageOf(error) }, 'usage cannot be read');
      return undefined;
    }
  };
  const [used, ofPods, machine] = await Promise.all([
    unlessFailed(meters.containers.readings()),
    unlessFailed(meters.pods.readings()),
    unlessFailed(meters.machine.readings()),
  ]);
  const usages = used && { containers: { used }, pods: { used: ofPods ?? new Map() } };
  const pods = usages && podStats(reconciler.snapshot, usages);
  return exposeFamilies(resourceFamilies({ pods, machine: machine?.get(NODE) }));
}

/** The kubelet's Summary. Rejects where the runtime does not tell what containers use. */
export async function summarise(
  options: NodeMetricsOptions,
  ports: NodeMetricsPorts,
  cpuAndMemory: boolean,
): Promise<JsonObject> {
  const { clock, meters, reconciler } = ports;
  const [rates, podRates, machineRates, further] = await Promise.all([
    meters.containers.measure(),
    meters.pods.measure(),
    meters.machine.measure(),
    cpuAndMemory ? undefined : furtherStats(options, ports),
  ]);
  const [used, ofPods, machines] = await Promise.all([
    meters.containers.readings(),
    meters.pods.readings(),
    meters.machine.readings(),
  ]);
  const usages = { containers: { used, rates }, pods: { used: ofPods, rates: podRates } };
  const machine = machines.get(NODE);
  if (machine === undefined) throw new ApiFailure('InternalError', 'the machine does not tell what it uses');
  return statsSummary({
    ...{ nodeName: options.nodeName, atMs: clock.nowMs(), machine, machineRate: machineRates.get(NODE) },
    pods: podStats(reconciler.snapshot, usages),
    ...(further && { further }),
  });
}

/** What cannot be had is left out. */
async function furtherStats(
  { rootDir, runtimeRoot }: NodeMetricsOptions,
  { clock, cri }: NodeMetricsPorts,
): Promise<NonNullable<SummaryInput['further']>> {
  const unlessFailed = <T>(read: Promise<T>): Promise<T | undefined> => read.catch(() => undefined);
  const space = (path: string): Promise<FileSystemSpace> =>
    diskSpace(path, { clock, ...(runtimeRoot !== undefined && { runtimeRoot }) });
  const [rootFs, imageFs, processes] = await Promise.all([
    unlessFailed(fileSystemOf(rootDir)),
    unlessFailed(imageFileSystem(cri, space)),
    unlessFailed(readProcesses()),
  ]);
  return { ...(rootFs && { rootFs }), ...(imageFs && { imageFs }), ...(processes && { processes }) };
}

async function fileSystemOf(directory: string): Promise<FileSystemStats> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(directory);
  return {
    capacityBytes: blocks * bsize,
    availableBytes: bavail * bsize,
    usedBytes: (blocks - bfree) * bsize,
    ...{ inodes: files, inodesFree: ffree },
  };
}

/** Used is what images take, not what the file system holds beside them (kubelet: ImageFsStats). */
async function imageFileSystem(
  cri: Pick<Cri, 'imageFsInfo'>,
  space: (path: string) => Promise<FileSystemSpace>,
): Promise<FileSystemStats | undefined> {
  const [first] = await cri.imageFsInfo();
  if (first === undefined) return undefined;
  return { ...(await space(first.mountpoint)), usedBytes: first.usedBytes };
}

/** Threads, as the kernel counts them (kubelet: stats/pidlimit). */
async function readProcesses(): Promise<{ readonly max: number; readonly now: number } | undefined> {
  const text = (path: string): Promise<string> => readFile(path, 'utf8');
  const [pidMax, threadsMax, load] = await Promise.all([
    text('/proc/sys/kernel/pid_max'),
    text('/proc/sys/kernel/threads-max'),
    text('/proc/loadavg'),
  ]);
  const [, now] = /\/(\d+)/.exec(load) ?? [];
  return now === undefined
    ? undefined
    : { max: Math.min(Number(pidMax), Number(threadsMax)), now: Number(now) };
}
