import { connect } from 'node:net';
import { TinyletError } from '../base/index.ts';
import { addressText } from './address-text.ts';
import { failureWords } from './failure-words.ts';
import { lookup } from './shared-lookup.ts';
import { isDeadline } from './with-deadline.ts';

/**
 * Connects and closes (kubelet: pkg/probe/tcp). Rejects with NET_FAILED in Go's words; so it does, once the signal aborts, without
 * waiting for an answer any longer.
 */
export function dialTcp(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (why: string, cause?: unknown): void => {
      signal.removeEventListener('abort', cancel);
      socket.destroy();
      if (why === '') resolve();
      else reject(new TinyletError('NET_FAILED', why, { cause }));
    };
    const cancel = (): void =>
      end(
        `dial tcp ${addressText(host, port)}: ${isDeadline(signal) ? 'i/o timeout' : 'operation was canceled'}`,
      );
    const socket = connect({ host, port, lookup });
    socket.on('connect', () => end(''));
    socket.on('error', (error) => end(failureWords(error, host, port), error));
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}
