import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LogRequest } from '../../../src/api/index.ts';
import { systemClock } from '../../../src/base/index.ts';
import { containerLogs } from '../../../src/daemon/container-logs.ts';
import { ToldLogger } from '../logs/rotation-rig.ts';

/** Only a broken program outlasts it. */
const PATIENT = { timeout: 10_000 };

const request: LogRequest = { containerId: 'c1', follow: true, timestamps: false, stream: 'All' };
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tinylet-container-logs-'));
  await mkdir(join(root, 'default_web_u1/app'), { recursive: true });
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function entry(text: string): string {
  return `2026-01-02T12:00:00.123456789Z stdout F ${text}\n`;
}

function source(logPath: string | Error) {
  const state = { running: true };
  const logger = new ToldLogger();
  let change = (): void => undefined;
  const details = { startedAtMs: 1, finishedAtMs: 0, exitCode: 0, reason: '', message: '', imageRef: '' };
  const logs = containerLogs({
    clock: systemClock,
    logger,
    cri: {
      async containerStatus() {
        if (logPath instanceof Error) throw logPath;
        return { ...details, logPath };
      },
    },
    isRunning: (id) => id === 'c1' && state.running,
    onChange: (listener) => {
      change = listener;
    },
  });
  const end = (): void => {
    state.running = false;
    change();
  };
  return { logs, logger, end };
}

test('the log is where the runtime says, and is followed until the loop has seen the end of its container', async () => {
  const path = join(root, 'default_web_u1/app/3.log');
  await writeFile(path, entry('a'));
  const { logs, end } = source(path);
  const tell = await logs.read(request);
  let told = '';
  const write = async (chunk: Uint8Array): Promise<void> => {
    told += Buffer.from(chunk).toString();
  };
  const telling = tell(write, new AbortController().signal);
  await vi.waitFor(() => expect(told).toBe('a\n'), PATIENT);
  await appendFile(path, entry('b'));
  end();
  await telling;
  expect(told).toBe('a\nb\n');
});

test.each<[string, () => string | Error, string]>([
  ['the runtime does not know it', () => new Error('not found'), 'not found'],
  ['the runtime writes none', () => '', 'the runtime writes no log of it'],
  ['the file is gone', () => join(root, 'default_web_u1/app/0.log'), 'there is no log 0.log'],
  ['the pod is gone', () => join(root, 'default_db_u2/app/0.log'), 'there is no log 0.log'],
])('where %s, the client is told no more than that there is none', async (_case, path, err) => {
  const { logs, logger } = source(path());
  await expect(logs.read(request)).rejects.toMatchObject({
    ...{ reason: 'BadRequest', message: 'unable to retrieve container logs for containerd://c1' },
  });
  expect(logger.warnings).toEqual([`log cannot be read: ${err}`]);
});
