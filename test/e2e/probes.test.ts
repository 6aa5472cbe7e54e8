import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { fileURLToPath } from 'node:url';
import { Server as GrpcServer, type handleUnaryCall, ServerCredentials } from '@grpc/grpc-js';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { expect, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { freePort } from '../support/real-runtime.ts';
import { selfSignedCertificate } from '../unit/net/self-signed-certificate.ts';
import { eventually } from './support/eventually.ts';
import { HTTP_IMAGE, idle } from './support/manifests.ts';
import { onContainerd, useContainerd } from './support/world.ts';

const world = useContainerd('probes');

/** What is asked runs in this process: a pod on the machine's network is reached at the machine's own addresses. */
async function serve(server: Server): Promise<number> {
  const port = await freePort();
  await once(server.listen(port, '0.0.0.0'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

const proto = fileURLToPath(new URL('../../proto/grpc-health.proto', import.meta.url));

/** Says of the service `shop` what `status` says, and knows of no other. */
async function serveHealth(status: () => string): Promise<number> {
  const port = await freePort();
  const server = new GrpcServer();
  const check: handleUnaryCall<{ service: string }, { status: string }> = ({ request }, answer) =>
    answer(null, { status: request.service === 'shop' ? status() : 'SERVICE_UNKNOWN' });
  const health = loadSync(proto, { keepCase: true, enums: String })['grpc.health.v1.Health'];
  server.addService(health as ServiceDefinition, { Check: check });
  onTestFinished(() => server.forceShutdown());
  return new Promise((resolve, reject) =>
    server.bindAsync(`0.0.0.0:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
}

onContainerd(
  'a server is asked as it is spoken to: gRPC, HTTPS, and by way of a redirect',
  async (context) => {
    let status = 'SERVING';
    const grpc = await serveHealth(() => status);
    const answer: RequestListener = ({ url }, response) => {
      if (url === '/old') response.writeHead(302, { location: '/new' });
      else if (url !== '/new') response.writeHead(404);
      response.end();
    };
    const http = await serve(createServer(answer));
    const https = await serve(createSecureServer(selfSignedCertificate(), answer));
    const probes = {
      grpc: { grpc: { port: grpc, service: 'shop' } },
      https: { httpGet: { scheme: 'HTTPS', port: https, path: '/new' } },
      redirected: { httpGet: { port: http, path: '/old' } },
      nowhere: { httpGet: { port: http, path: '/nowhere' } },
    };
    const daemon = await world.daemon(context);
    const pod = {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'asked', namespace: daemon.namespace } },
      spec: {
        ...{ hostNetwork: true, terminationGracePeriodSeconds: 2 },
        containers: Object.entries(probes).map(([name, probe]) => ({
          ...{ ...idle(name), image: HTTP_IMAGE },
          readinessProbe: { ...probe, periodSeconds: 1, failureThreshold: 1 },
        })),
      },
    };
    await daemon.write('asked.yaml', stringify(pod));
    await daemon.start();

    const become = (...ready: readonly string[]) =>
      eventually(async () => {
        const { containers } = await daemon.pod('asked');
        expect(containers.filter((each) => each.ready).map(({ name }) => name)).toEqual(ready);
      });
    await become('grpc', 'https', 'redirected');
    status = 'NOT_SERVING';
    await become('https', 'redirected');
    status = 'SERVING';
    await become('grpc', 'https', 'redirected');
  },
);
