import type { ApiResponse, LogRequest } from '../../../../src/api/index.ts';
import { createRouter } from '../../../../src/api/index.ts';
import { runToCompletionRoute } from '../../../../src/api/routes/run-to-completion-route.ts';
import type { RunPorts } from '../../../../src/api/runs/run.ts';
import { ApiFailure } from '../../../../src/apimachinery/index.ts';
import { type JsonObject, listAt, silentLogger, textAt } from '../../../../src/base/index.ts';
import { node } from '../../cli/reports.ts';
import { apiRequest } from '../ask.ts';
import { ObjectWorld } from '../object-world.ts';

/** A node on which runs are made and nothing happens but what a test says. */
export class RunStage {
  readonly world = new ObjectWorld();
  readonly client = new AbortController();
  readonly attended = new Set<string>();
  readonly logRequests: LogRequest[] = [];
  /** What containers write; a log ends with its container. */
  output: (string | Uint8Array)[] = [];
  logFailure: ApiFailure | undefined;
  refusal: ApiFailure | undefined;
  #uids = 0;
  readonly #router;

  constructor({ maxRuns = 2 }: { readonly maxRuns?: number } = {}) {
    const { world } = this;
    const ports: RunPorts = {
      ...{ objects: world.store, clock: world.clock },
      writer: {
        check: (resource, object) => world.check(resource, object),
        save: (resource, object) => this.#save(resource, object),
        delete: (resource, name, deletion) => world.delete(resource, name, deletion),
        fileOf: () => undefined,
        addEphemeralContainers: (...words) => world.addEphemeralContainers(...words),
        setConditions: (...words) => world.setConditions(...words),
      },
      newUid: () => `00000000-0000-4000-8000-${String(++this.#uids).padStart(12, '0')}`,
      attendRun: (uid) => {
        this.attended.add(uid);
        return () => void this.attended.delete(uid);
      },
      report: () => ({ ...node(), pods: [] }),
      logs: { read: (request) => this.#read(request) },
      streams: {
        attach: async () => {
          throw new ApiFailure('BadRequest', 'container not found ("run")');
        },
        exec: () => Promise.reject(new Error('nobody asks')),
        portForward: () => Promise.reject(new Error('nobody asks')),
      },
    };
    this.#router = createRouter([runToCompletionRoute({ ...ports, maxRuns })], silentLogger);
  }

  ask(body: unknown, target = '/', client = this.client): Promise<ApiResponse> {
    const bytes = Buffer.from(JSON.stringify(body));
    return this.#router.answer(apiRequest(target, { method: 'POST', body: bytes, signal: client.signal }));
  }

  /** The pods that are there. */
  pods(): readonly JsonObject[] {
    return this.world.store.list('pods').items;
  }

  /** The only one. */
  pod(): JsonObject {
    const [pod, other] = this.pods();
    if (pod === undefined || other !== undefined) throw new Error('there is not just one pod');
    return pod;
  }

  /** Until there are so many pods. The first request has its routes loaded, which takes no time here but turns. */
  async made(count = 1): Promise<void> {
    for (let turn = 0; this.pods().length < count; turn += 1) {
      if (turn > 100_000) throw new Error('no pod is made');
      await this.world.clock.settle();
    }
  }

  async pass(ms = 100): Promise<void> {
    await this.world.clock.advance(ms);
  }

  /** What the node tells of a run from now on. */
  async tell(phase: string, state: JsonObject, pod = this.pod()): Promise<void> {
    const status = { phase, containerStatuses: [{ name: 'run', containerID: 'containerd://c1', state }] };
    this.world.put('pods', { ...pod, status });
    await this.pass();
  }

  running(): Promise<void> {
    return this.tell('Running', { running: { startedAt: '2026-01-01T00:00:00Z' } });
  }

  ended(exitCode: number, further: JsonObject = {}, pod = this.pod()): Promise<void> {
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const terminated = { exitCode, reason, containerID: 'containerd://c1', ...further };
    return this.tell(exitCode === 0 ? 'Succeeded' : 'Failed', { terminated }, pod);
  }

  async #save(resource: string, object: JsonObject): Promise<JsonObject> {
    if (this.refusal !== undefined) throw this.refusal;
    return this.world.save(resource, object);
  }

  async #read(request: LogRequest): ReturnType<RunPorts['logs']['read']> {
    this.logRequests.push(request);
    if (this.logFailure !== undefined) throw this.logFailure;
    return async (write, signal) => {
      for (let at = 0; !signal.aborted; ) {
        for (; at < this.output.length; at += 1) await write(Buffer.from(this.output[at] ?? ''));
        if (this.#hasEnded()) return;
        await new Promise<void>((resolve) => this.world.clock.setTimer(10, resolve));
      }
    };
  }

  #hasEnded(): boolean {
    return this.pods().every(
      ({ status }) =>
        !textAt(listAt(status, 'containerStatuses')[0], 'name') || textAt(status, 'phase') !== 'Running',
    );
  }
}
