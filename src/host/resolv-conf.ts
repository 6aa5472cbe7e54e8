import type { ResolvConf } from '../pod/index.ts';

/**
 * resolv.conf as the kubelet reads it (network/dns: parseResolvConf): name servers add up, the last `search` wins, an option given
 * again replaces the earlier one in its place. Nothing else in the file counts.
 */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = [];
  let searches: string[] = [];
  const options = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    const first = values[0];
    if (keyword === 'nameserver' && first !== undefined) nameservers.push(first);
    if (keyword === 'search') searches = values.filter((name) => name !== '.').map(withoutFinalDot);
    if (keyword === 'options') for (const option of values) options.set(option.split(':')[0] ?? '', option);
  }
  return { nameservers, searches, options: [...options.values()] };
}

function withoutFinalDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
