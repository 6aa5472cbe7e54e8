import { describe, expect, test } from 'vitest';
import type { DaemonOptions } from '../../../src/daemon/index.ts';
import { tinylet } from './fake-program.ts';

type DoorOption = 'readOnlyPort' | 'insecureHttpAddress' | 'maxRuns';
type DoorOptions = { readonly [Name in DoorOption]: DaemonOptions[Name] | undefined };

/** What the daemon was told of its doors. */
async function doorsOf(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<DoorOptions> {
  const { called, err } = await tinylet(argv, { env });
  expect(err).toBe('');
  const [call] = called;
  if (call?.what !== 'runDaemon') throw new Error(`the daemon did not run: ${JSON.stringify(called)}`);
  const { readOnlyPort, insecureHttpAddress, maxRuns } = call.options;
  return { readOnlyPort, insecureHttpAddress, maxRuns };
}

const NONE: DoorOptions = { readOnlyPort: undefined, insecureHttpAddress: undefined, maxRuns: 10 };

describe('doors in the clear', () => {
  test('are shut unless somebody opens them', async () => {
    expect(await doorsOf([])).toEqual(NONE);
    expect(await doorsOf(['--read-only-port', '0', '--insecure-http-addr', 'off'])).toEqual(NONE);
  });

  test.each<[flag: string, variable: string, text: string, changed: Partial<DoorOptions>]>([
    ['--read-only-port', 'TINYLET_READ_ONLY_PORT', '10255', { readOnlyPort: 10_255 }],
    ['--read-only-port', 'TINYLET_READ_ONLY_PORT', '65535', { readOnlyPort: 65_535 }],
    ...['127.0.0.1', '127.1.2.3'].map((host): [string, string, string, Partial<DoorOptions>] => [
      ...(['--insecure-http-addr', 'TINYLET_INSECURE_HTTP_ADDR', `${host}:8000`] as const),
      { insecureHttpAddress: { host, port: 8000 } },
    ]),
    [
      ...(['--insecure-http-addr', 'TINYLET_INSECURE_HTTP_ADDR', '[::1]:0'] as const),
      { insecureHttpAddress: { host: '::1', port: 0 } },
    ],
    ['--max-runs', 'TINYLET_MAX_RUNS', '1', { maxRuns: 1 }],
  ])('%s and %s take %s', async (flag, variable, text, changed) => {
    expect(await doorsOf([flag, text])).toEqual({ ...NONE, ...changed });
    expect(await doorsOf([], { [variable]: text })).toEqual({ ...NONE, ...changed });
  });

  test.each(['localhost:8000', 'LocalHost:8000'])('%s is an address, whatever a file says', async (text) => {
    expect((await doorsOf(['--insecure-http-addr', text])).insecureHttpAddress).toEqual({
      host: '127.0.0.1',
      port: 8000,
    });
  });

  test.each([
    ...['0.0.0.0:8000', '[::]:8000', '192.168.0.1:8000', '10.0.0.1:80', 'example:8000', '128.0.0.1:1'],
    ...['[::ffff:127.0.0.1]:8000', '[fe80::1]:8000', 'localhost.evil.example:8000', '127.0.0.1.nip.io:8000'],
  ])('%s is refused: others could reach it', async (text) => {
    for (const world of [{}, { env: { TINYLET_INSECURE_HTTP_ADDR: text } }]) {
      const argv = 'env' in world ? [] : ['--insecure-http-addr', text];
      const { code, err, called } = await tinylet(argv, world);
      expect([code, called]).toEqual([2, []]);
      expect(err).toContain(`${JSON.stringify(text)} is no loopback address`);
    }
  });

  test.each([
    ...['127.0.0.1', ':8000', '8000', '127.0.0.1:', '127.0.0.1:65536', '::1:8000', 'http://127.0.0.1:8000'],
  ])('%j is refused: it is no address to listen on', async (text) => {
    const { code, err, called } = await tinylet([`--insecure-http-addr=${text}`]);
    expect([code, called]).toEqual([2, []]);
    expect(err).toContain('is no address to listen on');
  });

  test.each([
    ['--read-only-port', '65536', 'is out of range; from 0 to 65535'],
    ['--read-only-port', 'on', 'is not a whole number'],
    ['--read-only-port', '127.0.0.1:10255', 'is not a whole number'],
    ['--max-runs', '0', 'is out of range; from 1 to 1000'],
    ['--max-runs', '1001', 'is out of range; from 1 to 1000'],
  ])('%s %s is refused', async (flag, text, why) => {
    const { code, err, called } = await tinylet([flag, text]);
    expect([code, called]).toEqual([2, []]);
    expect(err).toContain(why);
  });
});
