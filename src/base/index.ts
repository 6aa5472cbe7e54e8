/**
 * base: what every room may use and what knows nothing of pods: time and chance as ports, errors with stable codes,
 * a bounded runner, atomic and changing files, files by descriptor, the logger type. Invariant: nothing here imports another room.
 */
export { assertNever, invariant } from './assert.ts';
export { writeFileAtomic } from './atomic-file.ts';
export { ChangingFile, type ChangingFileOptions } from './changing-file.ts';
export { type Clock, sleep, systemClock, type Timer } from './clock.ts';
export {
  entryPath,
  mountIdOf,
  openChild,
  openDirectory,
  openEntry,
  selfPath,
  setMode,
  unlessMissing,
} from './descriptors.ts';
export { readDurationMs } from './duration.ts';
export { type ErrorCode, errnoOf, hasCode, messageOf, TinyletError } from './errors.ts';
export { goDuration } from './go-duration.ts';
export {
  isEqualJson,
  isJsonList,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listAt,
  objectAt,
  textAt,
} from './json.ts';
export { Limiter } from './limiter.ts';
export { type LogFields, type Logger, silentLogger } from './logger.ts';
export { isLoopback, isUnspecified } from './loopback.ts';
export { once } from './once.ts';
export { openBelow } from './open-below.ts';
export {
  identifyProcess,
  isAlive,
  type ProcessIdentity,
  procStatFields,
  signalProcess,
} from './process-identity.ts';
export { type Random, type Secrets, systemRandom, systemSecrets } from './random.ts';
