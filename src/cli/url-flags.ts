import { isLoopback, TinyletError } from '../base/index.ts';
import type { DaemonOptions } from '../daemon/index.ts';
import { type Flag, type FlagReader, switchFlag } from './flag.ts';
import { manifestsFlag, readManifestUrls } from './flags.ts';
import { parseDurationMs, parseHeader, parsePath } from './values.ts';

/** Flags about manifests from URLs. The kubelet: --manifest-url, --manifest-url-header, --http-check-frequency. */

/** (kubelet: httpCheckFrequency) */
const DEFAULT_INTERVAL_MS = 20_000;
const DAY_MS = 24 * 3_600_000;

const urlIntervalFlag: Flag<number> = {
  name: 'url-interval',
  takes: 'value',
  placeholder: 'TIME',
  help: 'time between two requests to each URL of --manifests',
  fallback: '20s',
  parse: parseDurationMs({ minMs: 100, maxMs: DAY_MS }),
};

const urlHeaderFlag: Flag<readonly [name: string, value: string]> = {
  name: 'manifest-url-header',
  takes: 'values',
  placeholder: 'HEADER',
  help: "sent with each request to URLs, like 'X-Box: 7'; repeatable, in the variable a line for each",
  separate: (text) => text.split('\n'),
  parse: parseHeader,
};

const urlTokenFileFlag: Flag<string> = {
  name: 'url-token-file',
  takes: 'value',
  placeholder: 'FILE',
  help: 'a bearer token for URLs, read anew for each request',
  parse: parsePath,
};

const urlAllowEmptyFlag = switchFlag(
  'url-allow-empty',
  'let an answer without any object remove what the URL defined before',
);

const manifestsInsecureFlag = switchFlag(
  'manifests-insecure',
  'take plain http:// URLs of other machines: whoever is on the way then decides what runs here',
);

export const urlFlags: readonly Flag<unknown>[] = [
  urlIntervalFlag,
  urlHeaderFlag,
  urlTokenFileFlag,
  urlAllowEmptyFlag,
  manifestsInsecureFlag,
];

export function readUrlOptions(flags: FlagReader): Required<Pick<DaemonOptions, 'urlSource'>> {
  const urls = [...new Set(readManifestUrls(flags))];
  const tokenFile = flags.read(urlTokenFileFlag);
  const headers = flags.readAll(urlHeaderFlag) ?? [];
  const idle = urlFlags.find((flag) => urls.length === 0 && flags.onCommandLine(flag));
  if (idle !== undefined)
    throw new TinyletError('USAGE', `--${idle.name} means nothing without a URL among --manifests`);
  if (tokenFile !== undefined && headers.some(([name]) => name === 'authorization'))
    throw new TinyletError(
      'USAGE',
      `${flags.nameOf(urlTokenFileFlag)} and an Authorization header of ${flags.nameOf(urlHeaderFlag)} exclude each other`,
    );
  const open = urls.find((url) => url.startsWith('http:') && !isLoopback(new URL(url).hostname));
  if (open !== undefined && flags.read(manifestsInsecureFlag) !== true)
    throw new TinyletError(
      'USAGE',
      `${flags.nameOf(manifestsFlag)}: ${JSON.stringify(open)} is plain http to another machine: whoever is on the way could decide what runs here; use https, or --manifests-insecure if that is meant`,
    );
  return {
    urlSource: {
      urls,
      intervalMs: flags.read(urlIntervalFlag) ?? DEFAULT_INTERVAL_MS,
      headers,
      ...(tokenFile !== undefined && { tokenFile }),
      allowEmpty: flags.read(urlAllowEmptyFlag) ?? false,
    },
  };
}
