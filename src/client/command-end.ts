import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listAt,
  objectAt,
  TinyletError,
  textAt,
} from '../base/index.ts';

/** How a command in a container ended. */
export interface CommandEnd {
  readonly exitCode: number;
}

/**
 * What the last word on the error channel says (v4.channel.k8s.io: a Status). Throws API_REFUSED with its message where the command did
 * not run; undefined where there is no such word.
 */
export function commandEnd(text: string): CommandEnd | undefined {
  const status = jsonIn(text);
  if (status === undefined) return undefined;
  if (status.status === 'Success') return { exitCode: 0 };
  const exitCode = exitCodeIn(status);
  if (textAt(status, 'reason') === 'NonZeroExitCode' && exitCode !== undefined) return { exitCode };
  const facts = { code: status.code, reason: textAt(status, 'reason') };
  throw new TinyletError('API_REFUSED', textAt(status, 'message') || 'the command failed', { facts });
}

function exitCodeIn(status: JsonObject): number | undefined {
  const cause = listAt(objectAt(status, 'details'), 'causes').find(
    (each) => textAt(each, 'reason') === 'ExitCode',
  );
  const exitCode = Number.parseInt(textAt(cause, 'message'), 10);
  return Number.isNaN(exitCode) ? undefined : exitCode;
}

function jsonIn(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
