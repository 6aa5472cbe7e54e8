import { timestamp } from './core-v1.ts';
import type { LoggedEvent } from './logged-event.ts';
import type { EventReport } from './report.ts';

export function eventReport({ firstMs, lastMs, ...event }: LoggedEvent): EventReport {
  return { ...event, firstTimestamp: timestamp(firstMs), lastTimestamp: timestamp(lastMs) };
}
