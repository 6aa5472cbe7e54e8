import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DaemonOptions } from '../../../src/daemon/index.ts';
import { tinylet, type World } from './fake-program.ts';

const DEFAULTS: DaemonOptions = {
  socketPath: '/run/containerd/containerd.sock',
  manifestDirs: ['/etc/tinylet/manifests'],
  urlSource: { urls: [], intervalMs: 20_000, headers: [], allowEmpty: false },
  intervalMs: 2000,
  rootDir: '/var/lib/tinylet',
  logDir: '/var/log/pods',
  apiSocket: '/run/tinylet/tinylet.sock',
  apiAddress: { host: '127.0.0.1', port: 10250 },
  apiNames: [],
  maxRuns: 10,
  nodeName: hostname().trim().toLowerCase(),
  standalone: false,
  adopt: false,
  maxManifestBytes: 1_048_576,
  maxParallelPulls: 4,
  crashLoopMaxMs: 300_000,
  terminatedPodRetentionMs: 604_800_000,
  logRotation: { maxBytes: 10_485_760, maxFiles: 5 },
  logLinks: '/var/log/containers',
  allowedUnsafeSysctls: [],
  logLevel: 'info',
  logFormat: 'json',
};

/** (kubelet: the defaults of its configuration) */
const imageGc = { highPercent: 85, lowPercent: 80, minAgeMs: 120_000 };

/** The options the daemon was run with. */
async function optionsOf(argv: readonly string[], world: World = {}): Promise<DaemonOptions> {
  const { called, err } = await tinylet(argv, world);
  expect(err).toBe('');
  const call = called[0];
  if (call?.what !== 'runDaemon') throw new Error(`the daemon did not run: ${JSON.stringify(called)}`);
  return call.options;
}

