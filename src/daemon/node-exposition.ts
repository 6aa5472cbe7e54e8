import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Exposition, MetricsSource } from '../api/index.ts';
import { ApiFailure } from '../apimachinery/index.ts';
import { type Clock, type JsonObject, messageOf } from '../base/index.ts';
import type { Cri } from '../cri/index.ts';
import { exposeFamilies, processFamilies } from '../metrics/index.ts';
import { objectsDirectory } from '../store/index.ts';
import { diskSpace, type FileSystemSpace, listClaims } from '../volumes/index.ts';
import { type ClaimSpace, claimFamilies } from './claim-families.ts';
import { nodeFamilies } from './node-families.ts';
import type { NodeMetricsOptions, NodeMetricsPorts } from './node-metrics-ports.ts';
import { NODE } from './node-usage.ts';
import { podStats } from './pod-stats.ts';
import { resourceFamilies } from './resource-families.ts';
import { type SummaryInput, statsSummary } from './stats-summary.ts';

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

async function exposeNode(options: NodeMetricsOptions, ports: NodeMetricsPorts): Promise<Exposition> {
  const { reconciler, metrics } = ports;
  const own = objectsDirectory(options.rootDir);
  const state = {
    report: reconciler.report(),
    snapshot: reconciler.snapshot,
    isStatic: (file: string) => dirname(file) !== own,
  };
  const [claims, ofProcess] = await Promise.all([claimSpaces(options, ports), processFamilies()]);
  return metrics.exposeNode([...nodeFamilies(state), ...claimFamilies(claims), ...ofProcess]);
}

/** Each claim with the file system that it lies on; one that does not answer is left out. */
async function claimSpaces(
  options: NodeMetricsOptions,
  { clock, logger }: NodeMetricsPorts,
): Promise<readonly ClaimSpace[]> {
  const spaces: ClaimSpace[] = [];
  for (const claim of await listClaims(options.rootDir)) {
    try {
      spaces.push({ ...claim, space: await spaceOf(claim.path, options, clock) });
    } catch (error) {
      logger.debug({ err: messageOf(error), claim: claim.path }, 'the room of a claim cannot be read');
    }
  }
  return spaces;
}

function spaceOf(path: string, { runtimeRoot }: NodeMetricsOptions, clock: Clock): Promise<FileSystemSpace> {
  return diskSpace(path, { clock, ...(runtimeRoot !== undefined && { runtimeRoot }) });
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
  options: NodeMetricsOptions,
  { clock, cri }: NodeMetricsPorts,
): Promise<NonNullable<SummaryInput['further']>> {
  const unlessFailed = <T>(read: Promise<T>): Promise<T | undefined> => read.catch(() => undefined);
  const [rootFs, imageFs, processes] = await Promise.all([
    unlessFailed(diskSpace(options.rootDir, { clock })),
    unlessFailed(imageFileSystem(cri, (path) => spaceOf(path, options, clock))),
    unlessFailed(readProcesses()),
  ]);
  return { ...(rootFs && { rootFs }), ...(imageFs && { imageFs }), ...(processes && { processes }) };
}

/** Used is what images take, not what the file system holds beside them (kubelet: ImageFsStats). */
async function imageFileSystem(
  cri: Pick<Cri, 'imageFsInfo'>,
  space: (path: string) => Promise<FileSystemSpace>,
): Promise<FileSystemSpace | undefined> {
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
