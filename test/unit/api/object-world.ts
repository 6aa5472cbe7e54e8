import {
  type ApiRequest,
  type ApiResponse,
  createRouter,
  type ObjectName,
  type ObjectWriter,
} from '../../../src/api/index.ts';
import { storedRoutes } from '../../../src/api/routes.ts';
import { ApiFailure } from '../../../src/apimachinery/index.ts';
import {
  type JsonObject,
  type JsonValue,
  listAt,
  objectAt,
  silentLogger,
  textAt,
} from '../../../src/base/index.ts';
import { defaultedSpec, type ObjectSource, ObjectStore } from '../../../src/store/index.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { apiRequest, bodyText } from './ask.ts';

const RESOURCES = [
  'pods',
  'nodes',
  'namespaces',
  'configmaps',
  'secrets',
  'events',
  'persistentvolumeclaims',
  'runtimeclasses',
  'leases',
];

/** Objects in memory behind the real store: what is saved is shown at once, with defaults and the status it had. */
export class ObjectWorld implements ObjectWriter {
  readonly clock = new VirtualClock();
  readonly held = new Map<string, JsonObject>();
  /** Paths of files by `resource/namespace/name`: such objects cannot be written. */
  readonly files = new Map<string, string>();
  /** What the writer was asked to do. */
  readonly calls: (readonly [what: string, ...details: unknown[]])[] = [];
  readonly store = new ObjectStore({
    sources: RESOURCES.map((resource) => this.#source(resource)),
    clock: this.clock,
    logger: silentLogger,
  });
  #uids = 0;
  readonly #router = createRouter(
    storedRoutes({ objects: this.store, writer: this, clock: this.clock, newUid: () => this.#newUid() }),
    silentLogger,
  );

  constructor() {
    this.put('namespaces', { metadata: { name: 'default' } });
  }

  /** Without asking anybody, as the node itself does. */
  put(resource: string, object: JsonObject): void {
    const { namespace, name } = nameIn(object);
    this.held.set(`${resource}/${namespace}/${name}`, object);
    this.store.noteChange();
  }

  remove(resource: string, { namespace, name }: ObjectName): void {
    this.held.delete(`${resource}/${namespace}/${name}`);
    this.store.noteChange();
  }

  async check(resource: string, object: JsonObject): Promise<void> {
    this.calls.push(['check', resource, textAt(object.metadata, 'name')]);
    this.#refuseFile(resource, nameIn(object));
  }

  async save(resource: string, object: JsonObject): Promise<JsonObject> {
    const { namespace, name } = nameIn(object);
    this.calls.push(['save', resource, object]);
    this.#refuseFile(resource, { namespace, name });
    const status = this.held.get(`${resource}/${namespace}/${name}`)?.status;
    const spec =
      resource === 'pods' ? { ...defaultedSpec(objectAt(object, 'spec')), nodeName: 'here' } : undefined;
    this.put(resource, { ...object, ...(spec && { spec }), ...(status !== undefined && { status }) });
    return this.shown(resource, { namespace, name });
  }

  async delete(resource: string, name: ObjectName, deletion: object): Promise<JsonObject> {
    this.calls.push(['delete', resource, name, deletion]);
    this.#refuseFile(resource, name);
    const object = this.shown(resource, name);
    this.remove(resource, name);
    return object;
  }

  fileOf(resource: string, { namespace, name }: ObjectName): string | undefined {
    return this.files.get(`${resource}/${namespace}/${name}`);
  }

  async setConditions(name: ObjectName, conditions: readonly JsonObject[]): Promise<JsonObject> {
    this.calls.push(['setConditions', name, conditions]);
    return this.shown('pods', name);
  }

  async addEphemeralContainers(
    name: ObjectName,
    containers: readonly JsonValue[],
    { dryRun }: { readonly dryRun: boolean },
  ): Promise<JsonObject> {
    this.calls.push(['addEphemeralContainers', name, containers, { dryRun }]);
    const pod = this.shown('pods', name);
    const spec = objectAt(pod, 'spec');
    const ephemeralContainers = [...listAt(spec, 'ephemeralContainers'), ...containers];
    if (!dryRun) this.put('pods', { ...pod, spec: defaultedSpec({ ...spec, ephemeralContainers }) });
    return this.shown('pods', name);
  }

  shown(resource: string, { namespace, name }: ObjectName): JsonObject {
    const object = this.store.get(resource, namespace, name);
    if (object === undefined) throw new Error(`${resource} ${namespace}/${name} is not there`);
    return object;
  }

  async ask(
    method: string,
    target: string,
    body?: unknown,
    headers: ApiRequest['headers'] = {},
  ): Promise<{
    readonly status: number;
    readonly headers: ApiResponse['headers'];
    readonly body: JsonObject;
  }> {
    const answer = await this.answer(method, target, body, headers);
    return { status: answer.status, headers: answer.headers, body: JSON.parse(await bodyText(answer)) };
  }

  answer(
    method: string,
    target: string,
    body?: unknown,
    headers: ApiRequest['headers'] = {},
  ): Promise<ApiResponse> {
    const bytes = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    return this.#router.answer(apiRequest(target, { method, body: Buffer.from(bytes), headers }));
  }

  #newUid(): string {
    this.#uids += 1;
    return `00000000-0000-4000-8000-${String(this.#uids).padStart(12, '0')}`;
  }

  #refuseFile(resource: string, name: ObjectName): void {
    const file = this.fileOf(resource, name);
    if (file !== undefined) throw new ApiFailure('Forbidden', `it is defined by ${file}`);
  }

  #source(resource: string): ObjectSource {
    const { held } = this;
    return {
      resource,
      *objects() {
        for (const [key, object] of held)
          if (key.startsWith(`${resource}/`))
            yield { ...nameIn(object), basis: [object], make: () => object };
      },
    };
  }
}

function nameIn(object: JsonObject): ObjectName {
  const metadata = objectAt(object, 'metadata');
  return { namespace: textAt(metadata, 'namespace'), name: textAt(metadata, 'name') };
}

/** The spec of a pod as the node shows it, with all defaults. */
export function podSpec(image: string, more: JsonObject = {}): JsonObject {
  return defaultedSpec({ containers: [{ name: 'app', image }], nodeName: 'here', ...more });
}

/** A pod as the node shows it. */
export function shownPod(name: string, changed: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-of-${name}`,
      creationTimestamp: '2026-01-01T11:00:00Z',
      generation: 1,
      ...metadata,
    },
    spec: podSpec('busybox'),
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'Initialized', status: 'True' },
      ],
      podIPs: [{ ip: '10.4.0.7' }],
      containerStatuses: [
        {
          name: 'app',
          ready: true,
          started: true,
          restartCount: 3,
          state: { running: { startedAt: '2026-01-01T11:56:00Z' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-01-01T11:55:00Z' } },
        },
      ],
    },
    ...changed,
  };
}
