/** `host:port` as URLs and Go's messages have it: the colons of an IPv6 address stand in brackets. */
export function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
