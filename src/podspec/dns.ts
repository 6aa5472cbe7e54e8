import type { DNSConfig } from '../cri/index.ts';
import type { DnsOption, Pod, ResolvConf } from '../pod/index.ts';

/** What resolvers bear (core/validation: MaxDNSNameservers, MaxDNSSearchPaths, MaxDNSSearchListChars; RFC 1123). */
const SERVERS_LIMIT = 3;
const SEARCHES_LIMIT = 32;
const SEARCH_LIST_CHARS = 2048;
const SEARCH_CHARS = 253;

/**
 * What the pod's resolv.conf is made of (kubelet: network/dns). There is no cluster DNS here, so every policy but None is the
 * machine's own. What goes beyond the limits is cut from the end.
 */
export function dnsConfig({ spec }: Pod, machine: ResolvConf): DNSConfig {
  const base = spec.dnsPolicy === 'None' ? { nameservers: [], searches: [], options: [] } : machine;
  const own = spec.dnsConfig ?? {};
  return {
    servers: [...new Set([...base.nameservers, ...(own.nameservers ?? [])])].slice(0, SERVERS_LIMIT),
    searches: searchesThatFit([...new Set([...base.searches, ...(own.searches ?? [])])]),
    options: mergeOptions(base.options, own.options ?? []),
  };
}

/** In the order of their first mention; the pod's value wins. */
function mergeOptions(base: readonly string[], own: readonly DnsOption[]): string[] {
  const merged = new Map<string, string>();
  for (const option of base) {
    const [name = '', ...value] = option.split(':');
    merged.set(name, value.join(':'));
  }
  for (const { name, value = '' } of own) merged.set(name, value);
  return [...merged].map(([name, value]) => (value === '' ? name : `${name}:${value}`));
}

/** A search path that is too long makes some resolvers abort, so it is left out rather than cut. */
function searchesThatFit(searches: readonly string[]): string[] {
  const fitting = searches.slice(0, SEARCHES_LIMIT).filter((search) => search.length <= SEARCH_CHARS);
  while (fitting.join(' ').length > SEARCH_LIST_CHARS) fitting.pop();
  return fitting;
}
