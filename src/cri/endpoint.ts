import { TinyletError } from '../base/index.ts';

/** The kernel's limit for a socket path (sun_path) without its closing zero byte. */
const SOCKET_PATH_LIMIT_BYTES = 107;

/**
 * The path of the runtime's Unix socket from what the user gave: an absolute path, or the same as `unix:///path`.
 * Throws USAGE for anything else.
 */
export function socketPathOf(endpoint: string): string {
  const path = endpoint.startsWith('unix://') ? endpoint.slice('unix://'.length) : endpoint;
  if (!path.startsWith('/')) {
    throw unusable(
      endpoint,
      'it must be the path of a Unix socket, such as unix:///run/containerd/containerd.sock',
    );
  }
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_LIMIT_BYTES) {
    throw unusable(endpoint, `its path has ${bytes} bytes and Linux allows ${SOCKET_PATH_LIMIT_BYTES}`);
  }
  return path;
}

function unusable(endpoint: string, why: string): TinyletError {
  return new TinyletError('USAGE', `runtime endpoint ${JSON.stringify(endpoint)} cannot be used: ${why}`, {
    facts: { endpoint },
  });
}
