import { annotation, type ObservedContainer } from '../pod/index.ts';
import type { StopRecord } from '../state/index.ts';

/** No stop is shorter (kubelet: minimumGracePeriodInSeconds). */
export const SHORTEST_SECONDS = 2;
const DEFAULT_SECONDS = 30;

/** The grace period of a new stop, from what the pod asks for; negative and tiny ones become the floor. */
export function gracePeriodSeconds(wanted: number | undefined): number {
  return Math.max(wanted ?? DEFAULT_SECONDS, SHORTEST_SECONDS);
}

/** What the container itself recorded, for pods whose manifest is lost. */
export function recordedGraceSeconds(container: ObservedContainer): number | undefined {
  const seconds = Number(container.annotations[annotation.terminationGracePeriod] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** For several containers of one pod. */
export function longestRecorded(containers: readonly ObservedContainer[]): number | undefined {
  const known = containers.map(recordedGraceSeconds).filter((seconds) => seconds !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/**
 * What is left of a stop that was begun: of its grace period, or of the shortest time after the stop signal where that came late
 * (kubelet: killContainer). 0 kills at once.
 */
export function remainingSeconds(stop: StopRecord, nowMs: number): number {
  const ofPeriod = leftOf(stop.graceSeconds, nowMs - stop.startedAtMs);
  const { signalledAtMs } = stop;
  return signalledAtMs === undefined
    ? ofPeriod
    : Math.max(ofPeriod, leftOf(SHORTEST_SECONDS, nowMs - signalledAtMs));
}

/** Never more than the whole, whatever the clock does. */
function leftOf(seconds: number, elapsedMs: number): number {
  return Math.min(Math.max(Math.ceil(seconds - elapsedMs / 1000), 0), seconds);
}
