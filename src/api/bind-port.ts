import type { AddressInfo, Server } from 'node:net';

export interface TcpAddress {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  /** 0 for whichever is free. */
  readonly port: number;
}

/** Resolves to the port it listens on. */
export function bindPort(server: Server, { host, port }: TcpAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const bound: AddressInfo | string | null = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}
