import type { DaemonOptions } from '../daemon/index.ts';
import type { Flag, FlagReader } from './flag.ts';
import { parseHostName, parseOffOrListenAddress } from './values.ts';

/** Flags about the API over TCP. */

const DEFAULT_ADDRESS = '127.0.0.1:10250';

const apiAddrFlag: Flag<DaemonOptions['apiAddress'] | 'off'> = {
  name: 'api-addr',
  takes: 'value',
  placeholder: 'HOST:PORT',
  help: 'where the Kubernetes API is served with TLS, to whoever has the token of ROOT-DIR/kubeconfig: which is to be root here; port 0 for any that is free, off for nowhere',
  fallback: DEFAULT_ADDRESS,
  parse: parseOffOrListenAddress,
};

const apiNameFlag: Flag<string> = {
  name: 'api-name',
  takes: 'values',
  placeholder: 'NAME',
  help: 'a further name or address under which clients reach it; repeatable',
  parse: parseHostName,
};

export const apiFlags: readonly Flag<unknown>[] = [apiAddrFlag, apiNameFlag];

export function readApiOptions(flags: FlagReader): Pick<DaemonOptions, 'apiAddress' | 'apiNames'> {
  const address = flags.read(apiAddrFlag) ?? parseOffOrListenAddress(DEFAULT_ADDRESS);
  return {
    ...(address !== 'off' && { apiAddress: address }),
    apiNames: flags.readAll(apiNameFlag) ?? [],
  };
}
