import { isLoopback, TinyletError } from '../base/index.ts';
import type { DaemonOptions } from '../daemon/index.ts';
import type { Flag, FlagReader } from './flag.ts';
import { parseOffOrListenAddress, parseWholeNumber } from './values.ts';

/** Flags about the doors beside the Kubernetes API. */

const DEFAULT_MAX_RUNS = 10;

const readOnlyPortFlag: Flag<number> = {
  name: 'read-only-port',
  takes: 'value',
  placeholder: 'PORT',
  help: 'a port of the loopback on which health, pods, the machine and metrics can be read in the clear and without a token; 0 for none',
  fallback: '0',
  parse: parseWholeNumber({ min: 0, max: 65_535 }),
};

const insecureHttpAddrFlag: Flag<DaemonOptions['insecureHttpAddress'] | 'off'> = {
  name: 'insecure-http-addr',
  takes: 'value',
  placeholder: 'HOST:PORT',
  help: 'a loopback address on which POST /pods and POST / are served in the clear and without a token: any user of this machine is root then',
  fallback: 'off',
  parse: parseLoopbackAddress,
};

const maxRunsFlag: Flag<number> = {
  name: 'max-runs',
  takes: 'value',
  placeholder: 'N',
  help: 'how many runs to completion there may be at once; one more is refused with 429',
  fallback: String(DEFAULT_MAX_RUNS),
  parse: parseWholeNumber({ min: 1, max: 1000 }),
};

export const doorFlags: readonly Flag<unknown>[] = [readOnlyPortFlag, insecureHttpAddrFlag, maxRunsFlag];

export function readDoorOptions(
  flags: FlagReader,
): Pick<DaemonOptions, 'readOnlyPort' | 'insecureHttpAddress' | 'maxRuns'> {
  const readOnlyPort = flags.read(readOnlyPortFlag) ?? 0;
  const address = flags.read(insecureHttpAddrFlag) ?? 'off';
  return {
    ...(readOnlyPort > 0 && { readOnlyPort }),
    ...(address !== 'off' && { insecureHttpAddress: address }),
    maxRuns: flags.read(maxRunsFlag) ?? DEFAULT_MAX_RUNS,
  };
}

/** What localhost means is up to a file that is edited for many reasons. */
function parseLoopbackAddress(text: string): 'off' | { host: string; port: number } {
  const address = parseOffOrListenAddress(text);
  if (address === 'off') return address;
  if (!isLoopback(address.host))
    throw new TinyletError(
      'USAGE',
      `${JSON.stringify(text)} is no loopback address: whoever reaches it is root; write it like 127.0.0.1:8000`,
    );
  return address.host === 'localhost' ? { ...address, host: '127.0.0.1' } : address;
}
