import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server } from 'node:net';
import { onTestFinished } from 'vitest';
import { selfSignedCertificate } from './self-signed-certificate.ts';

/** A server on a free port of the loopback address until the test ends, with whatever hangs on it. */
export async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return portOf(server);
}

export function httpServer(handle: http.RequestListener): http.Server {
  return http.createServer(handle);
}

export function httpsServer(handle: http.RequestListener): https.Server {
  return https.createServer(selfSignedCertificate(), handle);
}

/** Does as it likes with each connection. */
export function tcpServer(handle: (socket: net.Socket) => void): net.Server {
  return net.createServer(handle);
}

/** A port that nobody listens on: it was free a moment ago. */
export async function deadPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address.port;
}
