import { goDuration, type JsonObject } from '../base/index.ts';
import type { DaemonOptions, UrlSourceOptions } from './options.ts';

/** As the kubelet tells headers in its log (kubelet: server.go logConfig). */
const MASKED = '<masked>';

/** What a kubelet calls an image garbage collection that is off. */
const NEVER_PERCENT = 100;

/**
 * What the daemon was asked to be, for `/configz`: under the names of a KubeletConfiguration (kubelet.config.k8s.io/v1beta1) where the
 * meaning is the same, and all that no kubelet has under `tinylet`. Nothing secret: URLs without what stands in them for a password,
 * headers by name alone, and files with secrets by their paths. Pure.
 */
export function settingsView(options: DaemonOptions): JsonObject {
  return {
    kubeletconfig: {
      ...sourcesView(options),
      ...serverView(options),
      ...runtimeView(options),
      ...imagesView(options),
      ...logsView(options),
      ...lifeView(options),
    },
    tinylet: ownView(options),
  };
}

/** A kubelet has one path and one URL at most: the first, where there are more. */
function sourcesView({ manifestDirs, urlSource, intervalMs }: DaemonOptions): JsonObject {
  const [staticPodPath] = manifestDirs;
  const [url] = urlSource?.urls ?? [];
  return {
    ...(staticPodPath !== undefined && { staticPodPath }),
    syncFrequency: goDuration(intervalMs),
    fileCheckFrequency: goDuration(intervalMs),
    ...(urlSource && { httpCheckFrequency: goDuration(urlSource.intervalMs) }),
    ...(url !== undefined && { staticPodURL: withoutSecrets(url) }),
    ...(urlSource && urlSource.headers.length > 0 && { staticPodURLHeader: maskedHeaders(urlSource) }),
  };
}

function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return MASKED;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function maskedHeaders({ headers }: UrlSourceOptions): JsonObject {
  const names = new Set(headers.map(([name]) => name));
  const valuesOf = (name: string): readonly string[] =>
    headers.filter(([other]) => other === name).map(() => MASKED);
  return Object.fromEntries([...names].map((name) => [name, valuesOf(name)]));
}

function serverView({ apiAddress, readOnlyPort }: DaemonOptions): JsonObject {
  return {
    enableServer: apiAddress !== undefined,
    ...(apiAddress && { address: apiAddress.host, port: apiAddress.port }),
    readOnlyPort: readOnlyPort ?? 0,
  };
}

function runtimeView({ socketPath, resolvConf, allowedUnsafeSysctls }: DaemonOptions): JsonObject {
  return {
    containerRuntimeEndpoint: `unix://${socketPath}`,
    ...(resolvConf !== undefined && { resolvConf }),
    allowedUnsafeSysctls,
  };
}

function imagesView({ maxParallelPulls, imageGc }: DaemonOptions): JsonObject {
  return {
    serializeImagePulls: maxParallelPulls === 1,
    maxParallelImagePulls: maxParallelPulls,
    imageGCHighThresholdPercent: imageGc?.highPercent ?? NEVER_PERCENT,
    ...(imageGc && {
      imageGCLowThresholdPercent: imageGc.lowPercent,
      imageMinimumGCAge: goDuration(imageGc.minAgeMs),
    }),
  };
}

function logsView({ logDir, logRotation }: DaemonOptions): JsonObject {
  return {
    podLogsDir: logDir,
    containerLogMaxSize: quantity(logRotation.maxBytes),
    containerLogMaxFiles: logRotation.maxFiles,
  };
}

/** As Kubernetes writes a number of bytes: `10Mi`. */
function quantity(bytes: number): string {
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti'];
  const fits = (power: number): boolean => bytes !== 0 && bytes % 1024 ** power === 0;
  const power = units.findLastIndex((_, index) => fits(index));
  return power < 1 ? String(bytes) : `${bytes / 1024 ** power}${units[power]}`;
}

function lifeView({ crashLoopMaxMs, shutdownPods }: DaemonOptions): JsonObject {
  return {
    crashLoopBackOff: { maxContainerRestartPeriod: goDuration(crashLoopMaxMs) },
    shutdownGracePeriod: goDuration(shutdownPods?.gracePeriodMs ?? 0),
  };
}

function ownView(options: DaemonOptions): JsonObject {
  const { urlSource, terminatedPodRetentionMs, insecureHttpAddress } = options;
  const optional: JsonObject = {
    registryAuth: options.registryAuth,
    containerLogLinks: options.logLinks,
    runtimeRoot: options.runtimeRoot,
    urlTokenFile: urlSource?.tokenFile,
    ...(insecureHttpAddress && { insecureHttpAddress: addressText(insecureHttpAddress) }),
    ...(terminatedPodRetentionMs !== undefined && {
      terminatedPodRetention: goDuration(terminatedPodRetentionMs),
    }),
  };
  return {
    nodeName: options.nodeName,
    rootDir: options.rootDir,
    apiSocket: options.apiSocket,
    apiNames: options.apiNames,
    manifests: [...options.manifestDirs, ...(urlSource?.urls ?? []).map(withoutSecrets)],
    maxManifestBytes: options.maxManifestBytes,
    urlAllowEmpty: urlSource?.allowEmpty ?? false,
    maxRuns: options.maxRuns,
    standalone: options.standalone,
    adopt: options.adopt,
    shutdownPods: options.shutdownPods !== undefined,
    logLevel: options.logLevel,
    logFormat: options.logFormat,
    ...optional,
  };
}

function addressText({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
