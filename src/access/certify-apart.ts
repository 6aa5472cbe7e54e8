import { execFile } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject, type JsonValue, TinyletError, textAt } from '../base/index.ts';
import type { Certify, KeyPair } from './certify.ts';

const LONGEST_MS = 60_000;

/**
 * Makes certificates in a process of its own, and so without the memory that what makes them takes, nor the time: a daemon that starts
 * for the first time has pods to start. Rejects with STATE_IO where that process fails.
 */
export const certifyApart: Certify = (request) =>
  new Promise((resolve, reject) => {
    const program = new URL(`./certify-process${extname(import.meta.url)}`, import.meta.url);
    const options = { timeout: LONGEST_MS, killSignal: 'SIGKILL' as const };
    const child = execFile(process.execPath, [fileURLToPath(program)], options, (error, stdout, stderr) => {
      if (error !== null) return reject(failed(`${error.message} ${stderr}`.trim(), error));
      try {
        const answer: JsonValue = JSON.parse(stdout);
        resolve({ authority: pairAt(answer, 'authority'), server: pairAt(answer, 'server') });
      } catch (cause) {
        reject(failed('what makes them wrote no JSON', cause));
      }
    });
    // Where it ends before it has read all, its exit code tells.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(JSON.stringify(request));
  });

function pairAt(answer: JsonValue, name: string): KeyPair {
  const pair = isJsonObject(answer) ? answer[name] : undefined;
  return { certificate: textAt(pair, 'certificate'), key: textAt(pair, 'key') };
}

function failed(why: string, cause: unknown): TinyletError {
  return new TinyletError('STATE_IO', `certificates cannot be made: ${why}`, { cause });
}
