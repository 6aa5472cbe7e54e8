import { type Client, Metadata } from '@grpc/grpc-js';
import { type Clock, messageOf, sleep } from '../base/index.ts';
import { openClient } from './channel.ts';
import type { Cri } from './port.ts';
import { loadService, TASKS_PROTO } from './proto.ts';

/** What containerd says of a container that it calls exited while its task is still there. */
const STRANDED = /cannot delete running task ([0-9a-f]{64})/;
const SIGKILL = 9;
const CALL_MS = 10_000;
const POLL_MS = 50;
const MAX_POLLS = 40;

type Removals = Pick<Cri, 'removeContainer' | 'removeSandbox'>;

interface Place {
  readonly socketPath: string;
  readonly clock: Clock;
}

/**
 * The two removals, made to come to an end. When a client goes away in the middle of StartContainer, as a killed daemon does,
 * containerd may call the container exited and leave its process waiting to be started (seen on 1.6): stopping then does nothing,
 * and removing fails for ever. The process is ended through containerd's own task service, and the removal tried once more.
 */
export function removingStrandedTasks(cri: Removals, place: Place): Removals {
  const insist = async (remove: () => Promise<void>): Promise<void> => {
    try {
      await remove();
    } catch (error) {
      const id = STRANDED.exec(messageOf(error))?.[1];
      if (id === undefined || !(await endTask(id, place))) throw error;
      await remove();
    }
  };
  return {
    removeContainer: (id, options) => insist(() => cri.removeContainer(id, options)),
    removeSandbox: (id, options) => insist(() => cri.removeSandbox(id, options)),
  };
}

/** Resolves to whether the task is gone. */
async function endTask(id: string, { socketPath, clock }: Place): Promise<boolean> {
  const client = openClient(socketPath);
  const deadline = (): number => clock.nowMs() + CALL_MS;
  try {
    await call(client, 'Kill', { container_id: id, signal: SIGKILL }, deadline());
    for (let polls = 0; polls < MAX_POLLS; polls += 1) {
      if (await call(client, 'Delete', { container_id: id }, deadline())) return true;
      await sleep(clock, POLL_MS);
    }
    return false;
  } finally {
    client.close();
  }
}

/** Resolves to whether it succeeded: what became of the task shows at the removal. */
function call(client: Client, name: 'Kill' | 'Delete', request: object, deadline: number): Promise<boolean> {
  const method = loadService(TASKS_PROTO, 'containerd.services.tasks.v1.Tasks')[name];
  if (method === undefined) throw new Error(`proto/${TASKS_PROTO} does not define ${name}`);
  const { path, requestSerialize, responseDeserialize } = method;
  const metadata = new Metadata();
  // CRI keeps all its containers in this containerd namespace.
  metadata.set('containerd-namespace', 'k8s.io');
  return new Promise((resolve) => {
    const done = (error: unknown): void => resolve(error === null);
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      { deadline },
      done,
    );
  });
}
