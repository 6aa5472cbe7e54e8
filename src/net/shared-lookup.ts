import { type LookupAddress, promises as resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';

type LookupOptions = Parameters<LookupFunction>[1];

/** As dns.lookup has it, for all addresses of a name. */
export type AskForAddresses = (
  host: string,
  options: LookupOptions & { readonly all: true },
) => Promise<readonly LookupAddress[]>;

/**
 * Looks names up as connections do by themselves, but asks the same question once at a time: nobody can take a question to the system
 * back, so that under a server that does not answer those of probes, which are given up every second, would heap up without end.
 */
export function sharedLookup(ask: AskForAddresses = resolver.lookup): LookupFunction {
  const underWay = new Map<string, Promise<readonly LookupAddress[]>>();
  return (host, options, callback) => {
    const question = { ...options, all: true } as const;
    const key = JSON.stringify([host, question]);
    const asked = underWay.get(key) ?? ask(host, question).finally(() => underWay.delete(key));
    underWay.set(key, asked);
    asked.then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error) => callback(error, ''),
    );
  };
}

/** The one of this process. */
export const lookup: LookupFunction = sharedLookup();