describe('options of the daemon', () => {
  test('without flags and variables every option has its default', async () => {
    expect(await optionsOf([])).toEqual(DEFAULTS);
  });

  test.each<[flag: string, variable: string, text: string, changed: Partial<DaemonOptions>]>([
    ['--socket', 'TINYLET_SOCKET', '/run/other.sock', { socketPath: '/run/other.sock' }],
    ['--socket', 'TINYLET_SOCKET', 'unix:///run/other.sock', { socketPath: '/run/other.sock' }],
    ['--socket', 'TINYLET_SOCKET', 'other.sock', { socketPath: resolve('other.sock') }],
    ['--manifests', 'TINYLET_MANIFESTS', '/a', { manifestDirs: ['/a'] }],
    ['--manifests', 'TINYLET_MANIFESTS', 'pods', { manifestDirs: [resolve('pods')] }],
    ['--interval', 'TINYLET_INTERVAL', '1m30s', { intervalMs: 90_000 }],
    ['--interval', 'TINYLET_INTERVAL', '1.5s', { intervalMs: 1500 }],
    ['--root-dir', 'TINYLET_ROOT_DIR', '/srv/t/', { rootDir: '/srv/t' }],
    ['--container-log-links', 'TINYLET_CONTAINER_LOG_LINKS', 'links', { logLinks: resolve('links') }],
    ['--api-socket', 'TINYLET_API_SOCKET', '/run/t.sock', { apiSocket: '/run/t.sock' }],
    ['--api-addr', 'TINYLET_API_ADDR', '0.0.0.0:443', { apiAddress: { host: '0.0.0.0', port: 443 } }],
    ['--api-addr', 'TINYLET_API_ADDR', '[::1]:0', { apiAddress: { host: '::1', port: 0 } }],
    ['--api-addr', 'TINYLET_API_ADDR', 'Localhost:1', { apiAddress: { host: 'localhost', port: 1 } }],
    ['--api-name', 'TINYLET_API_NAME', 'Edge.example', { apiNames: ['edge.example'] }],
    ['--node-name', 'TINYLET_NODE_NAME', 'Edge-1.example', { nodeName: 'edge-1.example' }],
    ['--max-manifest-bytes', 'TINYLET_MAX_MANIFEST_BYTES', '64Ki', { maxManifestBytes: 65_536 }],
    ['--registry-auth', 'TINYLET_REGISTRY_AUTH', 'auth.json', { registryAuth: resolve('auth.json') }],
    [
      '--allowed-unsafe-sysctls',
      'TINYLET_ALLOWED_UNSAFE_SYSCTLS',
      'net/core/somaxconn',
      { allowedUnsafeSysctls: ['net.core.somaxconn'] },
    ],
    ['--max-parallel-pulls', 'TINYLET_MAX_PARALLEL_PULLS', '1', { maxParallelPulls: 1 }],
    ['--image-gc', 'TINYLET_IMAGE_GC', 'on', { imageGc }],
    ['--image-gc', 'TINYLET_IMAGE_GC', 'off', {}],
    ['--crash-loop-max', 'TINYLET_CRASH_LOOP_MAX', '1s', { crashLoopMaxMs: 1_000 }],
    [
      '--terminated-pod-retention',
      'TINYLET_TERMINATED_POD_RETENTION',
      '90m',
      { terminatedPodRetentionMs: 5_400_000 },
    ],
    ['--shutdown-pods', 'TINYLET_SHUTDOWN_PODS', 'true', { shutdownPods: { gracePeriodMs: 30_000 } }],
    ['--resolv-conf', 'TINYLET_RESOLV_CONF', '/run/resolv.conf', { resolvConf: '/run/resolv.conf' }],
    ['--runtime-root', 'TINYLET_RUNTIME_ROOT', '/proc/42/root/', { runtimeRoot: '/proc/42/root' }],
    ['--log-level', 'TINYLET_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
    ['--log-format', 'TINYLET_LOG_FORMAT', 'pretty', { logFormat: 'pretty' }],
    ['--adopt', 'TINYLET_ADOPT', 'true', { adopt: true }],
    ['--adopt', 'TINYLET_ADOPT', '0', {}],
  ])('%s and %s take %s', async (flag, variable, text, changed) => {
    expect(await optionsOf([`${flag}=${text}`])).toEqual({ ...DEFAULTS, ...changed });
    expect(await optionsOf([], { env: { [variable]: text } })).toEqual({ ...DEFAULTS, ...changed });
  });

  test.each(['off', '0', '0s'])('--terminated-pod-retention %s keeps pods that have ended', async (text) => {
    const { terminatedPodRetentionMs: _, ...rest } = DEFAULTS;
    expect(await optionsOf(['--terminated-pod-retention', text])).toEqual(rest);
  });

  test('--api-addr off serves nothing over TCP', async () => {
    const { apiAddress: _, ...rest } = DEFAULTS;
    expect(await optionsOf(['--api-addr', 'off'])).toEqual(rest);
  });

  test('--api-name repeats, and takes addresses', async () => {
    const { apiNames } = await optionsOf(['--api-name', 'a.example', '--api-name', 'FE80::1']);
    expect(apiNames).toEqual(['a.example', 'fe80::1']);
  });

  test('the flag wins over the variable, the last flag over earlier ones, an empty variable is unset', async () => {
    const env = { TINYLET_INTERVAL: '9s', TINYLET_STANDALONE: 'true', TINYLET_LOG_DIR: '' };
    const options = await optionsOf(['--interval=1s', '--interval', '3s', '--standalone=false'], { env });
    expect(options).toEqual({ ...DEFAULTS, intervalMs: 3000 });
  });

  test('a wrong variable is not looked at where the flag is given', async () => {
    expect((await optionsOf(['--interval', '3s'], { env: { TINYLET_INTERVAL: 'soon' } })).intervalMs).toBe(
      3000,
    );
  });

  test('--manifests repeats, its variable is split at colons, and no directory counts twice', async () => {
    expect(
      (await optionsOf(['--manifests', '/b', '--manifests', '/a', '--manifests', '/b/'])).manifestDirs,
    ).toEqual(['/b', '/a']);
    expect((await optionsOf([], { env: { TINYLET_MANIFESTS: '/b:/a:' } })).manifestDirs).toEqual([
      '/b',
      '/a',
    ]);
  });

  test.each<[argv: readonly string[], logLinks: string | undefined]>([
    [['--log-dir', '/srv/log'], undefined],
    [['--log-dir', '/var/log/pods/'], '/var/log/containers'],
    [['--log-dir', '/srv/log', '--container-log-links', '/srv/links'], '/srv/links'],
    [['--container-log-links', 'off'], undefined],
  ])('links to logs with %j are in %s', async (argv, logLinks) => {
    expect((await optionsOf(argv)).logLinks).toBe(logLinks);
  });

  test('--log-dir moves the logs, and there are no links to them then', async () => {
    const { logLinks: _, ...rest } = DEFAULTS;
    expect(await optionsOf([], { env: { TINYLET_LOG_DIR: '/srv/log' } })).toEqual({
      ...rest,
      logDir: '/srv/log',
    });
  });

  test.each([
    [['--container-log-max-size', '64Ki'], { maxBytes: 65_536, maxFiles: 5 }],
    [['--container-log-max-size', '0'], { maxBytes: 0, maxFiles: 5 }],
    [['--container-log-max-size=-1'], { maxBytes: -1, maxFiles: 5 }],
    [['--container-log-max-files', '2'], { maxBytes: 10_485_760, maxFiles: 2 }],
  ])('logs with %j are rotated at %j', async (argv, logRotation) => {
    expect((await optionsOf(argv)).logRotation).toEqual(logRotation);
  });

  test.each([
    ['--container-log-max-size', 'much', 'is not a size; write it like 65536, 64Ki or 1Mi'],
    ['--container-log-max-files', '1', 'is out of range; from 2 to 1000'],
  ])('%s %s is refused', async (flag, text, why) => {
    expect(await tinylet([flag, text])).toMatchObject({ code: 2, err: expect.stringContaining(why) });
  });

  test('--allowed-unsafe-sysctls repeats, and takes the beginning of a name', async () => {
    const argv = ['--allowed-unsafe-sysctls', 'kernel.msg*', '--allowed-unsafe-sysctls=net.*'];
    expect((await optionsOf(argv)).allowedUnsafeSysctls).toEqual(['kernel.msg*', 'net.*']);
  });

  test('--standalone moves the default socket under the root-dir, and only the default', async () => {
    const own = await optionsOf(['--standalone', '--root-dir', '/srv/t']);
    expect(own.socketPath).toBe('/srv/t/containerd/containerd.sock');
    expect((await optionsOf(['--standalone', '--socket', '/run/c.sock'])).socketPath).toBe('/run/c.sock');
  });

  test('--shutdown-grace-period is how long pods have, also where only its variable is set', async () => {
    const argv = ['--shutdown-pods', '--shutdown-grace-period', '90s'];
    expect((await optionsOf(argv)).shutdownPods).toEqual({ gracePeriodMs: 90_000 });
    const env = { TINYLET_SHUTDOWN_GRACE_PERIOD: '90s' };
    expect((await optionsOf(['--shutdown-pods'], { env })).shutdownPods).toEqual({ gracePeriodMs: 90_000 });
    expect((await optionsOf([], { env })).shutdownPods).toBeUndefined();
  });

  test.each<[string[], DaemonOptions['imageGc']]>([
    [['--standalone'], imageGc],
    [['--standalone', '--image-gc', 'off'], undefined],
    [['--image-gc-high-threshold', '50', '--image-gc-low-threshold', '40'], undefined],
    [
      ['--image-gc=on', '--image-gc-high-threshold', '50', '--image-gc-low-threshold', '50'],
      { ...imageGc, highPercent: 50, lowPercent: 50 },
    ],
    [
      [
        '--image-gc=on',
        '--image-gc-high-threshold=0',
        '--image-gc-low-threshold=0',
        '--image-minimum-gc-age=0s',
      ],
      { highPercent: 0, lowPercent: 0, minAgeMs: 0 },
    ],
  ])('images are removed with --standalone or where it is asked for: %j', async (argv, expected) => {
    expect((await optionsOf(argv)).imageGc).toEqual(expected);
  });

  test.each<[string[], string]>([
    [
      ['--image-gc-high-threshold', '79'],
      '--image-gc-low-threshold (80) is above --image-gc-high-threshold (79)',
    ],
    [['--image-gc-high-threshold', '101'], '--image-gc-high-threshold: "101" is out of range; from 0 to 100'],
    [['--max-parallel-pulls', '0'], '--max-parallel-pulls: "0" is out of range; from 1 to 1000'],
    [['--max-parallel-pulls', '1.5'], '--max-parallel-pulls: "1.5" is not a whole number'],
    [['--image-gc', 'yes'], '--image-gc: "yes" is not one of on, off'],
    [['--shutdown-grace-period', '5s'], '--shutdown-grace-period means nothing without --shutdown-pods'],
    [['--crash-loop-max', '301s'], '--crash-loop-max: "301s" is too long; the most is 5m'],
    [
      ['--terminated-pod-retention', '7d'],
      '--terminated-pod-retention: "7d" is not a duration; write it like 500ms, 2s or 1m30s',
    ],
    [['--crash-loop-max', '999ms'], '--crash-loop-max: "999ms" is too short; the least is 1s'],
  ])('%j is refused', async (argv, problem) => {
    const { code, err, called } = await tinylet(argv);
    expect([code, called]).toEqual([2, []]);
    expect(err).toContain(problem);
  });

  test('logs are pretty on a terminal', async () => {
    expect((await optionsOf([], { terminal: true })).logFormat).toBe('pretty');
    expect((await optionsOf(['--log-format', 'json'], { terminal: true })).logFormat).toBe('json');
  });
});

describe('what the daemon is asked to do', () => {
  test('its exit code is the exit code of the command line', async () => {
    expect((await tinylet([], { exitCode: 1 })).code).toBe(1);
  });

  test('--once waits two minutes unless told otherwise', async () => {
    const waits = async (argv: string[]) => (await tinylet(argv)).called;
    expect(await waits(['--once'])).toEqual([{ what: 'once', options: DEFAULTS, timeoutMs: 120_000 }]);
    expect(await waits(['--once', '--timeout', '5s'])).toEqual([
      { what: 'once', options: DEFAULTS, timeoutMs: 5000 },
    ]);
  });

  test('--dry-run only plans', async () => {
    expect((await tinylet(['--dry-run'])).called).toEqual([{ what: 'dryRun', options: DEFAULTS }]);
  });

  test('a variable for --timeout may stand there for every run', async () => {
    expect((await tinylet([], { env: { TINYLET_TIMEOUT: '5s' } })).code).toBe(0);
  });

  test('a mistyped variable is warned about, a stranger is not', async () => {
    const { err } = await tinylet([], { env: { TINYLET_INTERVL: '1s', TINYLET_SERVICE_HOST: '10.0.0.1' } });
    expect(err).toBe('tinylet: warning: TINYLET_INTERVL is not a setting; did you mean TINYLET_INTERVAL?\n');
  });
});
