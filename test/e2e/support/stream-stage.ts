import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { API_LIMITS } from '../../../src/api/api-limits.ts';
import type { Route, RuntimeStreams } from '../../../src/api/index.ts';
import { jsonResponse } from '../../../src/api/message.ts';
import { createRouter } from '../../../src/api/router.ts';
import { podAttachRoute } from '../../../src/api/routes/pod-attach-route.ts';
import { podExecRoute } from '../../../src/api/routes/pod-exec-route.ts';
import { podPortForwardRoute } from '../../../src/api/routes/pod-port-forward-route.ts';
import { httpOptions, type ServedHttp, serveHttp } from '../../../src/api/serve-http.ts';
import { type JsonObject, silentLogger, systemClock } from '../../../src/base/index.ts';
import { type ContainerConfig, type Cri, connectCri } from '../../../src/cri/index.ts';
import { runtimeStreams } from '../../../src/daemon/runtime-streams.ts';
import { label } from '../../../src/pod/index.ts';
import type { ObjectReader } from '../../../src/store/index.ts';
import { type RealRuntime, type RuntimeVersion, startRealRuntime } from '../../support/real-runtime.ts';

const NAMESPACE = 'default';
/** The host's network: so there is no network to be set up, and ports are reached all the same. */
const NAMESPACES = { network: 'NODE', pid: 'CONTAINER', ipc: 'POD' } as const;

/**
 * A containerd, pods in it that nobody looks after, and the routes of their streams behind plain HTTP: all that lies between a client and
 * the runtime, and nothing else, so that it can be had with any release of containerd.
 */
export class StreamStage {
  readonly #runtime: RealRuntime;
  readonly #cri: Cri & { close(): void };
  readonly #pods = new Map<string, JsonObject>();
  readonly #served: ServedHttp;
  readonly #server = createServer(httpOptions(API_LIMITS));

  static async open(version: RuntimeVersion): Promise<StreamStage> {
    const stage = new StreamStage(await startRealRuntime({ version, name: 'streams' }));
    await once(stage.#server.listen(0, '127.0.0.1'), 'listening');
    return stage;
  }

  private constructor(runtime: RealRuntime) {
    this.#runtime = runtime;
    this.#cri = connectCri({ endpoint: runtime.endpoint, clock: systemClock });
    const router = createRouter(routesOf(this.#pods, runtimeStreams(this.#cri)), silentLogger);
    const service = { router, guard: () => undefined, limits: API_LIMITS };
    this.#served = serveHttp(this.#server, { ...service, logger: silentLogger, clock: systemClock });
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    return `http://127.0.0.1:${address.port}`;
  }

  /** A directory that goes with it. */
  get directory(): string {
    return this.#runtime.logDir;
  }

  async close(): Promise<void> {
    await this.#served.close();
    this.#cri.close();
    await this.#runtime.stop();
  }

  /** A pod whose one container, `app`, runs a script. */
  async pod(name: string, script: string, changes: Partial<ContainerConfig> = {}): Promise<void> {
    const uid = `uid-${name}`;
    const linux = { security_context: { namespace_options: NAMESPACES } };
    const labels = { [label.podUid]: uid };
    const sandboxConfig = {
      metadata: { name, namespace: NAMESPACE, uid, attempt: 0 },
      log_directory: join(this.#runtime.logDir, name),
      ...{ labels, linux },
    };
    const sandboxId = await this.#cri.runSandbox(sandboxConfig);
    const config = {
      metadata: { name: 'app', attempt: 0 },
      image: { image: this.#runtime.httpImage },
      command: ['/bin/sh', '-c', script],
      labels: { ...labels, [label.containerName]: 'app' },
      log_path: 'app.log',
      linux,
      ...changes,
    };
    await this.#cri.startContainer(await this.#cri.createContainer({ sandboxId, config, sandboxConfig }));
    const { stdin = false, tty = false } = config;
    this.#pods.set(name, {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: NAMESPACE, uid } },
      spec: { containers: [{ name: 'app', stdin, tty }] },
      status: { phase: 'Running' },
    });
  }
}

function routesOf(pods: ReadonlyMap<string, JsonObject>, streams: RuntimeStreams): readonly Route[] {
  const objects: ObjectReader = {
    version: 1,
    list: () => ({ version: 1, items: [...pods.values()] }),
    get: (_resource, _namespace, name) => pods.get(name),
    watch: () => false,
  };
  const answers = (path: string, value: unknown): Route => ({
    path,
    methods: ['GET'],
    handle: () => jsonResponse(200, value),
  });
  const pod = { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get'] };
  return [
    answers('/api', { kind: 'APIVersions', versions: ['v1'] }),
    answers('/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups: [] }),
    answers('/api/v1', { kind: 'APIResourceList', groupVersion: 'v1', resources: [pod] }),
    {
      path: '/api/v1/namespaces/:namespace/pods/:name',
      methods: ['GET'],
      handle: ({ params }) => jsonResponse(200, pods.get(params.name ?? '')),
    },
    ...[podExecRoute, podAttachRoute, podPortForwardRoute].map((route) => route({ objects, streams })),
  ];
}
