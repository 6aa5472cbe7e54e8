import { describe, expect, test } from 'vitest';
import type { DaemonOptions } from '../../../src/daemon/index.ts';
import { settingsView } from '../../../src/daemon/settings-view.ts';

const OPTIONS: DaemonOptions = {
  ...{ socketPath: '/run/c.sock', manifestDirs: ['/etc/a', '/etc/b'], intervalMs: 2_000 },
  ...{ rootDir: '/var/lib/tinylet', logDir: '/var/log/pods', apiSocket: '/run/t.sock' },
  ...{ apiAddress: { host: '127.0.0.1', port: 10250 }, apiNames: [], maxRuns: 10, nodeName: 'box' },
  ...{ standalone: false, adopt: false, maxManifestBytes: 2 ** 20, maxParallelPulls: 4 },
  ...{ crashLoopMaxMs: 300_000, logRotation: { maxBytes: 10 * 2 ** 20, maxFiles: 5 } },
  ...{ allowedUnsafeSysctls: ['net.core.*'], logLevel: 'info', logFormat: 'json' },
};

describe('the settings', () => {
  test('stand under the names of a KubeletConfiguration, and what no kubelet has beside', () => {
    expect(settingsView(OPTIONS)).toEqual({
      kubeletconfig: {
        staticPodPath: '/etc/a',
        syncFrequency: '2s',
        fileCheckFrequency: '2s',
        enableServer: true,
        address: '127.0.0.1',
        port: 10250,
        readOnlyPort: 0,
        containerRuntimeEndpoint: 'unix:///run/c.sock',
        allowedUnsafeSysctls: ['net.core.*'],
        serializeImagePulls: false,
        maxParallelImagePulls: 4,
        imageGCHighThresholdPercent: 100,
        podLogsDir: '/var/log/pods',
        containerLogMaxSize: '10Mi',
        containerLogMaxFiles: 5,
        crashLoopBackOff: { maxContainerRestartPeriod: '5m0s' },
        shutdownGracePeriod: '0s',
      },
      tinylet: {
        nodeName: 'box',
        rootDir: '/var/lib/tinylet',
        apiSocket: '/run/t.sock',
        apiNames: [],
        manifests: ['/etc/a', '/etc/b'],
        maxManifestBytes: 1_048_576,
        urlAllowEmpty: false,
        maxRuns: 10,
        standalone: false,
        adopt: false,
        shutdownPods: false,
        logLevel: 'info',
        logFormat: 'json',
      },
    });
  });

  test.each<[what: string, changed: Partial<DaemonOptions>, kubelet: object, own: object]>([
    [
      'image garbage collection',
      { imageGc: { highPercent: 90, lowPercent: 70, minAgeMs: 120_000 }, maxParallelPulls: 1 },
      {
        ...{ imageGCHighThresholdPercent: 90, imageGCLowThresholdPercent: 70, imageMinimumGCAge: '2m0s' },
        ...{ serializeImagePulls: true, maxParallelImagePulls: 1 },
      },
      {},
    ],
    [
      'pods that are stopped with the daemon',
      { shutdownPods: { gracePeriodMs: 90_000 } },
      { shutdownGracePeriod: '1m30s' },
      { shutdownPods: true },
    ],
    [
      'the doors in the clear',
      { readOnlyPort: 10255, insecureHttpAddress: { host: '::1', port: 8000 } },
      { readOnlyPort: 10255 },
      { insecureHttpAddress: '[::1]:8000' },
    ],
    [
      'files of their own',
      { registryAuth: '/etc/tinylet/auth.json', logLinks: '/var/log/containers', resolvConf: '/etc/r' },
      { resolvConf: '/etc/r' },
      { registryAuth: '/etc/tinylet/auth.json', containerLogLinks: '/var/log/containers' },
    ],
    ['sizes', { logRotation: { maxBytes: 1536, maxFiles: 2 } }, { containerLogMaxSize: '1536' }, {}],
    ['large sizes', { logRotation: { maxBytes: 2 ** 31, maxFiles: 2 } }, { containerLogMaxSize: '2Gi' }, {}],
    ['no rotation', { logRotation: { maxBytes: 0, maxFiles: 2 } }, { containerLogMaxSize: '0' }, {}],
    [
      'pods that ended',
      { terminatedPodRetentionMs: 604_800_000 },
      {},
      { terminatedPodRetention: '168h0m0s' },
    ],
  ])('%s', (_, changed, kubelet, own) => {
    expect(settingsView({ ...OPTIONS, ...changed })).toMatchObject({ kubeletconfig: kubelet, tinylet: own });
  });

  test('without the port nothing is told of one', () => {
    const { apiAddress: _, ...options } = OPTIONS;
    const { kubeletconfig } = settingsView(options);
    expect(kubeletconfig).toMatchObject({ enableServer: false });
    expect(kubeletconfig).not.toHaveProperty('port');
  });

  test('nothing secret is told of URLs', () => {
    const urls = ['https://user:word1@host.example:8443/pods?key=word2#word3', 'https://b.example/x'];
    const headers = [
      ['authorization', 'Basic word4'],
      ['x-box', 'word5'],
      ['x-box', 'word6'],
    ] as const;
    const view = settingsView({
      ...OPTIONS,
      urlSource: { urls, headers, intervalMs: 20_000, allowEmpty: true, tokenFile: '/etc/tinylet/token' },
    });
    expect(view).toMatchObject({
      kubeletconfig: {
        staticPodURL: 'https://host.example:8443/pods',
        httpCheckFrequency: '20s',
        staticPodURLHeader: { authorization: ['<masked>'], 'x-box': ['<masked>', '<masked>'] },
      },
      tinylet: {
        manifests: ['/etc/a', '/etc/b', 'https://host.example:8443/pods', 'https://b.example/x'],
        urlTokenFile: '/etc/tinylet/token',
        urlAllowEmpty: true,
      },
    });
    expect(JSON.stringify(view)).not.toContain('word');
  });
});
