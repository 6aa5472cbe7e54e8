import { createRequire } from 'node:module';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type { DaemonOptions } from './options.ts';

/** The daemon's log goes to stderr, so that stdout is free for what commands print. */
export function createLogger({
  logLevel,
  logFormat,
}: Pick<DaemonOptions, 'logLevel' | 'logFormat'>): PinoLogger {
  return pino(
    { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    logFormat === 'pretty' ? prettyStream() : pino.destination({ fd: 2, sync: true }),
  );
}

/** Loaded only when it is asked for: it costs start-up time and memory. */
function prettyStream(): DestinationStream {
  const pretty: typeof import('pino-pretty') = createRequire(import.meta.url)('pino-pretty');
  return pretty({
    destination: 2,
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
    singleLine: true,
  });
}
