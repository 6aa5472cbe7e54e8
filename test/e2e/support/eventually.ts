import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';

/** A wait that only a broken program outlasts: how fast things are is measured elsewhere. */
export const PATIENCE_MS = 90_000;

/** Looks again and again until `look` no longer throws; gives what it returned. Its last complaint is the test's. */
export function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: PATIENCE_MS, interval: 100 });
}

/** One HTTP answer. No connection is kept, so that the next question meets whoever listens then. */
export function httpText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent: false, timeout: 5_000 }, (response) => {
      text(response).then(resolve, reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer from ${url}`)));
    sent.on('error', reject);
  });
}
