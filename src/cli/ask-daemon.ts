import { hasCode, messageOf, TinyletError } from '../base/index.ts';

/** Asks the daemon; where none answers, says how there would be one. */
export async function askDaemon<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!hasCode(error, 'DAEMON_UNREACHABLE')) throw error;
    const advice = 'start a daemon with "tinylet" as root, or name its socket with --api-socket';
    throw new TinyletError('DAEMON_UNREACHABLE', `${messageOf(error)}; ${advice}`, { cause: error });
  }
}
