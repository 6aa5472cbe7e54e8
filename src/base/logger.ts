/** Facts of one log line. Well-known names: pod, uid, container, action, trigger, durationMs, err, file. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * What rooms need of a logger; pino satisfies it. The message is constant and lower case, facts go into fields.
 * info: something was done or changed. A converged pass is silent.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
