/** Stable error codes: what a program may match on. Messages are for people and may change. */
export type ErrorCode =
  /** The runtime does not know the id. */
  | 'CRI_NOT_FOUND'
  /** Socket missing, refused, or the connection broke: the call may or may not have had its effect. */
  | 'CRI_UNAVAILABLE'
  /** The deadline passed: the call may still take effect later. */
  | 'CRI_DEADLINE'
  /** We cancelled the call: it may still take effect later. */
  | 'CRI_CANCELLED'
  | 'CRI_PERMISSION'
  /** The runtime does not implement the call or is not CRI v1. */
  | 'CRI_UNIMPLEMENTED'
  /** A container or sandbox of that name and attempt exists or is in the making. */
  | 'CRI_NAME_RESERVED'
  /** Anything else the runtime answered. */
  | 'CRI_FAILED'
  /** An answer that breaks the protocol (an empty id and the like). */
  | 'CRI_BAD_ANSWER'
  /** Another daemon holds this root directory. */
  | 'ROOT_DIR_LOCKED'
  /** A file under the root directory cannot be read or written. */
  | 'STATE_IO'
  /** A pod's volumes cannot be made as its manifest asks. */
  | 'VOLUME_SETUP'
  /** What a pod left on disk cannot be unmounted or deleted. */
  | 'VOLUME_TEARDOWN'
  /** What a claim holds cannot be deleted: there is none of that name, or a pod uses it. */
  | 'CLAIM'
  /** A postStart or preStop hook did not do what it was to. */
  | 'HOOK_FAILED'
  /** A container's port does not answer, or not in HTTP. */
  | 'NET_FAILED'
  /** A probe could not be carried out, which says nothing of the container. */
  | 'PROBE_FAILED'
  /** A pod's cgroup cannot be made or removed. */
  | 'CGROUP'
  /** Registry credentials cannot be read. */
  | 'CREDENTIALS'
  /** The private containerd did not start or does not answer. */
  | 'STANDALONE_FAILED'
  /** Bad flags or arguments. */
  | 'USAGE'
  /** The daemon does not answer on its socket. */
  | 'DAEMON_UNREACHABLE'
  /** The daemon's API said no; the message is its own. */
  | 'API_REFUSED'
  /** A container that was to run once did not, or was lost; the message says why. */
  | 'RUN_FAILED';

/** An error with a stable code, facts about the occasion, and the cause kept. */
export class TinyletError extends Error {
  readonly code: ErrorCode;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; facts?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TinyletError';
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof TinyletError && error.code === code;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (`ENOENT` …), if it is one. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
